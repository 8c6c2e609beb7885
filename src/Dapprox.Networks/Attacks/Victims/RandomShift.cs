using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// Shifts all channels of the image by an integer number of rows and of columns, each uniform from −<paramref name="max"/> to
/// +<paramref name="max"/>. Zeros enter at one side; pixels that leave at the other are lost.
/// </summary>
/// <param name="max">The largest shift in each direction, in pixels; at least 0; 0 leaves the image unchanged.</param>
/// <exception cref="ArgumentOutOfRangeException"><paramref name="max"/> is negative or above a million.</exception>
public sealed class RandomShift(int max) : RandomTransformation
{
    /// <summary>The largest shift in each direction, in pixels.</summary>
    public int Max { get; } = max is >= 0 and <= 1_000_000
        ? max
        : throw new ArgumentOutOfRangeException(nameof(max), max, "The shift is 0 to 1,000,000 pixels.");

    /// <inheritdoc/>
    public override void Apply(ReadOnlySpan<float> image, ReadOnlySpan<int> shape, CounterRandom random, Span<float> result)
    {
        (int down, int right) = Draw(random);
        Shift(image, shape, down, right, result);
    }

    /// <inheritdoc/>
    /// <remarks>The transpose of a shift is the opposite shift.</remarks>
    public override void PullBack(ReadOnlySpan<float> gradient, ReadOnlySpan<int> shape, CounterRandom random, Span<float> result)
    {
        (int down, int right) = Draw(random);
        Shift(gradient, shape, -down, -right, result);
    }

    (int Down, int Right) Draw(CounterRandom random) =>
        (random.NextInt32(2 * Max + 1) - Max, random.NextInt32(2 * Max + 1) - Max);

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
