using Dapprox.Foundation;

namespace Dapprox.Networks.Corruptions;

/// <summary>Things drawn over the image, and its edges. Lengths are in pixels of an image of 32 × 32.</summary>
static class Drawing
{
    const double Grey = 0.5, Liquid = 0.6;
    const double SpatterSoftness = 1.5;
    const double LineWidth = 1, DotDistance = 2.5, ZigzagWidth = 2.5;

    /// <summary>A vertical band of width w, anywhere, is inverted: 1 − x.</summary>
    public static Picture Stripe(Picture image, double width, CounterRandom random)
    {
        double left = random.NextDouble() * (image.Width - width * image.Pixel);
        return image.Map((c, y, x) => x >= left && x < left + width * image.Pixel ? 1 - image[c, y, x] : image[c, y, x]);
    }

    /// <summary>A grey square of side w, anywhere within the image.</summary>
    public static Picture Occlude(Picture image, double side, CounterRandom random)
    {
        double length = side * image.Pixel;
        double top = random.NextDouble() * (image.Height - length), left = random.NextDouble() * (image.Width - length);
        return image.Map((c, y, x) =>
            y >= top && y < top + length && x >= left && x < left + length ? Grey : image[c, y, x]);
    }

    /// <summary>
    /// Drops of a grey liquid where normal noise, softened with σ = 1.5, exceeds its quantile: they cover a fraction p of the image.
    /// </summary>
    public static Picture Spatter(Picture image, double fraction, CounterRandom random)
    {
        Picture field = Blur.Soften(
            new Picture(1, image.Height, image.Width).Each(_ => random.NextNormal()), SpatterSoftness * image.Pixel);
        double[] ordered = field.Values.ToArray();
        Array.Sort(ordered);
        int dry = (int)Math.Round((1 - fraction) * ordered.Length);
        double limit = dry < ordered.Length ? ordered[dry] : double.PositiveInfinity;
        return image.Map((c, y, x) => field[0, y, x] >= limit ? Liquid : image[c, y, x]);
    }

    /// <summary>n straight white dotted lines from the left edge to the right.</summary>
    public static Picture DottedLines(Picture image, double lines, CounterRandom random) => Lines(image, lines, random, (along, _) =>
        (0, Draws: along % (2 * DotDistance) < DotDistance));

    /// <summary>n white zigzag lines from the left edge to the right.</summary>
    public static Picture Zigzags(Picture image, double lines, CounterRandom random) => Lines(image, lines, random, (along, phase) =>
        (ZigzagWidth * (Math.Abs((along / ZigzagWidth + 4 * phase) % 4 - 2) - 1), Draws: true));

    /// <summary>
    /// (1 − k)·x + k·e, where e is the edge: the length of the gradient by Sobel's masks, 1 where black meets white. (Sobel, Feldman,
    /// "A 3 × 3 Isotropic Gradient Operator for Image Processing", Stanford 1968.)
    /// </summary>
    public static Picture Edges(Picture image, double part, CounterRandom random) => image.Map((c, y, x) =>
    {
        double right = Slope(1, 0), down = Slope(0, 1);
        return (1 - part) * image[c, y, x] + part * Math.Sqrt(right * right + down * down);

        double Slope(int alongX, int alongY)
        {
            double sum = 0;
            for (int across = -1; across <= 1; across++)
            {
                int weight = across == 0 ? 2 : 1;
                sum += weight * (image[c, y + alongY + across * alongX, x + alongX + across * alongY]
                    - image[c, y - alongY + across * alongX, x - alongX + across * alongY]);
            }

            return sum / 4;
        }
    });

    /// <summary>White lines between random heights of the left and the right edge.</summary>
    /// <param name="lines">How many.</param>
    /// <param name="random">The random numbers.</param>
    /// <param name="shape">
    /// Where a line runs, above the straight one, and whether it draws: of the way from its left end and a phase in [0, 1).
    /// </param>
    static Picture Lines(
        Picture image, double lines, CounterRandom random, Func<double, double, (double Off, bool Draws)> shape)
    {
        Picture result = image;
        for (int line = 0; line < lines; line++)
        {
            double start = random.NextDouble() * (image.Height - 1), end = random.NextDouble() * (image.Height - 1);
            double phase = random.NextDouble();
            Picture before = result;
            double slope = (end - start) / image.Width, steepness = Math.Sqrt(1 + slope * slope);
            result = before.Map((c, y, x) =>
            {
                (double off, bool draws) = shape(steepness * x / image.Pixel, phase);
                double distance = Math.Abs(y - (start + slope * x + off * image.Pixel)) / steepness;
                return draws ? Math.Max(before[c, y, x], Math.Clamp(LineWidth * image.Pixel - distance, 0, 1)) : before[c, y, x];
            });
        }

        return result;
    }
}
