using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class AveragingVictimTests
{
    readonly Tensor images = new(LinearVictim.Numbers(3, 4 * LinearVictim.Pixels), 4, 1, 3, 4);

    public static TheoryData<string> Transformations => ["noise", "shift"];

    [Theory]
    [MemberData(nameof(Transformations))]
    public void OverTheIdentity_NothingChanges_ButEverySampleIsAsked(string kind)
    {
        const int Samples = 300;
        RowVictim inner = RowVictim.Of(SmallNetwork.Create(AxFpm.Released, threads: 1));
        IGradientVictim victim = new AveragingVictim(inner, Transformation(kind, identity: true), Samples, seed: 1);
        (Tensor logits, Tensor gradient) = inner.InputGradient(images, Loss);
        int[] labels = inner.Labels(images);
        int before = inner.GradientQueries;

        (Tensor meanLogits, Tensor meanGradient) = victim.InputGradient(images, Loss);

        Assert.Equal((Samples, Samples), (victim.QueryCost, victim.GradientCost));
        Assert.Equal(4 * Samples, inner.GradientQueries - before);
        Assert.Equal(logits.Data, meanLogits.Data);
        Assert.Equal(gradient.Data, meanGradient.Data);
        Assert.Equal(logits.Data, victim.Logits(images).Data);
        Assert.Equal(4 * Samples, inner.ScoreQueries);
        Assert.Equal(labels, victim.Labels(images));
        Assert.Equal(2 * 4 * Samples, inner.ScoreQueries);
    }

    [Theory]
    [MemberData(nameof(Transformations))]
    public void Answers_DependOnTheImageAndTheSeedOnly(string kind)
    {
        RowVictim inner = RowVictim.Of(SmallNetwork.Create(AxFpm.Released, threads: 1));
        var victim = new AveragingVictim(inner, Transformation(kind), 300, seed: 1);
        (Tensor logits, Tensor gradient) = victim.InputGradient(images, Loss);

        Assert.Equal(logits.Data, victim.Logits(images).Data);
        foreach (int[] places in (int[][])[[3], [0], [2, 1, 2, 3]])
        {
            (Tensor someLogits, Tensor someGradient) = victim.InputGradient(images.Gather(places), Loss);
            Assert.Equal(logits.Gather(places).Data, someLogits.Data);
            Assert.Equal(gradient.Gather(places).Data, someGradient.Data);
        }

        Assert.NotEqual(logits.Data, new AveragingVictim(inner, Transformation(kind), 300, seed: 2).Logits(images).Data);
        Assert.NotEqual(logits.Data, inner.Logits(images).Data);
    }

    [Fact]
    public void Logits_OfALinearVictimUnderNoise_AreNearItsOwn()
    {
        const int Samples = 4000;
        var victim = new AveragingVictim(LinearVictim.Create(), new GaussianNoise(0.5), Samples, seed: 1);

        Tensor logits = victim.Logits(images);

        // Five standard errors of a sum of twelve pixels' noise, each weighted by at most 1.
        double tolerance = 5 * 0.5 * Math.Sqrt(LinearVictim.Pixels / (double)Samples);
        for (int image = 0; image < 4; image++)
        {
            float[] expected = LinearVictim.Logits(images.Row(image).ToArray());
            for (int i = 0; i < expected.Length; i++)
                Assert.InRange(Math.Abs(expected[i] - logits.Row(image)[i]), 1e-6, tolerance);
        }
    }

    // With L = |z|²/2 and z = W·x, the loss of ±x has the gradient WᵀW·x for either sign; the loss of the mean logits, which
    // are near 0, has nearly none.
    [Fact]
    public void InputGradient_IsThatOfTheExpectedLoss_NotOfTheLossOfTheExpectedLogits()
    {
        var victim = new AveragingVictim(LinearVictim.Create(), new RandomSign(), 400, seed: 1);

        (Tensor logits, Tensor gradient) = victim.InputGradient(images, (_, scores, back) => scores.CopyTo(back));

        for (int image = 0; image < 4; image++)
        {
            float[] scores = LinearVictim.Logits(images.Row(image).ToArray()), expected = LinearVictim.Gradient(scores);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], gradient.Row(image)[i], 1e-5f);
            for (int i = 0; i < scores.Length; i++)
                Assert.InRange(Math.Abs(logits.Row(image)[i]), 0, 0.3 * Math.Abs(scores[i]));
        }
    }

    [Fact]
    public void InputGradient_IsPulledBackThroughTheShift()
    {
        // The centre pixel alone is seen, so the mean gradient counts how often each pixel came to lie there.
        var inner = new RowVictim([1, 3, 3], 1, image => [image[4]], (_, back) => [0, 0, 0, 0, back[0], 0, 0, 0, 0]);
        var victim = new AveragingVictim(inner, new RandomShift(1), 9000, seed: 1);
        var image = new Tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], 1, 1, 3, 3);

        (Tensor logits, Tensor gradient) = victim.InputGradient(image, (_, _, back) => back[0] = 1);

        Assert.All(gradient.Data, share => Assert.InRange(share, 1 / 9.0 - 0.02, 1 / 9.0 + 0.02));
        Assert.Equal(1, gradient.Data.Sum(), 1e-5);
        Assert.Equal(gradient.Data.Zip(image.Data, (share, pixel) => share * pixel).Sum(), logits.Data[0], 1e-4);
    }

    [Fact]
    public void ALogitThatIsNotANumberInOneSample_LeavesNoAnswer()
    {
        var inner = new RowVictim(
            [1, 1, 1], 2, image => image[0] > 1 ? [float.NaN, 0] : [1, 0], (image, _) => image[0] > 1 ? [float.NaN] : [1]);
        var victim = new AveragingVictim(inner, new GaussianNoise(1), 100, seed: 1);

        Assert.Equal([-1], victim.Labels(new Tensor([0.5f], 1, 1, 1, 1)));
        Assert.Equal([float.NaN], victim.InputGradient(new Tensor([0.5f], 1, 1, 1, 1), (_, _, _) => { }).Gradient.Data);
    }

    [Fact]
    public void WithoutSamples_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new AveragingVictim(LinearVictim.Create(), new GaussianNoise(0), 0, 1));

    static RandomTransformation Transformation(string kind, bool identity = false) =>
        kind == "noise" ? new GaussianNoise(identity ? 0 : 0.2) : new RandomShift(identity ? 0 : 1);

    static void Loss(int image, ReadOnlySpan<float> logits, Span<float> gradient) => CrossEntropy.Direction(logits, 1, gradient);

    sealed class RandomSign : RandomTransformation
    {
        public override void Apply(ReadOnlySpan<float> image, ReadOnlySpan<int> shape, CounterRandom random, Span<float> result)
        {
            float sign = random.NextInt32(2) == 0 ? -1 : 1;
            for (int i = 0; i < image.Length; i++)
                result[i] = sign * image[i];
        }

        public override void PullBack(ReadOnlySpan<float> gradient, ReadOnlySpan<int> shape, CounterRandom random, Span<float> result) =>
            Apply(gradient, shape, random, result);
    }
}
