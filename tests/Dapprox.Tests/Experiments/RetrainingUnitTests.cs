using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Data;
using Dapprox.Networks.Training;
using Xunit;

namespace Dapprox.Tests.Experiments;

public class RetrainingUnitTests
{
    static readonly RetrainingUnit Unit =
        new("seed 2", "digits", "lenet5", new TrainingOptions { Epochs = 3, Seed = 2 }, SecondsAnEpoch: 1);

    [Fact]
    public void Compute_AfterAnInterruption_GivesTheSameWeights()
    {
        using var folder = new TemporaryFolder();
        using var interruption = new CancellationTokenSource();
        RunContext interrupted = Context("interrupted"), whole = Context("whole");

        Assert.ThrowsAny<OperationCanceledException>(
            () => Unit.Compute(interrupted, _ => interruption.Cancel(), interruption.Token));
        Assert.True(File.Exists(interrupted.Folder.Checkpoint(interrupted.FileOf(Unit))));
        int remaining = 0;
        IReadOnlyList<WeightsRow> resumed = Unit.Compute(interrupted, _ => remaining++, CancellationToken.None);

        Assert.Equal(2, remaining);
        Assert.Equal(
            Unit.Compute(whole, _ => { }, CancellationToken.None).Select(row => (row.Tensor, string.Join(' ', row.Numbers))),
            resumed.Select(row => (row.Tensor, string.Join(' ', row.Numbers))));

        RunContext Context(string name)
        {
            var context = new RunContext(new RunFolder(Path.Combine(folder.Path, name)), null, seed: 1);
            Dataset few = Datasets.Load("digits", Split.Train, null).First(200);
            context.Use(few, few);
            return context;
        }
    }
}
