using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Geometry;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>Where the square attack begins, and how it changes an image.</summary>
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
    /// <param name="point">The image to change, which stays as it is.</param>
    /// <param name="share">The share of the pixels that is to change.</param>
    public float[] Next(ref CounterRandom random, float[] point, double share)
    {
        float[] next = (float[])point.Clone();
        Change(ref random, next, share);
        ball.Project(next);
        return next;
    }

    protected abstract void Begin(ref CounterRandom random, float[] point);

    protected abstract void Change(ref CounterRandom random, float[] point, double share);

    /// <summary>The place of a number in the image.</summary>
    protected int Place(int channel, int row, int column) => (channel * Height + row) * Width + column;

    protected static int Sign(ref CounterRandom random) => random.NextInt32(2) == 0 ? -1 : 1;
}

/// <summary>For L∞: every pixel of a square, in each channel, goes to one end of what the ball allows.</summary>
sealed class LInfSquares(ReadOnlySpan<float> clean, ReadOnlySpan<int> shape, double epsilon)
    : SquareProposals(clean, shape, Ball.Around(clean, Norm.LInf, epsilon))
{
    // A square that is at its end already would waste a query.
    const int MaxDraws = 20;

    /// <summary>Vertical stripes, one pixel wide (section 3.3).</summary>
    protected override void Begin(ref CounterRandom random, float[] point)
    {
        for (int channel = 0; channel < Channels; channel++)
        {
            for (int column = 0; column < Width; column++)
                Fill(point, channel, 0, column, Height, 1, Sign(ref random));
        }
    }

    protected override void Change(ref CounterRandom random, float[] point, double share)
    {
        int side = Math.Clamp((int)Math.Round(Math.Sqrt(share * Height * Width)), 1, Math.Min(Height, Width));
        float[] before = (float[])point.Clone();
        for (int draw = 0; draw < MaxDraws && point.AsSpan().SequenceEqual(before); draw++)
        {
            int row = random.NextInt32(Height - side + 1), column = random.NextInt32(Width - side + 1);
            for (int channel = 0; channel < Channels; channel++)
                Fill(point, channel, row, column, side, side, Sign(ref random));
        }
    }

    void Fill(float[] point, int channel, int row, int column, int height, int width, int sign)
    {
        for (int i = row; i < row + height; i++)
        {
            for (int j = column; j < column + width; j++)
            {
                int place = Place(channel, i, j);
                point[place] = Math.Clamp((float)(Clean[place] + sign * epsilon), 0, 1);
            }
        }
    }
}
