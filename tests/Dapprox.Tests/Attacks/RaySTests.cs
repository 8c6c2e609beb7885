using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class RaySTests
{
    // A flip that brings the plane nearer by less than 0.1 % is not taken; there are twenty signs.
    const double Excess = 0.02;

    public static TheoryData<ulong> Streams => [1, 2, 3];

    [Theory]
    [MemberData(nameof(Streams))]
    public void Run_LinearVictim_ComesNearTheNearestPointInLInf(ulong stream)
    {
        var linear = new HalfSpace(stream);

        AttackRecord record = linear.Attack(new RayS());

        Assert.True(record.Success);
        Assert.InRange(record.Distances.LInf / linear.NearestLInf, 1 - 1e-6, 1 + Excess);
    }

    [Fact]
    public void Run_LinearModelOfSeveralClasses_ComesNearOneOfTheBoundaries()
    {
        var linear = new LinearModel(3, 4);

        AttackRecord[] records = AttackRunner.Run(new RayS(), linear.Victim, linear.Images, linear.Labels, 1);

        // Signs of half of the pixels are for another class's plane.
        Assert.All(records, record => Assert.InRange(
            record.Distances.LInf / linear.Distance(linear.Image(record.Image), Norm.LInf), 1 - 1e-6, 2));
    }

    [Fact]
    public void Run_DrawsNoRandomNumbers()
    {
        var linear = new LinearModel(1, 2);

        AttackRecord[] one = AttackRunner.Run(new RayS(), linear.Victim, linear.Images, linear.Labels, seed: 1);
        AttackRecord[] two = AttackRunner.Run(new RayS(), linear.Victim, linear.Images, linear.Labels, seed: 2);

        Assert.Equal(one.Select(record => record.Adversarial), two.Select(record => record.Adversarial));
    }

    // White is of class 0, black of class 1: the second direction tried, all signs flipped.
    [Fact]
    public void Run_OnlyDarkerImagesAreAdversarial_FindsThem()
    {
        var victim = new RowVictim([1, 1, 4], 2, image => image.Average() < 0.3f ? [0, 1] : [1, 0], (_, _) => []);

        AttackRecord record = AttackRunner.Run(new RayS(), victim, new Tensor([0.5f, 0.5f, 0.5f, 0.5f], 1, 1, 1, 4), [0], 1)[0];

        Assert.Equal(0.2, record.Distances.LInf, 1e-3);
        Assert.Equal(1, Scores.Label(victim.Logits(new Tensor(record.Adversarial, 1, 1, 1, 4)).Data));
    }

    [Fact]
    public void Run_EndsAfterItsQueries()
    {
        var linear = new HalfSpace(1);

        // The search along the last direction is finished.
        Assert.InRange(linear.Attack(new RayS { Queries = 30 }).Queries, 30, 42);
        // A pass without a better sign is the last.
        Assert.InRange(linear.Attack(new RayS()).Queries, 60, 2000);
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RayS { Queries = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RayS { Tolerance = 0 });
    }
}
