using CsCheck;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class CarliniWagnerTests
{
    static readonly CarliniWagner Short = new() { SearchSteps = 5, Iterations = 100, LearningRate = 0.05, InitialConstant = 1 };

    // What CleverHans asserts: accuracy below 0.1, targets reached in more than 0.9, pixels in range.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_OnTheAnalyticModel_TurnsMoreThanNineTenths(bool targeted)
    {
        Tensor images = AnalyticModelTests.Images();
        int[] labels = AnalyticModelTests.Victim.Labels(images);

        AttackRecord[] records = AttackRunner.Run(
            Short, AnalyticModelTests.Victim, images, labels, 1, targeted ? Array.ConvertAll(labels, label => 1 - label) : null);

        Assert.InRange(records.Count(record => record.Success) / (double)records.Length, 0.9, 1);
    }

    // With two classes the target's lead is the untargeted margin with the other sign.
    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(2.3)]
    public void Run_Confidence_IsTheLeadOfTheTarget(double confidence)
    {
        var model = new LinearModel(6, 2);
        int[] targets = model.Labels.Select(label => 1 - label).ToArray();

        AttackRecord[] records = AttackRunner.Run(
            Short with { Confidence = confidence, LearningRate = 0.005, Iterations = 300 }, model.Victim, model.Images, model.Labels, 1,
            targets);

        Assert.All(records, record => Assert.InRange(-record.Margin!.Value, confidence, confidence + 0.1));
    }

    // The class turns on the way, which is not what was asked for.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_ConfidenceOutOfReach_IsNoSuccess(bool targeted)
    {
        var model = new LinearModel(6, 2);

        AttackRecord[] records = AttackRunner.Run(
            Short with { Confidence = 1e4 }, model.Victim, model.Images, model.Labels, 1,
            targeted ? [.. model.Labels.Select(label => 1 - label)] : null);

        Assert.All(records, record =>
        {
            Assert.NotEqual(record.Label, record.Prediction);
            Assert.Equal((false, StopReason.BudgetSpent), (record.Success, record.Reason));
            Assert.Equal((null, null), (record.QueriesToBest, record.SurvivesRounding));
        });
    }

    // Settings that are legal and senseless: the numbers stay finite, and the largest c is tried once.
    [Theory]
    [InlineData(1e10, 0.01, 2)]
    [InlineData(1e-3, 100, 8)]
    [InlineData(1e-3, 1e308, 8)]
    public void Run_ExtremeSettings_EndsAfterTheLargestConstant(double constant, double rate, int most)
    {
        var attack = new CarliniWagner
        {
            InitialConstant = constant,
            LearningRate = rate,
            SearchSteps = 30,
            Iterations = 3,
            AbortEarly = false
        };
        var model = new LinearModel(7, 2);
        // The slope is large, and no image is adversarial.
        var victim = new RowVictim([1, 4, 4], 2, _ => [2, 1], (_, back) => [.. Enumerable.Repeat(1e38f * back[0], 16)]);

        Assert.All(
            AttackRunner.Run(attack, victim, model.Images, new int[model.Images.Batch], 1),
            record => Assert.Equal(StopReason.BudgetSpent, record.Reason));
        Assert.All(
            AttackRunner.Run(attack, model.Victim, model.Images, model.Labels, 1),
            record => Assert.NotEqual(StopReason.NonFinite, record.Reason));
        Assert.InRange(AttackRunner.Run(attack, victim, model.Images, new int[model.Images.Batch], 1)[0].Queries / 3, 1, 7 + most);
    }

    // A best other logit that began at 0 would take the wrong class here, and see no lead to undo.
    [Fact]
    public void Run_AllLogitsNegative_Succeeds()
    {
        var victim = new RowVictim([1, 1, 2], 3, image => [image[0] - 10, image[1] - 10.2f, -30], (_, back) => [back[0], back[1]]);

        AttackRecord record = AttackRunner.Run(Short, victim, new Tensor([0.5f, 0.5f], 1, 1, 1, 2), [0], 1)[0];

        Assert.True(record.Success);
        Assert.Equal(0.2 / Math.Sqrt(2), record.Distances.L2, 0.01);
    }

    [Fact]
    public void Run_DescentAtAStandstill_EndsEarly()
    {
        var model = new LinearModel(7, 2);

        AttackRecord[] all = AttackRunner.Run(Short with { AbortEarly = false }, model.Victim, model.Images, model.Labels, 1);
        AttackRecord[] early = AttackRunner.Run(Short, model.Victim, model.Images, model.Labels, 1);

        Assert.All(all, record => Assert.Equal((500, 500), (record.Queries, record.GradientCalls)));
        Assert.All(early, record => Assert.InRange(record.Queries, 5, 499));
    }

    // c grows tenfold until it suffices, and from 10 steps on ends at the smallest that did.
    [Fact]
    public void Run_ConstantTooSmall_GrowsUntilItSuffices()
    {
        var model = new LinearModel(7, 2);

        AttackRecord[] three = AttackRunner.Run(
            Short with { SearchSteps = 3, InitialConstant = 1e-6, LearningRate = 1e-3, Iterations = 300 }, model.Victim, model.Images,
            model.Labels, 1);
        AttackRecord[] ten = AttackRunner.Run(
            Short with { SearchSteps = 10, InitialConstant = 1e-6, LearningRate = 1e-3, Iterations = 300 }, model.Victim, model.Images,
            model.Labels, 1);

        Assert.All(three, record => Assert.False(record.Success));
        Assert.All(ten, record => Assert.True(record.Success));
    }

    [Fact]
    public void TanhSpace_StaysFiniteAndInRangeAtBlackAndWhite() =>
        Gen.Select(Gen.Int[1, 20], Gen.ULong, Gen.Double[-1e10, 1e10], Gen.OneOf(0.5, 100, 1e308)).Sample((length, seed, constant, rate) =>
    {
        var random = new CounterRandom(seed);
        float[] image = Enumerable.Range(0, length).Select(
            _ => random.NextInt32(3) switch { 0 => 0f, 1 => 1f, _ => random.NextSingle(0, 1) }).ToArray();
        var space = new TanhSpace(image);

        // The image drawn to grey by 10⁻⁶.
        Assert.Equal(0, Distances.Between(image, space.Point()).LInf, 6e-7);
        Assert.Equal(0, space.SquaredDistance(), length * 3e-13);
        for (int i = 0; i < 300; i++)
        {
            float[] gradient = Enumerable.Range(0, length).Select(_ => random.NextSingle(-1, 1)).ToArray();
            space.Descend(gradient, constant, rate);
            Assert.True(double.IsFinite(space.SquaredDistance()));
            Assert.All(space.Point(), pixel => Assert.InRange(pixel, 0f, 1f));
        }
    }, iter: 50, threads: 1);

    // By hand: x = (tanh w + 1) / 2, dx/dw = (1 − tanh² w) / 2, and Adam's first step is the rate times the sign.
    [Fact]
    public void TanhSpace_FollowsAdam()
    {
        const double Rate = 0.01, Constant = 2;
        var space = new TanhSpace([0.25f]);
        double w = Math.Atanh(0.999999 * (2 * 0.25 - 1)), m = 0, v = 0;
        for (int t = 1; t <= 20; t++)
        {
            double x = (Math.Tanh(w) + 1) / 2, slope = (1 - Math.Tanh(w) * Math.Tanh(w)) / 2;
            float outer = t % 3 - 1;
            double g = slope * (2 * (x - 0.25) + Constant * outer);
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            w -= Rate * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, t))) + 1e-8);

            space.Descend([outer], Constant, Rate);

            Assert.Equal((Math.Tanh(w) + 1) / 2, space.Point()[0], 1e-6);
        }
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CarliniWagner { Confidence = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CarliniWagner { SearchSteps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CarliniWagner { Iterations = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CarliniWagner { LearningRate = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CarliniWagner { InitialConstant = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CarliniWagner { InitialConstant = 2e10 });
    }
}
