using Dapprox.Foundation;
using Dapprox.Networks.Data;

namespace Dapprox.Tests.Training;

/// <summary>Ten classes that are quickly learnt: a bright bar at one of ten heights, in noise.</summary>
static class Patterns
{
    /// <summary>The class of an image is its number modulo 10.</summary>
    public static Dataset Training(int count)
    {
        byte[] pixels = new byte[count * 28 * 28];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            var random = new CounterRandom(11, (ulong)i);
            Span<byte> image = pixels.AsSpan(i * 28 * 28, 28 * 28);
            for (int j = 0; j < image.Length; j++)
                image[j] = (byte)random.NextInt32(80);
            image.Slice((4 + 2 * (i % 10)) * 28 + 4, 20).Fill(255);
            labels[i] = i % 10;
        }

        return new Dataset("patterns", Split.Train, 1, 28, 28, [.. "0123456789".Select(digit => digit.ToString())], pixels, labels,
            canonical: false, "made for the tests");
    }
}
