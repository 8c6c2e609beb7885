using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks;

/// <summary>
/// Robust accuracy under two gradient attacks: PGD, then APGD-T on the images that remain correctly classified. The gradient of
/// approximate layers is straight-through, so the result is an upper bound: an adaptive attack can be stronger.
/// </summary>
public static class Robustness
{
    // The fraction of the time that APGD-T takes: 100 iterations for each of nine classes, against 40 steps.
    const double ApgdWork = 0.9;

    /// <summary>What takes the place of APGD-T because the classes are too few, in words; null for nothing.</summary>
    /// <param name="classes">The number of classes.</param>
    public static string? LeftOut(int classes) => LossFor(classes) switch
    {
        ApgdLoss.TargetedDlr => null,
        ApgdLoss.Dlr => "APGD-T needs 4 classes; robust accuracy is that after PGD and APGD on the DLR loss",
        _ => "APGD-T needs 4 classes; robust accuracy is that after PGD and APGD on the cross-entropy",
    };

    static ApgdLoss LossFor(int classes) =>
        classes switch { > 3 => ApgdLoss.TargetedDlr, 3 => ApgdLoss.Dlr, _ => ApgdLoss.CrossEntropy };

    /// <summary>Attacks images within an L∞ ball.</summary>
    /// <param name="network">The network that is attacked.</param>
    /// <param name="images">The images, at least one.</param>
    /// <param name="epsilon">The radius, pixels from 0 to 1.</param>
    /// <param name="seed">Determines every random number.</param>
    /// <param name="progress">Receives the fraction of the work done since the last call; null for none.</param>
    /// <param name="cancellation">Ends the attacks.</param>
    /// <returns>The number of images classified correctly before and after both attacks.</returns>
    /// <exception cref="InputException">The images do not fit the network.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static Evaluation Of(
        Network network, Dataset images, double epsilon, ulong seed,
        Action<double>? progress = null, CancellationToken cancellation = default)
    {
        Evaluation.ThrowIfUnfit(network, images);
        var victim = new NetworkVictim(network);
        var apgd = new Apgd(epsilon)
        {
            Loss = LossFor(network.Classes),
            Restarts = 1,
            StopsAtSuccess = true,
        };
        int[] standing = Standing(new Pgd(epsilon) { Restarts = 1 }, [.. Enumerable.Range(0, images.Count)], 1 - ApgdWork);
        return new Evaluation(Standing(apgd, standing, ApgdWork).Length, images.Count);

        int[] Standing(IAttack<IGradientVictim> attack, int[] indices, double work)
        {
            if (indices.Length == 0)
                return indices;
            AttackRecord[] records = AttackRunner.Run(
                attack, victim, images.Images(indices), Array.ConvertAll(indices, index => images.Labels[index]), seed, positions: indices,
                progress: more => progress?.Invoke(work * more / indices.Length), cancellation: cancellation);
            return [.. records.Where(record => record.CleanCorrect && !record.Success).Select(record => record.Image)];
        }
    }
}
