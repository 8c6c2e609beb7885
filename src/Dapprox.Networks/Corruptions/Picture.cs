namespace Dapprox.Networks.Corruptions;

/// <summary>An image while it is corrupted: planes of binary64 numbers, 0 black and 1 white. Corruptions may leave that range.</summary>
/// <param name="channels">1 for grey, 3 for red, green, blue.</param>
/// <param name="height">The rows.</param>
/// <param name="width">The columns.</param>
sealed class Picture(int channels, int height, int width)
{
    /// <summary>The shorter side for which the lengths of corruptions are stated in pixels.</summary>
    const double StatedSide = 32;

    readonly double[] values = new double[channels * height * width];

    public int Channels => channels;

    public int Height => height;

    public int Width => width;

    /// <summary>All values, <c>[channels, height, width]</c>.</summary>
    public Span<double> Values => values;

    /// <summary>The length, in pixels of this image, of one pixel of an image of 32 × 32.</summary>
    public double Pixel => Math.Min(height, width) / StatedSide;

    /// <summary>A value.</summary>
    /// <param name="c">The channel.</param>
    /// <param name="y">The row; one outside the image stands for the nearest inside, so the border is continued.</param>
    /// <param name="x">The column, likewise.</param>
    public double this[int c, int y, int x] =>
        values[(c * height + Math.Clamp(y, 0, height - 1)) * width + Math.Clamp(x, 0, width - 1)];

    /// <summary>The value at any position, by bilinear interpolation; at a pixel's centre exactly its value.</summary>
    public double At(int c, double y, double x)
    {
        (double top, double left) = (Math.Floor(y), Math.Floor(x));
        (double down, double right) = (y - top, x - left);
        (int row, int column) = ((int)top, (int)left);
        return (1 - down) * ((1 - right) * this[c, row, column] + right * this[c, row, column + 1])
            + down * ((1 - right) * this[c, row + 1, column] + right * this[c, row + 1, column + 1]);
    }

    /// <summary>A picture of the same size.</summary>
    /// <param name="value">The value at channel, row and column; called in this order, the column fastest.</param>
    public Picture Map(Func<int, int, int, double> value)
    {
        var result = new Picture(channels, height, width);
        for (int c = 0, i = 0; c < channels; c++)
        {
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                    result.values[i++] = value(c, y, x);
            }
        }

        return result;
    }

    /// <summary>A picture of the same size, every value a function of the value there.</summary>
    /// <param name="value">The function; called in the order of <see cref="Values"/>.</param>
    public Picture Each(Func<double, double> value)
    {
        var result = new Picture(channels, height, width);
        for (int i = 0; i < values.Length; i++)
            result.values[i] = value(values[i]);
        return result;
    }
}
