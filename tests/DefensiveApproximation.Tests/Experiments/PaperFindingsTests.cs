using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Experiments;
using DefensiveApproximation.Networks.Data;
using Xunit;

namespace DefensiveApproximation.Tests.Experiments;

public class PaperFindingsTests
{
    static readonly ErrorMetrics Metrics = ErrorMeasurement.Sample(AxFpm.Released, OperandLaw.Uniform01, 100_000, seed: 1);

    [Theory]
    [InlineData(10, Agreement.Agrees)]
    [InlineData(28, Agreement.Agrees)]
    [InlineData(60, Agreement.Differs)]
    [InlineData(100, Agreement.Differs)]
    public void Of_PgdTransfer_IsJudgedByItsInterval(int fooled, Agreement expected)
    {
        Finding finding = Find("PGD", new Share(fooled, 100), new Share(fooled, 100));

        Assert.Equal(expected, finding.Agreement);
    }

    [Fact]
    public void Of_TransferThatHoldsAtOneBudgetOnly_HoldsInPart()
    {
        Finding finding = Find("PGD", new Share(28, 100), new Share(95, 100));

        Assert.Equal(Agreement.Partly, finding.Agreement);
        Assert.Contains("holds at 1 of 2 budgets", finding.Sentence, StringComparison.Ordinal);
        Assert.Equal("28 % to 95 %", finding.Here);
    }

    [Fact]
    public void Of_TooFewExamples_IsLeftOpen() => Assert.Equal(Agreement.Open, Find("PGD", new Share(1, 2), new Share(0, 0)).Agreement);

    [Theory]
    [InlineData(3, Agreement.Agrees, "0.30 points (−0.04 to 0.64)")]
    [InlineData(50, Agreement.Differs, "5.00 points (3.65 to 6.35)")]
    public void Of_LossOfAccuracy_HasThePairedInterval(int lost, Agreement expected, string here)
    {
        Finding finding = Assert.Single(Findings(lost, new Share(50, 100), new Share(50, 100)), finding => finding.Claim.Contains("accuracy", StringComparison.Ordinal));

        // With none won: n = 1000, standard error √(lost − lost²/n)/n.
        Assert.Equal(here, finding.Here);
        Assert.Equal(expected, finding.Agreement);
    }

    static Finding Find(string claim, params Share[] transfers) =>
        Assert.Single(Findings(lost: 3, transfers), finding => finding.Claim.StartsWith(claim, StringComparison.Ordinal));

    static Finding[] Findings(int lost, params Share[] pgd)
    {
        const int Count = 1000;
        var data = new Dataset("test", Split.Test, 1, 1, 1, ["zero", "one"], new byte[Count], new int[Count], canonical: false, "made up");
        AttackRow smallest = new("fgsm", null, new Share(100, 100), 1, [new("ax-fpm", "all", new Share(50, 100))]);
        AttackRow[] rows = pgd.Select((share, i) => new AttackRow("pgd", 0.1 * i, new Share(100, 100), 1, [new("ax-fpm", "all", share)])).ToArray();
        int[] approximate = Enumerable.Range(0, Count).Select(i => i < lost ? 1 : 0).ToArray();
        return PaperFindings.Of(data, new int[Count], approximate, [smallest, .. rows], Metrics);
    }
}
