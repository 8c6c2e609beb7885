using DefensiveApproximation.Networks;

namespace DefensiveApproximation.Tests.Training;

/// <summary>Ten classes that are quickly learnt: a bright bar at one of ten heights, in noise.</summary>
static class Patterns
{
    /// <summary>The class of an image is its number modulo 10.</summary>
    public static Tensor Images(int count)
    {
        Tensor images = Tensor.Zeros(count, 1, 28, 28);
        for (int i = 0; i < count; i++)
        {
            var random = new CounterRandom(11, (ulong)i);
            Span<float> image = images.Row(i);
            for (int j = 0; j < image.Length; j++)
                image[j] = random.NextSingle(0, 0.3f);
            image.Slice((4 + 2 * (i % 10)) * 28 + 4, 20).Fill(1);
        }

        return images;
    }

    public static byte[] Labels(int count) => Enumerable.Range(0, count).Select(i => (byte)(i % 10)).ToArray();
}
