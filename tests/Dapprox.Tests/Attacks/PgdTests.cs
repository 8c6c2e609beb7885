using Dapprox.Arithmetic;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class PgdTests
{
    [Fact]
    public void Run_OnATrainedNetwork_FoolsAtLeastWhatFgsmFools()
    {
        Dataset digits = Datasets.Load("digits", Split.Test);
        var victim = new NetworkVictim(TrainedModels.Load("lenet5-digits"));
        Tensor images = digits.Images(0, 40);
        int[] labels = digits.Labels[..40];

        AttackRecord[] fgsm = AttackRunner.Run(new Fgsm(0.1), victim, images, labels, 1);
        AttackRecord[] pgd = AttackRunner.Run(Pgd.Foolbox24 with { Epsilon = 0.1, Steps = 8, StepSize = 0.025 }, victim, images, labels, 1);

        Assert.InRange(fgsm.Count(record => record.Success), 1, 39);
        Assert.True(pgd.Count(record => record.Success) > fgsm.Count(record => record.Success));
        // PGD's last point is the worst it found for the loss, as a rule further past the boundary than FGSM's.
        Assert.True(pgd.Average(record => record.Margin) < fgsm.Average(record => record.Margin));
        Assert.All(pgd.Where(record => record.CleanCorrect), record => Assert.Equal((9, 8), (record.Queries, record.GradientCalls)));
    }

    [Fact]
    public void Run_OneStepOfEpsilonFromTheImage_IsFgsm()
    {
        var victim = new NetworkVictim(SmallNetwork.Create(ExactMultiplier.Rounded));
        (Tensor images, int[] labels) = SmallNetwork.Images(victim, 20, 3);

        AttackRecord[] fgsm = AttackRunner.Run(new Fgsm(0.2), victim, images, labels, 1);
        AttackRecord[] pgd = AttackRunner.Run(Pgd.Foolbox24 with { Epsilon = 0.2, Steps = 1, StepSize = 0.2 }, victim, images, labels, 1);

        Assert.Equal(fgsm.SelectMany(record => record.Adversarial), pgd.SelectMany(record => record.Adversarial));
    }

    [Fact]
    public void Run_RandomStart_DependsOnSeedAndPositionOnly()
    {
        var victim = new NetworkVictim(SmallNetwork.Create(ExactMultiplier.Rounded));
        (Tensor images, int[] labels) = SmallNetwork.Images(victim, 1, 3);

        Assert.Equal(Attack(1, 5), Attack(1, 5));
        Assert.NotEqual(Attack(1, 5), Attack(2, 5));
        Assert.NotEqual(Attack(1, 5), Attack(1, 6));

        float[] Attack(ulong seed, int position) => AttackRunner.Run(
            new Pgd(0.3) { Steps = 1, StepSize = 0.01, Restarts = 1 }, victim, images, labels, seed, positions: [position])[0].Adversarial;
    }

    [Fact]
    public void Run_AnIterateSucceedsButTheLastDoesNot_GivesTheLastThatDid()
    {
        // One pixel whose class is 1 between 0.55 and 0.65 only; the gradient always points up.
        var victim = new RowVictim([1, 1, 1], 2,
            image => image[0] is > 0.55f and < 0.65f ? [0, 1] : [1, 0],
            (_, _) => [1]);

        AttackRecord record = AttackRunner.Run(
            Pgd.Foolbox24 with { Epsilon = 0.5, Steps = 4, StepSize = 0.1 }, victim, new Tensor([0.5f], 1, 1, 1, 1), [0], 0)[0];

        Assert.True(record.Success);
        Assert.Equal(0.6f, record.Adversarial[0], 1e-6f);
        Assert.Equal(5, record.Queries);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Steps_BelowOne_AreRefused(int steps) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Pgd.Foolbox24 with { Epsilon = 0.1, Steps = steps });

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void StepSize_NoLength_IsRefused(double size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Pgd.Foolbox24 with { Epsilon = 0.1, StepSize = size });
}
