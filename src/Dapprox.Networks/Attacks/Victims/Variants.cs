using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>What victims share that put many variants of each image to another victim.</summary>
static class Variants
{
    // Numbers in one tensor of variants: 16 MB bound the memory, whatever the images' size. No result depends on it.
    const int MaxTensor = 1 << 22;

    /// <summary>How many variants to put to the victim at a time: enough to keep several threads busy, at least 2.</summary>
    /// <param name="pixels">The numbers of one image.</param>
    public static int AtATime(int pixels) => Math.Clamp(MaxTensor / Math.Max(1, pixels), 2, 1024);

    /// <summary>
    /// A number that stands for the bits of an image, so that random numbers can depend on the image and on nothing else:
    /// each pixel chooses the next number of a chain.
    /// </summary>
    public static ulong Key(ReadOnlySpan<float> image)
    {
        ulong key = 0;
        foreach (float pixel in image)
            key = new CounterRandom(key, BitConverter.SingleToUInt32Bits(pixel)).NextUInt64();
        return key;
    }
}
