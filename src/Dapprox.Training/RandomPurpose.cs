namespace Dapprox.Training;

/// <summary>Keeps the random numbers of a training apart, so that none of its draws moves another.</summary>
static class RandomPurpose
{
    public const ulong Weights = 1;
    public const ulong HeldOut = 2;
    public const ulong Order = 3;
    public const ulong Dropout = 4;

    /// <summary>The number of the epoch is added, so the next stands far away.</summary>
    public const ulong Augmentation = 5;

    /// <summary>The number of the epoch is added here, too.</summary>
    public const ulong Adversarial = 1UL << 32;
}
