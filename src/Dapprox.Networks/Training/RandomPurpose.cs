namespace Dapprox.Networks.Training;

/// <summary>Separates the random streams of a training, so that the draws of one do not affect another.</summary>
static class RandomPurpose
{
    public const ulong Weights = 1;
    public const ulong HeldOut = 2;
    public const ulong Order = 3;

    /// <summary>The number of the layer is added, times 2³².</summary>
    public const ulong Dropout = 4;

    /// <summary>The epoch is added, so the next value is far away.</summary>
    public const ulong Augmentation = 5;

    /// <summary>The epoch is added here too.</summary>
    public const ulong Adversarial = 1UL << 62;
}
