using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Training;
using TorchSharp;
using Xunit;

namespace Dapprox.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    static readonly Dataset Data = Patterns.Training(200);

    readonly string folder = Directory.CreateTempSubdirectory().FullName;

    static TrainingOptions Options => new() { Epochs = 3, BatchSize = 20, Shift = 0, Rotation = 0, Threads = 1 };

    string CheckpointPath => Path.Combine(folder, "checkpoint.safetensors");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Train_ThreeEpochs_LearnsThePatterns()
    {
        var reports = new Reports();

        TrainingResult result = Trainer.Train(TorchLeNet5.Architecture, Data, Options, reports, TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 3], reports.Seen.Select(report => report.Epoch));
        // A guess among ten costs ln 10 = 2.30.
        Assert.InRange(reports.Seen[0].Loss, 1, 2.4);
        Assert.True(reports.Seen[2].Loss < reports.Seen[0].Loss / 2);
        EpochReport best = reports.Seen.Last(report => report.Best);
        Assert.Equal(reports.Seen.Max(report => report.ValidationAccuracy), best.ValidationAccuracy);
        Assert.Equal((best.Epoch, best.ValidationAccuracy), (result.BestEpoch, result.ValidationAccuracy));
        Assert.True(result.ValidationAccuracy > 0.5);
    }

    [Fact]
    public void Train_Twice_GivesTheSameBits_AndAnotherSeedGivesOthers()
    {
        TrainingOptions options = Options with { Epochs = 1, Shift = 1, Rotation = 5, Threads = 2 };

        byte[] first = Bits(Train(options)), second = Bits(Train(options)), other = Bits(Train(options with { Seed = 2 }));

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    [FactOf(Tier.Ci)]
    public void Train_OnAdversarialImages_ResistsAttacksThatTheSameTrainingWithoutThemDoesNot()
    {
        Dataset digits = Datasets.Load("digits", Split.Train).First(1500), test = Datasets.Load("digits", Split.Test).First(60);
        TrainingOptions options = new() { Epochs = 4, Shift = 0, Rotation = 0, Threads = 1 };

        Assert.True(Fooled(options) > 1.5 * Fooled(options with { AdversarialEpsilon = 0.15 }));

        int Fooled(TrainingOptions how)
        {
            IReadOnlyDictionary<string, Tensor> weights = Trainer.Train(
                TorchLeNet5.Architecture, digits, how, cancellation: TestContext.Current.CancellationToken).Weights;
            var victim = new NetworkVictim(LeNet5.Architecture.Build("trained", weights));
            return AttackRunner.Run(
                new Pgd(0.1) { Restarts = 1 }, victim, test.Images(0, test.Count), test.Labels, 1,
                cancellation: TestContext.Current.CancellationToken)
                .Count(record => record.Success);
        }
    }

    // The finaliser frees a forgotten tensor at any time, even while LibTorch reads it.
    [Theory]
    [InlineData(Optimiser.Adam)]
    [InlineData(Optimiser.Sgd)]
    public void Train_LeavesNoTensorToTheFinaliser(Optimiser optimiser)
    {
        LibTorch.Load();
        long before = Undisposed();

        Train(Options with { Epochs = 1, Optimiser = optimiser });

        Assert.Equal(before, Undisposed());

        // Of this thread's tensors; those that the finaliser frees count for its own.
        static long Undisposed()
        {
            LifetimeStatistics made = DisposeScopeManager.Statistics.TensorStatistics;
            return made.CreatedInScopeCount + made.CreatedOutsideScopeCount - made.DisposedInScopeCount - made.DisposedOutsideScopeCount;
        }
    }

    [TheoryOf(Tier.Ci)]
    [InlineData(Optimiser.Adam)]
    [InlineData(Optimiser.Sgd)]
    public void Train_CancelledAndContinued_GivesTheBitsOfAnUninterruptedTraining(Optimiser optimiser)
    {
        TrainingOptions all = Options with
        {
            Optimiser = optimiser,
            LearningRate = optimiser == Optimiser.Adam ? 1e-3 : 1e-2,
            WeightDecay = 1e-4,
            Flip = true
        };
        byte[] uninterrupted = Bits(Train(all));
        using var cancellation = new CancellationTokenSource();
        TrainingOptions options = all with { CheckpointPath = CheckpointPath };

        Assert.Throws<OperationCanceledException>(() =>
            Trainer.Train(TorchLeNet5.Architecture, Data, options, new Reports(_ => cancellation.Cancel()), cancellation.Token));
        Assert.Equal([CheckpointPath], Directory.GetFiles(folder));
        var reports = new Reports();
        TrainingResult continued = Trainer.Train(TorchLeNet5.Architecture, Data, options, reports, TestContext.Current.CancellationToken);

        Assert.Equal([2, 3], reports.Seen.Select(report => report.Epoch));
        Assert.Equal(uninterrupted, Bits(continued));
        Assert.Equal([CheckpointPath], Directory.GetFiles(folder));
    }

    [Fact]
    public void Train_CancelledBeforeItStarts_WritesNothing()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();

        Assert.Throws<OperationCanceledException>(() => Trainer.Train(
            TorchLeNet5.Architecture, Data, Options with { CheckpointPath = CheckpointPath }, cancellation: cancellation.Token));

        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void Train_FromTheCheckpointOfAnotherTraining_SaysWhatDiffers()
    {
        TrainingOptions options = Options with { Epochs = 1, CheckpointPath = CheckpointPath };
        Train(options);

        InputException e = Assert.Throws<InputException>(() => Train(options with { Seed = 9 }));

        Assert.Contains("seed 1", e.Message, StringComparison.Ordinal);
        Assert.Contains("seed 9", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_FromADamagedCheckpoint_SaysSo()
    {
        TrainingOptions options = Options with { Epochs = 1, CheckpointPath = CheckpointPath };
        Train(options);
        var checkpoint = Safetensors.Load(CheckpointPath);
        Dictionary<string, Tensor> tensors = new(checkpoint.Tensors);
        Dictionary<string, string> metadata = new(checkpoint.Metadata);

        tensors.Remove("adam.mean.linear2.bias");
        Safetensors.Save(CheckpointPath, tensors, metadata);
        Assert.Contains("adam.mean.linear2.bias", Assert.Throws<InputException>(() => Train(options)).Message, StringComparison.Ordinal);

        metadata["epoch"] = "-1";
        Safetensors.Save(CheckpointPath, tensors, metadata);
        Assert.Contains("'epoch'", Assert.Throws<InputException>(() => Train(options)).Message, StringComparison.Ordinal);

        File.WriteAllText(CheckpointPath, "no checkpoint");
        Assert.Throws<InputException>(() => Train(options));
    }

    [Fact]
    public void Train_WithAHugeLearningRate_SaysThatItDiverged()
    {
        InputException e = Assert.Throws<InputException>(() => Train(Options with { LearningRate = 1e30 }));

        Assert.Contains("diverged", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
    }

    [Theory]
    [InlineData(0, 1, 1e-3, 1, 0, 0)]
    [InlineData(1, 0, 1e-3, 1, 0, 0)]
    [InlineData(1, 1, 0, 1, 0, 0)]
    [InlineData(1, 1, double.NaN, 1, 0, 0)]
    [InlineData(1, 1, double.PositiveInfinity, 1, 0, 0)]
    [InlineData(1, 1, 1e-3, 0, 0, 0)]
    [InlineData(1, 1, 1e-3, 1, -1, 0)]
    [InlineData(1, 1, 1e-3, 1, 0, -1)]
    [InlineData(1, 1, 1e-3, 1, 0, double.NaN)]
    public void Train_OptionOutsideItsRange_IsRefused(
        int epochs, int batchSize, double learningRate, int threads, int shift, double rotation)
    {
        var options = new TrainingOptions
        {
            Epochs = epochs,
            BatchSize = batchSize,
            LearningRate = learningRate,
            Threads = threads,
            Shift = shift,
            Rotation = rotation,
        };

        Assert.Throws<InputException>(() => Train(options));
    }

    [Fact]
    public void Train_DataThatDoNotFit_AreRefused()
    {
        Assert.Equal(
            "colours has 3×32×32 images of 10 classes, and lenet5 takes 1×28×28 images of 10; choose a data set or an architecture that "
                + "fits",
            Assert.Throws<InputException>(() => Train(Black(Split.Train, 3, 32, Data.Classes), Options)).Message);
        Assert.Contains(
            "of 2 classes", Assert.Throws<InputException>(() => Train(Black(Split.Train, 1, 28, ["no", "yes"]), Options)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "9 training images", Assert.Throws<InputException>(() => Train(Data.First(9), Options)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Train(Black(Split.Test, 1, 28, Data.Classes), Options));

        static Dataset Black(Split split, int channels, int side, IReadOnlyList<string> classes) =>
            new(
                "colours", split, channels, side, side, classes, new byte[10 * channels * side * side], new int[10], canonical: false,
                "made for this test");
    }

    [Fact]
    public void Save_WritesWeightsUnderTheirNames_AndWhereTheyComeFrom()
    {
        string path = Path.Combine(folder, "weights.safetensors");
        TrainingResult result = Train(Options with { Epochs = 1, Seed = 5 });

        result.Save(path);

        var file = Safetensors.Load(path);
        Assert.Equal(
            ["conv1.bias [32]", "conv1.weight [32, 1, 3, 3]", "conv2.bias [64]", "conv2.weight [64, 32, 3, 3]",
                "linear1.bias [200]", "linear1.weight [200, 3136]", "linear2.bias [10]", "linear2.weight [10, 200]"],
            file.Tensors.Select(pair => $"{pair.Key} [{string.Join(", ", pair.Value.Shape.ToArray())}]").Order(StringComparer.Ordinal));
        Assert.Equal(
            ["architecture=lenet5", "dataset=patterns", "epochs=1", "seed=5"],
            file.Metadata.Select(pair => $"{pair.Key}={pair.Value}").Order(StringComparer.Ordinal));
    }

    static TrainingResult Train(TrainingOptions options) => Train(Data, options);

    static TrainingResult Train(Dataset data, TrainingOptions options) =>
        Trainer.Train(TorchLeNet5.Architecture, data, options, cancellation: TestContext.Current.CancellationToken);

    static byte[] Bits(TrainingResult result)
    {
        using var stream = new MemoryStream();
        Safetensors.Save(stream, result.Weights);
        return stream.ToArray();
    }

    /// <summary>Unlike <see cref="Progress{T}"/> it reports on the thread that trains.</summary>
    sealed class Reports(Action<EpochReport>? then = null) : IProgress<EpochReport>
    {
        public List<EpochReport> Seen { get; } = [];

        public void Report(EpochReport value)
        {
            Seen.Add(value);
            then?.Invoke(value);
        }
    }
}
