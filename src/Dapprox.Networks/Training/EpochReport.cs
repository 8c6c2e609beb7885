namespace Dapprox.Networks.Training;

/// <summary>The result of one epoch.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">The mean cross-entropy of the augmented training images, each evaluated just before its update.</param>
/// <param name="TrainAccuracy">The fraction of those images classified correctly, 0 to 1.</param>
/// <param name="ValidationAccuracy">The fraction of the held-out images classified correctly after the epoch, 0 to 1.</param>
/// <param name="Best">Whether no earlier epoch has a greater validation accuracy, so that its weights are kept.</param>
public sealed record EpochReport(int Epoch, double Loss, double TrainAccuracy, double ValidationAccuracy, bool Best);
