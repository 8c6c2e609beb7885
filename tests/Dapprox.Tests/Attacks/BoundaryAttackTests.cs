using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class BoundaryAttackTests
{
    // What the random walk leaves of the distance to the nearest point of a plane.
    const double Excess = 0.1;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_LinearVictim_ComesNearTheNearestPoint(ulong stream)
    {
        var linear = new HalfSpace(stream);

        foreach (BoundaryAttack attack in new[] { BoundaryAttack.Foolbox24 with { Steps = 3000 }, new BoundaryAttack { Steps = 1000 } })
        {
            AttackRecord record = linear.Attack(attack);

            Assert.True(record.Success);
            Assert.InRange(record.Distances.L2 / linear.NearestL2, 1 - 1e-6, 1 + Excess);
        }
    }

    [Fact]
    public void Run_Targeted_ComesNearTheNearestPointOfTheTarget()
    {
        var linear = new HalfSpace(1);

        AttackRecord record = linear.Attack(new BoundaryAttack { Steps = 1000 }, target: 1);

        Assert.True(record.Success);
        Assert.InRange(record.Distances.L2 / linear.NearestL2, 1 - 1e-6, 1 + Excess);
    }

    // A class that is aimed at is begun at from given images. Moves towards the image are of 1 % at first, so bisecting the
    // last of them could hardly bring 2 %.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_FromAnEarlierResult_GoesOnToNearerPoints(ulong stream)
    {
        var linear = new HalfSpace(stream);
        AttackRecord before = linear.Attack(new BoundaryAttack { Steps = 100 }, target: 1);

        AttackRecord after = linear.Attack(new BoundaryAttack { Steps = 100, Starts = [before.Adversarial] }, target: 1);

        Assert.InRange(after.Distances.L2 / before.Distances.L2, 0, 0.98);
    }

    // Where nothing nearer is adversarial, the walk gives up long before its steps are over.
    [Fact]
    public void Run_StartIsTheOnlyAdversarialImage_ConvergesEarly()
    {
        var victim = new RowVictim([1, 1, 2], 2, image => image[0] == 1 && image[1] == 1 ? [0, 1] : [1, 0], (_, _) => [0, 0]);

        AttackRecord record = AttackRunner.Run(
            BoundaryAttack.Foolbox24 with { Steps = 100_000, Starts = [[1, 1]] }, victim, new([0, 0], 1, 1, 1, 2), [0], 0)[0];

        Assert.True(record.Success);
        Assert.Equal([1, 1], record.Adversarial);
        Assert.InRange(record.Queries, 1000, 100_000);
    }

    [Fact]
    public void Steps_BecomeLongerWhenMoreThanHalfSucceed_AndShorterBelowAFifth()
    {
        Assert.Equal((1.5e-2, 1.5e-2), AfterSphericalSuccesses(51));
        Assert.Equal((1e-2, 1e-2), AfterSphericalSuccesses(50));
        Assert.Equal((1e-2, 1e-2), AfterSphericalSuccesses(20));
        Assert.Equal((1e-2 * (1 / 1.5), 1e-2 * (1 / 1.5)), AfterSphericalSuccesses(19));
        Assert.Equal((1e-2, 1.5e-2), AfterSourceSuccesses(16));
        Assert.Equal((1e-2, 1e-2), AfterSourceSuccesses(15));
        Assert.Equal((1e-2, 1e-2), AfterSourceSuccesses(6));
        Assert.Equal((1e-2, 1e-2 * (1 / 1.5)), AfterSourceSuccesses(5));

        static (double, double) AfterSphericalSuccesses(int successes) => After(100, (steps, i) => steps.CountSpherical(i < successes));

        static (double, double) AfterSourceSuccesses(int successes) => After(30, (steps, i) => steps.CountSource(i < successes));

        static (double, double) After(int tries, Action<BoundarySteps, int> count)
        {
            var steps = new BoundarySteps(BoundaryAttack.Foolbox24);
            for (int i = 0; i < tries; i++)
            {
                steps.Adapt();
                Assert.Equal((1e-2, 1e-2), (steps.Spherical, steps.Source));
                count(steps, i);
            }

            steps.Adapt();
            return (steps.Spherical, steps.Source);
        }
    }

    [Fact]
    public void Steps_StartOverTheFirstTimeTheyVanish_AndHaveConvergedAHundredStepsAfterTheSecond()
    {
        var steps = new BoundarySteps(BoundaryAttack.Foolbox24);

        Vanish();
        Assert.Equal((1e-2, 1e-2, false), (steps.Spherical, steps.Source, steps.Converged));
        Vanish();
        for (int i = 0; i < 99; i++)
            steps.Adapt();
        Assert.False(steps.Converged);
        steps.Adapt();
        Assert.True(steps.Converged);

        // 1.5 to the 29th is more than the 10⁵ from 10⁻² to 10⁻⁷, and to the 28th it is less.
        void Vanish()
        {
            for (int i = 0; i < 29 * 30; i++)
            {
                Assert.True(steps.Source >= 1e-7);
                steps.CountSource(false);
                steps.Adapt();
            }
        }
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoundaryAttack { Steps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoundaryAttack { Directions = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoundaryAttack { Together = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoundaryAttack { SphericalStep = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoundaryAttack { SourceStep = double.PositiveInfinity });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoundaryAttack { Adaptation = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new BoundaryAttack { Starts = [[float.NaN]] });
    }
}
