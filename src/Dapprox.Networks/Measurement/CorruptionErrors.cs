using Dapprox.Networks.Corruptions;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Statistics;

namespace Dapprox.Networks.Measurement;

/// <summary>
/// The errors of a network on corrupted images, and their mean relative to a reference (Hendrycks, Dietterich, ICLR 2019, section 4).
/// The paper's reference is AlexNet; for a network on approximate hardware it is the same network with exact products.
/// </summary>
public sealed class CorruptionErrors
{
    // For each corruption and image: at how many severities the image is misclassified.
    readonly int[][] errors;
    readonly bool[] cleanErrors;

    CorruptionErrors(IReadOnlyList<Corruption> corruptions, int images)
    {
        Corruptions = corruptions;
        cleanErrors = new bool[images];
        errors = [.. corruptions.Select(_ => new int[images])];
        Accuracies = [.. corruptions.Select(_ => new Evaluation[Corruption.Severities])];
    }

    /// <summary>The corruptions, in the order of all results.</summary>
    public IReadOnlyList<Corruption> Corruptions { get; }

    /// <summary>The accuracy on the images as they are.</summary>
    public Evaluation Clean { get; private set; } = new(0, 1);

    /// <summary>The accuracy for each corruption at severity 1 to 5.</summary>
    public IReadOnlyList<Evaluation[]> Accuracies { get; }

    /// <summary>The mean accuracy over all corruptions and severities.</summary>
    public double MeanAccuracy => Accuracies.Average(one => one.Average(severity => severity.Accuracy));

    /// <summary>Classifies images with every corruption at every severity.</summary>
    /// <param name="networks">The networks; all classify the same corrupted images.</param>
    /// <param name="seed">Determines the random numbers of the corruptions.</param>
    /// <param name="progress">Receives the number of images classified since the last call; null for none.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>The errors of each network.</returns>
    /// <exception cref="Foundation.InputException">There are no images, or they do not fit a network.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static IReadOnlyList<CorruptionErrors> Of(
        IReadOnlyList<Network> networks, Dataset images, IReadOnlyList<Corruption> corruptions, ulong seed = 1,
        Action<int>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(networks);
        CorruptionErrors[] results = [.. networks.Select(_ => new CorruptionErrors(corruptions, images.Count))];
        for (int i = 0; i < networks.Count; i++)
        {
            CorruptionErrors result = results[i];
            result.Clean = Classify(networks[i], images, image => result.cleanErrors[image] = true);
        }

        for (int corruption = 0; corruption < corruptions.Count; corruption++)
        {
            for (int severity = 1; severity <= Corruption.Severities; severity++)
            {
                Dataset corrupted = corruptions[corruption].Of(images, severity, seed);
                for (int i = 0; i < networks.Count; i++)
                {
                    int[] wrong = results[i].errors[corruption];
                    results[i].Accuracies[corruption][severity - 1] = Classify(networks[i], corrupted, image => wrong[image]++);
                }
            }
        }

        return results;

        Evaluation Classify(Network network, Dataset shown, Action<int> miss)
        {
            int first = 0;
            return Evaluation.Of(network, shown, logits =>
            {
                int[] labels = Scores.Labels(logits);
                for (int i = 0; i < labels.Length; i++)
                {
                    if (labels[i] != shown.Labels[first + i])
                        miss(first + i);
                }

                first += labels.Length;
                progress?.Invoke(labels.Length);
            }, cancellation);
        }
    }

    /// <summary>
    /// The corruption error: the sum over the severities of this network's error rates, divided by the same sum of the reference; 1 for
    /// equal errors. NaN if the reference makes no error.
    /// </summary>
    /// <param name="corruption">The index of the corruption.</param>
    /// <param name="reference">The reference, on the same images and corruptions.</param>
    public Estimate ErrorOf(int corruption, CorruptionErrors reference) => MeanRatio([corruption], reference, beyondClean: false);

    /// <summary>
    /// The mean corruption error, mCE: the mean of <see cref="ErrorOf"/> over the corruptions under which the reference errs at all; NaN if
    /// there is none.
    /// </summary>
    /// <param name="reference">The reference, on the same images and corruptions.</param>
    public Estimate MeanError(CorruptionErrors reference) =>
        MeanRatio([.. Enumerable.Range(0, Corruptions.Count)], reference, beyondClean: false);

    /// <summary>
    /// The relative mCE: the same with the error rates minus those on clean images, that is, of the degradation by the corruptions; over
    /// the corruptions that degrade the reference.
    /// </summary>
    /// <param name="reference">The reference, on the same images and corruptions.</param>
    public Estimate RelativeMeanError(CorruptionErrors reference) =>
        MeanRatio([.. Enumerable.Range(0, Corruptions.Count)], reference, beyondClean: true);

    /// <summary>
    /// The mean of ratios A/B of sums over images, with the interval of the linearised mean (delta method): an image adds
    /// (a − (A/B)·b)/B̄ to each ratio. a and b are of the same image, so what makes images hard for both networks cancels.
    /// </summary>
    Estimate MeanRatio(int[] corruptions, CorruptionErrors reference, bool beyondClean)
    {
        ArgumentNullException.ThrowIfNull(reference);
        double[] influence = new double[cleanErrors.Length];
        double ratios = 0;
        int count = 0;
        foreach (int corruption in corruptions)
        {
            double own = Total(this, corruption), others = Total(reference, corruption);
            if (others <= 0)
                continue;
            count++;
            ratios += own / others;
            for (int image = 0; image < influence.Length; image++)
            {
                influence[image] += influence.Length
                    * (At(this, corruption, image) - own / others * At(reference, corruption, image)) / others;
            }
        }

        return count == 0
            ? new Estimate(double.NaN, double.NaN, double.NaN)
            : Estimate.Mean(Array.ConvertAll(influence, one => (ratios + one) / count));

        double Total(CorruptionErrors of, int corruption) =>
            Enumerable.Range(0, influence.Length).Sum(image => At(of, corruption, image));

        double At(CorruptionErrors of, int corruption, int image) => of.errors[corruption][image]
            - (beyondClean && of.cleanErrors[image] ? Corruption.Severities : 0);
    }
}
