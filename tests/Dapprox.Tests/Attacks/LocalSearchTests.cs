using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class LocalSearchTests
{
    const int Channels = 2, Height = 6, Width = 20, Pixels = Height * Width;

    static readonly float[] Weights = Numbers(61, -1, 1);

    static readonly Tensor Image = new(Numbers(62, 0, 1), 1, Channels, Height, Width);

    // The first round tries 12 of the 120 pixels, and its outcome shows which it changes.
    [Theory]
    [InlineData(PixelOrder.Highest)]
    [InlineData(PixelOrder.Lowest)]
    public void Run_LinearVictim_ChangesThePixelsInTheOrderOfTheirScores(PixelOrder order)
    {
        List<float[]> asked = Ask(LocalSearch.Foolbox24 with { Order = order, Rounds = 1 });

        int[] tried = [.. asked.Take(12).Select(trial => Assert.Single(Differing(trial, Image.Data)))];
        Assert.Equal(13, asked.Count);
        Assert.Equal(12, tried.Distinct().Count());
        int[] expected = [.. tried.OrderBy(pixel => (order == PixelOrder.Highest ? -1 : 1) * TrialScore(pixel)).Take(5)];
        Assert.Equal(expected.Order(), Differing(asked[12], Image.Data).Order());

        static double TrialScore(int pixel) => Enumerable.Range(0, Channels).Select(channel => channel * Pixels + pixel)
            .Sum(i => Weights[i] * (10.0 * Math.Sign(Image.Data[i] - 0.5) + 0.5 - Image.Data[i]));
    }

    [Theory]
    [InlineData(10, 1.5)]
    [InlineData(1, 2)]
    public void Run_TrialsAndChanges_AreTheFormulaInAllChannels(double size, double factor)
    {
        List<float[]> asked = Ask(LocalSearch.Foolbox24 with { TrialSize = size, Factor = factor, Rounds = 1 });

        foreach (float[] trial in asked.Take(12))
            AssertPixels(trial, Image.Data, value => size * Math.Sign(value));
        AssertPixels(
            asked[12], Image.Data,
            value => factor * value > 0.5 ? factor * value - 1 : factor * value < -0.5 ? factor * value + 1 : factor * value);

        static void AssertPixels(float[] actual, float[] before, Func<double, double> change)
        {
            int[] pixels = Differing(actual, before);
            for (int i = 0; i < actual.Length; i++)
                Assert.Equal(pixels.Contains(i % Pixels) ? change(before[i] - 0.5) + 0.5 : before[i], actual[i], 1e-6);
        }
    }

    // Rows and columns must not be mistaken for each other: the image is wide, and squares stick out of it.
    [Fact]
    public void Run_SecondRound_TriesThePixelsAroundTheChangedOnes()
    {
        List<float[]> asked = Ask(LocalSearch.Foolbox24 with { Distance = 2, PixelsPerRound = 1, Rounds = 2 });

        int centre = Assert.Single(Differing(asked[12], Image.Data));
        int[] around = [.. Enumerable.Range(0, Pixels).Where(pixel =>
            Math.Abs(pixel / Width - centre / Width) <= 2 && Math.Abs(pixel % Width - centre % Width) <= 2)];
        Assert.Equal(around, asked.Skip(13).SkipLast(1).SelectMany(trial => Differing(trial, asked[12])).Order());
    }

    [Fact]
    public void Run_MorePixelsThanCandidates_TriesAsManyAsAllowed()
    {
        List<float[]> asked = Ask(LocalSearch.Foolbox24 with { Candidates = 7, Rounds = 3 });

        Assert.Equal(3 * 8, asked.Count);
    }

    [Fact]
    public void Run_Shrink_KeepsWhatIsNeeded()
    {
        AttackRecord foolbox = Attack(LocalSearch.Foolbox24);
        AttackRecord strong = Attack(new LocalSearch());

        Assert.True(foolbox.Success && strong.Success);
        Assert.True(strong.Distances.L2 < foolbox.Distances.L2);
        foreach (int pixel in Differing(strong.Adversarial, Image.Data))
        {
            float[] without = (float[])strong.Adversarial.Clone();
            for (int channel = 0; channel < Channels; channel++)
                without[channel * Pixels + pixel] = Image.Data[channel * Pixels + pixel];
            Assert.True(Logit(without) >= 0);
        }

        static AttackRecord Attack(LocalSearch attack) =>
            AttackRunner.Run(
                attack, new RowVictim([Channels, Height, Width], 2, image => [Logit(image), 0], (_, _) => []), Image, [0], 3)[0];
    }

    [Fact]
    public void Run_Targeted_IsRefused() => Assert.Throws<NotSupportedException>(() =>
        AttackRunner.Run(
            new LocalSearch(), new RowVictim([Channels, Height, Width], 2, _ => [1, 0], (_, _) => []), Image, [0], 0, targets: [1]));

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LocalSearch { Factor = 2.1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LocalSearch { Factor = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LocalSearch { TrialSize = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LocalSearch { Distance = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LocalSearch { PixelsPerRound = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LocalSearch { Rounds = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LocalSearch { Candidates = 0 });
    }

    /// <summary>What an attack asks about; the victim is linear, and is never fooled.</summary>
    static List<float[]> Ask(LocalSearch attack)
    {
        var asked = new List<float[]>();
        var victim = new RowVictim([Channels, Height, Width], 2, image =>
        {
            asked.Add(image);
            return [image.Zip(Weights, (pixel, weight) => pixel * weight).Sum(), -1000];
        }, (_, _) => []);

        AttackRunner.Run(attack, victim, Image, [0], seed: 3);

        // The checks of the clean image and of the result are the runner's.
        return [.. asked.Skip(1).SkipLast(1)];
    }

    /// <summary>0.5 for the image, by a plane.</summary>
    static float Logit(float[] image) =>
        0.5f + image.Zip(Image.Data, (pixel, clean) => pixel - clean).Zip(Weights, (change, weight) => change * weight).Sum();

    static int[] Differing(float[] left, float[] right) =>
        [.. Enumerable.Range(0, Pixels)
            .Where(
                pixel => Enumerable.Range(0, Channels).Any(channel => left[channel * Pixels + pixel] != right[channel * Pixels + pixel]))];

    static float[] Numbers(ulong seed, float low, float high)
    {
        var random = new CounterRandom(seed);
        return [.. Enumerable.Range(0, Channels * Pixels).Select(_ => random.NextSingle(low, high))];
    }
}
