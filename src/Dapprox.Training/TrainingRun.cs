using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Tensors;
using TorchSharp;
using TorchSharp.Modules;

namespace Dapprox.Training;

/// <summary>The state of a training between batches: the network, the optimiser and the best weights so far.</summary>
sealed class TrainingRun : IDisposable
{
    // Affects only speed and memory: accuracy is counted per image.
    const int EvaluationBatch = 500;

    readonly TrainingOptions options;
    readonly Sequential module;

    public TrainingRun(TorchArchitecture architecture, IReadOnlyList<int> inputShape, TrainingOptions options)
    {
        this.options = options;
        module = architecture.Build(inputShape);
        Parameters = [.. module.named_parameters()];
        State = [.. TorchTensors.State(module)];
        InitialiseWeights();
        Optimiser = OptimiserState.Create(options, Parameters);
        Best = Weights();
    }

    /// <summary>The learnt tensors, in the order of the layers.</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> Parameters { get; }

    /// <summary>The tensors of the weights: the learnt ones and the statistics of batch normalisations.</summary>
    public IReadOnlyList<(string Name, torch.Tensor Tensor)> State { get; }

    /// <summary>The optimiser.</summary>
    public OptimiserState Optimiser { get; }

    /// <summary>The number of completed epochs.</summary>
    public int Epoch { get; set; }

    /// <summary>The weights after the best epoch.</summary>
    public IReadOnlyDictionary<string, Tensor> Best { get; set; }

    /// <summary>The best epoch, from 1; 0 before the first.</summary>
    public int BestEpoch { get; set; }

    /// <summary>The number of held-out images classified correctly in the best epoch.</summary>
    public int BestCorrect { get; set; } = -1;

    /// <summary>A copy of the current weights.</summary>
    public Dictionary<string, Tensor> Weights() =>
        State.ToDictionary(named => named.Name, named => TorchTensors.FromTorch(named.Tensor));

    /// <summary>Trains one epoch over the images in random order.</summary>
    /// <param name="data">All images.</param>
    /// <param name="training">The indices of the training images.</param>
    /// <param name="cancellation">Checked before each batch.</param>
    public (double Loss, double Accuracy) TrainEpoch(Dataset data, int[] training, CancellationToken cancellation)
    {
        int[] order = [.. training];
        new CounterRandom(options.Seed, (ulong)Epoch, RandomPurpose.Order).Shuffle(order.AsSpan());
        // Dropout draws from LibTorch's generator; it is reseeded so that a resumed training draws the same numbers.
        torch.manual_seed((long)new CounterRandom(options.Seed, (ulong)Epoch, RandomPurpose.Dropout).NextUInt64());
        module.train();
        double batches = Math.Ceiling((double)order.Length / options.BatchSize);
        double loss = 0;
        int correct = 0;
        for (int start = 0, step = 0; start < order.Length; start += options.BatchSize, step++)
        {
            cancellation.ThrowIfCancellationRequested();
            // Half a cosine to zero: Loshchilov and Hutter, "SGDR", ICLR 2017, equation 5, without restarts.
            double done = (Epoch + step / batches) / options.Epochs;
            Optimiser.LearningRate = options.LearningRate * (1 + Math.Cos(Math.PI * done)) / 2;
            ReadOnlySpan<int> batch = order.AsSpan(start, Math.Min(options.BatchSize, order.Length - start));
            Tensor images = Augmentation.Batch(data, batch, options, Epoch);
            int[] labels = Gather(data.Labels, batch);
            if (options.AdversarialEpsilon > 0)
                MakeAdversarial(images, labels, batch);
            (double batchLoss, int batchCorrect) = Step(images, labels);
            if (!double.IsFinite(batchLoss))
                throw new InputException($"the training diverged: the loss became {batchLoss} in epoch {Epoch + 1}; give a smaller "
                    + $"learning rate than {options.LearningRate}");
            loss += batchLoss * batch.Length;
            correct += batchCorrect;
        }

        Epoch++;
        return (loss / order.Length, (double)correct / order.Length);
    }

    /// <summary>The number of images that the network classifies correctly.</summary>
    public int Correct(Dataset data, int[] wanted, CancellationToken cancellation)
    {
        module.eval();
        int correct = 0;
        for (int start = 0; start < wanted.Length; start += EvaluationBatch)
        {
            cancellation.ThrowIfCancellationRequested();
            using DisposeScope scope = torch.NewDisposeScope();
            using var noGradient = torch.no_grad();
            ReadOnlySpan<int> batch = wanted.AsSpan(start, Math.Min(EvaluationBatch, wanted.Length - start));
            correct += Correct(module.forward(TorchTensors.ToTorch(data.Images(batch))), TorchTensors.ToTorch(Gather(data.Labels, batch)));
        }

        return correct;
    }

    public void Dispose()
    {
        Optimiser.Dispose();
        module.Dispose();
    }

    /// <summary>Perturbs images by one FGSM step from a random start; see <see cref="TrainingOptions.AdversarialEpsilon"/>.</summary>
    void MakeAdversarial(Tensor images, int[] labels, ReadOnlySpan<int> numbers)
    {
        const double StepRatio = 1.25;
        float epsilon = (float)options.AdversarialEpsilon, step = (float)(StepRatio * options.AdversarialEpsilon);
        float[] clean = [.. images.Data];
        for (int i = 0; i < numbers.Length; i++)
        {
            var random = new CounterRandom(options.Seed, (ulong)numbers[i], RandomPurpose.Adversarial + (ulong)Epoch);
            foreach (ref float pixel in images.Row(i))
                pixel += random.NextSingle(-epsilon, epsilon);
        }

        float[] slopes = LossGradient(images, labels);
        for (int i = 0; i < clean.Length; i++)
        {
            float moved = images.Data[i] + step * (slopes[i] > 0 ? 1 : slopes[i] < 0 ? -1 : 0);
            images.Data[i] = Math.Clamp(Math.Clamp(moved, clean[i] - epsilon, clean[i] + epsilon), 0, 1);
        }
    }

    float[] LossGradient(Tensor images, int[] labels)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor pixels = TorchTensors.ToTorch(images).requires_grad_();
        torch.Tensor loss = torch.nn.functional.cross_entropy(module.forward(pixels), TorchTensors.ToTorch(labels));
        return TorchTensors.FromTorch(torch.autograd.grad([loss], [pixels])[0]).Data;
    }

    (double Loss, int Correct) Step(Tensor images, int[] labels)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor classes = TorchTensors.ToTorch(labels);
        torch.Tensor logits = module.forward(TorchTensors.ToTorch(images));
        torch.Tensor loss = torch.nn.functional.cross_entropy(logits, classes);
        Optimiser.Step(loss);
        return (loss.item<float>(), Correct(logits, classes));
    }

    /// <summary>
    /// Initialises weights uniformly in ±gain/√(inputs of one output) and biases in ±1/√(inputs), as PyTorch does, but from a
    /// generator of its own: LibTorch's generator is shared by the process, and any other draw would change the training. Batch
    /// normalisations keep 1 and 0.
    /// </summary>
    void InitialiseWeights()
    {
        float bound = 0;
        string layer = "";
        for (int i = 0; i < Parameters.Count; i++)
        {
            (string name, Parameter parameter) = Parameters[i];
            bool isWeight = parameter.shape.Length > 1;
            // A bias comes after its weight.
            if (isWeight)
                (layer, bound) = (name[..name.LastIndexOf('.')], 1 / MathF.Sqrt(parameter.numel() / parameter.shape[0]));
            else if (name != layer + ".bias")
                continue;
            var random = new CounterRandom(options.Seed, (ulong)i, RandomPurpose.Weights);
            float gain = isWeight ? (float)options.Gain : 1;
            float[] numbers = new float[parameter.numel()];
            for (int j = 0; j < numbers.Length; j++)
                numbers[j] = random.NextSingle(-gain * bound, gain * bound);
            TorchTensors.Copy(new Tensor(numbers, Array.ConvertAll(parameter.shape, dimension => (int)dimension)), parameter);
        }
    }

    static int Correct(torch.Tensor logits, torch.Tensor classes) => (int)logits.argmax(1).eq(classes).sum().item<long>();

    static int[] Gather(int[] labels, ReadOnlySpan<int> wanted)
    {
        int[] result = new int[wanted.Length];
        for (int i = 0; i < result.Length; i++)
            result[i] = labels[wanted[i]];
        return result;
    }
}
