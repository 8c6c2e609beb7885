using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// Shrinks the image, with some probability, to a random size of at least <see cref="Smallest"/> of its own, and puts it at a random place
/// among zeros (Xie, Zhang, Zhou, Bai, Wang, Ren, Yuille, "Improving Transferability of Adversarial Examples with Input Diversity", CVPR
/// 2019, section 3.3; the paper enlarges its images instead, for networks that take any size). Sampling is bilinear, at the centres of
/// the pixels.
/// </summary>
/// <param name="probability">The probability of a change, from 0 to 1.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is out of range.</exception>
public sealed class RandomResize(double probability) : RandomTransformation
{
    /// <summary>The least height and width of the shrunk image, relative to the image's; 299 of 330, as in the paper.</summary>
    public const double Smallest = 299.0 / 330;

    /// <summary>The probability of a change.</summary>
    public double Probability { get; } = probability is >= 0 and <= 1
        ? probability
        : throw new ArgumentOutOfRangeException(nameof(probability), probability, "The probability is a number from 0 to 1.");

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> image, ReadOnlySpan<int> shape, CounterRandom random, Span<float> result)
    {
        Placement placement = Draw(random, shape);
        if (placement.IsWhole(shape))
        {
            image.CopyTo(result);
            return;
        }

        result.Clear();
        foreach ((int to, int from, float weight) in Weights(placement, shape))
            result[to] += weight * image[from];
    }

    /// <inheritdoc/>
    /// <remarks>The transpose spreads the gradient of a pixel over those that it was sampled from.</remarks>
    public override void PullBack(ReadOnlySpan<float> gradient, ReadOnlySpan<int> shape, CounterRandom random, Span<float> result)
    {
        Placement placement = Draw(random, shape);
        if (placement.IsWhole(shape))
        {
            gradient.CopyTo(result);
            return;
        }

        result.Clear();
        foreach ((int to, int from, float weight) in Weights(placement, shape))
            result[from] += weight * gradient[to];
    }

    Placement Draw(CounterRandom random, ReadOnlySpan<int> shape)
    {
        if (random.NextDouble() >= Probability)
            return new Placement(shape[1], shape[2], 0, 0);
        double scale = Smallest + (1 - Smallest) * random.NextDouble();
        int height = Math.Max(1, (int)Math.Round(scale * shape[1])), width = Math.Max(1, (int)Math.Round(scale * shape[2]));
        return new Placement(height, width, random.NextInt32(shape[1] - height + 1), random.NextInt32(shape[2] - width + 1));
    }

    /// <summary>The entries of the matrix that maps the image to the result.</summary>
    static List<(int To, int From, float Weight)> Weights(Placement placement, ReadOnlySpan<int> shape)
    {
        (int Low, int High, double Share)[] rows = Samples(placement.Height, shape[1]), columns = Samples(placement.Width, shape[2]);
        var weights = new List<(int, int, float)>(4 * shape[0] * rows.Length * columns.Length);
        for (int channel = 0; channel < shape[0]; channel++)
        {
            for (int y = 0; y < rows.Length; y++)
            {
                for (int x = 0; x < columns.Length; x++)
                {
                    int to = (channel * shape[1] + y + placement.Top) * shape[2] + x + placement.Left;
                    (int low, int high, double down) = rows[y];
                    (int left, int right, double across) = columns[x];
                    Add(to, channel, low, left, (1 - down) * (1 - across), shape);
                    Add(to, channel, low, right, (1 - down) * across, shape);
                    Add(to, channel, high, left, down * (1 - across), shape);
                    Add(to, channel, high, right, down * across, shape);
                }
            }
        }

        return weights;

        void Add(int to, int channel, int row, int column, double weight, ReadOnlySpan<int> shape) =>
            weights.Add((to, (channel * shape[1] + row) * shape[2] + column, (float)weight));
    }

    /// <summary>For each new coordinate the two old ones that it lies between, and the share of the higher one.</summary>
    static (int Low, int High, double Share)[] Samples(int count, int of) => [.. Enumerable.Range(0, count).Select(i =>
    {
        double at = Math.Clamp((i + 0.5) * of / count - 0.5, 0, of - 1);
        int low = (int)at;
        return (low, Math.Min(low + 1, of - 1), at - low);
    })];

    /// <summary>The size of the shrunk image and its place.</summary>
    readonly record struct Placement(int Height, int Width, int Top, int Left)
    {
        /// <summary>Whether nothing changes.</summary>
        public bool IsWhole(ReadOnlySpan<int> shape) => Height == shape[1] && Width == shape[2];
    }
}
