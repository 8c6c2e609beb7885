using DefensiveApproximation.Networks;
using TorchSharp;

namespace DefensiveApproximation.Training;

/// <summary>Trains a network on images, with exact arithmetic: the approximate multiplier comes later, without retraining.</summary>
public static class Trainer
{
    /// <summary>One image in this many is held out of the training to choose the best epoch.</summary>
    public const int HeldOut = 10;

    // LibTorch's number of threads and its generator belong to the whole process.
    static readonly SemaphoreSlim OneAtATime = new(1);

    /// <summary>
    /// Minimises the mean cross-entropy with Adam, and keeps the weights of the epoch that did best on images held out of
    /// the training; of equal ones the last. A second training in the process waits for the first.
    /// </summary>
    /// <param name="architecture">What to train.</param>
    /// <param name="images">The training split, <c>[n, channels, height, width]</c>, pixels 0 to 1; n at least <see cref="HeldOut"/>.</param>
    /// <param name="labels">One class for each image.</param>
    /// <param name="options">How to train.</param>
    /// <param name="progress">Told after each epoch.</param>
    /// <param name="cancellation">
    /// Stops the training between two batches; the checkpoint of the last whole epoch stays, and no other file.
    /// </param>
    /// <exception cref="InputException">
    /// An option or label is out of range, images and architecture do not fit, the checkpoint is of another training or
    /// cannot be written, the loss became NaN or infinite, or LibTorch does not load.
    /// </exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public static TrainingResult Train(
        Architecture architecture,
        Tensor images,
        byte[] labels,
        TrainingOptions options,
        IProgress<EpochReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        Check(architecture, images, labels);

        LibTorch.Load();
        OneAtATime.Wait(cancellation);
        int threads = torch.get_num_threads();
        try
        {
            torch.set_num_threads(options.Threads);
            using var run = new TrainingRun(architecture, options);
            return Train(run, architecture, images, labels, options, progress, cancellation);
        }
        finally
        {
            torch.set_num_threads(threads);
            OneAtATime.Release();
        }
    }

    static TrainingResult Train(
        TrainingRun run,
        Architecture architecture,
        Tensor images,
        byte[] labels,
        TrainingOptions options,
        IProgress<EpochReport>? progress,
        CancellationToken cancellation)
    {
        string training = options.CheckpointPath is null ? "" : Checkpoint.Describe(architecture, options, images, labels);
        if (File.Exists(options.CheckpointPath))
            Checkpoint.Load(options.CheckpointPath, training, run);

        int[] numbers = Enumerable.Range(0, images.Batch).ToArray();
        new CounterRandom(options.Seed, purpose: RandomPurpose.HeldOut).Shuffle(numbers.AsSpan());
        int[] heldOut = numbers[..(images.Batch / HeldOut)];
        int[] learnt = numbers[heldOut.Length..];
        while (run.Epoch < options.Epochs)
        {
            (double loss, double accuracy) = run.TrainEpoch(images, labels, learnt, cancellation);
            int correct = run.Correct(images, labels, heldOut, cancellation);
            bool best = correct >= run.BestCorrect;
            if (best)
                (run.Best, run.BestEpoch, run.BestCorrect) = (run.Weights(), run.Epoch, correct);
            if (options.CheckpointPath is not null)
                Checkpoint.Save(options.CheckpointPath, training, run);
            progress?.Report(new EpochReport(run.Epoch, loss, accuracy, (double)correct / heldOut.Length, best));
        }

        return new TrainingResult(architecture, options, run.Best, run.BestEpoch, (double)run.BestCorrect / heldOut.Length);
    }

    static void Check(Architecture architecture, Tensor images, byte[] labels)
    {
        if (images.Shape.Length != 4 || !images.Shape[1..].SequenceEqual(architecture.InputShape.ToArray()))
        {
            throw new InputException($"the images have the shape [{string.Join(", ", images.Shape.ToArray())}], and {architecture.Name} takes "
                + $"[n, {string.Join(", ", architecture.InputShape)}]; choose a data set or an architecture that fits");
        }

        if (images.Batch != labels.Length)
            throw new ArgumentException($"{images.Batch} images cannot have {labels.Length} labels.", nameof(labels));
        if (images.Batch < HeldOut)
            throw new InputException($"there are {images.Batch} training images; give at least {HeldOut}");
        int worst = labels.Max();
        if (worst >= architecture.Classes)
            throw new InputException($"there is a label {worst}, and {architecture.Name} has the classes 0 to {architecture.Classes - 1}; choose a data set or an architecture that fits");
    }
}
