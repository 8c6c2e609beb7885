using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class GeoDATests
{
    // What an estimate of the normal from thousands of signs leaves; in L∞ the signs of small components stay unknown.
    const double L2Excess = 0.03, LInfExcess = 0.08;

    public static TheoryData<ulong> Streams => [1, 2, 3];

    [Theory]
    [MemberData(nameof(Streams))]
    public void Run_LinearVictim_ComesNearTheNearestPoint(ulong stream)
    {
        var linear = new HalfSpace(stream);

        AttackRecord l2 = linear.Attack(new GeoDA { Frequencies = 1 });
        AttackRecord lInf = linear.Attack(new GeoDA { Frequencies = 1, BallNorm = Norm.LInf });

        Assert.InRange(l2.Distances.L2 / linear.NearestL2, 1 - 1e-6, 1 + L2Excess);
        Assert.InRange(lInf.Distances.LInf / linear.NearestLInf, 1 - 1e-6, 1 + LInfExcess);
    }

    [Fact]
    public void Run_Targeted_ComesNearTheNearestPointOfTheTarget()
    {
        var linear = new HalfSpace(1);

        AttackRecord record = linear.Attack(new GeoDA { Frequencies = 1 }, target: 1);

        Assert.InRange(record.Distances.L2 / linear.NearestL2, 1 - 1e-6, 1 + L2Excess);
    }

    [Fact]
    public void Run_Queries_AreItsEvaluations_AndFewToSearch()
    {
        var linear = new HalfSpace(1);

        long few = linear.Attack(new GeoDA { Evaluations = 1000 }).Queries, many = linear.Attack(new GeoDA { Evaluations = 5000 }).Queries;

        Assert.InRange(many - few, 3800, 4200);
    }

    [Theory]
    [InlineData(Norm.L0)]
    [InlineData((Norm)7)]
    public void BallNorm_OtherThanL2AndLInf_IsRefused(Norm norm) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new GeoDA { BallNorm = norm });

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new GeoDA { Evaluations = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GeoDA { Iterations = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GeoDA { Frequencies = 1.5 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GeoDA { Starts = [[1.5f]] });
    }
}
