using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>
/// Random images of low spatial frequency: normal in the lowest frequencies of the orthonormal discrete cosine transform (DCT-II) of each
/// channel, 0 in the others. (Guo, Frank, Weinberger, "Low Frequency Adversarial Perturbation", UAI 2019.)
/// </summary>
sealed class LowFrequencies
{
    readonly int channels;
    readonly double[][] vertical;
    readonly double[][] horizontal;

    /// <param name="shape"><c>[channels, height, width]</c>.</param>
    /// <param name="part">The part of the frequencies in each direction, above 0 and at most 1; at least one is used.</param>
    public LowFrequencies(ReadOnlySpan<int> shape, double part)
    {
        channels = shape[0];
        vertical = Waves(shape[1], part);
        horizontal = Waves(shape[2], part);
    }

    /// <summary>The number of independent numbers in an image.</summary>
    public int Dimensions => channels * vertical.Length * horizontal.Length;

    /// <summary>Draws an image.</summary>
    /// <param name="random">The random numbers.</param>
    /// <param name="image">Receives <c>[channels, height, width]</c>.</param>
    public void Fill(ref CounterRandom random, Span<float> image)
    {
        int height = vertical[0].Length, width = horizontal[0].Length;
        float[] amplitudes = new float[Dimensions];
        Normals.Fill(ref random, amplitudes);
        double[] lines = new double[vertical.Length * width];
        for (int channel = 0; channel < channels; channel++)
        {
            Array.Clear(lines);
            for (int v = 0; v < vertical.Length; v++)
            {
                for (int h = 0; h < horizontal.Length; h++)
                    Add(amplitudes[(channel * vertical.Length + v) * horizontal.Length + h], horizontal[h], lines.AsSpan(v * width, width));
            }

            double[] line = new double[width];
            for (int y = 0; y < height; y++)
            {
                Array.Clear(line);
                for (int v = 0; v < vertical.Length; v++)
                    Add(vertical[v][y], lines.AsSpan(v * width, width), line);
                for (int x = 0; x < width; x++)
                    image[(channel * height + y) * width + x] = (float)line[x];
            }
        }
    }

    static void Add(double factor, ReadOnlySpan<double> wave, Span<double> sum)
    {
        for (int i = 0; i < sum.Length; i++)
            sum[i] += factor * wave[i];
    }

    /// <summary>√(2/n)·cos(π·k·(2i + 1)/2n) for pixel i of n, the constant one divided by √2.</summary>
    static double[][] Waves(int length, double part) =>
    [
        .. Enumerable.Range(0, Math.Max(1, (int)Math.Round(part * length))).Select(k => Enumerable.Range(0, length)
            .Select(i => Math.Sqrt((k == 0 ? 1.0 : 2.0) / length) * Math.Cos(Math.PI * k * (2 * i + 1) / (2.0 * length))).ToArray()),
    ];
}
