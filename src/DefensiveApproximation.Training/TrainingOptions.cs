namespace DefensiveApproximation.Training;

/// <summary>How to train. The same options, images and processor give the same weights, bit for bit.</summary>
public sealed record TrainingOptions
{
    // LibTorch starts as many as it is told to: a hundred thousand take all memory, and the system ends the process.
    const int MostThreads = 256;

    /// <summary>How many times the training images are gone through; at least 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>How many images one step of the optimiser sees; at least 1. The last batch of an epoch may be smaller.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>The first step size of Adam; positive. It falls to zero along half a cosine over the whole training.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Chooses the first weights, the held-out images, the order of the others and their augmentation.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads of LibTorch; 1 to 256. Its sums are split over them, so the weights depend on this number.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Augmentation: each image is moved by up to this many pixels each way, whole pixels; at least 0.</summary>
    public int Shift { get; init; } = 2;

    /// <summary>Augmentation: each image is turned by up to this many degrees either way; 0 to 180.</summary>
    public double Rotation { get; init; } = 10;

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
        if (Threads is < 1 or > MostThreads)
            throw new InputException($"the number of threads is {Threads}; give 1 to {MostThreads}");
        AtLeast("shift", Shift, 0);
        if (!(LearningRate > 0 && double.IsFinite(LearningRate)))
            throw new InputException($"the learning rate is {LearningRate}; give a positive number such as 0.001");
        if (!(Rotation is >= 0 and <= 180))
            throw new InputException($"the rotation is {Rotation} degrees; give 0 to 180");
    }

    static void AtLeast(string what, int given, int least)
    {
        if (given < least)
            throw new InputException($"the {what} is {given}; give {least} or more");
    }
}
