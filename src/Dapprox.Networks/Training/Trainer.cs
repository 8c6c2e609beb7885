using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;

namespace Dapprox.Networks.Training;

/// <summary>Trains a network on images, in the arithmetic of its multipliers.</summary>
public static class Trainer
{
    /// <summary>One in this many images is held out to choose the best epoch.</summary>
    public const int HeldOut = 10;

    /// <summary>
    /// Minimises the mean cross-entropy and keeps the numbers of the epoch with the best accuracy on held-out images, which adversarial
    /// training perturbs as it does the others; of equal epochs, the last. If no epoch is as good as the network was before, its numbers
    /// stay. The forward pass uses the multipliers of
    /// the network's layers, the backward pass their gradients (see <see cref="Layers.WeightedLayer"/>). Scales are learnt where
    /// <see cref="LearntScales"/> says so.
    /// </summary>
    /// <param name="network">The network to begin with; not modified.</param>
    /// <param name="data">The training split, at least <see cref="HeldOut"/> images.</param>
    /// <param name="options">The training options.</param>
    /// <param name="progress">Receives a report after each epoch.</param>
    /// <param name="cancellation">
    /// Stops the training between two batches; only the checkpoint of the last complete epoch remains.
    /// </param>
    /// <exception cref="InputException">
    /// An option is out of range, data set and network do not fit, the checkpoint belongs to another training or cannot be
    /// written, or the loss became NaN or infinite.
    /// </exception>
    /// <exception cref="ArgumentException"><paramref name="data"/> is the test split.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public static TrainingResult Train(
        Network network,
        Dataset data,
        TrainingOptions options,
        IProgress<EpochReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(options);
        Check(network, options);
        Check(network, data);

        int[] numbers = Enumerable.Range(0, data.Count).ToArray();
        new CounterRandom(options.Seed, purpose: RandomPurpose.HeldOut).Shuffle(numbers.AsSpan());
        int[] heldOut = numbers[..(data.Count / HeldOut)];
        int[] learnt = numbers[heldOut.Length..];
        var run = new TrainingRun(network.WithLayers(network.Layers, options.Threads), options);
        int before = run.BestCorrect = run.Correct(data, heldOut, cancellation);
        string training = options.CheckpointPath is null ? "" : Checkpoint.Describe(network, options, data);
        if (File.Exists(options.CheckpointPath))
            Checkpoint.Load(options.CheckpointPath, training, run);

        while (run.Epoch < options.Epochs && (options.Patience == 0 || run.Epoch - run.ImprovedEpoch < options.Patience))
        {
            (double loss, double accuracy) = run.TrainEpoch(data, learnt, cancellation);
            int correct = run.Correct(data, heldOut, cancellation);
            bool best = correct >= run.BestCorrect;
            if (correct > run.BestCorrect)
                run.ImprovedEpoch = run.Epoch;
            if (best)
                (run.Best, run.BestEpoch, run.BestCorrect) = (run.Learnt.Copy(), run.Epoch, correct);
            if (options.CheckpointPath is not null)
                Checkpoint.Save(options.CheckpointPath, training, run);
            progress?.Report(new EpochReport(run.Epoch, loss, accuracy, (double)correct / heldOut.Length, best));
        }

        return new TrainingResult(
            LearntScales.Fixed(run.Learnt.With(run.Best)), data.Name, options, heldOut.Length, (double)before / heldOut.Length,
            run.BestEpoch, (double)run.BestCorrect / heldOut.Length);
    }

    /// <summary>Refuses options that do not fit a network, before it is prepared for its training.</summary>
    /// <param name="network">The network on its multipliers.</param>
    /// <param name="options">The training options.</param>
    /// <exception cref="InputException">An option is out of range, or the gradient does not fit a multiplier.</exception>
    public static void ThrowIfUnfit(Network network, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(options);
        Check(network, options);
        ProductSlopes.ThrowIfUnfit(network, options);
    }

    static void Check(Network network, TrainingOptions options)
    {
        options.Check();
        // The factor of a scale's gradient does nothing in an optimiser that divides by the gradient's size.
        if (options.Optimiser is Optimiser.Adam or Optimiser.AdamW && LearntScales.Are(network))
        {
            throw new InputException($"the optimiser is {options.Optimiser}, whose steps are as long for a scale as for a weight; learn "
                + "scales with sgd or nesterov");
        }
    }

    static void Check(Network network, Dataset data)
    {
        if (data.Split == Split.Test)
            throw new ArgumentException("The test split is what a network is judged on; train on the training split.", nameof(data));
        int[] shape = [data.Channels, data.Height, data.Width];
        if (!network.InputShape.SequenceEqual(shape) || network.Classes != data.Classes.Count)
        {
            throw new InputException($"{data.Name} has {string.Join('×', shape)} images of {data.Classes.Count} classes, and "
                + $"{network.Name} takes {string.Join('×', network.InputShape.ToArray())} images of {network.Classes}; choose a data set "
                + "or a network that fits");
        }

        if (data.Count < HeldOut)
            throw new InputException($"there are {data.Count} training images; give at least {HeldOut}");
    }
}
