using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

/// <summary>
/// The model that Foolbox (Rauber, Brendel, Bethge, "Foolbox: A Python toolbox to benchmark the robustness of machine learning
/// models", arXiv:1707.04131) tests its attacks on: as many classes as channels, and the logit of a class is the mean of
/// its channel. The nearest adversarial image makes the brightest channel darker and the second one brighter by half the
/// difference of their means each.
/// </summary>
public class MeanBrightnessTests
{
    const int Classes = 10, Side = 5, Pixels = Side * Side, Count = 4;

    // Means of 25 numbers below 1 in binary32 err by some 1e-7, and differences of the two largest are at least 2e-3.
    const double Rounding = 1e-3;

    static readonly RowVictim Victim = new([Classes, Side, Side], Classes, Means, Spread);

    readonly Tensor images = Tensor.Zeros(Count, Classes, Side, Side);
    readonly int[] labels;

    public MeanBrightnessTests()
    {
        var random = new CounterRandom(9);
        // So near grey that no bound is in the way.
        foreach (ref float pixel in images.Data.AsSpan())
            pixel = random.NextSingle(0.3f, 0.7f);
        labels = Victim.Labels(images);
    }

    [Fact]
    public void Fgsm_FindsTheNearest() => Check(new Fgsm(), Norm.LInf, Rounding);

    [Fact]
    public void Pgd_FindsTheNearest() => Check(Pgd.Foolbox24, Norm.LInf, Rounding);

    [Fact]
    public void DeepFool_IsBeyondTheNearestByItsOvershoot()
    {
        Check(DeepFool.Foolbox24 with { Overshoot = 0.01 }, Norm.L2, 0.01 + Rounding);
        Check(DeepFool.Foolbox24, Norm.L2, 0.05 + Rounding);
    }

    // As Foolbox tests it too: no gradient is shown, and differences of scores have to do.
    [Fact]
    public void DeepFool_WithEstimatedGradients_IsBeyondTheNearestByItsOvershoot() => Check(
        DeepFool.Foolbox24, Norm.L2, 0.05 + Rounding,
        new EstimatedGradientVictim(new ScoreOnlyVictim(Victim), new FiniteDifference { Step = 0.1 }, seed: 1));

    [Fact]
    public void Fab_IsWithinOnePerCentOfTheNearestInBothNorms()
    {
        foreach (Norm norm in (Norm[])[Norm.L2, Norm.LInf])
            Check(new Fab { BallNorm = norm, Steps = 10, Restarts = 1 }, norm, 0.01);
    }

    // The nearest boundary is that to the most likely other class, to which it descends.
    [Fact]
    public void CarliniWagner_IsWithinOnePerCentOfTheNearest() =>
        Check(new CarliniWagner { Iterations = 400, LearningRate = 1e-3 }, Norm.L2, 0.01);

    // Untargeted, they may stay at the boundary of another class.
    [FactOf(Tier.Ci)]
    public void BoundaryAttack_AimedAtTheSecondChannel_IsWithinTenPerCentOfTheNearest() =>
        Check(new BoundaryAttack { Steps = 800 }, Norm.L2, 0.1, targets: Seconds());

    [FactOf(Tier.Ci)]
    public void HopSkipJump_AimedAtTheSecondChannel_IsNearTheNearestInBothNorms()
    {
        Check(new HopSkipJump { Iterations = 32 }, Norm.L2, 0.05, targets: Seconds());
        Check(new HopSkipJump { Iterations = 32, BallNorm = Norm.LInf }, Norm.LInf, 0.1, targets: Seconds());
    }

    void Check<TVictim>(IAttack<TVictim> attack, Norm norm, double tolerance, TVictim? victim = null, int[]? targets = null)
        where TVictim : class, ILabelVictim
    {
        AttackRecord[] records = AttackRunner.Run(attack, victim ?? (TVictim)(object)Victim, images, labels, 1, targets);

        Assert.All(records, record =>
        {
            double nearest = Nearest(images.Row(record.Image).ToArray(), norm);
            Assert.True(record.Success);
            Assert.InRange(record.Distances.In(norm), nearest * (1 - Rounding), nearest * (1 + tolerance));
        });
    }

    /// <summary>The class of the second brightest channel of each image.</summary>
    int[] Seconds() => [.. Enumerable.Range(0, Count).Select(i =>
    {
        float[] means = Means(images.Row(i).ToArray());
        means[labels[i]] = 0;
        return Scores.Label(means);
    })];

    /// <summary>Half the difference of the two largest means in each pixel of two channels.</summary>
    static double Nearest(float[] image, Norm norm)
    {
        double[] largest = [.. image.Chunk(Pixels).Select(channel => channel.Average(pixel => (double)pixel)).OrderDescending()];
        double half = (largest[0] - largest[1]) / 2;
        return norm == Norm.LInf ? half : half * Math.Sqrt(2 * Pixels);
    }

    static float[] Means(float[] image) => [.. image.Chunk(Pixels).Select(channel => (float)channel.Average(pixel => (double)pixel))];

    static float[] Spread(float[] image, float[] back) => [.. back.SelectMany(number => Enumerable.Repeat(number / Pixels, Pixels))];
}
