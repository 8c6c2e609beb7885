using Dapprox.Foundation;
using Dapprox.Networks.Corruptions;
using Dapprox.Networks.Data;
using Xunit;

namespace Dapprox.Tests.Corruptions;

/// <summary>What holds for every corruption.</summary>
public class CorruptionTests
{
    static readonly Dataset Digits = Datasets.Load("digits", Split.Test).First(60);

    // The amount that leaves an image as it is. Shot noise has none.
    static readonly Dictionary<string, double> Neutral = new()
    {
        ["gaussian-noise"] = 0,
        ["impulse-noise"] = 0,
        ["speckle-noise"] = 0,
        ["gaussian-blur"] = 0,
        ["defocus-blur"] = 0,
        ["motion-blur"] = 0,
        ["zoom-blur"] = 0,
        ["glass-blur"] = 0,
        ["brightness"] = 0,
        ["contrast"] = 1,
        ["saturate"] = 1,
        ["fog"] = 0,
        ["pixelate"] = 1,
        ["translate"] = 0,
        ["rotate"] = 0,
        ["shear"] = 0,
        ["scale"] = 1,
        ["elastic"] = 0,
        ["stripe"] = 0,
        ["spatter"] = 0,
        ["dotted-line"] = 0,
        ["zigzag"] = 0,
        ["occlusion"] = 0,
        ["edges"] = 0,
    };

    public static TheoryData<string> Names => [.. Corruption.All.Select(corruption => corruption.Name)];

    public static TheoryData<string> NamesWithIdentity => [.. Neutral.Keys];

    [Fact]
    public void All_HaveNamesOfTheirOwn_AndFiveAmountsThatGoOneWay()
    {
        Assert.Equal(Corruption.All.Count, Corruption.All.Select(corruption => corruption.Name).Distinct().Count());
        Assert.Equal(Neutral.Keys.Append("shot-noise").Order(), Corruption.All.Select(corruption => corruption.Name).Order());
        foreach (Corruption corruption in Corruption.All)
        {
            Assert.Equal(Corruption.Severities, corruption.Amounts.Distinct().Count());
            Assert.True(
                corruption.Amounts.SequenceEqual(corruption.Amounts.Order())
                || corruption.Amounts.SequenceEqual(corruption.Amounts.OrderDescending()));
        }
    }

    [Theory]
    [MemberData(nameof(NamesWithIdentity))]
    public void Apply_TheNeutralAmount_ChangesNothing(string name)
    {
        Picture image = Colours(3, 32, 32);

        Picture same = Corruption.Find(name).Apply(image, Neutral[name], new CounterRandom(1));

        for (int i = 0; i < image.Values.Length; i++)
            Assert.Equal(image.Values[i], same.Values[i], 1e-12);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_AnySize_GivesFiniteNumbersOfTheSameShape(string name)
    {
        Corruption corruption = Corruption.Find(name);
        foreach ((int channels, int height, int width) in ((int, int, int)[])[(1, 28, 28), (3, 32, 32), (3, 5, 9), (1, 40, 17), (3, 1, 1)])
        {
            if (corruption.NeedsColour && channels == 1)
                continue;
            Picture[] images =
            [
                Colours(channels, height, width), new(channels, height, width),
                new Picture(channels, height, width).Each(_ => 1)
            ];
            foreach (Picture image in images)
            {
                double[] before = image.Values.ToArray();

                Picture result = corruption.Apply(image, corruption.Amounts[^1], new CounterRandom(1));

                Assert.Equal(before, image.Values.ToArray());
                Assert.Equal((channels, height, width), (result.Channels, result.Height, result.Width));
                Assert.All(result.Values.ToArray(), value => Assert.InRange(value, -100, 100));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Of_DoesNotDependOnThreadsOrOtherImages_AndRepeats(string name)
    {
        Corruption corruption = Corruption.Find(name);
        Dataset images = corruption.NeedsColour ? Coloured(20) : Digits.First(20);

        byte[] corrupted = corruption.Of(images, 3, seed: 7, threads: 1).Pixels.ToArray();

        Assert.Equal(corrupted, corruption.Of(images, 3, seed: 7, threads: 4).Pixels.ToArray());
        int length = corrupted.Length / images.Count;
        Dataset slice = corruption.Of(images.Slice(5, 3), 3, seed: 7);
        Assert.Equal(corrupted[(5 * length)..(8 * length)], slice.Pixels.ToArray());
        Assert.Equal((5, 3, images.Name), (slice.Offset, slice.Count, slice.Name));
        Assert.Equal(images.Labels[5..8], slice.Labels);
    }

    [Fact]
    public void Of_AnotherSeedOrAnotherImage_DrawsOtherNumbers()
    {
        Corruption noise = Corruption.Find("gaussian-noise");
        var twice = new Dataset(
            "twice", Split.Test, 1, 28, 28, Digits.Classes, (byte[])[.. Digits.Pixels[..784].Span, .. Digits.Pixels[..784].Span], [0, 0],
            true, "");

        byte[] one = noise.Of(twice, 1, seed: 1).Pixels.ToArray();

        Assert.NotEqual(one, noise.Of(twice, 1, seed: 2).Pixels.ToArray());
        Assert.NotEqual(one[..784], one[784..]);
    }

    // Each severity is further from the image than the one before, in the mean over the images.
    [Theory]
    [MemberData(nameof(Names))]
    public void Of_HigherSeverities_ChangeImagesMore(string name)
    {
        Corruption corruption = Corruption.Find(name);
        foreach (Dataset images in corruption.NeedsColour ? (Dataset[])[Coloured(60)] : [Digits, Coloured(60)])
        {
            double[] distances = [.. Enumerable.Range(1, Corruption.Severities).Select(
                severity => Distance(images, corruption.Of(images, severity)))];

            Assert.True(distances[0] > 0);
            Assert.True(distances.SequenceEqual(distances.Order()), string.Join(", ", distances));
            Assert.Equal(Corruption.Severities, distances.Distinct().Count());
        }
    }

    [Fact]
    public void Of_WrongArguments_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Corruption.Find("fog").Of(Digits, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Corruption.Find("fog").Of(Digits, 6));
        Assert.Throws<ArgumentException>(() => Corruption.Find("saturate").Of(Digits, 1));
        Assert.Throws<InputException>(() => Corruption.Find("frost"));
    }

    /// <summary>The mean over the images of the L2 distance, pixels from 0 to 255.</summary>
    static double Distance(Dataset clean, Dataset corrupted)
    {
        int length = clean.Pixels.Length / clean.Count;
        return Enumerable.Range(0, clean.Count).Average(image => Math.Sqrt(Enumerable.Range(image * length, length)
            .Sum(i => Math.Pow(clean.Pixels.Span[i] - corrupted.Pixels.Span[i], 2))));
    }

    static Dataset Coloured(int count)
    {
        byte[] pixels = [.. Enumerable.Range(0, count).SelectMany(
            image => Colours(3, 32, 32, (ulong)image).Values.ToArray().Select(value => (byte)Math.Round(255 * value)))];
        return new Dataset("colours", Split.Test, 3, 32, 32, ["a"], pixels, new int[count], true, "");
    }

    /// <summary>A random image from 0 to 1: slow waves in each channel, and a little noise.</summary>
    static Picture Colours(int channels, int height, int width, ulong stream = 0)
    {
        var random = new CounterRandom(5, stream);
        double[] phases = [.. Enumerable.Range(0, 12).Select(_ => 2 * Math.PI * random.NextDouble())];
        return new Picture(channels, height, width).Map((c, y, x) => 0.5
            + 0.3 * Math.Sin(phases[4 * c] + 0.12 * x + 0.05 * y) * Math.Cos(phases[4 * c + 1] + 0.1 * y)
            + 0.15 * Math.Sin(phases[4 * c + 2] + 0.2 * x - 0.15 * y)
            + 0.05 * (2 * random.NextDouble() - 1));
    }
}
