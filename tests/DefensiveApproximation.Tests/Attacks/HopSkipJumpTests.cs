using DefensiveApproximation.Networks.Attacks;
using Xunit;

namespace DefensiveApproximation.Tests.Attacks;

public class HopSkipJumpTests
{
    // What random directions leave of the distance to the nearest point of a plane.
    const double L2Excess = 0.05, LInfExcess = 0.1;

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
