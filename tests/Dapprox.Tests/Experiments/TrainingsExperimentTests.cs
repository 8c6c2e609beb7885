using Dapprox.Experiments.Paper;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Statistics;
using Xunit;

namespace Dapprox.Tests.Experiments;

public class TrainingsExperimentTests
{
    static readonly Experiment Experiment = AllExperiments.Find("trainings-mnist")[0];

    static readonly Scale Digits = Scale.Quick with { Trainings = 3 };

    [Fact]
    public void IsIn_OnlyScalesWithTrainings() => Assert.Equal(
        [false, true, true], new[] { Scale.Quick, Digits, Scale.Standard }.Select(Experiment.IsIn));

    // Of 100 images the three trainings classify 99, 98 and 97 on exact products, 90, 95 and 97 as they are, and 98, 98 and 95 calibrated.
    [Fact]
    public void Judge_HasTheMeanOverTrainingsWithStudentsInterval()
    {
        using var folder = new TemporaryFolder();
        var context = new RunContext(new RunFolder(folder.Path), null, seed: 1);
        context.Folder.Probe();
        int[] correct = [99, 90, 98, 98, 95, 98, 97, 97, 95];
        PredictionsUnit[] units = [.. Experiment.Units(Digits).Cast<PredictionsUnit>()];
        foreach ((PredictionsUnit unit, int right) in units.Zip(correct))
        {
            context.Folder.Write(context.FileOf(unit), unit.Mapper(context).ToRows(Enumerable.Range(0, 100).Select(
                image => new PredictionRow("digits", unit.Variant.Title, image, 1, image < right ? 1 : 0, new Dictionary<int, double>()))));
        }

        ExperimentResult result = Experiment.Judge(Digits, context);

        IReadOnlyList<ResultCell> second = result.Tables[0].Rows[1], mean = result.Tables[0].Rows[3];
        Assert.Equal([0.98, 0.95, 0.98, -3, 0], second.Skip(1).Select(cell => Math.Round(cell.Value!.Value, 10)));
        Estimate lost = Estimate.MeanOfFew([9, 3, 0]);
        Assert.Equal(-4, mean[4].Value!.Value, tolerance: 1e-10);
        Assert.Equal((-lost.High, -lost.Low), (mean[4].Low!.Value, mean[4].High!.Value), (a, b) => Close(a, b));
        Assert.Equal(0.98, mean[1].Value!.Value, tolerance: 1e-10);
        Assert.StartsWith(
            "Over 3 trainings of lenet5 Ax-FPM costs 4 (−7.38 to 15.4) percentage points of accuracy as it is and 1 (−1.48 to 3.48) "
            + "calibrated; the paper has 0.26 for one.", result.Finding, StringComparison.Ordinal);

        static bool Close((double, double) a, (double, double) b) => Math.Abs(a.Item1 - b.Item1) + Math.Abs(a.Item2 - b.Item2) < 1e-9;
    }
}
