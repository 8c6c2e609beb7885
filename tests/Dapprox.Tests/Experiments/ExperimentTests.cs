using Dapprox.Arithmetic;
using Dapprox.Experiments.Paper;
using Dapprox.Experiments.Reports;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Statistics;
using Xunit;

namespace Dapprox.Tests.Experiments;

[CollectionDefinition(nameof(Runs))]
public class RunsShared : ICollectionFixture<RunsFixture>;

/// <summary>Makes <see cref="Runs"/> when the first test asks for it.</summary>
public sealed class RunsFixture : IDisposable
{
    readonly Lazy<Runs> runs = new(() => new Runs());

    internal Runs Value => runs.Value;

    public void Dispose()
    {
        if (runs.IsValueCreated)
            runs.Value.Dispose();
    }
}

[Collection(nameof(Runs))]
public class ExperimentTests(RunsFixture fixture)
{
    Runs Run => fixture.Value;

    [Fact]
    public void List_HasEveryTableAndFigureOfThePaper()
    {
        string[] references = [
            .. AllExperiments.List.Where(experiment => experiment.Reference != "beyond the paper").SelectMany(
                experiment => Expand(experiment.Reference)).Distinct()];

        Assert.Equal(
            [.. Enumerable.Range(1, 11).Select(i => $"table {i}"),
                .. new[] { 3, 4, 8, 9, 10, 11, 12, 13, 15, 16 }.Select(i => $"figure {i}")],
            references.OrderBy(reference => reference.StartsWith("figure", StringComparison.Ordinal)).ThenBy(
                reference => int.Parse(reference.Split(' ')[1], null)));

        // "figures 8 and 10" are two.
        static IEnumerable<string> Expand(string reference) => reference.StartsWith("figures", StringComparison.Ordinal)
            ? reference.Split(' ').Where(word => char.IsDigit(word[0])).Select(number => $"figure {number}")
            : [reference];
    }

    [Fact]
    public void Judge_HasAResultForAllOfTheScale() => Assert.Equal(
        AllExperiments.List.Where(experiment => experiment.IsIn(Runs.Tiny)).Select(experiment => experiment.Id),
        Run.Results.Results.Select(result => result.Id));

    [Fact]
    public void Judge_Tables_HaveACellForEveryColumn() => Assert.All(
        Run.Results.Results.SelectMany(result => result.Tables),
        table => Assert.All(table.Rows, row => Assert.Equal(table.Columns.Count, row.Count)));

    [Fact]
    public void Judge_OfAStandIn_GivesNoVerdict()
    {
        ExperimentResult[] standIns = [.. Run.Results.Results.Where(result => result.Dataset == "digits")];

        Assert.NotEmpty(standIns);
        Assert.All(standIns, result =>
        {
            Assert.Equal(("mnist", null, 0), (result.StandsFor, result.Rule, result.Judged()));
            Assert.All(result.Tables.SelectMany(table => table.Rows).SelectMany(row => row), cell => Assert.Null(cell.Verdict));
            Assert.All(result.Claims, claim => Assert.Null(claim.Verdict));
        });
        Assert.Null(Answer.Of(Run.Results));
    }

    [Fact]
    public void Count_OfVerdicts_LeavesOutWhatIsNoNumberOfThePaper()
    {
        ExperimentResult attacks = Find("table-1"), noise = Find("figure-3");

        Assert.Equal((0, 0), (attacks.Judged(), attacks.Count(Verdict.Reproduced)));
        Assert.Contains(attacks.Tables[0].Rows.SelectMany(row => row), cell => cell.Verdict == Verdict.Reproduced);
        Assert.Equal((1, 1), (noise.Judged(), noise.Count(Verdict.Reproduced)));
    }

    [Fact]
    public void Judge_EveryVerdict_HasItsRule() => Assert.All(
        Run.Results.Results.Where(result => Enum.GetValues<Verdict>().Any(verdict => result.Count(verdict) > 0)),
        result => Assert.False(string.IsNullOrWhiteSpace(result.Rule)));

    [Fact]
    public void Judge_EveryNumberOfThePaperInATransferTable_IsThere()
    {
        ExperimentResult table = Find("table-2");

        Assert.Equal([0.12, 0.28, 0.09, 0.01, 0.17, 0.18, 0.17, 0.02], table.Tables[0].Rows.Select(row => row[1].Paper!.Value));
    }

    [Fact]
    public void Judge_Accuracies_AreThoseOfEvaluate()
    {
        Dataset images = Run.Context.Data("digits");
        Network exact = TrainedModels.Load("lenet5-digits");
        ResultTable table = Find("table-6-mnist").Tables[0];

        foreach (
            (
                string multiplier,
                LayerSelection layers) in new[] { ("exact", LayerSelection.All), ("ax-fpm", LayerSelection.All),
                ("ax-fpm", LayerSelection.Convolutions) })
        {
            string name = layers == LayerSelection.All ? multiplier : $"{multiplier} in convolutions";
            var expected = Evaluation.Of(
                exact.With(Multipliers.Find(multiplier), layers), images, cancellation: TestContext.Current.CancellationToken);
            ResultCell cell = Assert.Single(table.Rows, row => row[0].Text == name)[1];
            Assert.Equal((expected.Accuracy, expected.Count), (cell.Value, cell.Of));
        }
    }

    [Fact]
    public void Judge_CalibratedAccuracies_AreThoseOfCalibratedNetworks()
    {
        Dataset images = Run.Context.Data("digits"), training = Datasets.Load("digits", Split.Train);
        Network approximate = TrainedModels.Load("lenet5-digits").With(AxFpm.Released);
        Network calibrated = Calibration.Of(approximate, training.Images(0, Calibration.DefaultImages)).Network;
        ResultTable table = Find("table-6-mnist").Tables[0];
        ResultCell Cell(string multiplier, string column) =>
            table.Rows.Single(row => row[0].Text == multiplier)[table.Columns.ToList().IndexOf(column)];

        var expected = Evaluation.Of(calibrated, images, cancellation: TestContext.Current.CancellationToken);
        ResultCell cell = Cell("ax-fpm", "calibrated");
        Assert.Equal((expected.Accuracy, expected.Count), (cell.Value, cell.Of));
        Assert.Equal(
            100 * (expected.Accuracy - Cell("exact", "accuracy").Value!.Value), Cell("ax-fpm", "calibrated minus exact").Value!.Value, 9);
        // The control: calibration leaves the exact network as it is.
        Assert.Equal(Cell("exact", "accuracy").Value, Cell("exact", "calibrated").Value);
        Assert.Equal(0, Cell("exact", "calibrated minus exact").Value);
    }

    [Fact]
    public void AttackUnit_CountsWhomTheExamplesFool_AsADirectForwardPassDoes()
    {
        ModelVariant exact = new("lenet5-digits", MultiplierAssignment.Exact),
            approximate = exact with { Assignment = MultiplierAssignment.AxFpm };
        var attack = new Pgd(0.15) { Restarts = 1 };
        IReadOnlyList<AttackRow> rows = new AttackUnit(
            attack, "digits", exact, 8)
        { TriedOn = [approximate], CorrectOn = [approximate], ExtrapolationFactors = [2] }
            .Compute(Run.Context, _ => { }, TestContext.Current.CancellationToken);

        Dataset data = Datasets.Load("digits", Split.Test);
        Network source = TrainedModels.Load("lenet5-digits"), other = source.With(AxFpm.Released);
        int[] places = Evaluation.CorrectOn([source, other], data, 8, TestContext.Current.CancellationToken);
        AttackRecord[] records = AttackRunner.Run(
            attack, new NetworkVictim(source), data.Images(places), places.Select(place => data.Labels[place]).ToArray(), 1,
            positions: places, cancellation: TestContext.Current.CancellationToken);
        for (int i = 0; i < places.Length; i++)
        {
            Assert.Equal(places[i], rows[i].Record.Image);
            Assert.Equal(records[i].Success, rows[i].Record.Success);
            Tensor image = new(records[i].Adversarial, 1, 1, 28, 28), clean = data.Images(places[i], 1);
            float[] further = [.. clean.Data.Zip(image.Data, (from, to) => (float)Math.Clamp(from + 2 * ((double)to - from), 0, 1))];
            Assert.Equal(records[i].Success ? Fools(image) : null, rows[i].Fooled[new Trial(approximate)]);
            Assert.Equal(records[i].Success ? Fools(new Tensor(further, 1, 1, 28, 28)) : null, rows[i].Fooled[new Trial(approximate, 2)]);

            bool? Fools(Tensor tried) => new NetworkVictim(other).Labels(tried)[0] != records[i].Label;
        }

        Assert.Contains(rows, row => row.Fooled[new Trial(approximate)] == true);
    }

    [Fact]
    public void Perturbation_Gain_GivesTheLayersOutputsOfAxFpm_OnAverage()
    {
        var exact = new ModelVariant("lenet5-digits", MultiplierAssignment.Exact);
        Network gain = Run.Context.Network(exact with { Perturbation = Perturbation.Gain }, "digits"), plain = Run.Context.Network(
            exact, "digits"), approximate = Run.Context.Network(exact with { Assignment = MultiplierAssignment.AxFpm }, "digits");
        Tensor images = Datasets.Load("digits", Split.Test).Images(0, 100);

        double Size(Network network) => network.Forward(images).Data.Sum(logit => Math.Abs((double)logit));
        Assert.InRange(Size(gain) / Size(approximate), 0.8, 1.25);
        Assert.True(Size(approximate) > 2 * Size(plain));
    }

    [FactOf(Tier.Ci)]
    public void Substitute_AnswersAsItsVictim_MoreOftenThanChance()
    {
        var victim = new ModelVariant("lenet5-digits", MultiplierAssignment.AxFpm);
        var unit = new SubstituteUnit(
            "substitute", "digits", "lenet5", victim, 100, 1, new() { Epochs = 10, BatchSize = 32, Shift = 0, Rotation = 0 });
        Network substitute = unit.Network(unit.Compute(Run.Context, _ => { }, TestContext.Current.CancellationToken));

        Dataset data = Datasets.Load("digits", Split.Test).First(300);
        int[] its = Scores.Labels(substitute.Forward(data.Images(0, data.Count))),
            victims = Scores.Labels(Run.Context.Network(victim, "digits").Forward(data.Images(0, data.Count)));
        Assert.True(its.Zip(victims).Count(pair => pair.First == pair.Second) > 150);
    }

    [Theory]
    [InlineData(12, 100, Verdict.Reproduced)]
    [InlineData(20, 100, Verdict.SameDirection)]
    [InlineData(35, 100, Verdict.SameDirection)]
    [InlineData(74, 100, Verdict.NotReproduced)]
    [InlineData(1, 9, Verdict.Open)]
    public void Transfer_IsJudgedByItsInterval(int fooled, int of, Verdict expected) =>
        Assert.Equal(expected, Verdicts.Transfer(new Proportion(fooled, of), 0.12));

    [Theory]
    [InlineData(60, 100, Verdict.Reproduced)]
    [InlineData(90, 100, Verdict.SameDirection)]
    [InlineData(4, 100, Verdict.NotReproduced)]
    public void Transfer_OfMostExamples_IsOnTheOtherSide(int fooled, int of, Verdict expected) =>
        Assert.Equal(expected, Verdicts.Transfer(new Proportion(fooled, of), 0.6));

    [Theory]
    [InlineData("table-2", "table-2")]
    [InlineData("table-6", "table-6-mnist", "table-6-cifar-10")]
    [InlineData("figure-8", "figures-8-10")]
    [InlineData("figure-10", "figures-8-10")]
    [InlineData("figure-16", "figure-16")]
    public void Find_TakesTheNamesOfThePaper(string name, params string[] experiments) =>
        Assert.Equal(experiments, AllExperiments.Find(name).Select(experiment => experiment.Id));

    [Theory]
    [InlineData("table")]
    [InlineData("figure-1")]
    [InlineData("table-12")]
    public void Find_OfWhatThePaperHasNot_SaysSo(string name) => Assert.Contains(
        "unknown table or figure", Assert.Throws<InputException>(() => AllExperiments.Find(name)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(0.975, Verdict.Reproduced)]
    [InlineData(0.988, Verdict.SameDirection)]
    [InlineData(0.90, Verdict.NotReproduced)]
    public void Accuracy_IsJudgedByTheLoss(double ours, Verdict expected) =>
        Assert.Equal(expected, Verdicts.Accuracy(ours, 0.9767, 0.9936));

    [Fact]
    public void WhatHasNoDirection_IsReproducedOrNot()
    {
        Assert.Equal(Verdict.NotReproduced, Verdicts.Accuracy(0.95, 0.9767, null));
        Assert.Equal(Verdict.NotReproduced, Verdicts.Ratio(0.41, 0.3, null));
        Assert.Equal(Verdict.Reproduced, Verdicts.Ratio(0.31, 0.3, null));
    }

    [Theory]
    [InlineData(0.5, 0.487, 1, Verdict.Reproduced)]
    [InlineData(0.8, 0.487, 1, Verdict.SameDirection)]
    [InlineData(1.1, 0.487, 1, Verdict.NotReproduced)]
    public void Ratio_IsJudgedBySide(double ours, double paper, double exact, Verdict expected) =>
        Assert.Equal(expected, Verdicts.Ratio(ours, paper, exact));

    [Theory]
    [InlineData(1.5, 1, 2, Verdict.Reproduced)]
    [InlineData(0.5, 0.1, 0.9, Verdict.SameDirection)]
    [InlineData(0.5, -0.1, 0.9, Verdict.NotReproduced)]
    [InlineData(1.2, double.NegativeInfinity, double.PositiveInfinity, Verdict.Open)]
    [InlineData(double.NaN, double.NaN, double.NaN, Verdict.Open)]
    public void Increase_IsJudgedByItsInterval(double value, double low, double high, Verdict expected) =>
        Assert.Equal(expected, Verdicts.Increase(new Estimate(value, low, high), 1.23));

    [Fact]
    public void Statistics_OfKnownNumbers()
    {
        Estimate mean = Estimate.Mean([.. Enumerable.Range(1, 16).Select(i => (double)i)]);
        Assert.Equal(8.5, mean.Value);
        // s² = n·(n + 1)/12, half the interval 1.96·s/√n.
        Assert.Equal(1.9599639845 * Math.Sqrt(16 * 17 / 12.0 / 16), mean.Radius, 1e-9);
        Assert.Equal(double.PositiveInfinity, Estimate.Mean([1, 2]).High);
        Assert.Equal(2.5, Estimate.Median([4, 1, 3, 2]).Value);
        // Ranks 40 and 61 of 100 (David and Nagaraja, "Order Statistics", 2003): 50 ± 9.8, rounded outwards.
        Estimate median = Estimate.Median([.. Enumerable.Range(1, 100).Select(i => (double)i)]);
        Assert.Equal((50.5, 40, 61), (median.Value, median.Low, median.High));
        Assert.Equal(double.PositiveInfinity, Estimate.Median([1, 50, 100]).High);
        Assert.True(double.IsNaN(Estimate.Mean([]).Value));
    }

    [Theory]
    [InlineData(0.14, 0.05, 0.24, Verdict.Reproduced)]
    [InlineData(0.30, 0.23, 0.45, Verdict.SameDirection)]
    [InlineData(0.40, 0.25, 0.60, Verdict.NotReproduced)]
    [InlineData(2.7, 1.7, 4.1, Verdict.NotReproduced)]
    [InlineData(double.NaN, double.NaN, double.NaN, Verdict.Open)]
    public void RelativeTransfer_IsJudgedByItsInterval(double value, double low, double high, Verdict expected) =>
        Assert.Equal(expected, Verdicts.RelativeTransfer(new Estimate(value, low, high), 0.22));

    [Theory]
    [InlineData(0.1, 200, 0.3, 150)]
    [InlineData(0.06, 1000, 0.02, 1000)]
    public void Ratio_OfShares_CoversTheTruthAsOftenAsItSays(double share, int of, double by, int byOf)
    {
        const int Trials = 4000;
        var random = new CounterRandom(seed: 1);
        int Draw(double probability, int count) => Enumerable.Range(0, count).Count(_ => random.NextDouble() < probability);

        int covered = Enumerable.Range(0, Trials).Count(_ =>
        {
            Estimate ratio = Estimate.Ratio(new Proportion(Draw(share, of), of), new Proportion(Math.Max(1, Draw(by, byOf)), byOf));
            return ratio.Low <= share / by && share / by <= ratio.High;
        });

        // 95 %, four standard deviations of the count either way, and a point for the approximation.
        Assert.InRange((double)covered / Trials, 0.95 - 0.014 - 0.01, 0.95 + 0.014 + 0.01);
        Assert.Equal(0, Estimate.Ratio(new Proportion(0, 50), new Proportion(10, 50)).Value);
        Assert.InRange(Estimate.Ratio(new Proportion(0, 50), new Proportion(10, 50)).High, 0.05, 1);
        Assert.True(double.IsNaN(Estimate.Ratio(new Proportion(1, 50), new Proportion(0, 50)).Value));
    }

    [Fact]
    public void Json_ReadsBack()
    {
        string json = ResultsJson.Write(Run.Results);

        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json));
        Assert.Equal(json, ResultsJson.Write(ResultsJson.Read(stream)));
    }

    ExperimentResult Find(string id) => Assert.Single(Run.Results.Results, result => result.Id == id);
}
