using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class FgsmTests
{
    // Sums of 16 products of numbers below 1 in binary32 err by some 1e-6, and distances to the boundary are at least 0.01.
    const double Slack = 1e-3;

    // With logits w₀·x + b₀ and w₁·x + b₁, f is their difference and w that of the weights: a step of ε changes f by
    // ε·‖w‖₁ at most, and FGSM takes that step.
    [Fact]
    public void Run_LinearTwoClassModel_SucceedsFromTheDistanceToTheBoundaryOn() => Gen.ULong.Sample(seed =>
    {
        var random = new CounterRandom(seed);
        float[] weights = Enumerable.Range(0, 32).Select(_ => random.NextSingle(-1, 1)).ToArray();
        float[] bias = [random.NextSingle(-0.1f, 0.1f), 0];
        Tensor image = new(Enumerable.Range(0, 16).Select(_ => random.NextSingle(0.45f, 0.55f)).ToArray(), 1, 1, 4, 4);
        double f = bias[0], norm = 0;
        for (int i = 0; i < 16; i++)
        {
            f += ((double)weights[i] - weights[16 + i]) * image.Data[i];
            norm += Math.Abs((double)weights[i] - weights[16 + i]);
        }

        double distance = Math.Abs(f) / norm;
        // Further away the step would leave [0, 1].
        if (Math.Abs(f) < 0.01 || distance > 0.4)
            return;
        int[] label = [f > 0 ? 0 : 1];
        var network = new Network("linear", [1, 4, 4], 2,
            [new Flatten("flatten"), new Dense("dense", 16, 2, weights, bias, ExactMultiplier.Rounded)]);

        Assert.True(Attack(distance * (1 + Slack)).Success);
        Assert.False(Attack(distance * (1 - Slack)).Success);
        Assert.Equal(StopReason.BudgetSpent, Attack(distance * (1 - Slack)).Reason);
        // With two classes the wrong one is the only target.
        Assert.True(
            AttackRunner.Run(new Fgsm(distance * (1 + Slack)), new NetworkVictim(network), image, label, 0, [1 - label[0]])[0].Success);

        AttackRecord Attack(double epsilon) => AttackRunner.Run(new Fgsm(epsilon), new NetworkVictim(network), image, label, 0)[0];
    }, iter: 200, threads: 1);

    [Fact]
    public void Run_Unclipped_MovesEveryPixelByEpsilon()
    {
        var victim = new NetworkVictim(SmallNetwork.Create(ExactMultiplier.Rounded));
        Tensor image = new(Enumerable.Repeat(0.5f, 12).ToArray(), 1, 1, 3, 4);

        AttackRecord record = AttackRunner.Run(new Fgsm(0.25), victim, image, [(byte)victim.Labels(image)[0]], 0)[0];

        Assert.Contains(record.Adversarial, pixel => pixel == 0.75f);
        Assert.Contains(record.Adversarial, pixel => pixel == 0.25f);
        Assert.All(record.Adversarial, pixel => Assert.Contains(pixel, (float[])[0.25f, 0.5f, 0.75f]));
        Assert.Equal((1, 1), (record.Queries, record.GradientCalls));
    }

    [Fact]
    public void Run_PixelsWithoutGradient_StayAsTheyAre()
    {
        var network = new Network("linear", [1, 1, 3], 2,
            [new Flatten("flatten"), new Dense("dense", 3, 2, [1, 0, -1, 0, 0, 0], [1, 0], ExactMultiplier.Rounded)]);

        AttackRecord record = AttackRunner.Run(
            new Fgsm(0.25), new NetworkVictim(network), new Tensor([0.5f, 0.5f, 0.5f], 1, 1, 1, 3), [0], 0)[0];

        Assert.Equal([0.25f, 0.5f, 0.75f], record.Adversarial);
    }

    [Theory]
    [InlineData(-1e-9)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Constructor_EpsilonThatIsNoBudget_IsRefused(double epsilon)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fgsm(epsilon));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pgd.Foolbox24 with { Epsilon = epsilon });
    }
}
