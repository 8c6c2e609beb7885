using Dapprox.Foundation;

namespace Dapprox.Training;

/// <summary>The algorithm that updates the weights.</summary>
public enum Optimiser
{
    /// <summary>
    /// Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, with their β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
    /// </summary>
    Adam,

    /// <summary>Stochastic gradient descent with a momentum of 0.9.</summary>
    Sgd,
}

/// <summary>The options of a training. Equal options, images and processors give bit-identical weights.</summary>
public sealed record TrainingOptions
{
    // LibTorch starts any number of threads: a hundred thousand exhaust the memory, and the system ends the process.
    const int MaxThreads = 256;

    /// <summary>The number of passes over the training images; at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>The number of images per step of the optimiser; at least 1. The last batch of an epoch may be smaller.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>The algorithm that updates the weights.</summary>
    public Optimiser Optimiser { get; init; } = Optimiser.Adam;

    /// <summary>The factor of each weight that is added to its gradient (L2); at least 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The initial learning rate; positive. It falls to zero along half a cosine over the training.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>
    /// The gain of the initial weights, which are uniform in ±gain / √(inputs of one output): 1 as in PyTorch, or √6, which
    /// preserves the signal in a deep ReLU network (He et al., "Delving Deep into Rectifiers", ICCV 2015).
    /// </summary>
    public double Gain { get; init; } = 1;

    /// <summary>Determines the initial weights, the held-out images, the order of the others and their augmentation.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads of LibTorch; 1 to 256. Its sums are split over the threads, so the weights depend on this number.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Augmentation: the maximum shift of each image in each direction, in integer pixels; at least 0.</summary>
    public int Shift { get; init; } = 2;

    /// <summary>Augmentation: the maximum rotation of each image in either direction, in degrees; 0 to 180.</summary>
    public double Rotation { get; init; } = 10;

    /// <summary>Augmentation: every second image is mirrored, left to right.</summary>
    public bool Flip { get; init; }

    /// <summary>
    /// Adversarial training: the maximum perturbation ε per pixel of each batch against the current network; 0 for none, at most 1.
    /// From a random point within ε, one step of 1.25·ε along the sign of the gradient is projected onto the ε-ball and [0, 1]
    /// (Wong, Rice, Kolter, "Fast Is Better Than Free: Revisiting Adversarial Training", ICLR 2020).
    /// </summary>
    public double AdversarialEpsilon { get; init; }

    /// <summary>
    /// The file in which the state is saved after each epoch; null for none. If the file exists, training resumes from it and gives
    /// the weights of an uninterrupted training.
    /// </summary>
    public string? CheckpointPath { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="InputException">A value is outside its range.</exception>
    internal void Check()
    {
        AtLeast("number of epochs", Epochs, 1);
        AtLeast("batch size", BatchSize, 1);
        if (Threads is < 1 or > MaxThreads)
            throw new InputException($"the number of threads is {Threads}; give 1 to {MaxThreads}");
        AtLeast("shift", Shift, 0);
        if (!(LearningRate > 0 && double.IsFinite(LearningRate)))
            throw new InputException($"the learning rate is {LearningRate}; give a positive number such as 0.001");
        if (!(WeightDecay >= 0 && double.IsFinite(WeightDecay)))
            throw new InputException($"the weight decay is {WeightDecay}; give a number of at least 0 such as 0.0005");
        if (!(Gain > 0 && double.IsFinite(Gain)))
            throw new InputException($"the gain is {Gain}; give a positive number such as 1");
        if (!(AdversarialEpsilon is >= 0 and <= 1))
            throw new InputException($"the ε of adversarial training is {AdversarialEpsilon}; give 0 to 1, pixels from 0 to 1");
        if (!(Rotation is >= 0 and <= 180))
            throw new InputException($"the rotation is {Rotation} degrees; give 0 to 180");
    }

    static void AtLeast(string what, int given, int min)
    {
        if (given < min)
            throw new InputException($"the {what} is {given}; give {min} or more");
    }
}
