using Dapprox.Foundation;

namespace Dapprox.Networks.Corruptions;

/// <summary>Blurs: every value becomes a weighted mean of others. Lengths are in pixels of an image of 32 × 32.</summary>
static class Blur
{
    // Beyond three standard deviations lies 0.3 % of the weight.
    const double Reach = 3;

    const int Zooms = 11;
    const double SteepestMotion = 45;
    const double GlassSoftness = 0.3;

    /// <summary>Weights e^(−r²/2σ²) at distance r.</summary>
    public static Picture Gaussian(Picture image, double deviation, CounterRandom random) => Soften(image, deviation * image.Pixel);

    /// <summary>The mean over a disc of radius R, with an edge one pixel wide: weights clamp(R + ½ − r, 0, 1).</summary>
    public static Picture Defocus(Picture image, double radius, CounterRandom random)
    {
        double length = radius * image.Pixel;
        int reach = (int)Math.Ceiling(length);
        var weights = new List<(int Y, int X, double Weight)>();
        for (int y = -reach; y <= reach; y++)
        {
            for (int x = -reach; x <= reach; x++)
            {
                double weight = Math.Clamp(length + 0.5 - Math.Sqrt(x * x + y * y), 0, 1);
                if (weight > 0)
                    weights.Add((y, x, weight));
            }
        }

        double sum = weights.Sum(one => one.Weight);
        return image.Map((c, y, x) => weights.Sum(one => one.Weight * image[c, y + one.Y, x + one.X]) / sum);
    }

    /// <summary>The mean over a straight line of length L through the pixel, at an angle uniform in ±45°.</summary>
    public static Picture Motion(Picture image, double length, CounterRandom random)
    {
        (double down, double right) = Math.SinCos(SteepestMotion * (2 * random.NextDouble() - 1) * Math.PI / 180);
        double half = length * image.Pixel / 2;
        // Two points a pixel.
        int points = (int)Math.Ceiling(2 * half);
        return image.Map((c, y, x) => Enumerable.Range(-points, 2 * points + 1)
            .Select(i => half * i / Math.Max(1, points))
            .Average(along => image.At(c, y + along * down, x + along * right)));
    }

    /// <summary>The mean of the image enlarged about its centre by 1 to 1 + z, in eleven steps.</summary>
    public static Picture Zoom(Picture image, double zoom, CounterRandom random)
    {
        (double middleY, double middleX) = ((image.Height - 1) / 2.0, (image.Width - 1) / 2.0);
        double[] scales = [.. Enumerable.Range(0, Zooms).Select(i => 1 / (1 + zoom * i / (Zooms - 1)))];
        return image.Map((c, y, x) =>
            scales.Average(scale => image.At(c, middleY + scale * (y - middleY), middleX + scale * (x - middleX))));
    }

    /// <summary>
    /// Every pixel is taken from a place up to d away in each direction, uniform, as through rough glass; then softened with σ = 0.3.
    /// </summary>
    public static Picture Glass(Picture image, double reach, CounterRandom random)
    {
        double furthest = reach * image.Pixel;
        var from = new (double Y, double X)[image.Height * image.Width];
        foreach (ref (double Y, double X) place in from.AsSpan())
            place = (furthest * (2 * random.NextDouble() - 1), furthest * (2 * random.NextDouble() - 1));
        Picture moved = image.Map((c, y, x) =>
        {
            (double downwards, double right) = from[y * image.Width + x];
            return image[c, (int)Math.Round(y + downwards), (int)Math.Round(x + right)];
        });
        return reach == 0 ? moved : Soften(moved, GlassSoftness * image.Pixel);
    }

    /// <summary>A Gaussian blur, the rows first and then the columns.</summary>
    /// <param name="deviation">σ in pixels of this image.</param>
    public static Picture Soften(Picture image, double deviation)
    {
        int reach = (int)Math.Ceiling(Reach * deviation);
        double[] weights =
            [.. Enumerable.Range(-reach, 2 * reach + 1).Select(i => i == 0 ? 1 : Math.Exp(-i * i / (2 * deviation * deviation)))];
        double sum = weights.Sum();
        Picture rows = image.Map((c, y, x) => Weighted(i => image[c, y, x + i]));
        return rows.Map((c, y, x) => Weighted(i => rows[c, y + i, x]));

        double Weighted(Func<int, double> value)
        {
            double total = 0;
            for (int i = -reach; i <= reach; i++)
                total += weights[i + reach] * value(i);
            return total / sum;
        }
    }
}
