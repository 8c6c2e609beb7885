using Dapprox.Arithmetic;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

/// <summary>DDN, FMN, PDPGD, σ-zero, EAD, the search of APGD, and the set of the strongest.</summary>
public class MinimalNormTests
{
    static readonly Tensor Grey = new([0.5f, 0.5f], 1, 1, 1, 2);

    /// <summary>Two pixels; the boundary is where the first exceeds 0.7.</summary>
    static RowVictim FirstPixel() => new([1, 1, 2], 2, image => [0.7f - image[0], 0], (_, back) => [-back[0], 0]);

    [Fact]
    public void Ddn_ItsFirstPoints_LieOnSpheresThatGrowByGamma()
    {
        var points = new List<float>();
        var victim = new RowVictim([1, 1, 2], 2, _ => [1, 0], (image, back) =>
        {
            points.Add(image[0]);
            return [back[1] - back[0], 0];
        });

        AttackRunner.Run(new Ddn { Steps = 4, FirstRadius = 0.1, RadiusChange = 0.5 }, victim, Grey, [0], 1);

        Assert.Equal([0.5f, 0.65f, 0.725f, 0.8375f], points, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Fmn_BeforeTheFirstSuccess_GoesToTheEstimatedBoundary()
    {
        AttackRecord record = AttackRunner.Run(new Fmn { Steps = 1 }, FirstPixel(), Grey, [0], 1)[0];

        Assert.Equal(0.2, record.Distances.L2, 1e-3);
    }

    [Theory]
    [InlineData(Norm.L0, 1)]
    [InlineData(Norm.L1, 0.2)]
    [InlineData(Norm.L2, 0.2)]
    [InlineData(Norm.LInf, 0.2)]
    public void Strongest_OnePixelMatters_FindsItsDistanceWithinItsGradients(Norm norm, double distance)
    {
        var attack = new Strongest { BallNorm = norm, Gradients = 600 };

        AttackRecord record = AttackRunner.Run(attack, FirstPixel(), Grey, [0], 1)[0];

        Assert.True(record.Success);
        Assert.InRange(record.Distances.In(norm), distance * 0.999, distance * 1.01);
        Assert.InRange(record.GradientCalls, 1, attack.Gradients);
    }

    [Fact]
    public void Strongest_IsAtMostAsFarAsEachOfItsAttacks()
    {
        var victim = new NetworkVictim(SmallNetwork.Create(AxFpm.Released, threads: 1));
        (Tensor images, int[] labels) = SmallNetwork.Images(victim, 12, 3);

        AttackRecord[] best = Run(new Strongest { Gradients = 88 });

        IAttack<IGradientVictim>[] members = [new Ddn { Steps = 22 }, new Fmn { Steps = 22 }, new Pdpgd { Steps = 22 }];
        foreach (IAttack<IGradientVictim> member in members)
        {
            Assert.All(Run(member).Zip(best), pair => Assert.True(
                !pair.First.Success || (pair.Second.Success && pair.Second.Distances.L2 <= pair.First.Distances.L2 + 1e-6)));
        }

        AttackRecord[] Run(IAttack<IGradientVictim> attack) => AttackRunner.Run(attack, victim, images, labels, 1);
    }

    [Fact]
    public void Apgd_WithoutEpsilon_KeepsTheNearestAndEndsWithinAThousandth()
    {
        AttackRecord record = AttackRunner.Run(new Apgd { Restarts = 1, Steps = 20 }, FirstPixel(), Grey, [0], 1)[0];

        Assert.InRange(record.Distances.LInf, 0.1999, 0.2003);
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ddn { Steps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ddn { FirstRadius = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ddn { RadiusChange = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fmn { Steps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Fmn { StepSize = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pdpgd { BallNorm = Norm.L0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pdpgd { Steps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Pdpgd { LearningRate = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SigmaZero { Steps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SigmaZero { Smoothing = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new SigmaZero { FirstThreshold = 1.1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ead { Beta = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ead { InitialConstant = 1e11 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Strongest { Gradients = 39 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Apgd { BallNorm = Norm.L0 });
    }
}
