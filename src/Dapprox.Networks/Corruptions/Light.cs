using Dapprox.Foundation;

namespace Dapprox.Networks.Corruptions;

/// <summary>Light, colour, weather and resolution.</summary>
static class Light
{
    // ITU-R BT.601: how bright red, green and blue appear.
    static readonly double[] Luma = [0.299, 0.587, 0.114];

    /// <summary>x + b.</summary>
    public static Picture Brightness(Picture image, double more, CounterRandom random) => image.Each(x => x + more);

    /// <summary>m + k·(x − m), where m is the mean of the image.</summary>
    public static Picture Contrast(Picture image, double kept, CounterRandom random)
    {
        double sum = 0;
        foreach (double value in image.Values)
            sum += value;
        double mean = sum / image.Values.Length;
        return image.Each(x => mean + kept * (x - mean));
    }

    /// <summary>g + k·(x − g), where g is the grey value of the pixel (BT.601).</summary>
    public static Picture Saturate(Picture image, double factor, CounterRandom random) => image.Map((c, y, x) =>
    {
        double grey = Luma[0] * image[0, y, x] + Luma[1] * image[1, y, x] + Luma[2] * image[2, y, x];
        return grey + factor * (image[c, y, x] - grey);
    });

    /// <summary>(x + t·f)/(1 + t), where f is a cloud in [0, 1], the same in all channels.</summary>
    public static Picture Fog(Picture image, double thickness, CounterRandom random)
    {
        double[,] cloud = Plasma.Cloud(Math.Max(image.Height, image.Width), random);
        return image.Map((c, y, x) => (image[c, y, x] + thickness * cloud[y, x]) / (1 + thickness));
    }

    /// <summary>
    /// The image at a resolution b times coarser: the sides are divided into ⌈side / b⌉ parts, and every rectangle has its mean.
    /// </summary>
    public static Picture Pixelate(Picture image, double coarseness, CounterRandom random)
    {
        int rows = (int)Math.Ceiling(image.Height / (coarseness * image.Pixel));
        int columns = (int)Math.Ceiling(image.Width / (coarseness * image.Pixel));
        rows = Math.Min(rows, image.Height);
        columns = Math.Min(columns, image.Width);
        return image.Map((c, y, x) =>
        {
            (int top, int bottom) = Part(y, image.Height, rows);
            (int left, int right) = Part(x, image.Width, columns);
            double sum = 0;
            for (int row = top; row < bottom; row++)
            {
                for (int column = left; column < right; column++)
                    sum += image[c, row, column];
            }

            return sum / ((bottom - top) * (right - left));
        });
    }

    /// <summary>The first pixel of the part that a pixel lies in, and the first of the next part.</summary>
    static (int First, int End) Part(int pixel, int side, int parts)
    {
        int part = (int)(((long)pixel * parts + parts - 1) / side);
        return ((int)((long)part * side / parts), (int)((part + 1L) * side / parts));
    }
}
