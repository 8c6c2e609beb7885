using Dapprox.Foundation;
using Dapprox.Networks.Corruptions;
using Xunit;

namespace Dapprox.Tests.Corruptions;

/// <summary>Corruptions whose result is known.</summary>
public class CorruptionAnswerTests
{
    const int Side = 32;

    // Of the moments of 3072 independent values.
    const double Sampling = 0.1;

    static CounterRandom Random => new(3);

    [Fact]
    public void Gaussian_Noise_HasItsMeanAndDeviation()
    {
        (double mean, double deviation) = Moments(Noise.Gaussian(Constant(0.5), 0.2, Random));

        Assert.Equal(0.5, mean, 0.015);
        Assert.InRange(deviation / 0.2, 1 - Sampling, 1 + Sampling);
    }

    [Fact]
    public void Speckle_Noise_IsProportionalToTheValue()
    {
        (double mean, double deviation) = Moments(Noise.Speckle(Constant(0.5), 0.2, Random));

        Assert.Equal(0.5, mean, 0.015);
        Assert.InRange(deviation / 0.1, 1 - Sampling, 1 + Sampling);
    }

    [Theory]
    [InlineData(0.5, 3)]
    [InlineData(0.9, 60)]
    public void Shot_Noise_HasTheMomentsOfPoisson(double value, double photons)
    {
        (double mean, double deviation) = Moments(Noise.Shot(Constant(value), photons, Random));

        Assert.InRange(mean / value, 1 - Sampling, 1 + Sampling);
        Assert.InRange(deviation / Math.Sqrt(value / photons), 1 - Sampling, 1 + Sampling);
        Assert.All(Noise.Shot(Constant(0), photons, Random).Values.ToArray(), black => Assert.Equal(0, black));
    }

    [Fact]
    public void Impulse_Noise_IsBlackAndWhiteAlike()
    {
        double[] values = Noise.Impulse(Constant(0.5), 0.3, Random).Values.ToArray();

        Assert.InRange(values.Count(value => value == 0) / (double)values.Length, 0.13, 0.17);
        Assert.InRange(values.Count(value => value == 1) / (double)values.Length, 0.13, 0.17);
        Assert.Equal(values.Length, values.Count(value => value is 0 or 0.5 or 1));
    }

    [Fact]
    public void BlursAndMoves_LeaveAConstantImageAsItIs()
    {
        string[] names = ["gaussian-blur", "defocus-blur", "motion-blur", "zoom-blur", "glass-blur", "contrast", "pixelate", "translate",
            "rotate", "shear", "scale", "elastic"];
        foreach (Corruption corruption in names.Select(Corruption.Find))
        {
            Assert.All(corruption.Amounts, amount => Assert.All(
                corruption.Apply(Constant(0.4), amount, Random).Values.ToArray(), value => Assert.Equal(0.4, value, 1e-12)));
        }
    }

    [Fact]
    public void Gaussian_Blur_SpreadsADotByItsDeviation_AndKeepsTheSum()
    {
        Picture blurred = Blur.Gaussian(Dot(16, 16), 1.5, Random);

        double sum = 0, squares = 0;
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                sum += blurred[0, y, x];
                squares += (x - 16) * (x - 16) * blurred[0, y, x];
            }
        }

        Assert.Equal(1, sum, 1e-12);
        // The kernel ends at three standard deviations.
        Assert.Equal(1.5, Math.Sqrt(squares), 0.05);
    }

    [Fact]
    public void Defocus_SpreadsADotOverADisc()
    {
        Picture blurred = Blur.Defocus(Dot(16, 16), 2, Random);

        Assert.Equal(blurred[0, 16, 16], blurred[0, 17, 17], 1e-12);
        Assert.Equal(0.5 * blurred[0, 16, 16], blurred[0, 16, 18], 1e-12);
        Assert.Equal(0, blurred[0, 16, 19]);
    }

    [Fact]
    public void Motion_OfAStrokeAlongIt_StaysWithinFortyFiveDegrees()
    {
        Picture blurred = Blur.Motion(Dot(16, 16), 8, Random);

        Assert.All(
            from y in Enumerable.Range(0, Side) from x in Enumerable.Range(0, Side) where blurred[0, y, x] > 0 select (y, x),
            place => Assert.True(Math.Abs(place.y - 16) <= Math.Abs(place.x - 16) + 1 && Math.Abs(place.x - 16) <= 5));
    }

    [Fact]
    public void Contrast_ShrinksDifferencesToTheMean()
    {
        Picture image = new Picture(1, 1, 4).Map((_, _, x) => x / 4.0);

        Assert.Equal([0.225, 0.325, 0.425, 0.525], Rounded(Light.Contrast(image, 0.4, Random)));
        Assert.Equal([0.2, 0.45, 0.7, 0.95], Rounded(Light.Brightness(image, 0.2, Random)));

        static double[] Rounded(Picture picture) => Array.ConvertAll(picture.Values.ToArray(), value => Math.Round(value, 12));
    }

    [Fact]
    public void Saturate_KeepsTheGreyValue_AndGreyPixels()
    {
        Picture image = new Picture(3, 1, 2).Map((c, _, x) => x == 0 ? 0.3 : 0.2 + 0.3 * c);

        Picture result = Light.Saturate(image, 2, Random);

        Assert.All(Enumerable.Range(0, 3), c => Assert.Equal(0.3, result[c, 0, 0], 1e-12));
        Assert.Equal(Grey(image), Grey(result), 1e-12);
        Assert.Equal(2 * (image[2, 0, 1] - image[0, 0, 1]), result[2, 0, 1] - result[0, 0, 1], 1e-12);

        static double Grey(Picture of) => 0.299 * of[0, 0, 1] + 0.587 * of[1, 0, 1] + 0.114 * of[2, 0, 1];
    }

    [Fact]
    public void Fog_OverBlack_IsASmoothCloud()
    {
        Picture fog = Light.Fog(Constant(0), 1, Random);

        Assert.All(fog.Values.ToArray(), value => Assert.InRange(value, 0, 0.5));
        Assert.True(Moments(fog).Deviation > 0.03);
        // Clouds are smooth: neighbours differ less than distant pixels.
        Assert.True(Mean(1) < 0.5 * Mean(16));

        double Mean(int apart) => (
            from y in Enumerable.Range(0, Side)
            from x in Enumerable.Range(0, Side - apart)
            select Math.Abs(fog[0, y, x] - fog[0, y, x + apart])).Average();
    }

    [Theory]
    [InlineData(28, 33)]
    [InlineData(33, 33)]
    [InlineData(34, 65)]
    public void Cloud_HasAllOfZeroToOne(int side, int size)
    {
        double[] heights = [.. Plasma.Cloud(side, Random).Cast<double>()];

        Assert.Equal(size * size, heights.Length);
        Assert.Equal((0, 1), (heights.Min(), heights.Max()));
    }

    [Fact]
    public void Pixelate_ByTwo_MakesMeansOfSquares()
    {
        Picture image = Ramp();

        Picture result = Light.Pixelate(image, 2, Random);

        Assert.All(Enumerable.Range(0, Side), x => Assert.Equal((x / 2 * 2 + 0.5) / Side, result[0, 5, x], 1e-12));
        Assert.Equal(result.Values.ToArray(), Light.Pixelate(result, 2, Random).Values.ToArray());
    }

    [Fact]
    public void Translate_MovesADotByItsDistance()
    {
        (double y, double x) = Centre(Warp.Translate(Dot(16, 16), 5, Random));

        Assert.Equal(5, Math.Sqrt((y - 16) * (y - 16) + (x - 16) * (x - 16)), 0.15);
    }

    [Fact]
    public void Rotate_ByAQuarter_MovesADotByAQuarter()
    {
        (double y, double x) = Centre(Warp.Rotate(Dot(5, 10), 90, Random));

        // About (15.5, 15.5): (−10.5, −5.5) becomes ±(5.5, −10.5).
        Assert.Contains((Math.Round(y, 6), Math.Round(x, 6)), (IEnumerable<(double, double)>)[(21, 5), (10, 26)]);
    }

    [Fact]
    public void ShearAndScale_OfARamp_AreKnown()
    {
        Picture sheared = Warp.Shear(Ramp(), 0.5, Random), halved = Warp.Scale(Ramp(), 0.5, Random);

        // Four rows below another, a row has moved by two pixels; in the ramp a pixel is 1/32.
        Assert.Equal(2.0 / Side, Math.Abs(sheared[0, 18, 16] - sheared[0, 14, 16]), 1e-12);
        Assert.All(
            Enumerable.Range(0, Side),
            x => Assert.Equal(Math.Clamp(15.5 + 2 * (x - 15.5), 0, Side - 1) / Side, halved[0, 3, x], 1e-12));
    }

    [Fact]
    public void Drawings_CoverWhatTheySay()
    {
        Assert.Equal(4 * Side, Drawing.Stripe(Black(), 4, Random).Values.ToArray().Count(value => value == 1));
        Assert.Equal(64, Drawing.Occlude(Black(), 8, Random).Values.ToArray().Count(value => value == 0.5));
        Assert.Equal(102, Drawing.Spatter(Black(), 0.1, Random).Values.ToArray().Count(value => value > 0));
    }

    [Fact]
    public void Lines_CrossTheWholeImage_AndDottedOnesHaveGaps()
    {
        Picture zigzag = Drawing.Zigzags(Black(), 1, Random), dotted = Drawing.DottedLines(Black(), 1, Random);

        int[] Columns(Picture image) => [.. Enumerable.Range(0, Side).Where(
            x => Enumerable.Range(0, Side).Any(y => image[0, y, x] > 0))];
        // A zigzag can leave the image near its top and bottom.
        Assert.InRange(Columns(zigzag).Length, Side / 2, Side);
        Assert.InRange(Columns(dotted).Length, Side / 4, Side * 3 / 4);
    }

    [Fact]
    public void Edges_OfAStep_AreWhereItIs()
    {
        Picture step = new Picture(1, Side, Side).Map((_, _, x) => x < 16 ? 0 : 1);

        Picture edges = Drawing.Edges(step, 1, Random);

        Assert.All(Enumerable.Range(0, Side), x => Assert.Equal(x is 15 or 16 ? 1 : 0, edges[0, 7, x]));
    }

    static Picture Constant(double value) => new Picture(3, Side, Side).Each(_ => value);

    static Picture Black() => new(1, Side, Side);

    static Picture Dot(int row, int column) => new Picture(1, Side, Side).Map((_, y, x) => y == row && x == column ? 1 : 0);

    static Picture Ramp() => new Picture(1, Side, Side).Map((_, _, x) => x / (double)Side);

    static (double Y, double X) Centre(Picture image)
    {
        double sum = 0, rows = 0, columns = 0;
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
                (sum, rows, columns) = (sum + image[0, y, x], rows + y * image[0, y, x], columns + x * image[0, y, x]);
        }

        return (rows / sum, columns / sum);
    }

    static (double Mean, double Deviation) Moments(Picture image)
    {
        double[] values = image.Values.ToArray();
        double mean = values.Average();
        return (mean, Math.Sqrt(values.Average(value => (value - mean) * (value - mean))));
    }
}
