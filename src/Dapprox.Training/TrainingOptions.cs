using Dapprox.Foundation;

namespace Dapprox.Training;

/// <summary>What makes weights follow their gradients.</summary>
public enum Optimiser
{
    /// <summary>
    /// Kingma and Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, with their β₁ = 0.9, β₂ = 0.999, ε = 1e-8.
    /// </summary>
    Adam,

    /// <summary>Stochastic gradient descent with a momentum of 0.9.</summary>
    Sgd,
}

/// <summary>How to train. The same options, images and processor give the same weights, bit for bit.</summary>
public sealed record TrainingOptions
{
    // LibTorch starts as many as it is told to: a hundred thousand take all memory, and the system ends the process.
    const int MaxThreads = 256;

    /// <summary>How many times the training images are gone through; at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>How many images one step of the optimiser sees; at least 1. The last batch of an epoch may be smaller.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>What makes weights follow their gradients.</summary>
    public Optimiser Optimiser { get; init; } = Optimiser.Adam;

    /// <summary>The share of each weight that is added to its gradient; at least 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>The first step size; positive. It falls to zero along half a cosine over the whole training.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>
    /// The first weights are uniform in ± this / √(inputs of one output): 1, as PyTorch has it, or √6, with which a deep network
    /// of ReLUs keeps its signal (He et al., "Delving Deep into Rectifiers", ICCV 2015).
    /// </summary>
    public double Gain { get; init; } = 1;

    /// <summary>Chooses the first weights, the held-out images, the order of the others and their augmentation.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads of LibTorch; 1 to 256. Its sums are split over them, so the weights depend on this number.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Augmentation: each image is moved by up to this many pixels each way, whole pixels; at least 0.</summary>
    public int Shift { get; init; } = 2;

    /// <summary>Augmentation: each image is turned by up to this many degrees either way; 0 to 180.</summary>
    public double Rotation { get; init; } = 10;

    /// <summary>Augmentation: every second image is mirrored, left to right.</summary>
    public bool Flip { get; init; }

    /// <summary>
    /// Adversarial training: each batch is moved by up to this much per pixel, against the network as it is, before it is learnt from;
    /// 0 for none, at most 1. From a random place within ε one step of 1.25·ε along the sign of the gradient, back into the
    /// ε-ball and into [0, 1] (Wong, Rice, Kolter, "Fast Is Better Than Free: Revisiting Adversarial Training", ICLR 2020).
    /// </summary>
    public double AdversarialEpsilon { get; init; }

    /// <summary>
    /// Where the state is kept after each epoch, or null to keep none. When the file is there already, training goes on
    /// from it and ends with the weights that an uninterrupted training gives.
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

    static void AtLeast(string what, int given, int least)
    {
        if (given < least)
            throw new InputException($"the {what} is {given}; give {least} or more");
    }
}
