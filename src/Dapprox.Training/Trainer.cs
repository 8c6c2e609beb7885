using Dapprox.Foundation;
using Dapprox.Networks.Data;
using TorchSharp;

namespace Dapprox.Training;

/// <summary>Trains a network on images, with exact arithmetic: the approximate multiplier is applied later, without retraining.</summary>
public static class Trainer
{
    /// <summary>One in this many images is held out to choose the best epoch.</summary>
    public const int HeldOut = 10;

    // LibTorch's number of threads and its generator are per process.
    static readonly SemaphoreSlim OneAtATime = new(1);

    /// <summary>
    /// Minimises the mean cross-entropy and keeps the weights of the epoch with the best accuracy on held-out images; of equal
    /// epochs, the last. A second training in the process waits for the first.
    /// </summary>
    /// <param name="architecture">The architecture to train.</param>
    /// <param name="data">The training split, at least <see cref="HeldOut"/> images.</param>
    /// <param name="options">The training options.</param>
    /// <param name="progress">Receives a report after each epoch.</param>
    /// <param name="cancellation">
    /// Stops the training between two batches; only the checkpoint of the last complete epoch remains.
    /// </param>
    /// <exception cref="InputException">
    /// An option is out of range, data set and architecture do not fit, the checkpoint belongs to another training or cannot be
    /// written, the loss became NaN or infinite, or LibTorch does not load.
    /// </exception>
    /// <exception cref="ArgumentException"><paramref name="data"/> is the test split.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public static TrainingResult Train(
        TorchArchitecture architecture,
        Dataset data,
        TrainingOptions options,
        IProgress<EpochReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        Check(architecture, data);

        LibTorch.Load();
        OneAtATime.Wait(cancellation);
        int threads = torch.get_num_threads();
        try
        {
            torch.set_num_threads(options.Threads);
            using var run = new TrainingRun(architecture, ImageShape(data), options);
            return Train(run, architecture, data, options, progress, cancellation);
        }
        finally
        {
            torch.set_num_threads(threads);
            OneAtATime.Release();
        }
    }

    static TrainingResult Train(
        TrainingRun run,
        TorchArchitecture architecture,
        Dataset data,
        TrainingOptions options,
        IProgress<EpochReport>? progress,
        CancellationToken cancellation)
    {
        string training = options.CheckpointPath is null ? "" : Checkpoint.Describe(architecture, options, data);
        if (File.Exists(options.CheckpointPath))
            Checkpoint.Load(options.CheckpointPath, training, run);

        int[] numbers = Enumerable.Range(0, data.Count).ToArray();
        new CounterRandom(options.Seed, purpose: RandomPurpose.HeldOut).Shuffle(numbers.AsSpan());
        int[] heldOut = numbers[..(data.Count / HeldOut)];
        int[] learnt = numbers[heldOut.Length..];
        while (run.Epoch < options.Epochs)
        {
            (double loss, double accuracy) = run.TrainEpoch(data, learnt, cancellation);
            int correct = run.Correct(data, heldOut, cancellation);
            bool best = correct >= run.BestCorrect;
            if (best)
                (run.Best, run.BestEpoch, run.BestCorrect) = (run.Weights(), run.Epoch, correct);
            if (options.CheckpointPath is not null)
                Checkpoint.Save(options.CheckpointPath, training, run);
            progress?.Report(new EpochReport(run.Epoch, loss, accuracy, (double)correct / heldOut.Length, best));
        }

        return new TrainingResult(architecture, data.Name, options, run.Best, run.BestEpoch, (double)run.BestCorrect / heldOut.Length);
    }

    static int[] ImageShape(Dataset data) => [data.Channels, data.Height, data.Width];

    static void Check(TorchArchitecture architecture, Dataset data)
    {
        if (data.Split == Split.Test)
            throw new ArgumentException("The test split is what a network is judged on; train on the training split.", nameof(data));
        if (!architecture.InputShapes.Any(shape => shape.SequenceEqual(ImageShape(data))) || architecture.Classes != data.Classes.Count)
        {
            throw new InputException($"{data.Name} has {data.Channels}×{data.Height}×{data.Width} images of {data.Classes.Count} "
                + $"classes, and {architecture.Name} takes "
                + $"{string.Join(" or ", architecture.InputShapes.Select(shape => string.Join('×', shape)))} images of "
                + $"{architecture.Classes}; choose a data set or an architecture that fits");
        }

        if (data.Count < HeldOut)
            throw new InputException($"there are {data.Count} training images; give at least {HeldOut}");
    }
}
