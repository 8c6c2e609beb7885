using Dapprox.Networks.Graph;

namespace Dapprox.Networks.Training;

/// <summary>
/// A trained network: the numbers of the epoch with the best accuracy on the held-out images, perturbed ones in adversarial training.
/// </summary>
/// <param name="Network">The network, on the multipliers that it was trained on.</param>
/// <param name="Dataset">The name of the training data set.</param>
/// <param name="Options">The options of the training.</param>
/// <param name="HeldOut">The number of held-out images.</param>
/// <param name="InitialAccuracy">The fraction of them classified correctly before the training, 0 to 1.</param>
/// <param name="BestEpoch">The epoch of the numbers, from 1; 0 for those before the training, where no epoch is as good.</param>
/// <param name="ValidationAccuracy">The fraction of the held-out images classified correctly in that epoch, 0 to 1.</param>
public sealed record TrainingResult(
    Network Network, string Dataset, TrainingOptions Options, int HeldOut, double InitialAccuracy, int BestEpoch,
    double ValidationAccuracy);
