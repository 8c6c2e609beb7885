using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Statistics;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class AttackSummaryTests
{
    [Fact]
    public void Of_MixedRecords_CountsSuccessAmongTheCleanCorrectAndMeasuresTheSuccessful()
    {
        AttackRecord[] records =
        [
            Record(label: 1, clean: 1, prediction: 2, l2: 1, queries: 4),
            Record(label: 1, clean: 1, prediction: 3, l2: 2, queries: 4),
            Record(label: 1, clean: 1, prediction: 0, l2: 6, queries: 4),
            Record(label: 1, clean: 1, prediction: 1, l2: 100, queries: 8),
            Record(label: 1, clean: 5, prediction: 5, l2: 0, queries: 0),
        ];

        AttackSummary summary = AttackSummary.Of(records);

        Assert.Equal((5, 4, 3), (summary.Count, summary.CleanCorrect, summary.Successes));
        Assert.Equal((3, 2, 30, 300), (summary.MeanL2, summary.MedianL2, summary.MeanLInf, summary.MeanL0));
        Assert.Equal((5, 3, 1 / 3.0), (summary.MeanQueries, summary.MeanQueriesToBest, summary.SurvivesRounding));
        Assert.Equal((0.75, 0.2), (summary.Success.Value, summary.RobustAccuracy.Value));
        Assert.Equal([(StopReason.AlreadyMisclassified, 1), (StopReason.Found, 3), (StopReason.BudgetSpent, 1)], summary.Reasons);
    }

    [Fact]
    public void Of_EvenNumberOfSuccesses_TakesTheMiddleOfTheTwoMiddleOnes()
    {
        AttackRecord[] records = [.. new[] { 4.0, 1, 2, 50 }.Select(l2 => Record(label: 1, clean: 1, prediction: 2, l2, queries: 1))];

        Assert.Equal(3, AttackSummary.Of(records).MedianL2);
    }

    [Fact]
    public void Of_NothingToAttack_HasNoMeans() => Assert.Equivalent(
        new AttackSummary(0, 0, 0, null, null, null, null, null, null, null, null, null, null, null, []), AttackSummary.Of([]),
        strict: true);

    [Fact]
    public void Worst_TakesTheNearestSuccessOfEachImage_WithItsTransfer_AndAddsUpTheQueries()
    {
        var first = new AttackOutcome(
            [
                Record(label: 1, clean: 1, prediction: 2, l2: 5, queries: 4),
                Record(label: 1, clean: 1, prediction: 1, l2: 1, queries: 4),
                Record(label: 1, clean: 1, prediction: 1, l2: 1, queries: 4),
            ], [[false, null, null]]);
        var second = new AttackOutcome(
            [
                Record(label: 1, clean: 1, prediction: 2, l2: 3, queries: 10),
                Record(label: 1, clean: 1, prediction: 2, l2: 9, queries: 10),
                Record(label: 1, clean: 1, prediction: 1, l2: 2, queries: 10),
            ], [[true, false, null]]);

        AttackOutcome worst = AttackOutcome.Worst([first, second], Norm.L2);

        Assert.Equal([3, 9, 1], worst.Records.Select(record => record.Distances.L2));
        Assert.Equal([true, true, false], worst.Records.Select(record => record.Success));
        Assert.Equal([14, 14, 14], worst.Records.Select(record => record.Queries));
        Assert.Equal([4 + 3, 4 + 3, null], worst.Records.Select(record => record.QueriesToBest));
        Assert.Equal([true, false, null], worst.Fooled[0]);
        Assert.Equal([new Proportion(1, 2)], worst.Transfer);
        Assert.Equal([0.0], first.Transfer.Select(rate => rate.Value));
    }

    [Fact]
    public void RobustnessCurve_StepsDownAtTheNearestSuccessOfEachImage()
    {
        AttackRecord[] near =
        [
            Record(label: 1, clean: 1, prediction: 1, l2: 1, queries: 1),
            Record(label: 1, clean: 1, prediction: 2, l2: 2, queries: 1),
            Record(label: 1, clean: 1, prediction: 2, l2: 2, queries: 1),
            Record(label: 1, clean: 5, prediction: 5, l2: 0, queries: 0),
        ];
        AttackRecord[] far = [
            .. near.Select(
                (record, i) => record with { Success = i == 0 || record.Success, Distances = record.Distances with { L2 = 3 } })];

        Assert.Equal([(0, 0.75), (2, 0.25), (3, 0)], RobustnessCurve.Of([near, far], Norm.L2));
        Assert.Equal([(0, 0.75), (2, 0.25)], RobustnessCurve.Of([near], Norm.L2));
    }

    static AttackRecord Record(int label, int clean, int prediction, double l2, long queries) => new()
    {
        Image = 0,
        Label = label,
        Target = null,
        CleanPrediction = clean,
        Prediction = prediction,
        Success = clean == label && prediction != label,
        Reason = clean != label ? StopReason.AlreadyMisclassified : prediction != label ? StopReason.Found : StopReason.BudgetSpent,
        Adversarial = [],
        Distances = new Distances((int)(100 * l2), 0, l2, 10 * l2, 0, 0),
        Margin = null,
        Queries = queries,
        SurvivesRounding = clean == label && prediction != label ? l2 == 1 : null,
        QueriesToBest = clean == label && prediction != label ? 3 : null,
        GradientCalls = 0,
    };
}
