using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>L∞ proposals: every pixel of a square moves to an end of its range in the ball, per channel.</summary>
sealed class LInfSquares(ReadOnlySpan<float> clean, ReadOnlySpan<int> shape, double epsilon)
    : SquareProposals(clean, shape, Ball.Around(clean, Norm.LInf, epsilon))
{
    // A square that is already at that end would waste a query.
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

    protected override void Change(ref CounterRandom random, float[] point, double fraction)
    {
        int side = Math.Clamp((int)Math.Round(Math.Sqrt(fraction * Height * Width)), 1, Math.Min(Height, Width));
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
                int index = IndexOf(channel, i, j);
                point[index] = Math.Clamp((float)(Clean[index] + sign * epsilon), 0, 1);
            }
        }
    }
}
