namespace Dapprox.Training;

/// <summary>What one epoch came to.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Mean cross-entropy over the augmented training images, each seen just before it was learnt from.</param>
/// <param name="TrainAccuracy">Share of those images that were classified correctly, 0 to 1.</param>
/// <param name="ValidationAccuracy">Share of the held-out images classified correctly after the epoch, 0 to 1.</param>
/// <param name="Best">Whether no earlier epoch had a greater validation accuracy: its weights are kept.</param>
public sealed record EpochReport(int Epoch, double Loss, double TrainAccuracy, double ValidationAccuracy, bool Best);
