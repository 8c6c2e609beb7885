using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class RandomNoiseTests
{
    [Fact]
    public void Run_NothingAdversarialInTheBall_AsksAboutAllDraws()
    {
        var linear = new HalfSpace(1);

        AttackRecord record = linear.Attack(new RandomNoise(0.99 * linear.NearestLInf) { Draws = 1000 });

        Assert.Equal((false, StopReason.BudgetSpent, 1000L), (record.Success, record.Reason, record.Queries));
        Assert.InRange(record.Distances.LInf, 0.8 * linear.NearestLInf, linear.NearestLInf);
    }

    [Fact]
    public void Run_ManyAdversarialImagesInTheBall_StopsAtTheFirst()
    {
        var linear = new HalfSpace(1);

        AttackRecord record = linear.Attack(new RandomNoise(1) { BallNorm = Norm.LInf, Draws = 1000 });

        Assert.Equal((true, 128L), (record.Success, record.Queries));
    }

    // A half-space at 0.6 radii from the centre of a disc takes (arccos 0.6 − 0.6·0.8)/π = 14.2 % of it.
    [Fact]
    public void Run_L2_DrawsUniformlyFromTheBall()
    {
        const int Images = 2000;
        var victim = new RowVictim([1, 1, 2], 2, image => [0, image[0] - 0.5f - 0.3f * 0.6f], (_, _) => []);
        var images = new Dapprox.Networks.Tensors.Tensor(Enumerable.Repeat(0.5f, 2 * Images).ToArray(), Images, 1, 1, 2);

        AttackRecord[] records = AttackRunner.Run(
            new RandomNoise(0.3) { BallNorm = Norm.L2, Draws = 1 }, victim, images, new int[Images], 1);

        // Four standard deviations, √(p(1 − p)/2000) each.
        Assert.InRange(records.Average(record => record.Success ? 1 : 0.0), 0.142 - 0.032, 0.142 + 0.032);
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomNoise(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomNoise(0.1) { BallNorm = Norm.L0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RandomNoise(0.1) { Draws = 0 });
    }
}
