using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Training;

/// <summary>The state of a training between batches: the learnt numbers, the optimiser and the best numbers so far.</summary>
sealed class TrainingRun
{
    readonly TrainingOptions options;
    readonly GradientPass pass;
    readonly Adversary? adversary;
    readonly ProductSlopes slopes;

    /// <summary>Begins with the numbers of a network.</summary>
    public TrainingRun(Network network, TrainingOptions options)
    {
        this.options = options;
        slopes = new ProductSlopes(network, options);
        pass = new GradientPass(slopes);
        adversary = options.AdversarialEpsilon > 0 ? new Adversary(options) : null;
        Learnt = new LearntNetwork(network);
        Optimiser = new OptimiserState(options, [.. Learnt.Arrays.Where(array => array.HasGradient)]);
        Best = Learnt.Copy();
    }

    /// <summary>The learnt numbers.</summary>
    public LearntNetwork Learnt { get; }

    /// <summary>The optimiser.</summary>
    public OptimiserState Optimiser { get; }

    /// <summary>The number of completed epochs.</summary>
    public int Epoch { get; set; }

    /// <summary>The numbers after the best epoch.</summary>
    public IReadOnlyList<float[]> Best { get; set; }

    /// <summary>The best epoch, from 1; 0 for the numbers before the first.</summary>
    public int BestEpoch { get; set; }

    /// <summary>The first epoch as good as the best one, from 1; 0 before the first.</summary>
    public int ImprovedEpoch { get; set; }

    /// <summary>The number of held-out images classified correctly in the best epoch.</summary>
    public int BestCorrect { get; set; }

    /// <summary>Trains one epoch over the images in random order.</summary>
    /// <param name="data">All images.</param>
    /// <param name="training">The indices of the training images.</param>
    /// <param name="cancellation">Checked before each batch.</param>
    public (double Loss, double Accuracy) TrainEpoch(Dataset data, int[] training, CancellationToken cancellation)
    {
        int[] order = [.. training];
        new CounterRandom(options.Seed, (ulong)Epoch, RandomPurpose.Order).Shuffle(order.AsSpan());
        double batches = Math.Ceiling((double)order.Length / options.BatchSize);
        double loss = 0;
        int correct = 0;
        for (int start = 0, step = 0; start < order.Length; start += options.BatchSize, step++)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] batch = order[start..Math.Min(order.Length, start + options.BatchSize)];
            Tensor images = Augmentation.Batch(data, batch, options, Epoch);
            int[] labels = [.. batch.Select(image => data.Labels[image])];
            double rate = Rate((Epoch + step / batches) / options.Epochs);
            (double batchLoss, int batchCorrect) = adversary is null
                ? Step(images, labels, rate)
                : AdversarialStep(adversary, images, labels, batch, rate);
            if (!double.IsFinite(batchLoss))
                throw new InputException($"the training diverged: the loss became {batchLoss} in epoch {Epoch + 1}; give a smaller "
                    + $"learning rate than {options.LearningRate}");
            loss += batchLoss;
            correct += batchCorrect;
        }

        Epoch++;
        return (loss / order.Length, (double)correct / order.Length);
    }

    /// <summary>
    /// The number of held-out images that the network classifies correctly; in adversarial training as they are when perturbed against it,
    /// since the network that classifies most clean ones is not the most robust. (Rice, Wong, Kolter, "Overfitting in Adversarially Robust
    /// Deep Learning", ICML 2020, section 3.2.)
    /// </summary>
    public int Correct(Dataset data, int[] heldOut, CancellationToken cancellation)
    {
        Network network = Learnt.Current();
        int correct = 0;
        const int Batch = 500;
        for (int start = 0; start < heldOut.Length; start += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] batch = heldOut[start..Math.Min(heldOut.Length, start + Batch)];
            int[] labels = [.. batch.Select(image => data.Labels[image])];
            Tensor images = data.Images(batch);
            // The random numbers are the same after every epoch.
            if (adversary is not null)
                images = adversary.Perturb(slopes.WithGradient(network), images, labels, batch, epoch: 0);
            correct += Scores.Labels(network.Forward(images)).Zip(labels).Count(pair => pair.First == pair.Second);
        }

        return correct;
    }

    /// <summary>One step of the optimiser along the gradient of the mean loss; returns the sum of the images' losses.</summary>
    public (double Loss, int Correct) Step(Tensor images, int[] labels, double rate)
    {
        double[] losses = new double[labels.Length];
        bool[] isRight = new bool[labels.Length];
        Step(images, rate, (image, logits, gradient) =>
        {
            losses[image] = CrossEntropyLoss.Of(logits, labels[image], options.LabelSmoothing, 1.0 / labels.Length, gradient);
            isRight[image] = Scores.Label(logits) == labels[image];
        });
        return (losses.Sum(), isRight.Count(right => right));
    }

    /// <summary>A step on images that are perturbed against the network.</summary>
    (double Loss, int Correct) AdversarialStep(Adversary adversary, Tensor images, int[] labels, int[] numbers, double rate)
    {
        int count = Math.Max(1, (int)Math.Round(options.AdversarialFraction * labels.Length));
        Tensor perturbed = adversary.Perturb(
            slopes.WithGradient(Learnt.Current()), images.Rows(0, count), labels[..count], numbers[..count], Epoch);
        if (options.Trades > 0)
            return TradesStep(images, perturbed, labels, rate);
        perturbed.Data.CopyTo(images.Data, 0);
        return Step(images, labels, rate);
    }

    /// <summary>A step on pairs of clean and perturbed images; see <see cref="TrainingOptions.Trades"/>.</summary>
    (double Loss, int Correct) TradesStep(Tensor clean, Tensor perturbed, int[] labels, double rate)
    {
        int count = labels.Length;
        double[] losses = new double[count];
        bool[] isRight = new bool[count];
        double weight = 1.0 / count, divergenceWeight = options.Trades / count;
        Tensor? all = null;
        Step(
            new Tensor([.. clean.Data, .. perturbed.Data], [2 * count, .. clean.Shape[1..]]), rate,
            (image, logits, gradient) =>
            {
                if (image >= count)
                {
                    DivergenceLoss.Of(all!.Row(image - count), logits, divergenceWeight, [], gradient);
                    return;
                }

                isRight[image] = Scores.Label(logits) == labels[image];
                losses[image] = CrossEntropyLoss.Of(logits, labels[image], options.LabelSmoothing, weight, gradient)
                    + options.Trades * DivergenceLoss.Of(logits, all!.Row(count + image), divergenceWeight, gradient, []);
            },
            logits => all = logits);
        return (losses.Sum(), isRight.Count(right => right));
    }

    void Step(Tensor images, double rate, LogitGradient loss, Action<Tensor>? observe = null)
    {
        Network network = Dropout.Insert(
            slopes.WithGradient(Learnt.Current()), options.Dropout, options.Seed, Optimiser.Steps, out int[] places);
        IReadOnlyDictionary<int, IReadOnlyList<float[]>> gradients = pass.Run(network, images, loss, observe);
        Optimiser.Step(
            Learnt.Gradients(Enumerable.Range(0, places.Length).Where(node => gradients.ContainsKey(places[node]))
                .ToDictionary(node => node, node => gradients[places[node]])),
            rate, network.MaxThreads);
    }

    /// <summary>The learning rate after a fraction of the training.</summary>
    double Rate(double done) => options.LearningRate * options.Schedule switch
    {
        Schedule.Cosine => (1 + Math.Cos(Math.PI * done)) / 2,
        Schedule.Step => done < 0.5 ? 1 : done < 0.75 ? 0.1 : 0.01,
        _ => 1,
    };
}
