using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>The initial image and the random changes of the Square attack.</summary>
abstract class SquareProposals(ReadOnlySpan<float> clean, ReadOnlySpan<int> shape, Ball ball)
{
    protected readonly float[] Clean = clean.ToArray();
    protected readonly int Channels = shape[0], Height = shape[1], Width = shape[2];

    public float[] First(ref CounterRandom random)
    {
        float[] point = (float[])Clean.Clone();
        Begin(ref random, point);
        ball.Project(point);
        return point;
    }

    /// <param name="random">The random numbers.</param>
    /// <param name="point">The image to change; not modified.</param>
    /// <param name="fraction">The fraction of the pixels to change.</param>
    public float[] Next(ref CounterRandom random, float[] point, double fraction)
    {
        float[] next = (float[])point.Clone();
        Change(ref random, next, fraction);
        ball.Project(next);
        return next;
    }

    protected abstract void Begin(ref CounterRandom random, float[] point);

    protected abstract void Change(ref CounterRandom random, float[] point, double fraction);

    /// <summary>The index of a pixel's channel in the flattened image.</summary>
    protected int IndexOf(int channel, int row, int column) => (channel * Height + row) * Width + column;

    protected static int Sign(ref CounterRandom random) => random.NextInt32(2) == 0 ? -1 : 1;
}
