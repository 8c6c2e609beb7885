using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

/// <summary>PGD in L2, with several starts, and with momentum.</summary>
public class PgdVariantTests
{
    static readonly Tensor Grey = new([0.5f, 0.5f], 1, 1, 1, 2);

    // Dong et al. 2018, algorithm 1, by hand, μ = 1: gradients (1, −3) and then (−1, 1) add up, each over its L1 norm, to
    // (1/4, −3/4) and then (−1/4, −1/4).
    [Fact]
    public void Momentum_AddsUpGradientsOverTheirL1Norms()
    {
        int asked = 0;
        var victim = new RowVictim([1, 1, 2], 2, _ => [1, 0], (_, _) => asked++ == 0 ? [1, -3] : [-1, 1]);
        Pgd attack = Pgd.MomentumFgsm with { Epsilon = 0.25, Steps = 2, StepSize = 0.0625 };

        AttackRecord with = AttackRunner.Run(attack, victim, Grey, [0], 1)[0];
        asked = 0;
        AttackRecord without = AttackRunner.Run(attack with { Momentum = null }, victim, Grey, [0], 1)[0];

        Assert.Equal([0.5f, 0.375f], with.Adversarial);
        Assert.Equal([0.5f, 0.5f], without.Adversarial);
    }

    [Fact]
    public void Momentum_Decay_ForgetsOldGradients()
    {
        int asked = 0;
        var victim = new RowVictim([1, 1, 2], 2, _ => [1, 0], (_, _) => asked++ == 0 ? [1, -3] : [-1, 1]);

        // 0.5·(1/4, −3/4) + (−1/2, 1/2) = (−3/8, 1/8)
        AttackRecord record = AttackRunner.Run(
            Pgd.MomentumFgsm with { Epsilon = 0.25, Steps = 2, StepSize = 0.0625, Momentum = 0.5 }, victim, Grey, [0], 1)[0];

        Assert.Equal([0.5f, 0.5f], record.Adversarial);
        Assert.Equal(2, record.GradientCalls);
    }

    [Fact]
    public void L2_StepsAlongTheNormalisedGradientToTheSphere()
    {
        var victim = new RowVictim([1, 1, 2], 2, _ => [1, 0], (_, _) => [30, -40]);
        Pgd attack = Pgd.Foolbox24 with { BallNorm = Norm.L2, Epsilon = 0.25, StepSize = 0.125 };

        AttackRecord one = AttackRunner.Run(attack with { Steps = 1 }, victim, Grey, [0], 1)[0];
        AttackRecord many = AttackRunner.Run(attack with { Steps = 5 }, victim, Grey, [0], 1)[0];

        Assert.Equal([0.575f, 0.4f], one.Adversarial, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([0.65f, 0.3f], many.Adversarial, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.InRange(many.Distances.L2, 0.25 - 1e-6, 0.25);
    }

    [Fact]
    public void Restarts_WithoutSuccess_AllAreMadeFromDifferentPoints()
    {
        var points = new List<float>();
        var victim = new RowVictim([1, 1, 2], 2, _ => [1, 0], (image, _) =>
        {
            points.Add(image[0]);
            return [1, 1];
        });

        AttackRecord record = AttackRunner.Run(new Pgd(0.3) { Steps = 4, Restarts = 3 }, victim, Grey, [0], 1)[0];

        Assert.Equal((3 * 5, 3 * 4), (record.Queries, record.GradientCalls));
        Assert.Equal(3, points.Where((_, i) => i % 4 == 0).Distinct().Count());
    }

    [Fact]
    public void Restarts_AfterASuccess_AreNotMade()
    {
        var model = new LinearModel(3, 2);

        AttackRecord[] records = AttackRunner.Run(new Pgd(0.5) { Steps = 60, Restarts = 3 }, model.Victim, model.Images, model.Labels, 1);

        Assert.All(records, record => Assert.Equal((true, 61), (record.Success, record.Queries)));
    }

    // 0.3 and 0.45 do not suffice, and 0.675 does.
    [Fact]
    public void Search_BisectsBetweenTheFirstThatSufficesAndZero()
    {
        var asked = new List<float>();
        var victim = new RowVictim([1, 1, 1], 2, image =>
        {
            asked.Add(image[0]);
            return image[0] > 0.5f ? [0, 1] : [1, 0];
        }, (_, _) => [1]);

        AttackRecord record = AttackRunner.Run(
            Pgd.Foolbox24 with { Steps = 1, StepRatio = 1 }, victim, Tensor.Zeros(1, 1, 1, 1), [0], 1)[0];

        Assert.Equal(
            [0.3f, 0.45f, 0.675f, 0.3375f, 0.50625f, 0.421875f], asked.Where(pixel => pixel > 0).Take(6), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal((3 + 20) * 2, record.Queries);
        Assert.Equal(0.5, record.Distances.LInf, 1e-6);
    }

    [Fact]
    public void Search_NoEpsilonSuffices_EndsAfterItsEnlargements()
    {
        var victim = new RowVictim([1, 1, 2], 2, _ => [1, 0], (_, _) => [1, 1]);

        AttackRecord record = AttackRunner.Run(Pgd.Foolbox24 with { Steps = 2 }, victim, Grey, [0], 1)[0];

        Assert.Equal((false, StopReason.BudgetSpent, 20 * 3), (record.Success, record.Reason, (int)record.Queries));
    }
}
