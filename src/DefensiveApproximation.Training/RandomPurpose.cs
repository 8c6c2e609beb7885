namespace DefensiveApproximation.Training;

/// <summary>Keeps the random numbers of a training apart, so that none of its draws moves another.</summary>
static class RandomPurpose
{
    public const ulong Weights = 1;
    public const ulong HeldOut = 2;
    public const ulong Order = 3;
    public const ulong Dropout = 4;

    /// <summary>The number of the epoch is added, so this stands last.</summary>
    public const ulong Augmentation = 5;
}
