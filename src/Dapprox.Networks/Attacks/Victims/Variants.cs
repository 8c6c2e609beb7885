using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>Helpers of victims that evaluate many variants of each image on another victim.</summary>
static class Variants
{
    // Values in one tensor of variants: bounds the memory to 16 MB for any image size. No result depends on it.
    const int MaxTensor = 1 << 22;

    /// <summary>The number of variants evaluated at a time: enough to keep several threads busy, at least 2.</summary>
    /// <param name="pixels">The number of pixels of an image, channels included.</param>
    public static int AtATime(int pixels) => Math.Clamp(MaxTensor / Math.Max(1, pixels), 2, 1024);

    /// <summary>
    /// A hash of the bits of an image, so that random numbers can depend on the image alone: each pixel selects the next number of a chain.
    /// </summary>
    public static ulong Key(ReadOnlySpan<float> image)
    {
        ulong key = 0;
        foreach (float pixel in image)
            key = new CounterRandom(key, BitConverter.SingleToUInt32Bits(pixel)).NextUInt64();
        return key;
    }
}
