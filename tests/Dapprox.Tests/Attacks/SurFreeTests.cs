using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class SurFreeTests
{
    // What random directions leave of the distance to the nearest point of a plane.
    const double Excess = 0.05;

    public static TheoryData<ulong> Streams => [1, 2, 3];

    [Theory]
    [MemberData(nameof(Streams))]
    public void Run_LinearVictim_ComesNearTheNearestPointInL2(ulong stream)
    {
        var linear = new HalfSpace(stream);

        AttackRecord record = linear.Attack(new SurFree { Frequencies = 1 });

        Assert.True(record.Success);
        Assert.InRange(record.Distances.L2 / linear.NearestL2, 1 - 1e-6, 1 + Excess);
    }

    [Fact]
    public void Run_Targeted_ComesNearTheNearestPointOfTheTarget()
    {
        var linear = new HalfSpace(1);

        AttackRecord record = linear.Attack(new SurFree { Frequencies = 1 }, target: 1);

        Assert.InRange(record.Distances.L2 / linear.NearestL2, 1 - 1e-6, 1 + Excess);
    }

    [Fact]
    public void Run_MoreDirections_ComeNearer()
    {
        var linear = new HalfSpace(2);

        double[] distances = [.. ((int[])[1, 10, 100]).Select(
            steps => linear.Attack(new SurFree { Frequencies = 1, StartBlends = 1, Steps = steps }).Distances.L2)];

        Assert.True(distances[0] > 1.1 * distances[1] && distances[1] > 1.1 * distances[2]);
    }

    // At most six angles and seven bisections a direction, after the start.
    [Fact]
    public void Run_Queries_AreThoseOfItsDirections()
    {
        var linear = new HalfSpace(1);

        long one = linear.Attack(new SurFree { Steps = 1 }).Queries, hundred = linear.Attack(new SurFree { Steps = 100 }).Queries;

        Assert.InRange(hundred - one, 99 * 6, 99 * 13);
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SurFree { Steps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SurFree { Frequencies = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SurFree { StartBlends = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SurFree { Starts = [[1.5f]] });
    }
}
