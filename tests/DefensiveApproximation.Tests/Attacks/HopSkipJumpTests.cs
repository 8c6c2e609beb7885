using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Attacks;
using Xunit;

namespace DefensiveApproximation.Tests.Attacks;

public class HopSkipJumpTests
{
    // What random directions leave of the distance to the nearest point of a plane.
    const double L2Excess = 0.05, LInfExcess = 0.1;

    // The same after ten iterations in two dimensions; without a step some images are left more than six times as far.
    const double AnalyticExcess = 0.1;

    public static TheoryData<ulong> Streams => [1, 2, 3];

    [Theory]
    [MemberData(nameof(Streams))]
    public void Run_LinearVictim_ComesNearTheNearestPointInL2(ulong stream)
    {
        var linear = new HalfSpace(stream);

        foreach (HopSkipJump attack in new[] { HopSkipJump.Released, new HopSkipJump() })
        {
            AttackRecord record = linear.Attack(attack);

            Assert.True(record.Success);
            Assert.InRange(record.Distances.L2 / linear.NearestL2, 1 - 1e-6, 1 + L2Excess);
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Run_LinearVictim_ComesNearTheNearestPointInLInf(ulong stream)
    {
        var linear = new HalfSpace(stream);

        AttackRecord record = linear.Attack(new HopSkipJump { BallNorm = Norm.LInf });

        Assert.True(record.Success);
        Assert.InRange(record.Distances.LInf / linear.NearestLInf, 1 - 1e-6, 1 + LInfExcess);
    }

    [Fact]
    public void Run_Targeted_ComesNearTheNearestPointOfTheTarget()
    {
        var linear = new HalfSpace(1);

        AttackRecord record = linear.Attack(HopSkipJump.Released, target: 1);

        Assert.True(record.Success);
        Assert.InRange(record.Distances.L2 / linear.NearestL2, 1 - 1e-6, 1 + L2Excess);
    }

    // What CleverHans asserts after ten iterations: accuracy below 0.1, targets reached in more than 0.9. Whatever finds a start
    // succeeds, so that it comes near is asserted as well, and it begins at one image of noise: ten may lie near by chance.
    [Theory]
    [InlineData(Norm.L2, false)]
    [InlineData(Norm.L2, true)]
    [InlineData(Norm.LInf, false)]
    [InlineData(Norm.LInf, true)]
    public void Run_OnTheAnalyticModel_TurnsMoreThanNineTenths_NearTheNearestPoint(Norm norm, bool targeted)
    {
        Tensor images = AnalyticModelTests.Images();
        byte[] labels = Array.ConvertAll(AnalyticModelTests.Victim.Labels(images), label => (byte)label);

        AttackRecord[] records = AttackRunner.Run(
            HopSkipJump.Released with { BallNorm = norm, Iterations = 10 }, AnalyticModelTests.Victim, images, labels, 1,
            targeted ? Array.ConvertAll(labels, label => 1 - label) : null);

        Assert.InRange(records.Count(record => record.Success) / (double)records.Length, 0.9, 1);
        Assert.All(records.Where(record => record.Success), record =>
            Assert.InRange(record.Distances.In(norm) / AnalyticModelTests.Nearest(images.Row(record.Image), norm), 0, 1 + AnalyticExcess));
    }

    [Fact]
    public void Run_Estimates_TakeTheSquareRootOfTheIterationTimesAsManyPoints()
    {
        var linear = new HalfSpace(1);

        long three = linear.Attack(HopSkipJump.Released with { Iterations = 3 }).Queries;
        long four = linear.Attack(HopSkipJump.Released with { Iterations = 4 }).Queries;

        // 100·√4 points, and then a few to step and to bisect.
        Assert.InRange(four - three, 200, 240);
        Assert.InRange(linear.Attack(HopSkipJump.Released with { Iterations = 4, MostEvaluations = 50 }).Queries, 200, 400);
    }

    [Theory]
    [InlineData(Norm.L0)]
    [InlineData((Norm)7)]
    public void BallNorm_OtherThanL2AndLInf_IsRefused(Norm norm) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new HopSkipJump { BallNorm = norm });

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new HopSkipJump { Iterations = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new HopSkipJump { FirstEvaluations = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new HopSkipJump { MostEvaluations = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new HopSkipJump { StartBlends = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new HopSkipJump { Gamma = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new HopSkipJump { Starts = [[1.5f]] });
    }
}
