using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Experiments;
using DefensiveApproximation.Experiments.Reports;
using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Attacks;
using DefensiveApproximation.Networks.Data;
using DefensiveApproximation.Networks.Models;
using Xunit;

namespace DefensiveApproximation.Tests.Experiments;

public class ReproductionExperimentTests
{
    [Fact]
    public void Run_Twice_GivesTheSameBytes()
    {
        Reproduction again = ReproductionExperiment.Run(Runs.Options, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(ResultsJson.Write(Runs.Small.Result), ResultsJson.Write(again.Result));
        Assert.Equal(Runs.Small.Examples.Select(example => example.Adversarial), again.Examples.Select(example => example.Adversarial));
        Assert.Equal(Runs.Small.Noise.Density.Counts, again.Noise.Density.Counts);
    }

    [Fact]
    public void Run_WithAnotherSeed_DrawsOtherNumbers()
    {
        Reproduction other = ReproductionExperiment.Run(Runs.Options with { Seed = 2 }, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(Runs.Small.Result.Accuracies, other.Result.Accuracies);
        Assert.NotEqual(Runs.Small.Result.Metrics[1].MeanRelativeError, other.Result.Metrics[1].MeanRelativeError);
    }

    [Fact]
    public void Run_Accuracies_AreThoseOfEvaluate()
    {
        Dataset images = Datasets.Load("digits", Split.Test).First(Runs.Options.TestImages);
        Network exact = TrainedModels.Load("lenet5-digits");

        foreach (AccuracyRow row in Runs.Small.Result.Accuracies)
        {
            LayerSelection layers = row.Layers == "all" ? LayerSelection.All : LayerSelection.Convolutions;
            var expected = Evaluation.Of(
                exact.With(Multipliers.Find(row.Multiplier), layers), images, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(new Share(expected.Correct, expected.Count), row.Accuracy);
        }
    }

    [Fact]
    public void Run_Attack_IsThatOfTheRunner()
    {
        Dataset images = Datasets.Load("digits", Split.Test).First(Runs.Options.TestImages);
        Network exact = TrainedModels.Load("lenet5-digits"), approximate = exact.With(AxFpm.Released);
        int[] places = Evaluation.CorrectOn([exact, approximate], images, Runs.Options.AttackedImages, TestContext.Current.CancellationToken);

        AttackRecord[] records = AttackRunner.Run(
            new Pgd(0.2) { Restarts = 1 }, new NetworkVictim(exact), images.Images(places), places.Select(place => images.Labels[place]).ToArray(),
            Runs.Options.Seed, positions: places, cancellation: TestContext.Current.CancellationToken);
        int fooled = records.Count(record =>
            record.Success && new NetworkVictim(approximate).Labels(new Tensor(record.Adversarial, 1, 1, 28, 28))[0] != record.Label);

        AttackRow row = Assert.Single(Runs.Small.Result.Attacks, row => row.Attack == "pgd" && row.Epsilon == 0.2);
        Assert.Equal(new Share(records.Count(record => record.Success), places.Length), row.Success);
        Assert.Equal(new Share(fooled, records.Count(record => record.Success)), row.Transfers[0].Transfer);
    }

    [Fact]
    public void Run_SmallestStep_SucceedsWithLessThanTheLargestBudget()
    {
        AttackRow smallest = Assert.Single(Runs.Small.Result.Attacks, row => row.Epsilon is null);
        AttackRow fixedBudget = Assert.Single(Runs.Small.Result.Attacks, row => row is { Attack: "fgsm", Epsilon: 0.2 });

        Assert.True(smallest.Success.Count >= fixedBudget.Success.Count);
        Assert.True(smallest.MeanL2 < fixedBudget.MeanL2);
    }

    [Fact]
    public void Run_ReportsEveryPart()
    {
        var reports = new List<ReproductionProgress>();

        ReproductionExperiment.Run(
            Runs.Options with { TestImages = 20, AttackedImages = 2, Samples = 1000 }, new Collector(reports), TestContext.Current.CancellationToken);

        Assert.Equal(Enumerable.Range(1, reports[0].Of), reports.Select(report => report.Done));
    }

    [Fact]
    public void Run_OnADataSetWithoutANetwork_SaysSo()
    {
        InputException error = Assert.Throws<InputException>(() => ReproductionExperiment.Run(
            Runs.Options with { Dataset = "cifar-10" }, cancellation: TestContext.Current.CancellationToken));

        Assert.Contains("cifar-10", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_Cancelled_Stops() => Assert.ThrowsAny<OperationCanceledException>(
        () => ReproductionExperiment.Run(Runs.Options, cancellation: new CancellationToken(canceled: true)));

    sealed class Collector(List<ReproductionProgress> reports) : IProgress<ReproductionProgress>
    {
        public void Report(ReproductionProgress value) => reports.Add(value);
    }
}
