using Dapprox.Experiments.Audits.Checks;
using Dapprox.Statistics;
using Xunit;

namespace Dapprox.Tests.Experiments;

public class DecisionTests
{
    // The upper end of 0 of n is 3.84/(n + 3.84): below 5 % from 73 images on.
    [Theory]
    [InlineData(0, 30, Outcome.Undecided)]
    [InlineData(0, 72, Outcome.Undecided)]
    [InlineData(0, 73, Outcome.Passed)]
    [InlineData(1, 30, Outcome.Undecided)]
    [InlineData(1, 200, Outcome.Passed)]
    [InlineData(10, 200, Outcome.Undecided)]
    [InlineData(20, 200, Outcome.Failed)]
    public void AtMost_OfARate_DecidesByItsInterval(int bad, int images, Outcome expected) =>
        Assert.Equal(expected, Decision.AtMost(new Proportion(bad, images), 0.05).Outcome);

    [Theory]
    [InlineData(0, 0, 30, Outcome.Undecided)]
    [InlineData(0, 0, 80, Outcome.Passed)]
    [InlineData(30, 0, 80, Outcome.Failed)]
    [InlineData(0, 30, 80, Outcome.Passed)]
    public void AtMost_OfADifference_DecidesByItsInterval(int first, int second, int images, Outcome expected) =>
        Assert.Equal(expected, Decision.AtMost(new PairedDifference(first, second, images), 0.05).Outcome);

    // A defence to which nothing transfers passes against a control to which 3 % transfers; the audit once had no way to pass.
    [Theory]
    [InlineData(6, 0, 200, Outcome.Passed)]
    [InlineData(5, 0, 200, Outcome.Undecided)]
    [InlineData(0, 0, 200, Outcome.Failed)]
    [InlineData(0, 6, 200, Outcome.Failed)]
    [InlineData(0, 0, 30, Outcome.Undecided)]
    public void More_DecidesByMcNemarsTest(int first, int second, int images, Outcome expected) =>
        Assert.Equal(expected, Decision.More(new PairedDifference(first, second, images), 0.05).Outcome);

    [Theory]
    [InlineData(0, 30)]
    [InlineData(1, 30)]
    [InlineData(7, 200)]
    public void ImagesNeeded_WouldDecide_AtTheSameRate(int bad, int images)
    {
        int needed = Decision.AtMost(new Proportion(bad, images), 0.05).ImagesNeeded!.Value;

        // Counts are integers, so the rate is not quite the same.
        Assert.NotEqual(Outcome.Undecided, At(1.1 * needed));
        Assert.Equal(Outcome.Undecided, At(0.8 * needed));
        Assert.Null(Decision.AtMost(new Proportion(0, 200), 0.05).ImagesNeeded);
        // Exactly the tolerance: no number of images tells.
        Assert.Null(Decision.AtMost(new Proportion(10, 200), 0.05).ImagesNeeded);

        Outcome At(double more) =>
            Decision.AtMost(new Proportion((int)Math.Round(bad * more / images), (int)Math.Round(more)), 0.05).Outcome;
    }

    // 5 of 73 have an interval of 3 to 15 %, 8 of 73 one of 5.7 to 20 %.
    [Fact]
    public void SmallestEffect_IsTheSmallestThatWouldHaveFailed()
    {
        double effect = Decision.AtMost(new Proportion(0, 73), 0.05).Evidence.SmallestEffect;

        Assert.Equal(Outcome.Failed, Decision.AtMost(new Proportion((int)Math.Round(73 * effect), 73), 0.05).Outcome);
        Assert.Equal(Outcome.Undecided, Decision.AtMost(new Proportion((int)Math.Round(73 * effect) - 1, 73), 0.05).Outcome);
        Assert.Equal(6 / 200.0, Decision.More(new PairedDifference(0, 0, 200), 0.05).Evidence.SmallestEffect);
    }

    [Fact]
    public void All_PassesWhereEachDoes_AndFailsWhereOneDoes()
    {
        Decision passed = Decision.AtMost(new Proportion(0, 200), 0.05), open = Decision.AtMost(new Proportion(0, 30), 0.05);
        Decision failed = Decision.AtMost(new Proportion(100, 200), 0.05);

        Assert.Equal(Outcome.Passed, Decision.All([passed, passed]).Outcome);
        Assert.Equal(Outcome.Undecided, Decision.All([passed, open]).Outcome);
        Assert.Equal(open.ImagesNeeded, Decision.All([passed, open]).ImagesNeeded);
        Assert.Equal(Outcome.Failed, Decision.All([open, failed, passed]).Outcome);
        Assert.Null(Decision.All([open, failed]).ImagesNeeded);
    }

    // Of the parts that fail by chance, one in twenty would, and one of ten nearly every second time.
    [Fact]
    public void AtMost_OfSeveralParts_FailsAtADividedLevel()
    {
        var bad = new Proportion(18, 200);

        Assert.Equal(Outcome.Failed, Decision.AtMost(bad, 0.05).Outcome);
        Assert.Equal(Outcome.Undecided, Decision.AtMost(bad, 0.05, parts: 10).Outcome);
    }
}
