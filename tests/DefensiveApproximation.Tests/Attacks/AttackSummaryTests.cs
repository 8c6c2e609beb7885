using DefensiveApproximation.Networks.Attacks;
using Xunit;

namespace DefensiveApproximation.Tests.Attacks;

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

        Assert.Equal(new AttackSummary(5, 4, 3, MeanL2: 3, MedianL2: 2, MeanLInf: 30, MeanL0: 300, MeanQueries: 5), summary);
        Assert.Equal(0.75, summary.Success);
    }

    [Fact]
    public void Of_EvenNumberOfSuccesses_TakesTheMiddleOfTheTwoMiddleOnes()
    {
        AttackRecord[] records = [.. new[] { 4.0, 1, 2, 50 }.Select(l2 => Record(label: 1, clean: 1, prediction: 2, l2, queries: 1))];

        Assert.Equal(3, AttackSummary.Of(records).MedianL2);
    }

    [Fact]
    public void Of_NothingToAttack_HasNoMeans() =>
        Assert.Equal(new AttackSummary(0, 0, 0, null, null, null, null, null), AttackSummary.Of([]));

    [Fact]
    public void Transfer_CountsOnlySuccessesThatTheOtherNetworkGotRightBefore()
    {
        AttackRecord[] records =
        [
            Record(label: 1, clean: 1, prediction: 2, l2: 1, queries: 1),
            Record(label: 1, clean: 1, prediction: 2, l2: 1, queries: 1),
            Record(label: 1, clean: 1, prediction: 2, l2: 1, queries: 1),
            Record(label: 1, clean: 1, prediction: 1, l2: 1, queries: 1),
        ];

        double? share = AttackSummary.Transfer(records, clean: [1, 1, 7, 1], adversarial: [9, 1, 9, 9]);

        Assert.Equal(0.5, share);
    }

    [Fact]
    public void Transfer_NoSuccess_HasNoValue() =>
        Assert.Null(AttackSummary.Transfer([Record(label: 1, clean: 1, prediction: 1, l2: 1, queries: 1)], clean: [1], adversarial: [2]));

    static AttackRecord Record(int label, int clean, int prediction, double l2, long queries) => new()
    {
        Image = 0,
        Label = label,
        Target = null,
        CleanPrediction = clean,
        Prediction = prediction,
        Success = clean == label && prediction != label,
        Reason = StopReason.Found,
        Adversarial = [],
        Distances = new Distances((int)(100 * l2), 0, l2, 10 * l2, 0, 0),
        Margin = null,
        Queries = queries,
        SurvivesRounding = null,
        QueriesToBest = null,
        GradientCalls = 0,
    };
}
