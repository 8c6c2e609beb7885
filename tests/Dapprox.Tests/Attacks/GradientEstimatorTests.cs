using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class GradientEstimatorTests
{
    static readonly Network Small = SmallNetwork.Create(AxFpm.Released, threads: 1);
    static readonly Tensor Calibration = SmallNetwork.Images(new NetworkVictim(Small), 20, stream: 8).Images;

    public static TheoryData<string> Rules => [.. GradientEstimator.All.Select(rule => rule.Name)];

    [Fact]
    public void All_AreTheRulesByTheirNames() => Assert.Equal(
        ["straight-through", "gain-matched", "smoothed", "finite-difference", "nes", "spsa"],
        GradientEstimator.All.Select(rule => rule.Name));

    [Fact]
    public void Find_TakesAnyCase_AndNamesTheKnownRules()
    {
        Assert.Same(GradientEstimator.GainMatched, GradientEstimator.Find("Gain-Matched"));
        Assert.Contains(
            "smoothed", Assert.Throws<InputException>(() => GradientEstimator.Find("smooth")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Victim_ByEveryRule_ClassifiesAsTheNetwork(string name)
    {
        IGradientVictim victim = GradientEstimator.Find(name).Victim(Small, Calibration, seed: 1);

        Assert.Equal(Small.Forward(Calibration).Data, victim.Logits(Calibration).Data);
        Assert.Equal(Small.Forward(Calibration).Data, victim.InputGradient(Calibration, Loss).Logits.Data);
        Assert.Equal(new NetworkVictim(Small).Labels(Calibration), victim.Labels(Calibration));
    }

    [Fact]
    public void StraightThrough_IsTheNetworksOwnGradient() => Assert.Equal(
        Small.InputGradient(Calibration, Loss).Gradient.Data,
        GradientEstimator.StraightThrough.Victim(Small, Calibration, 1).InputGradient(Calibration, Loss).Gradient.Data);

    // Random directions leave an angle of √(12 / 1500); the corners of the network within reach of a step of ½ the rest.
    [Theory]
    [MemberData(nameof(Rules))]
    public void Victim_OfAnExactNetwork_HasNearlyItsGradientByEveryRule(string name)
    {
        Network exact = SmallNetwork.Create(ExactMultiplier.Rounded, threads: 1);
        Tensor expected = exact.InputGradient(Calibration, Loss).Gradient;

        Tensor actual = GradientEstimator.Find(name).Victim(exact, Calibration, 1).InputGradient(Calibration, Loss).Gradient;

        double[] cosines = [.. Enumerable.Range(0, expected.Batch).Select(i => Cosine(expected.Row(i), actual.Row(i))).Order()];
        Assert.InRange(cosines[cosines.Length / 2], 0.9, 1 + 1e-6);
    }

    [Theory]
    [InlineData("gain-matched")]
    [InlineData("smoothed")]
    [InlineData("finite-difference")]
    [InlineData("nes")]
    [InlineData("spsa")]
    public void Victim_OfAnApproximateNetwork_HasAnotherGradientThanStraightThrough(string name) => Assert.NotEqual(
        Small.InputGradient(Calibration, Loss).Gradient.Data,
        GradientEstimator.Find(name).Victim(Small, Calibration, 1).InputGradient(Calibration, Loss).Gradient.Data);

    [Theory]
    [MemberData(nameof(Rules))]
    public void InputGradient_ByEveryRule_DoesNotDependOnBatchOrderOrThreads(string name)
    {
        GradientEstimator rule = GradientEstimator.Find(name);
        IGradientVictim one = rule.Victim(Small, Calibration, seed: 7);
        IGradientVictim several = rule.Victim(SmallNetwork.Create(AxFpm.Released, threads: 3), Calibration, seed: 7);

        Gen.Select(Gen.ULong, Gen.Int[1, 5]).Sample((stream, count) =>
        {
            Tensor images = SmallNetwork.Images(new NetworkVictim(Small), count, stream).Images;
            Tensor together = one.InputGradient(images, Loss).Gradient;
            int[] order = Enumerable.Range(0, count).Reverse().ToArray();

            Assert.Equal(together.Gather(order).Data, several.InputGradient(images.Gather(order), Loss).Gradient.Data);
            foreach (int i in order)
                Assert.Equal(together.Row(i).ToArray(), several.InputGradient(images.Gather([i]), Loss).Gradient.Data);
        }, iter: 5, threads: 1);
    }

    static void Loss(int image, ReadOnlySpan<float> logits, Span<float> gradient) => CrossEntropy.Direction(logits, 1, gradient);

    static double Cosine(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double product = 0, lefts = 0, rights = 0;
        for (int i = 0; i < left.Length; i++)
        {
            product += (double)left[i] * right[i];
            lefts += (double)left[i] * left[i];
            rights += (double)right[i] * right[i];
        }

        return product / Math.Sqrt(lefts * rights);
    }
}
