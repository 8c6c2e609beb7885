using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>
/// L2 and L1 proposals: the change within one window moves to another window, in the shape of two opposite pyramids (section 3.4 and
/// algorithm 3 of the Square attack paper). For L1 squares and roots are left out.
/// </summary>
sealed class PyramidSquares(ReadOnlySpan<float> clean, ReadOnlySpan<int> shape, Norm norm, double epsilon)
    : SquareProposals(clean, shape, Ball.Around(clean, norm, epsilon))
{
    const int Tiles = 5, MinSide = 3;

    /// <summary>Five by five pyramids with random signs.</summary>
    protected override void Begin(ref CounterRandom random, float[] point)
    {
        int side = Math.Max(1, Math.Min(Height, Width) / Tiles);
        double[] change = new double[point.Length];
        for (int row = 0; row + side <= Height; row += side)
        {
            for (int column = 0; column + side <= Width; column += side)
            {
                double[] window = Window(ref random, side);
                for (int channel = 0; channel < Channels; channel++)
                {
                    int sign = Sign(ref random);
                    for (int i = 0; i < window.Length; i++)
                        change[IndexOf(channel, row + i / side, column + i % side)] = sign * window[i];
                }
            }
        }

        double scale = epsilon / Length(change);
        for (int i = 0; i < point.Length; i++)
            point[i] = (float)(Clean[i] + scale * change[i]);
    }

    protected override void Change(ref CounterRandom random, float[] point, double fraction)
    {
        // An odd side gives the pyramid a centre.
        int side = Math.Min(Math.Max((int)Math.Round(Math.Sqrt(fraction * Height * Width)) | 1, MinSide), Math.Min(Height, Width));
        (int row, int column) = Corner(ref random, side);
        (int otherRow, int otherColumn) = Corner(ref random, side);
        double[] window = Window(ref random, side);
        double unused = Math.Max(0, Power(epsilon) - Power(Distances.Between(Clean, point).In(norm))) / Channels;
        for (int channel = 0; channel < Channels; channel++)
        {
            int[] here = IndicesOf(channel, row, column, side), there = IndicesOf(channel, otherRow, otherColumn, side);
            double available = Root(Powers(point, here.Union(there)) + unused), length = Root(Powers(point, here));
            int sign = Sign(ref random);
            double[] wanted =
            [
                .. here.Select((index, i) => sign * window[i] + (length == 0 ? 0 : ((double)point[index] - Clean[index]) / length)),
            ];
            double scale = available / Length(wanted);
            foreach (int index in there)
                point[index] = Clean[index];
            for (int i = 0; i < here.Length && double.IsFinite(scale); i++)
                point[here[i]] = (float)(Clean[here[i]] + scale * wanted[i]);
        }
    }

    (int Row, int Column) Corner(ref CounterRandom random, int side) =>
        (random.NextInt32(Height - side + 1), random.NextInt32(Width - side + 1));

    int[] IndicesOf(int channel, int row, int column, int side) =>
        [.. Enumerable.Range(0, side * side).Select(i => IndexOf(channel, row + i / side, column + i % side))];

    double Powers(float[] point, IEnumerable<int> indices) => indices.Sum(index => Power((double)point[index] - Clean[index]));

    double Length(double[] vector) => Root(vector.Sum(Power));

    double Power(double number) => norm == Norm.L1 ? Math.Abs(number) : number * number;

    double Root(double sum) => norm == Norm.L1 ? sum : Math.Sqrt(sum);

    /// <summary>η of unit norm: a pyramid and its negative, stacked or side by side with equal probability.</summary>
    double[] Window(ref CounterRandom random, int side)
    {
        int half = side / 2;
        bool transposed = random.NextInt32(2) == 1;
        double[] window = new double[side * side];
        for (int row = 0; row < side; row++)
        {
            for (int column = 0; column < side; column++)
            {
                double height = row < half ? Pyramid(half, side, row, column) : -Pyramid(side - half, side, row - half, column);
                window[transposed ? column * side + row : row * side + column] = height;
            }
        }

        double length = Length(window);
        return Array.ConvertAll(window, component => component / length);
    }

    /// <summary>The height of a pyramid over a rectangle: the sum of 1/(n + 1 − k)² for k from 0 to the depth below its edge.</summary>
    static double Pyramid(int height, int width, int row, int column)
    {
        int n = Math.Max(height, width) / 2;
        int depth = n - Math.Max(Math.Abs(row - height / 2), Math.Abs(column - width / 2));
        double sum = 0;
        for (int k = 0; k <= depth; k++)
            sum += 1 / Math.Pow(n + 1 - k, 2);
        return sum;
    }
}
