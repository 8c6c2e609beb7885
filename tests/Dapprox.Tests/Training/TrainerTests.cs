using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Networks.Training;
using Dapprox.Tests.Layers;
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

        TrainingResult result = Train(Options, reports);

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
        TrainingOptions options = Options with { Epochs = 1, Shift = 1, Rotation = 5 };

        byte[] first = Bits(Train(options)), second = Bits(Train(options)), other = Bits(Train(options with { Seed = 2 }));

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
    }

    // Batches of 29 images are chunks of 12, 12 and 5.
    [Theory]
    [InlineData(ProductGradient.StraightThrough)]
    [InlineData(ProductGradient.Smoothed)]
    public void Train_OnAnyNumberOfThreads_GivesTheSameBits(ProductGradient gradient)
    {
        TrainingOptions options = Options with
        {
            Epochs = 1,
            BatchSize = 29,
            Shift = 1,
            Flip = true,
            CutOut = 6,
            Dropout = 0.3,
            ClipNorm = 1,
            AdversarialEpsilon = 0.05,
            Gradient = gradient,
        };
        Network network = Recipe.Find("lenet5").Initial(Data, options).With(AxFpm.Released);

        byte[] one = Bits(Train(network, options));

        foreach (int threads in (int[])[2, 3])
            Assert.Equal(one, Bits(Train(network, options with { Threads = threads })));
    }

    public static TheoryData<string, string, TrainingOptions> Ways { get; } = new()
    {
        { "sgd", "exact-fused", Options with { Optimiser = Optimiser.Sgd, LearningRate = 0.1 } },
        { "nesterov, weight decay", "exact", Options with { Optimiser = Optimiser.Nesterov, LearningRate = 0.1, WeightDecay = 1e-3 } },
        { "adamw, weight decay", "exact-fused", Options with { Optimiser = Optimiser.AdamW, WeightDecay = 0.05 } },
        { "clipped", "exact-fused", Options with { Optimiser = Optimiser.Sgd, LearningRate = 0.05, ClipNorm = 1 } },
        { "label smoothing", "exact-fused", Options with { LabelSmoothing = 0.1 } },
        { "dropout", "exact-fused", Options with { Dropout = 0.2 } },
        { "steps", "exact-fused", Options with { Schedule = Schedule.Step } },
        { "constant", "exact-fused", Options with { Schedule = Schedule.Constant } },
        { "cut-out", "exact-fused", Options with { CutOut = 6 } },
        { "ax-fpm, straight-through", "ax-fpm", Options },
        { "ax-fpm, smoothed", "ax-fpm", Options with { Gradient = ProductGradient.Smoothed, LearningRate = 5e-4 } },
        { "bfloat16, smoothed", "bfloat16", Options with { Gradient = ProductGradient.Smoothed } },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Train_InEachWay_Learns_OnItsMultiplier(string what, string multiplier, TrainingOptions options)
    {
        var reports = new Reports();
        Network network = Recipe.Find("lenet5").Initial(Data, options).With(Multipliers.Find(multiplier));

        TrainingResult result = Train(network, options, reports);

        Assert.True(
            reports.Seen[2].Loss < 0.75 * reports.Seen[0].Loss, $"{what}: {string.Join(", ", reports.Seen.Select(seen => seen.Loss))}");
        Assert.All(result.Network.Layers.OfType<WeightedLayer>(), layer => Assert.Equal(multiplier, layer.Multiplier.Name));
        // A guess among ten; far fewer than a thousand held-out images.
        Assert.True(result.ValidationAccuracy > 0.3, $"{what}: {result.ValidationAccuracy}");
    }

    // The course of the rate can be seen in the size of the steps: without momentum in it, one of plain descent per epoch.
    [Theory]
    [InlineData(Schedule.Constant, new[] { 1.0, 1, 1, 1 })]
    [InlineData(Schedule.Step, new[] { 1, 1, 0.1, 0.01 })]
    [InlineData(Schedule.Cosine, new[] { 1, 0.853553, 0.5, 0.146447 })]
    public void Step_OfEachSchedule_HasItsLength(Schedule schedule, double[] expected)
    {
        // One batch an epoch. The gradient of a network without weights to speak of hardly changes.
        TrainingOptions options = new()
        {
            Epochs = 4,
            BatchSize = 1000,
            Shift = 0,
            Rotation = 0,
            Optimiser = Optimiser.AdamW,
            LearningRate = 1e-6,
            Schedule = schedule,
            Threads = 1,
        };
        Network network = Recipe.Find("lenet5").Initial(Data, options).With(ExactMultiplier.FusedSum);
        var run = new TrainingRun(network, options);
        float[] bias = run.Learnt.Arrays.Single(array => array.Name == "linear2.bias").Values;
        int[] all = [.. Enumerable.Range(0, 60)];
        var lengths = new List<double>();

        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            float[] before = [.. bias];
            run.TrainEpoch(Data, all, TestContext.Current.CancellationToken);
            lengths.Add(before.Zip(bias, (old, now) => Math.Abs((double)now - old)).Max());
        }

        // The bias has some 24 bits beside steps of 1e-6 and less.
        Assert.All(lengths.Zip(expected), pair => Assert.Equal(pair.Second, pair.First / options.LearningRate, 0.03));
    }

    // Epochs as good as the best do not count as better: all held-out images are soon classified correctly.
    [Fact]
    public void Train_WithPatience_EndsThatManyEpochsAfterTheLastBetterOne()
    {
        TrainingOptions options = Options with { Epochs = 12, Patience = 2, Schedule = Schedule.Constant };
        var reports = new Reports();

        Train(options, reports);

        int better = 0;
        double accuracy = -1;
        foreach (EpochReport seen in reports.Seen)
        {
            if (seen.ValidationAccuracy > accuracy)
                (better, accuracy) = (seen.Epoch, seen.ValidationAccuracy);
        }

        Assert.True(reports.Seen.Count < options.Epochs);
        Assert.Equal(better + options.Patience, reports.Seen.Count);
    }

    // Two layers with one array: one learnt array, whose gradient is the sum of both.
    [Fact]
    public void Train_LayersThatShareAnArray_GoOnSharingIt()
    {
        float[] shared = [.. Enumerable.Range(0, 784 * 784).Select(i => i % 785 == 0 ? 1f : 0)];
        Network network = new("shared", [1, 28, 28], 10,
        [
            new Flatten("flat"), new Dense("first", 784, 784, shared, [], ExactMultiplier.FusedSum), new Relu("relu"),
            new Dense("second", 784, 784, shared, [], ExactMultiplier.FusedSum),
            new Dense(
                "last", 784, 10, [.. Torch.Numbers(5, 7840).Data.Select(number => number / 50)], new float[10], ExactMultiplier.FusedSum),
        ]);
        var reports = new Reports();

        Network trained = Train(network, Options with { LearningRate = 1e-4 }, reports).Network;

        Assert.Same(trained.Parameters["first.weight"].Values, trained.Parameters["second.weight"].Values);
        Assert.NotEqual(shared, trained.Parameters["first.weight"].Values);
        Assert.True(reports.Seen[2].Loss < reports.Seen[0].Loss);
    }

    [FactOf(Tier.Ci)]
    public void Train_OnAdversarialImages_ResistsAttacksThatTheSameTrainingWithoutThemDoesNot()
    {
        Dataset digits = Datasets.Load("digits", Split.Train).First(1500), test = Datasets.Load("digits", Split.Test).First(200);
        TrainingOptions options = new() { Epochs = 8, Shift = 0, Rotation = 0, Threads = 1 };

        int without = Fooled(options), with = Fooled(options with { AdversarialEpsilon = 0.15 });
        Assert.True(without > 1.5 * with, $"{without} without, {with} with");

        int Fooled(TrainingOptions how)
        {
            var victim = new NetworkVictim(Train(digits, how).Network);
            return AttackRunner.Run(
                new Pgd(0.1) { Restarts = 1 }, victim, test.Images(0, test.Count), test.Labels, 1,
                cancellation: TestContext.Current.CancellationToken)
                .Count(record => record.Success);
        }
    }

    // By clean images the network before the training, which classifies nearly all of them, would be the best.
    [Fact]
    public void Train_OnAdversarialImages_IsJudgedOnThem()
    {
        Dataset digits = Datasets.Load("digits", Split.Train).First(600);
        var options = new TrainingOptions { Epochs = 2, Shift = 0, Rotation = 0, AdversarialEpsilon = 0.2 };

        TrainingResult result = Trainer.Train(
            TrainedModels.Load("lenet5-digits"), digits, options, cancellation: TestContext.Current.CancellationToken);

        Assert.NotEqual(0, result.BestEpoch);
        Assert.InRange(result.InitialAccuracy, 0, 0.5);
        Assert.True(result.ValidationAccuracy > result.InitialAccuracy);
    }

    [Theory]
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
            Trainer.Train(Initial(options), Data, options, new Reports(_ => cancellation.Cancel()), cancellation.Token));
        Assert.Equal([CheckpointPath], Directory.GetFiles(folder));
        var reports = new Reports();
        TrainingResult continued = Train(options, reports);

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
            Initial(Options), Data, Options with { CheckpointPath = CheckpointPath }, cancellation: cancellation.Token));

        Assert.Empty(Directory.GetFiles(folder));
    }

    [Fact]
    public void Train_FromTheCheckpointOfAnotherTraining_SaysWhatDiffers()
    {
        TrainingOptions options = Options with { Epochs = 1, CheckpointPath = CheckpointPath };
        Train(options);

        InputException e = Assert.Throws<InputException>(() => Train(options with { Seed = 9 }));

        Assert.Contains("Seed = 1,", e.Message, StringComparison.Ordinal);
        Assert.Contains("Seed = 9,", e.Message, StringComparison.Ordinal);
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

    public static TheoryData<string, TrainingOptions> Illegal { get; } = new()
    {
        { "number of epochs is 0", Options with { Epochs = 0 } },
        { "batch size is 0", Options with { BatchSize = 0 } },
        { "patience is -1", Options with { Patience = -1 } },
        { "learning rate is 0", Options with { LearningRate = 0 } },
        { "learning rate is NaN", Options with { LearningRate = double.NaN } },
        { "learning rate is Infinity", Options with { LearningRate = double.PositiveInfinity } },
        { "weight decay is -1", Options with { WeightDecay = -1 } },
        { "clipped gradients is -1", Options with { ClipNorm = -1 } },
        { "label smoothing is 1", Options with { LabelSmoothing = 1 } },
        { "dropout is 1", Options with { Dropout = 1 } },
        { "gain is 0", Options with { Gain = 0 } },
        { "shift is -1", Options with { Shift = -1 } },
        { "rotation is -1", Options with { Rotation = -1 } },
        { "rotation is NaN", Options with { Rotation = double.NaN } },
        { "cut-out is -1", Options with { CutOut = -1 } },
        { "ε of adversarial training is 1.5", Options with { AdversarialEpsilon = 1.5 } },
        { "number of adversarial steps is 0", Options with { AdversarialSteps = 0 } },
        { "number of threads is -1", Options with { Threads = -1 } },
    };

    [Theory]
    [MemberData(nameof(Illegal))]
    public void Train_OptionOutsideItsRange_IsRefusedInOneLine(string expected, TrainingOptions options)
    {
        string message = Assert.Throws<InputException>(() => Trainer.Train(Initial(Options), Data, options)).Message;

        Assert.Contains(expected + "; give ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Train_DataThatDoNotFit_AreRefused()
    {
        Assert.Equal(
            "colours has 3×32×32 images, and lenet5 takes 1×28×28 images; choose a data set or an architecture that fits",
            Assert.Throws<InputException>(() => Train(Black(Split.Train, 3, 32, Data.Classes), Options)).Message);
        Assert.Equal(
            "colours has 3×32×32 images of 10 classes, and lenet5 takes 1×28×28 images of 10; choose a data set or a network that fits",
            Assert.Throws<InputException>(() => Train(Initial(Options), Options, data: Black(Split.Train, 3, 32, Data.Classes))).Message);
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

    static Network Initial(TrainingOptions options) => Recipe.Find("lenet5").Initial(Data, options);

    static TrainingResult Train(TrainingOptions options, Reports? reports = null) => Train(Initial(options), options, reports);

    static TrainingResult Train(Dataset data, TrainingOptions options) =>
        Train(Recipe.Find("lenet5").Initial(data, options), options, data: data);

    static TrainingResult Train(Network network, TrainingOptions options, Reports? reports = null, Dataset? data = null) =>
        Trainer.Train(network, data ?? Data, options, reports, TestContext.Current.CancellationToken);

    static byte[] Bits(TrainingResult result)
    {
        using var stream = new MemoryStream();
        Safetensors.Save(stream, result.Network.Parameters.ToDictionary(
            own => own.Key, own => new Tensor(own.Value.Values, [.. own.Value.Shape])));
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
