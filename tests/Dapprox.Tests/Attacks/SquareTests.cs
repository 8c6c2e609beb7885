using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class SquareTests
{
    [TheoryOf(Tier.Ci)]
    [InlineData(Norm.LInf, 0.1)]
    [InlineData(Norm.L2, 1.5)]
    [InlineData(Norm.L1, 12)]
    public void Run_OnATrainedNetwork_FoolsMoreThanNoise(Norm norm, double epsilon)
    {
        Dataset digits = Datasets.Load("digits", Split.Test);
        var victim = new NetworkVictim(TrainedModels.Load("lenet5-digits"));
        Tensor images = digits.Images(0, 20);
        int[] labels = digits.Labels[..20];

        int noise = AttackRunner.Run(
            new RandomNoise(epsilon) { BallNorm = norm, Draws = 150 }, victim, images, labels, 1).Count(record => record.Success);
        int square = AttackRunner.Run(
            new Square(epsilon) { BallNorm = norm, Queries = 150 }, victim, images, labels, 1).Count(record => record.Success);

        Assert.True(square > noise + 5, $"{square} and {noise} of 20");
    }

    // Only the corner that the weights point to is of the other class.
    [Fact]
    public void Run_LinearVictimInLInf_FindsTheCorner()
    {
        var linear = new HalfSpace(1);

        Assert.True(linear.Attack(new Square(1.05 * linear.NearestLInf)).Success);
        AttackRecord record = linear.Attack(new Square(0.99 * linear.NearestLInf) { Queries = 1000 });
        Assert.Equal((false, 1000L), (record.Success, record.Queries));
    }

    [Fact]
    public void Run_LinearVictimInL2_ComesNearTheBall()
    {
        var linear = new HalfSpace(1);

        Assert.True(linear.Attack(new Square(1.5 * linear.NearestL2) { BallNorm = Norm.L2 }).Success);
        Assert.False(linear.Attack(new Square(0.99 * linear.NearestL2) { BallNorm = Norm.L2, Queries = 1000 }).Success);
    }

    // Pyramids are wide, and the nearest example in L1 changes one pixel.
    [Fact]
    public void Run_LinearVictimInL1_StaysInTheBall()
    {
        var linear = new HalfSpace(1);

        Assert.True(linear.Attack(new Square(4 * linear.NearestL1) { BallNorm = Norm.L1 }).Success);
        Assert.False(linear.Attack(new Square(0.99 * linear.NearestL1) { BallNorm = Norm.L1, Queries = 1000 }).Success);
    }

    [Fact]
    public void Run_LInf_BeginsWithStripes_AndThenChangesSquaresThatShrink()
    {
        var asked = new List<float[]>();
        var victim = new RowVictim([1, 8, 10], 2, image =>
        {
            asked.Add(image);
            return [-asked.Count, -1e6f];
        }, (_, _) => []);

        AttackRunner.Run(new Square(0.25) { Queries = 2500 }, victim, new(Enumerable.Repeat(0.5f, 80).ToArray(), 1, 1, 8, 10), [0], 1);

        asked = [.. asked.Skip(1).SkipLast(1)];
        Assert.Equal(2500, asked.Count);
        Assert.All(asked, image => Assert.All(image, pixel => Assert.True(pixel is 0.25f or 0.75f)));
        for (int row = 1; row < 8; row++)
            Assert.Equal(asked[0][..10], asked[0][(10 * row)..(10 * row + 10)]);
        // 0.8, 0.8/2, 0.8/16 and 0.8/256 of 80 pixels, four times as early as with 10,000 queries.
        Assert.Equal((8, 6, 2, 1), (Largest(1, 3), Largest(3, 13), Largest(251, 501), Largest(2001, 2500)));

        int Largest(int from, int to) => Enumerable.Range(from, to - from).Max(query =>
        {
            int[] places = [.. Enumerable.Range(0, 80).Where(i => asked[query][i] != asked[query - 1][i])];
            int rows = places.Max(place => place / 10) - places.Min(place => place / 10) + 1;
            return Math.Max(rows, places.Max(place => place % 10) - places.Min(place => place % 10) + 1);
        });
    }

    [Fact]
    public void Run_Restarts_BeginAnew()
    {
        var linear = new HalfSpace(1);

        AttackRecord record = linear.Attack(new Square(0.5 * linear.NearestLInf) { Queries = 20, Restarts = 3 });

        Assert.Equal((60L, StopReason.BudgetSpent), (record.Queries, record.Reason));
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Square(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Square(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Square(0.1) { BallNorm = Norm.L0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Square(0.1) { Queries = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Square(0.1) { Restarts = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Square(0.1) { FirstShare = 1.1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Square(0.1) { FirstShare = 0 });
    }
}
