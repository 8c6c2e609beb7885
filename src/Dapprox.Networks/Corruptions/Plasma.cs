using Dapprox.Foundation;

namespace Dapprox.Networks.Corruptions;

/// <summary>
/// Random clouds by midpoint displacement on a grid, diamonds and squares in turn. (Fournier, Fussell, Carpenter, "Computer Rendering of
/// Stochastic Models", Communications of the ACM 25, 1982.)
/// </summary>
static class Plasma
{
    /// <summary>Each finer grid has displacements smaller by this.</summary>
    const double Decay = 0.5;

    /// <summary>A cloud, scaled so that it has all of [0, 1].</summary>
    /// <param name="side">The smallest side; the cloud has the next power of two, plus one.</param>
    /// <param name="random">The random numbers.</param>
    public static double[,] Cloud(int side, CounterRandom random)
    {
        int last = 1;
        while (last + 1 < side)
            last *= 2;
        double[,] height = new double[last + 1, last + 1];
        double size = 1;
        foreach ((int y, int x) in ((int, int)[])[(0, 0), (0, last), (last, 0), (last, last)])
            height[y, x] = Displacement();
        for (int step = last; step >= 2; step /= 2, size *= Decay)
        {
            int half = step / 2;
            // The middle of every square, from its corners.
            for (int y = half; y <= last; y += step)
            {
                for (int x = half; x <= last; x += step)
                    height[y, x] = Mean(y, x, (-half, -half), (-half, half), (half, -half), (half, half)) + Displacement();
            }

            // The middle of every edge, from the points above, below and beside it.
            for (int y = 0; y <= last; y += half)
            {
                for (int x = (y + half) % step; x <= last; x += step)
                    height[y, x] = Mean(y, x, (-half, 0), (half, 0), (0, -half), (0, half)) + Displacement();
            }
        }

        return Scaled(height);

        double Displacement() => size * (2 * random.NextDouble() - 1);

        double Mean(int y, int x, params ReadOnlySpan<(int Down, int Right)> places)
        {
            double sum = 0;
            int count = 0;
            foreach ((int down, int right) in places)
            {
                if (y + down < 0 || y + down > last || x + right < 0 || x + right > last)
                    continue;
                sum += height[y + down, x + right];
                count++;
            }

            return sum / count;
        }
    }

    static double[,] Scaled(double[,] height)
    {
        double min = height.Cast<double>().Min(), max = height.Cast<double>().Max();
        for (int y = 0; y < height.GetLength(0); y++)
        {
            for (int x = 0; x < height.GetLength(1); x++)
                height[y, x] = max > min ? (height[y, x] - min) / (max - min) : 0;
        }

        return height;
    }
}
