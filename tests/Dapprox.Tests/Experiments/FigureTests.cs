using System.Globalization;
using System.Text.RegularExpressions;
using Dapprox.Arithmetic;
using Dapprox.Experiments.Figures;
using Dapprox.Experiments.Results;
using Dapprox.Measurement;
using SkiaSharp;
using Xunit;

namespace Dapprox.Tests.Experiments;

public class FigureTests
{
    [Theory]
    [InlineData("ax-fpm", "uniform01")]
    [InlineData("ax-fpm", "normal")]
    [InlineData("exact", "mantissa")]
    public void NoiseFigure_IsAPngOfItsSize_WithBothPlots(string multiplier, string law)
    {
        NoiseProfile profile = NoiseProfile.Measure(
            Multipliers.Find(multiplier), OperandDistribution.Find(law), 50_000, seed: 1, TestContext.Current.CancellationToken);

        using SKBitmap picture = SKBitmap.Decode(NoiseFigure.Draw(profile));

        Assert.Equal((2 * NoiseFigure.Width, 2 * NoiseFigure.Height), (picture.Width, picture.Height));
        Assert.True(Colours(picture, 0, picture.Width / 2) > 20, "no density");
        Assert.True(Colours(picture, 2 * picture.Width / 3, picture.Width) > 2, "no histogram");
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 1000)]
    public void NoiseFigure_OfHardlyAnything_IsStillAPicture(bool undefined, long samples)
    {
        FloatMultiplier multiplier = undefined ? new Undefined() : AxFpm.Released;
        NoiseProfile profile = NoiseProfile.Measure(
            multiplier, OperandDistribution.Uniform01, samples, seed: 1, TestContext.Current.CancellationToken);

        using SKBitmap picture = SKBitmap.Decode(NoiseFigure.Draw(profile));

        Assert.Equal(2 * NoiseFigure.Width, picture.Width);
    }

    [Fact]
    public void NoiseProfile_CountsEveryProductOnce()
    {
        NoiseProfile profile = NoiseProfile.Measure(
            AxFpm.Released, OperandDistribution.Uniform01, 50_000, seed: 1, TestContext.Current.CancellationToken);

        Assert.Equal(50_000, profile.Density.Counts.Cast<int>().Sum());
        Assert.InRange(profile.Density.ErrorHigh, 0.4, 0.5);
    }

    [Fact]
    public void AdversarialGrid_ShowsCleanPerturbationAndAdversarial()
    {
        AdversarialExample example = Example(channels: 1);

        using SKBitmap picture = SKBitmap.Decode(AdversarialGrid.Draw([example, example]));

        Assert.Equal((2 * AdversarialGrid.Width, 2 * AdversarialGrid.Height(2)), (picture.Width, picture.Height));
        // The middles of the first row's pictures: black, grey for no change, black.
        Assert.Equal([0, 128, 0], Column(picture, x: 56).Select(colour => (int)colour.Red));
        // Their upper left corners, where the example changes most: 0, then white for +, then 255·0.2.
        Assert.Equal([0, 255, 51], Column(picture, x: 3, y: 3).Select(colour => (int)colour.Red));
    }

    [Fact]
    public void AdversarialGrid_OfColourImages_HasColours()
    {
        using SKBitmap picture = SKBitmap.Decode(AdversarialGrid.Draw([Example(channels: 3)]));

        SKColor corner = Column(picture, x: 3, y: 3)[2];
        Assert.Equal((51, 0, 0), (corner.Red, corner.Green, corner.Blue));
    }

    [Fact]
    public void AdversarialGrid_HasCaptions()
    {
        using SKBitmap picture = SKBitmap.Decode(AdversarialGrid.Draw([Example(channels: 1)]));

        // Text is there even where the machine has no fonts: dark, blue and vermilion pixels to the right of the pictures.
        Assert.True(Colours(picture, 2 * (AdversarialGrid.Width - 190), picture.Width) > 20);
    }

    [Fact]
    public void AdversarialGrid_OfNothing_IsRefused() => Assert.Throws<ArgumentException>(() => AdversarialGrid.Draw([]));

    [Fact]
    public void ParetoFigure_HasTheNamesTheFrontAndTheKey()
    {
        string svg = Pareto();

        // Text is drawn in one piece, its letters at places of their own.
        Assert.All(Designs, design => Assert.Matches($@">\s*{design.Name}\s*</text>", svg));
        Assert.Contains("Pareto front", svg, StringComparison.Ordinal);
        Assert.Contains("dominated", svg, StringComparison.Ordinal);
        // SVG has one blank where several follow another.
        Assert.Contains("#6 array:24:by-column=", svg, StringComparison.Ordinal);
        Assert.Equal(svg, Pareto());
        Assert.True(Boxes(svg).Count == Designs.Length);
        foreach (SKRect one in Boxes(svg))
            Assert.Single(Boxes(svg), other => other.IntersectsWith(one));

        // The names' places, each as high and at least as wide as its text.
        static List<SKRect> Boxes(string svg) =>
        [
            .. from Match text in Regex.Matches(svg, @"<text [^>]*?x=""([0-9.]+)[^""]*"" y=""([0-9.]+)[^>]*>\s*([^<]*?)\s*</text>")
               where Designs.Any(design => design.Name == text.Groups[3].Value)
               select SKRect.Create(
                   float.Parse(text.Groups[1].Value, CultureInfo.InvariantCulture),
                   float.Parse(text.Groups[2].Value, CultureInfo.InvariantCulture) - 9, 5 * text.Groups[3].Value.Length, 9),
        ];
    }

    [Fact]
    public void ParetoFigure_OfSeveralFigures_HasAPlotForEach()
    {
        ParetoAxis[] axes = [new("MRED"), new("energy, relative to the exact array"), new("delay, relative to the exact array")];
        ParetoPoint[] many = [.. Enumerable.Range(1, 60).Select(i => new ParetoPoint($"{i}", [1.0 / i, i, i % 7]))];

        using SKBitmap one = SKBitmap.Decode(ParetoFigure.Png("array:24", axes[..2], many));
        using SKBitmap two = SKBitmap.Decode(ParetoFigure.Png("array:24", axes, many));
        using SKBitmap none = SKBitmap.Decode(ParetoFigure.Png("array:24", axes[..2], []));

        Assert.Equal((one.Height, one.Width), (none.Height, none.Width));
        Assert.Equal(2 * ParetoFigure.Height, two.Height);
        Assert.True(two.Width > one.Width);
        Assert.True(Colours(two, 0, two.Width / 2) > 20 && Colours(two, two.Width / 2, two.Width) > 20);
    }

    static readonly ParetoPoint[] Designs =
    [
        new("exact", [1, 98.9]), new("bfloat16", [0.15, 98.3]), new("ax-fpm", [0.69, 97.8]), new("heap-like", [0.46, 98.6]),
        new("array:24:ama1:columns=20", [0.97, 98.85]), new("#6", [0.968, 98.84]), new("#7", [0.97, 98.86]),
    ];

    static string Pareto() => ParetoFigure.Svg(
        "lenet5-digits on digits", [new("energy of the products of an image, relative to exact"), new("accuracy, %", LargerIsBetter: true)],
        Designs,
        [$"#6  array:24:by-column={string.Join('+', Enumerable.Repeat("2xama1+ama5", 20))}"]);

    static AdversarialExample Example(int channels)
    {
        float[] clean = new float[channels * 16], adversarial = new float[channels * 16];
        adversarial[0] = 0.2f;
        return new AdversarialExample
        {
            Clean = clean,
            Adversarial = adversarial,
            Channels = channels,
            Height = 4,
            Width = 4,
            Attack = "FGSM, ε = 0.2",
            Label = "7",
            L2 = 0.2,
            Predictions = [new("exact", "1", Right: false), new("ax-fpm", "7", Right: true)],
        };
    }

    /// <summary>The pixel at a place, in figure pixels, of each of the first row's three pictures.</summary>
    static SKColor[] Column(SKBitmap picture, int x, int y = 56) =>
        Enumerable.Range(0, 3).Select(i => picture.GetPixel(2 * (16 + i * 126 + x), 2 * (34 + y))).ToArray();

    static int Colours(SKBitmap picture, int left, int right)
    {
        var seen = new HashSet<SKColor>();
        for (int y = 0; y < picture.Height; y += 2)
        {
            for (int x = left; x < right; x += 2)
                seen.Add(picture.GetPixel(x, y));
        }

        return seen.Count;
    }

    sealed class Undefined() : FloatMultiplier("undefined", "gives no number", "this test")
    {
        public override float Multiply(float activation, float weight) => float.NaN;
    }
}
