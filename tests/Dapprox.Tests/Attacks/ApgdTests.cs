using CsCheck;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class ApgdTests
{
    [TheoryOf(Tier.Ci)]
    [InlineData(ApgdLoss.CrossEntropy)]
    [InlineData(ApgdLoss.Dlr)]
    public void Run_OnATrainedNetwork_FoolsAtLeastWhatPgdFoolsWithAsManyGradients(ApgdLoss loss)
    {
        Dataset digits = Datasets.Load("digits", Split.Test);
        var victim = new NetworkVictim(TrainedModels.Load("lenet5-digits"));
        Tensor images = digits.Images(0, 12);
        int[] labels = digits.Labels[..12];

        AttackRecord[] pgd = AttackRunner.Run(new Pgd(0.07) { Steps = 30, Restarts = 1 }, victim, images, labels, 1);
        AttackRecord[] apgd = AttackRunner.Run(new Apgd(0.07) { Steps = 30, Restarts = 1, Loss = loss }, victim, images, labels, 1);

        Assert.InRange(pgd.Count(record => record.Success), 2, 11);
        Assert.True(apgd.Count(record => record.Success) >= pgd.Count(record => record.Success));
        Assert.All(apgd.Where(record => record.CleanCorrect), record => Assert.Equal(30, record.GradientCalls));
    }

    // Section 3 with 100 iterations.
    [Fact]
    public void Checkpoints_AreThoseOfThePaper() =>
        Assert.Equal([22, 41, 57, 70, 80, 87, 93, 99], new Apgd(0.1).Checkpoints().Order());

    // One pixel, a loss that grows towards its peak at 0.6: too long steps overshoot, and are halved.
    [Fact]
    public void Run_PeakWithinTheBall_IsApproached()
    {
        var victim = new RowVictim([1, 1, 1], 2,
            image => [1, -100 * (image[0] - 0.6f) * (image[0] - 0.6f)],
            (image, back) => [-200 * (image[0] - 0.6f) * back[1]]);

        AttackRecord record = AttackRunner.Run(new Apgd(0.5) { Restarts = 1 }, victim, new Tensor([0.5f], 1, 1, 1, 1), [0], 1)[0];

        Assert.Equal(0.6, record.Adversarial[0], 5e-3);
    }

    [Fact]
    public void Run_StopsAtSuccess_AsksNoMore()
    {
        var model = new LinearModel(4, 3);

        AttackRecord[] records = AttackRunner.Run(new Apgd(0.4) { StopsAtSuccess = true }, model.Victim, model.Images, model.Labels, 1);

        Assert.All(records, record => Assert.Equal((true, record.Queries), (record.Success, record.QueriesToBest)));
        Assert.All(records, record => Assert.InRange(record.Queries, 1, 10));
    }

    [Fact]
    public void Run_GoesOnAfterASuccess_AndShowsTheBestPoint()
    {
        var model = new LinearModel(4, 2);

        AttackRecord[] first = AttackRunner.Run(new Apgd(0.3) { StopsAtSuccess = true }, model.Victim, model.Images, model.Labels, 1);
        AttackRecord[] best = AttackRunner.Run(new Apgd(0.3), model.Victim, model.Images, model.Labels, 1);

        Assert.All(first.Zip(best), pair => Assert.True(pair.Second.Margin <= pair.First.Margin));
        // In a linear model every pixel goes to the edge of the ball.
        Assert.All(
            best.SelectMany((record, i) => record.Adversarial.Zip(model.Image(i))),
            pair => Assert.Equal(0.3, Math.Abs(pair.First - pair.Second), 1e-6));
    }

    [Fact]
    public void TargetedDlr_TriesTheMostLikelyClassesInTurn()
    {
        var victim = new RowVictim([1, 1, 2], 5, _ => [4, 1, 3, 2, 0], (_, back) => [back[0] + 0.3f, back[1] - 0.2f]);

        AttackRecord all = Attack(9), two = Attack(2);

        Assert.Equal((4 * 7, 4 * 6), (all.Queries - 1, all.GradientCalls));
        Assert.Equal((2 * 7, 2 * 6), (two.Queries - 1, two.GradientCalls));

        AttackRecord Attack(int targets) => AttackRunner.Run(
            new Apgd(0.1) { Steps = 6, Restarts = 1, Loss = ApgdLoss.TargetedDlr, Targets = targets }, victim,
            new Tensor([0.5f, 0.5f], 1, 1, 1, 2), [0], 1)[0];
    }

    [Theory]
    [InlineData(ApgdLoss.Dlr, 2)]
    [InlineData(ApgdLoss.TargetedDlr, 3)]
    public void Run_TooFewClassesForTheLoss_IsRefused(ApgdLoss loss, int classes)
    {
        var model = new LinearModel(3, classes);

        InputException error = Assert.Throws<InputException>(() =>
            AttackRunner.Run(new Apgd(0.1) { Loss = loss }, model.Victim, model.Images, model.Labels, 1));

        Assert.Contains($"needs {classes + 1} classes", error.Message);
    }

    // The gradient against differences of the value, both up to a positive factor.
    [Fact]
    public void Objective_GradientIsTheValuesDirection() =>
        Gen.Select(Gen.Double[-5, 5].Array[6], Gen.Int[0, 2], Gen.Bool).Sample((logits, kind, targeted) =>
        {
            var loss = (ApgdLoss)kind;
            AttackedImage image = Image(targeted ? 2 : null);
            var objective = new ApgdObjective(image, loss, loss == ApgdLoss.TargetedDlr && !targeted ? 3 : null);
            float[] at = Array.ConvertAll(logits, logit => (float)logit);
            // Where two logits change places, there is a kink.
            if (at.Order().Zip(at.Order().Skip(1)).Any(pair => pair.Second - pair.First < 0.05f))
                return;
            float[] gradient = new float[6];

            objective.Gradient(0, at, gradient);

            const float Difference = 0.01f;
            double[] differences = Enumerable.Range(0, 6).Select(
                i => objective.Value(With(at, i, Difference)) - objective.Value(With(at, i, -Difference))).ToArray();
            double factor = Math.Sqrt(differences.Sum(d => d * d)) / Math.Sqrt(gradient.Sum(g => (double)g * g));
            if (factor > 1e-4)
                Assert.All(Enumerable.Range(0, 6), i => Assert.Equal(differences[i] / factor, gradient[i], 0.02));
        }, iter: 500, threads: 1);

    // p is 1 in binary64 too, and the loss still tells what is worse.
    [Fact]
    public void Objective_SaturatedLogits_IsFiniteAndGrows()
    {
        var objective = new ApgdObjective(Image(null), ApgdLoss.CrossEntropy, null);

        double sure = objective.Value([3000, 0, 0, 0, 0, 0]), lessSure = objective.Value([3000, 1, 0, 0, 0, 0]);

        Assert.InRange(sure, -3000, -2998);
        Assert.True(lessSure > sure);
    }

    [Fact]
    public void Objective_EqualLogits_IsFinite()
    {
        foreach (ApgdLoss loss in (ApgdLoss[])[ApgdLoss.CrossEntropy, ApgdLoss.Dlr, ApgdLoss.TargetedDlr])
        {
            var objective = new ApgdObjective(Image(null), loss, null);
            float[] gradient = new float[6];

            objective.Gradient(0, [7, 7, 7, 7, 7, 7], gradient);

            Assert.True(double.IsFinite(objective.Value([7, 7, 7, 7, 7, 7])));
            Assert.All(gradient, component => Assert.True(float.IsFinite(component)));
            Assert.Contains(gradient, component => component != 0);
        }
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        foreach (double epsilon in (double[])[-1, double.NaN, double.PositiveInfinity])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => new Apgd(epsilon));
            Assert.Throws<ArgumentOutOfRangeException>(() => new AutoAttack(epsilon));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new Apgd(0.1) { BallNorm = Norm.L0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Apgd(0.1) { Steps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Apgd(0.1) { Restarts = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Apgd(0.1) { Targets = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Apgd(0.1) { Rising = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new AutoAttack(0.1) { BallNorm = Norm.L0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new AutoAttack(0.1) { Steps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new AutoAttack(0.1) { Queries = 0 });
    }

    static AttackedImage Image(int? target) =>
        new([0.5f], [1, 1, 1], label: 0, target, id: 0, seed: 0, Norm.LInf, 0.1, 0, long.MaxValue, () => { });

    static float[] With(float[] logits, int index, float change)
    {
        float[] changed = (float[])logits.Clone();
        changed[index] += change;
        return changed;
    }
}
