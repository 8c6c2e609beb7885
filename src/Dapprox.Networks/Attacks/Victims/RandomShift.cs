using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// Shifts the image by a whole number of rows and of columns, each uniform from −<paramref name="most"/> to
/// +<paramref name="most"/>; all channels alike. Zeros come in at one side, what leaves at the other is lost.
/// </summary>
/// <param name="most">The furthest shift in each direction, in pixels; at least 0, which leaves the image as it is.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is negative or above a million.</exception>
public sealed class RandomShift(int most) : RandomTransformation
{
    /// <summary>The furthest shift in each direction, in pixels.</summary>
    public int Most { get; } = most is >= 0 and <= 1_000_000
        ? most
        : throw new ArgumentOutOfRangeException(nameof(most), most, "The shift is 0 to 1,000,000 pixels.");

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> image, ReadOnlySpan<int> shape, CounterRandom random, Span<float> result)
    {
        (int down, int right) = Draw(random);
        Shift(image, shape, down, right, result);
    }

    /// <inheritdoc/>
    /// <remarks>A shift only moves pixels, so its transpose moves them back.</remarks>
    public override void PullBack(ReadOnlySpan<float> gradient, ReadOnlySpan<int> shape, CounterRandom random, Span<float> result)
    {
        (int down, int right) = Draw(random);
        Shift(gradient, shape, -down, -right, result);
    }

    (int Down, int Right) Draw(CounterRandom random) =>
        (random.NextInt32(2 * Most + 1) - Most, random.NextInt32(2 * Most + 1) - Most);

    static void Shift(ReadOnlySpan<float> source, ReadOnlySpan<int> shape, int down, int right, Span<float> destination)
    {
        int height = shape[1], width = shape[2];
        destination.Clear();
        int kept = width - Math.Abs(right);
        for (int row = 0; row < shape[0] * height && kept > 0; row++)
        {
            int from = row % height - down;
            if ((uint)from < (uint)height)
                source.Slice((row - down) * width + Math.Max(0, -right), kept).CopyTo(destination[(row * width + Math.Max(0, right))..]);
        }
    }
}
