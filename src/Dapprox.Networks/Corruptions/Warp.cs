using Dapprox.Foundation;

namespace Dapprox.Networks.Corruptions;

/// <summary>
/// Moves, by bilinear interpolation about the centre of the image; the border is continued. Lengths are in pixels of an image of 32 × 32.
/// </summary>
static class Warp
{
    // Wide enough that strokes bend, narrow enough that they do not just move.
    const double ElasticSoftness = 3;

    /// <summary>By d in a direction uniform in 0 to 360°.</summary>
    public static Picture Translate(Picture image, double distance, CounterRandom random)
    {
        (double down, double right) = Math.SinCos(2 * Math.PI * random.NextDouble());
        return From(image, (y, x) => (y - distance * image.Pixel * down, x - distance * image.Pixel * right));
    }

    /// <summary>By an angle, left or right.</summary>
    public static Picture Rotate(Picture image, double degrees, CounterRandom random)
    {
        (double sine, double cosine) = Math.SinCos(Sign(ref random) * degrees * Math.PI / 180);
        return From(image, (y, x) => (cosine * y - sine * x, sine * y + cosine * x));
    }

    /// <summary>Rows are moved by k times their height above the centre, left or right.</summary>
    public static Picture Shear(Picture image, double factor, CounterRandom random)
    {
        double slope = Sign(ref random) * factor;
        return From(image, (y, x) => (y, x + slope * y));
    }

    /// <summary>Made smaller, to k times the size.</summary>
    public static Picture Scale(Picture image, double factor, CounterRandom random) => From(image, (y, x) => (y / factor, x / factor));

    /// <summary>
    /// Every pixel moves by a random field, normal noise softened with σ = 3, the root mean square of its components d. (Simard,
    /// Steinkraus, Platt, "Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis", ICDAR 2003, section 2.)
    /// </summary>
    public static Picture Elastic(Picture image, double distance, CounterRandom random)
    {
        Picture field = Blur.Soften(
            new Picture(2, image.Height, image.Width).Each(_ => random.NextNormal()), ElasticSoftness * image.Pixel);
        double squares = 0;
        foreach (double value in field.Values)
            squares += value * value;
        double scale = distance * image.Pixel / Math.Sqrt(squares / field.Values.Length);
        return image.Map((c, y, x) => image.At(c, y + scale * field[0, y, x], x + scale * field[1, y, x]));
    }

    /// <summary>The image whose pixels come from the places that a map gives; places are relative to the centre.</summary>
    static Picture From(Picture image, Func<double, double, (double Y, double X)> place)
    {
        (double middleY, double middleX) = ((image.Height - 1) / 2.0, (image.Width - 1) / 2.0);
        return image.Map((c, y, x) =>
        {
            (double fromY, double fromX) = place(y - middleY, x - middleX);
            return image.At(c, middleY + fromY, middleX + fromX);
        });
    }

    static int Sign(ref CounterRandom random) => random.NextInt32(2) == 0 ? -1 : 1;
}
