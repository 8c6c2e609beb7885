using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Statistics;

namespace Dapprox.Networks.Measurement;

/// <summary>
/// The smoothed classifier g of a network f: g(x) is the class that f gives most often to x + N(0, σ²·I). Its class is certified within an
/// L2 ball. (Cohen, Rosenfeld, Kolter, "Certified Adversarial Robustness via Randomized Smoothing", ICML 2019.)
/// </summary>
/// <remarks>
/// The certificate uses no property of f, not even continuity, so it holds for approximate multipliers as for exact ones. It is about g,
/// computed with f on this hardware, and not about f. Each certificate is wrong with a probability of at most α over the noise. The noise
/// of an image depends on the seed and the position of the image in its split only: all networks see the same.
/// </remarks>
/// <param name="network">The base classifier f.</param>
/// <param name="sigma">σ, the standard deviation of the noise, in input units; above 0.</param>
public sealed class SmoothedClassifier(Network network, double sigma)
{
    // Affects only memory.
    const int BatchSize = 500;

    const ulong SelectionPurpose = 5UL << 32, EstimationPurpose = 6UL << 32;

    /// <summary>n₀: the number of noisy copies that select the class to certify; at least 1.</summary>
    public int SelectionSamples { get; init; } = 100;

    /// <summary>n: the number of noisy copies that vote and bound the probability; at least 1.</summary>
    public int Samples { get; init; } = 1000;

    /// <summary>α: the probability with which a certificate, or a prediction, may be wrong; above 0 and below 1.</summary>
    public double Alpha { get; init; } = 0.001;

    /// <summary>Determines the noise.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The largest radius that <see cref="Samples"/> can certify, σ·Φ⁻¹(α^(1/n)): that of equal votes.</summary>
    public double MaxRadius => Radius(Binomial.LowerBound(Samples, Samples, Alpha));

    /// <summary>
    /// Predicts and certifies one image (PREDICT and CERTIFY of the paper's section 3.2, here with the same n votes): the class c of
    /// most of n₀ votes is certified if the lower bound p of its probability, from n other votes, exceeds ½; the radius is σ·Φ⁻¹(p).
    /// </summary>
    /// <param name="image">The pixels, as long as the network's input.</param>
    /// <param name="position">The position of the image in its split, which chooses its noise.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public Certificate Certify(ReadOnlySpan<float> image, int position, CancellationToken cancellation = default)
    {
        int[] selection = Votes(image, SelectionSamples, new CounterRandom(Seed, (ulong)position, SelectionPurpose), cancellation);
        int[] votes = Votes(image, Samples, new CounterRandom(Seed, (ulong)position, EstimationPurpose), cancellation);
        int top = Array.IndexOf(selection, selection.Max());
        double bound = Binomial.LowerBound(votes[top], Samples, Alpha);

        int first = Array.IndexOf(votes, votes.Max());
        int runnerUp = votes.Where((_, label) => label != first).DefaultIfEmpty().Max();
        bool decided = Binomial.EvenTest(votes[first], votes[first] + runnerUp) <= Alpha;
        return new Certificate(decided ? first : -1, bound > 0.5 ? top : -1, bound > 0.5 ? Radius(bound) : 0, bound);
    }

    /// <summary>Certifies all images.</summary>
    /// <param name="progress">Called after each image, if given.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="InputException">The images do not fit the network.</exception>
    public IReadOnlyList<Certificate> Certify(Dataset images, Action? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        Evaluation.ThrowIfUnfit(network, images);
        var certificates = new Certificate[images.Count];
        for (int i = 0; i < certificates.Length; i++)
        {
            certificates[i] = Certify(images.Images(i, 1).Data, images.Offset + i, cancellation);
            progress?.Invoke();
        }

        return certificates;
    }

    /// <summary>How often the network gives each class to noisy copies of an image; a copy without an answer votes for none.</summary>
    int[] Votes(ReadOnlySpan<float> image, int samples, CounterRandom random, CancellationToken cancellation)
    {
        int[] votes = new int[network.Classes];
        for (int done = 0; done < samples;)
        {
            cancellation.ThrowIfCancellationRequested();
            Tensor noisy = Tensor.Zeros([Math.Min(BatchSize, samples - done), .. network.InputShape]);
            for (int i = 0; i < noisy.Data.Length; i++)
                noisy.Data[i] = (float)(image[i % image.Length] + sigma * random.NextNormal());
            foreach (int label in Scores.Labels(network.Forward(noisy)))
            {
                if (label >= 0)
                    votes[label]++;
            }

            done += noisy.Batch;
        }

        return votes;
    }

    /// <summary>σ·Φ⁻¹(p) for p of at least ½.</summary>
    double Radius(double probability) => probability <= 0.5 ? 0 : sigma * Normal.QuantileWithin(2 * probability - 1);
}
