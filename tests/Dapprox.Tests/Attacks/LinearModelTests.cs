using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;
using Xunit;

namespace Dapprox.Tests.Attacks;

/// <summary>On linear models the nearest adversarial image is known: in L2 and L∞ it is |f| / ‖w‖ away.</summary>
public class LinearModelTests
{
    // Sums of 16 products of numbers below 1 in binary32 err by some 1e-6, and distances to the boundary are at least 0.05.
    const double Rounding = 1e-3;

    // DeepFool adds this to the length of a step.
    const double Nudge = 1e-4;

    public static TheoryData<int, ulong> Models => new(
        from classes in (int[])[2, 3, 5]
        from seed in (ulong[])[1, 2, 3, 4]
        select (classes, seed));

    [Theory]
    [MemberData(nameof(Models))]
    public void DeepFool_IsBeyondTheNearestBoundaryByItsOvershootAfterOneStep(int classes, ulong seed)
    {
        var model = new LinearModel(seed, classes);

        Check(model, new DeepFool(), distance => 1.02 * (distance + Nudge), Rounding, queries: classes);
        Check(model, new DeepFool { Overshoot = 0.1 }, distance => 1.1 * (distance + Nudge), Rounding, queries: classes);
        Check(model, DeepFool.Foolbox24, distance => 1.05 * distance, Rounding, queries: classes);
    }

    // With more classes the boundary to the most likely other one, to which it descends, need not be the nearest.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void CarliniWagner_TwoClasses_IsWithinOnePerCentOfTheNearest(ulong seed) =>
        Check(new LinearModel(seed, 2), new CarliniWagner { Iterations = 400, LearningRate = 2e-3 }, distance => distance, 0.01);

    [Theory]
    [MemberData(nameof(Models))]
    public void Fab_IsWithinOnePerCentOfTheNearestInAllNorms(int classes, ulong seed)
    {
        var model = new LinearModel(seed, classes);

        foreach (Norm norm in (Norm[])[Norm.L1, Norm.L2, Norm.LInf])
        {
            Check(model, new Fab { BallNorm = norm, Steps = 10, Restarts = 1 }, distance => distance, 0.01);
            Check(model, new Fab { BallNorm = norm, Steps = 10, Restarts = 1, Targets = 9 }, distance => distance, 0.01);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Pgd_WithoutEpsilon_FindsTheNearestInAllNorms(ulong seed)
    {
        var model = new LinearModel(seed, 2);

        Check(model, Pgd.Foolbox24, distance => distance, Rounding, norm: Norm.LInf);
        Check(model, new Pgd { Restarts = 2, Steps = 70 }, distance => distance, Rounding);
        Check(model, new Pgd { BallNorm = Norm.L2, RandomStart = false }, distance => distance, Rounding);
        Check(model, new Pgd { BallNorm = Norm.L1, RandomStart = false }, distance => distance, Rounding);
        Check(model, Pgd.MomentumFgsm, distance => distance, Rounding);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Fgsm_WithoutEpsilon_FindsTheNearest(ulong seed)
    {
        var model = new LinearModel(seed, 2);

        Check(model, new Fgsm(), distance => distance, Rounding);
    }

    // The grid goes in steps of 0.001, and below 0.02 in twentieths.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void FgsmFoolbox24_WithoutEpsilon_TakesTheFirstOfItsGrid(ulong seed)
    {
        var model = new LinearModel(seed, 2);

        AttackRecord[] records = AttackRunner.Run(Fgsm.Foolbox24, model.Victim, model.Images, model.Labels, 1);

        for (int i = 0; i < records.Length; i++)
        {
            double distance = model.Distance(model.Image(i), Norm.LInf), first = Math.Ceiling(distance * 1000) / 1000;
            double expected = first > 0.02 ? first : Math.Ceiling(distance / first * 20) * first / 20;
            Assert.Equal(expected, records[i].Distances.LInf, 1e-5);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Apgd_SucceedsFromTheDistanceToTheBoundaryOn(int classes, ulong seed)
    {
        var model = new LinearModel(seed, classes);
        ApgdLoss[] losses = [
            ApgdLoss.CrossEntropy, .. classes > 2 ? (ApgdLoss[])[ApgdLoss.Dlr] : [],
            .. classes > 3 ? (ApgdLoss[])[ApgdLoss.TargetedDlr] : []];
        foreach (Norm norm in (Norm[])[Norm.L1, Norm.L2, Norm.LInf])
        {
            for (int i = 0; i < model.Labels.Length; i++)
            {
                double distance = model.Distance(model.Image(i), norm);
                foreach (ApgdLoss loss in losses)
                {
                    // With more classes only the targeted loss leads to the nearest boundary for certain.
                    if (classes == 2 || loss == ApgdLoss.TargetedDlr)
                        Assert.True(Succeeds(loss, 1.001 * distance), $"{norm} {loss}");
                    Assert.False(Succeeds(loss, 0.999 * distance), $"{norm} {loss}");
                }

                bool Succeeds(ApgdLoss loss, double epsilon) => AttackRunner.Run(
                    new Apgd(epsilon) { BallNorm = norm, Loss = loss, Steps = 60, Restarts = 1 }, model.Victim, model.Images.Rows(i, 1),
                    [model.Labels[i]], 1)[0].Success;
            }
        }
    }

    // With more classes the boundary to the most likely other one, to which these descend, need not be the nearest.
    public static TheoryData<ulong, Norm> TwoClasses => new(
        from seed in (ulong[])[1, 2, 3, 4]
        from norm in (Norm[])[Norm.L0, Norm.L1, Norm.L2, Norm.LInf]
        select (seed, norm));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Ddn_TwoClasses_IsWithinOnePerCentOfTheNearest(ulong seed) =>
        Check(new LinearModel(seed, 2), new Ddn(), distance => distance, 0.01);

    [Theory]
    [MemberData(nameof(TwoClasses))]
    public void Fmn_TwoClasses_IsWithinOnePerCentOfTheNearest(ulong seed, Norm norm) =>
        Check(new LinearModel(seed, 2), new Fmn { BallNorm = norm }, distance => distance, 0.01);

    [Theory]
    [MemberData(nameof(TwoClasses))]
    public void Pdpgd_TwoClasses_IsWithinOnePerCentOfTheNearest(ulong seed, Norm norm)
    {
        if (norm != Norm.L0)
            Check(new LinearModel(seed, 2), new Pdpgd { BallNorm = norm }, distance => distance, 0.01);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void SigmaZero_TwoClasses_ChangesTheFewestPixels(ulong seed) =>
        Check(new LinearModel(seed, 2), new SigmaZero(), distance => distance, 0);

    // It minimises the squared L2 distance too, which spreads the change over more pixels than the nearest in L1 has.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Ead_TwoClasses_IsWithinTenPerCentOfTheNearest(ulong seed) =>
        Check(new LinearModel(seed, 2), new Ead(), distance => distance, 0.1);

    [Theory]
    [MemberData(nameof(TwoClasses))]
    public void Apgd_WithoutEpsilon_TwoClasses_IsWithinOnePerCentOfTheNearest(ulong seed, Norm norm)
    {
        if (norm != Norm.L0)
            Check(new LinearModel(seed, 2), new Apgd { BallNorm = norm, Restarts = 1 }, distance => distance, 0.01);
    }

    static void Check(
        LinearModel model, IAttack<IGradientVictim> attack, Func<double, double> expected, double tolerance, int? queries = null,
        Norm? norm = null)
    {
        AttackRecord[] records = AttackRunner.Run(attack, model.Victim, model.Images, model.Labels, 1);

        Assert.NotEmpty(records);
        for (int i = 0; i < records.Length; i++)
        {
            double nearest = expected(model.Distance(model.Image(i), norm ?? attack.Norm));
            Assert.True(records[i].Success);
            Assert.InRange(records[i].Distances.In(norm ?? attack.Norm), nearest * (1 - Rounding), nearest * (1 + tolerance));
            Assert.Equal(queries ?? records[i].Queries, records[i].Queries);
        }
    }
}
