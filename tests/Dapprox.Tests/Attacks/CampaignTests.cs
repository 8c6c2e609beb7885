using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public sealed class CampaignTests : IDisposable
{
    const int Count = 12, Skipped = 80;

    static readonly Network Exact = TrainedModels.Load("lenet5-digits"), Approximate = Exact.With(AxFpm.Released);

    static readonly Dataset Digits = Datasets.Load("digits", Split.Test).Skip(Skipped);

    static readonly Fgsm Attack = new(0.05);

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Select_TakesTheFirstThatAllClassifyCorrectly()
    {
        var campaign = new Campaign(Digits, Exact) { CorrectOn = [Exact, Approximate], First = Count };

        Assert.Equal(Evaluation.CorrectOn([Exact, Approximate], Digits, Count), campaign.Select());
        Assert.Equal([0, 1, 2], new Campaign(Digits, Exact) { First = 3 }.Select());
    }

    [Fact]
    public void Run_IsTheAttackOnTheSelectedImages_AtTheirPositionsInTheDataSet()
    {
        var campaign = new Campaign(Digits, Approximate)
        {
            CorrectOn = [Exact],
            First = Count,
            Seed = 7,
            Targets = TargetChoice.Next,
            MaxQueries = 9,
        };
        var attack = new Pgd(0.1) { Steps = 6, Restarts = 2 };

        AttackRecord[] expected = Direct(
            attack, new NetworkVictim(Approximate), campaign.Select(), seed: 7, label => (label + 1) % 10, maxQueries: 9);
        CampaignResult result = campaign.Run(attack);

        Assert.Equal([GradientEstimator.StraightThrough], result.ByEstimator.Select(run => run.Estimator));
        AssertEqual(expected, result.Worst.Records);
        Assert.All(result.Worst.Records, record => Assert.InRange(record.Image, Skipped, int.MaxValue));
    }

    [Fact]
    public void Run_Targets_AreWrongClasses_ByTheChoice()
    {
        AttackRecord[] Of(TargetChoice choice) => [.. Run(choice).Worst.Records];
        CampaignResult Run(TargetChoice choice) =>
            new Campaign(Digits, Exact) { First = Count, Targets = choice, Seed = 3 }.Run(new Pgd(0.1) { Steps = 5, Restarts = 1 });

        AttackRecord[] least = Of(TargetChoice.LeastLikely), random = Of(TargetChoice.Random), all = Of(TargetChoice.All);

        Tensor logits = Exact.Forward(Digits.Images(0, Count));
        for (int i = 0; i < Count; i++)
        {
            float[] scores = logits.Row(i).ToArray();
            Assert.Equal(Enumerable.Range(0, 10).Where(other => other != least[i].Label).MinBy(other => scores[other]), least[i].Target);
        }

        Assert.All(random, record => Assert.True(record.Target != record.Label && record.Target is >= 0 and < 10));
        Assert.True(random.Select(record => (record.Target - record.Label + 10) % 10).Distinct().Count() > 2);
        Assert.Equal(random.Select(record => record.Target), Of(TargetChoice.Random).Select(record => record.Target));
        // Nine targets of five gradients each, or fewer where one is reached early.
        Assert.All(all.Where(record => record.CleanCorrect), record => Assert.InRange(record.BackwardPasses, 9, 45));
        Assert.All(all.Where(record => record.Success), record => Assert.Equal(record.Target, record.Prediction));
        Assert.True(all.Count(record => record.Success) >= Of(TargetChoice.Next).Count(record => record.Success));
    }

    [Fact]
    public void Run_TriesTheSuccessfulImagesOnTheOthers_WhereTheseClassifyTheCleanImageCorrectly()
    {
        AttackOutcome outcome = new Campaign(Digits, Exact) { First = 200, TriedOn = [Exact, Approximate] }.Run(Attack).Worst;

        int[] clean = Scores.Labels(Approximate.Forward(Digits.Images(0, 200)));
        for (int i = 0; i < 200; i++)
        {
            AttackRecord record = outcome.Records[i];
            int answer = Scores.Label(Approximate.Forward(new Tensor(record.Adversarial, [1, .. Exact.InputShape])).Row(0));
            Assert.Equal(record.Success ? true : null, outcome.Fooled[0][i]);
            Assert.Equal(record.Success && clean[i] == record.Label ? answer != record.Label : null, outcome.Fooled[1][i]);
        }

        Assert.Contains(true, outcome.Fooled[1]);
        Assert.Contains(false, outcome.Fooled[1]);
    }

    [Fact]
    public void Run_UnderSeveralEstimators_IsEachByItself_AndTheNearestOfAll()
    {
        GradientEstimator[] estimators = [GradientEstimator.StraightThrough, GradientEstimator.GainMatched];
        Tensor calibration = Datasets.Load("digits", Split.Train).Images(0, 20);
        Campaign Under(params GradientEstimator[] some) =>
            new(Digits, Approximate) { Estimators = some, Calibration = () => calibration, TriedOn = [Exact], First = Count };

        CampaignResult result = Under(estimators).Run(new DeepFool());

        Assert.Equal(estimators, result.ByEstimator.Select(run => run.Estimator));
        AttackOutcome[] each = [.. estimators.Select(estimator => Under(estimator).Run(new DeepFool()).Worst)];
        foreach ((AttackOutcome expected, AttackOutcome actual) in each.Zip(result.ByEstimator.Select(run => run.Outcome)))
        {
            AssertEqual(expected.Records, actual.Records);
            Assert.Equal(expected.Fooled[0], actual.Fooled[0]);
        }

        AssertEqual(AttackOutcome.Worst(each, Norm.L2).Records, result.Worst.Records);
    }

    [Fact]
    public void Run_OfAnAttackThatSeesNoGradients_AsksForNone()
    {
        var campaign = new Campaign(Digits, Approximate) { Estimators = GradientEstimator.All, First = Count };
        var attack = new Square(0.1) { Queries = 20 };

        CampaignResult result = campaign.Run(attack);

        Assert.Equal([null], result.ByEstimator.Select(run => run.Estimator));
        AssertEqual(Direct(attack, new NetworkVictim(Approximate), campaign.Select(), seed: 1), result.Worst.Records);
    }

    [Fact]
    public void Run_TogetherWithOthersAndAveraged_IsTheAttackOnThatMean()
    {
        var campaign = new Campaign(Digits, Exact) { TogetherWith = [Approximate], Averaged = (new GaussianNoise(0.1), 3), First = Count };
        var victim = new AveragingVictim(
            new EnsembleVictim([new NetworkVictim(Exact), new NetworkVictim(Approximate)]), new GaussianNoise(0.1), 3, seed: 1);

        AssertEqual(Direct(Attack, victim, campaign.Select(), seed: 1), campaign.Run(Attack).Worst.Records);
    }

    [Fact]
    public void Run_WithInputDiversity_IsTheAttackWithGradientsAtResizedCopies()
    {
        var campaign = new Campaign(Digits, Exact) { InputDiversity = 0.7, First = Count };

        AssertEqual(
            Direct(Attack, new DiverseVictim(new NetworkVictim(Exact), 0.7, seed: 1), campaign.Select(), seed: 1),
            campaign.Run(Attack).Worst.Records);
    }

    [Fact]
    public void Run_TellsTheFractionsOfTheWork()
    {
        double done = 0;

        new Campaign(Digits, Exact) { Estimators = [GradientEstimator.StraightThrough, GradientEstimator.Smoothed], First = 300 }.Run(
            Attack, progress: more => done += more);

        Assert.Equal(1, done, 1e-9);
    }

    [Fact]
    public void Run_WithoutWhatItNeeds_IsRefused()
    {
        AttackCheckpoint checkpoint = AttackCheckpoint.Open(folder.File("state"), "an attack");
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<ArgumentException>(
            () => new Campaign(Digits, Exact) { Estimators = [GradientEstimator.GainMatched], First = 1 }.Run(Attack));
        Assert.Throws<ArgumentException>(
            () => new Campaign(Digits, Exact) { Estimators = GradientEstimator.All, First = 1 }.Run(Attack, checkpoint));
        Assert.Throws<InputException>(
            () => new Campaign(Digits, Exact) { TriedOn = [TrainedModels.Load("alexnet-cifar-10")], First = 1 }.Run(Attack));
        Assert.Throws<OperationCanceledException>(
            () => new Campaign(Digits, Exact) { First = 1 }.Run(Attack, cancellation: cancelled.Token));
    }

    static AttackRecord[] Direct(
        IAttack<IGradientVictim> attack, IGradientVictim victim, int[] indices, ulong seed, Func<int, int>? target = null,
        long maxQueries = long.MaxValue)
    {
        int[] labels = [.. indices.Select(index => Digits.Labels[index])];
        return AttackRunner.Run(
            attack, victim, Digits.Images(indices), labels, seed, target is null ? null : [.. labels.Select(target)],
            [.. indices.Select(index => Skipped + index)], maxQueries);
    }

    static void AssertEqual(IEnumerable<AttackRecord> expected, IEnumerable<AttackRecord> actual)
    {
        float[] none = [];
        Assert.Equal(
            expected.Select(record => record with { Adversarial = none }), actual.Select(record => record with { Adversarial = none }));
        Assert.Equal(expected.Select(record => record.Adversarial), actual.Select(record => record.Adversarial));
    }
}
