using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class HopSkipJumpTests
{
    // What random directions leave of the distance to the nearest point of a plane.
    const double L2Excess = 0.05, LInfExcess = 0.1;

    // The same after ten iterations in two dimensions; without a step some images are left more than six times as far.
    const double AnalyticExcess = 0.25;

    public static TheoryData<ulong> Streams => [1, 2, 3];

    [Theory]
    [MemberData(nameof(Streams))]
    public void Run_LinearVictim_ComesNearTheNearestPointInL2(ulong stream)
    {
        var linear = new HalfSpace(stream);

        foreach (HopSkipJump attack in new[] { HopSkipJump.Foolbox24, new HopSkipJump() })
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

        AttackRecord record = linear.Attack(HopSkipJump.Foolbox24, target: 1);

        Assert.True(record.Success);
        Assert.InRange(record.Distances.L2 / linear.NearestL2, 1 - 1e-6, 1 + L2Excess);
    }

    // What CleverHans asserts after ten iterations: accuracy below 0.1, targets reached in more than 0.9. Whatever finds a start
    // succeeds, so that it comes near is asserted as well: an attack that makes no steps ends six to ten times as far. It begins
    // at one image of noise, as ten may lie near by chance.
    [Theory]
    [InlineData(Norm.L2, false)]
    [InlineData(Norm.L2, true)]
    [InlineData(Norm.LInf, false)]
    [InlineData(Norm.LInf, true)]
    public void Run_OnTheAnalyticModel_TurnsMoreThanNineTenths_NearTheNearestPoint(Norm norm, bool targeted)
    {
        Tensor images = AnalyticModelTests.Images();
        int[] labels = AnalyticModelTests.Victim.Labels(images);

        AttackRecord[] records = AttackRunner.Run(
            HopSkipJump.Foolbox24 with { BallNorm = norm, Iterations = 10 }, AnalyticModelTests.Victim, images, labels, 1,
            targeted ? Array.ConvertAll(labels, label => 1 - label) : null);

        Assert.InRange(records.Count(record => record.Success) / (double)records.Length, 0.9, 1);
        Assert.All(records.Where(record => record.Success), record =>
            Assert.InRange(record.Distances.In(norm) / AnalyticModelTests.Nearest(images.Row(record.Image), norm), 0, 1 + AnalyticExcess));
    }

    [Fact]
    public void Run_Estimates_TakeTheSquareRootOfTheIterationTimesAsManyPoints()
    {
        var linear = new HalfSpace(1);

        long three = linear.Attack(HopSkipJump.Foolbox24 with { Iterations = 3 }).Queries;
        long four = linear.Attack(HopSkipJump.Foolbox24 with { Iterations = 4 }).Queries;

        // 100·√4 points, and then a few to step and to bisect.
        Assert.InRange(four - three, 200, 240);
        Assert.InRange(linear.Attack(HopSkipJump.Foolbox24 with { Iterations = 4, MaxEvaluations = 50 }).Queries, 200, 400);
    }

    [Fact]
    public void Run_NoNoiseIsAdversarial_EndsAfterItsDraws()
    {
        var victim = new RowVictim([1, 1, 2], 2, _ => [1, 0], (_, _) => []);

        foreach ((HopSkipJump attack, int draws) in ((HopSkipJump, int)[])[(HopSkipJump.Foolbox24, 10_001), (new HopSkipJump(), 1000)])
        {
            AttackRecord record = AttackRunner.Run(attack, victim, Tensor.Zeros(1, 1, 1, 2), [0], 1)[0];

            Assert.Equal((StopReason.NoStart, (long)draws), (record.Reason, record.Queries));
        }
    }

    // Algorithm 2: δ of the second step is the share of the distance that the first step went to before it was bisected.
    [Fact]
    public void Run_RadiusOfAnEstimate_IsAShareOfTheDistanceBeforeTheBisection()
    {
        const int Pixels = 30;
        float[] clean = [.. Enumerable.Repeat(0.5f, Pixels)];
        var victim = new Recorder(image => image[0] + image[1] > 1.1f ? 1 : 0, Pixels);

        AttackRunner.Run(
            HopSkipJump.Foolbox24 with { Iterations = 2, MaxEvaluations = 128 }, victim, new Tensor(clean, 1, 1, 1, Pixels), [0], 1);

        int[] estimates = [.. Enumerable.Range(0, victim.Asked.Count).Where(i => victim.Asked[i].Batch >= 100)];
        float[][] between = [.. victim.Asked[(estimates[0] + 1)..estimates[1]].Select(points => points.Data).Where(victim.IsWrong)];
        // The first success is the step, the last the point on the boundary.
        double before = Distances.Between(clean, between[0]).L2, after = Distances.Between(clean, between[^1]).L2;
        Assert.True(before > 1.01 * after);
        Assert.All(
            Enumerable.Range(0, 128),
            i => Assert.Equal(before / Pixels, Distances.Between(between[^1], victim.Asked[estimates[1]].Row(i)).L2, 1e-6));
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
        Assert.Throws<ArgumentOutOfRangeException>(() => new HopSkipJump { MaxEvaluations = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new HopSkipJump { StartBlends = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new HopSkipJump { NoiseDraws = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new HopSkipJump { Gamma = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new HopSkipJump { Starts = [[1.5f]] });
    }

    /// <summary>A victim that remembers what it was asked.</summary>
    sealed class Recorder(Func<float[], int> label, int pixels) : ILabelVictim
    {
        readonly int[] shape = [1, 1, pixels];

        public List<Tensor> Asked { get; } = [];

        public ReadOnlySpan<int> InputShape => shape;

        public int Classes => 2;

        public int[] Labels(Tensor images)
        {
            Asked.Add(images);
            return [.. Enumerable.Range(0, images.Batch).Select(i => label(images.Row(i).ToArray()))];
        }

        public bool IsWrong(float[] image) => label(image) != 0;
    }
}
