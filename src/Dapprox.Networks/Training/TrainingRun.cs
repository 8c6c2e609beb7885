using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Measurement;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;

namespace Dapprox.Networks.Training;

/// <summary>The state of a training between batches: the learnt numbers, the optimiser and the best numbers so far.</summary>
sealed class TrainingRun
{
    readonly TrainingOptions options;
    readonly GradientPass pass;
    // The slopes in the activation of the products of approximate multipliers, where they are wanted.
    readonly Dictionary<FloatMultiplier, SlopeTable> slopes;

    /// <summary>Begins with the numbers of a network.</summary>
    public TrainingRun(Network network, TrainingOptions options)
    {
        this.options = options;
        FloatMultiplier[] approximate = options.Gradient == ProductGradient.StraightThrough ? [] : [
            .. network.Layers.OfType<WeightedLayer>().Select(layer => layer.Multiplier).Where(multiplier => multiplier is not ExactMultiplier)
                .Distinct()];
        slopes = approximate.ToDictionary(multiplier => multiplier, SlopeTable.InActivation);
        pass = new GradientPass(approximate.ToDictionary(multiplier => multiplier, SlopeTable.InWeight));
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

    /// <summary>The best epoch, from 1; 0 before the first.</summary>
    public int BestEpoch { get; set; }

    /// <summary>The first epoch as good as the best one, from 1; 0 before the first.</summary>
    public int ImprovedEpoch { get; set; }

    /// <summary>The number of held-out images classified correctly in the best epoch.</summary>
    public int BestCorrect { get; set; } = -1;

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
            if (options.AdversarialEpsilon > 0)
                MakeAdversarial(images, labels, batch);
            (double batchLoss, int batchCorrect) = Step(images, labels, Rate((Epoch + step / batches) / options.Epochs));
            if (!double.IsFinite(batchLoss))
                throw new InputException($"the training diverged: the loss became {batchLoss} in epoch {Epoch + 1}; give a smaller "
                    + $"learning rate than {options.LearningRate}");
            loss += batchLoss;
            correct += batchCorrect;
        }

        Epoch++;
        return (loss / order.Length, (double)correct / order.Length);
    }

    /// <summary>The number of images that the network classifies correctly.</summary>
    public int Correct(Dataset data, int[] wanted, CancellationToken cancellation)
    {
        Network network = Learnt.Current();
        int correct = 0;
        const int Batch = 500;
        for (int start = 0; start < wanted.Length; start += Batch)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] batch = wanted[start..Math.Min(wanted.Length, start + Batch)];
            int[] classes = Scores.Labels(network.Forward(data.Images(batch)));
            correct += batch.Zip(classes, (image, label) => data.Labels[image] == label).Count(isRight => isRight);
        }

        return correct;
    }

    /// <summary>One step of the optimiser along the gradient of the mean loss; returns the sum of the images' losses.</summary>
    public (double Loss, int Correct) Step(Tensor images, int[] labels, double rate)
    {
        Network network = Dropout.Insert(WithGradient(Learnt.Current()), options.Dropout, options.Seed, Optimiser.Steps, out int[] places);
        double[] losses = new double[labels.Length];
        bool[] isRight = new bool[labels.Length];
        IReadOnlyDictionary<int, IReadOnlyList<float[]>> gradients = pass.Run(network, images, (image, logits, gradient) =>
        {
            losses[image] = CrossEntropyLoss.Of(logits, labels[image], options.LabelSmoothing, 1.0 / labels.Length, gradient);
            isRight[image] = Scores.Label(logits) == labels[image];
        });
        Optimiser.Step(
            Learnt.Gradients(Enumerable.Range(0, places.Length).Where(node => gradients.ContainsKey(places[node]))
                .ToDictionary(node => node, node => gradients[places[node]])),
            rate, network.MaxThreads);
        return (losses.Sum(), isRight.Count(right => right));
    }

    /// <summary>The network with the wanted gradients of products.</summary>
    Network WithGradient(Network network) => slopes.Count == 0 ? network : network.WithLayers([.. network.Layers.Select(layer =>
    {
        if (layer is not WeightedLayer weighted || !slopes.TryGetValue(weighted.Multiplier, out SlopeTable? table))
            return layer;
        float[] gradientWeights = new float[weighted.Weights.Length];
        table.Apply(weighted.Weights, gradientWeights);
        return weighted.WithGradientWeights(gradientWeights);
    })]);

    /// <summary>The learning rate after a fraction of the training.</summary>
    double Rate(double done) => options.LearningRate * options.Schedule switch
    {
        Schedule.Cosine => (1 + Math.Cos(Math.PI * done)) / 2,
        Schedule.Step => done < 0.5 ? 1 : done < 0.75 ? 0.1 : 0.01,
        _ => 1,
    };

    /// <summary>Perturbs images within ε; see <see cref="TrainingOptions.AdversarialEpsilon"/>.</summary>
    void MakeAdversarial(Tensor images, int[] labels, int[] numbers)
    {
        float epsilon = (float)options.AdversarialEpsilon;
        float step = (float)(options.AdversarialEpsilon * (options.AdversarialSteps == 1 ? 1.25 : 2.5 / options.AdversarialSteps));
        float[] clean = [.. images.Data];
        for (int i = 0; i < numbers.Length; i++)
        {
            var random = new CounterRandom(options.Seed, (ulong)numbers[i], RandomPurpose.Adversarial + (ulong)Epoch);
            foreach (ref float pixel in images.Row(i))
                pixel += random.NextSingle(-epsilon, epsilon);
        }

        Network network = WithGradient(Learnt.Current());
        for (int taken = 0; taken < options.AdversarialSteps; taken++)
        {
            (_, Tensor slopes) = network.InputGradient(
                images, (image, logits, gradient) => CrossEntropyLoss.Of(logits, labels[image], 0, 1, gradient));
            for (int i = 0; i < clean.Length; i++)
            {
                float moved = images.Data[i] + step * (slopes.Data[i] > 0 ? 1 : slopes.Data[i] < 0 ? -1 : 0);
                images.Data[i] = Math.Clamp(Math.Clamp(moved, clean[i] - epsilon, clean[i] + epsilon), 0, 1);
            }
        }
    }
}
