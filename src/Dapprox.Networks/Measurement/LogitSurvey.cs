using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Measurement;

/// <summary>
/// Whether the outputs of a network look like logits: finite numbers that no function at the end bounds. Attacks follow differences of
/// logits, which vanish behind a softmax, a sigmoid, a tanh or a clip, so that a network looks more robust than it is.
/// </summary>
public sealed class LogitSurvey
{
    // Probabilities in binary32 add up to one more precisely than this, and logits do so by accident only.
    const float SumTolerance = 1e-3f;

    // The distance from the largest or smallest score of all images, relative to their range, within which a score has reached it: the
    // largest of unbounded scores is an outlier, and few images come near it.
    const float BoundTolerance = 0.01f;

    // With fewer images, one of them makes the bound.
    const int FewestForBounds = 10;

    // Affects only memory.
    const int BatchSize = 250;

    readonly Network network;
    readonly List<(float Smallest, float Largest)> ranges = [];
    // By class, over the images.
    readonly (float Smallest, float Largest)[] classes;
    int sumToOne;

    /// <summary>Begins a survey of no image.</summary>
    /// <param name="network">The network, on its hardware.</param>
    public LogitSurvey(Network network)
    {
        this.network = network;
        classes = new (float, float)[network.Classes];
        Array.Fill(classes, (float.PositiveInfinity, float.NegativeInfinity));
    }

    /// <summary>The number of images.</summary>
    public int Count { get; private set; }

    /// <summary>The number of images with a NaN or an infinity among their logits.</summary>
    public int NonFinite { get; private set; }

    /// <summary>
    /// The first layer that gives a NaN or an infinity for the first image with one among its logits; null if there is none.
    /// </summary>
    public string? NonFiniteLayer { get; private set; }

    /// <summary>That there are non-finite logits and what to do, as the predicate of a sentence about the network; null if none.</summary>
    public string? NonFiniteWarning => NonFinite == 0
        ? null
        : $"gives non-finite logits for {NonFinite} of {Count} images, first in the layer '{NonFiniteLayer}'; none counts as fooled; check "
            + "the weights, and the preprocessing (--mean, --deviation)";

    /// <summary>
    /// Why most scores are no logits and what to do, as the predicate of a sentence about the network; null if they may be logits.
    /// </summary>
    public string? Saturation
    {
        get
        {
            if (2 * sumToOne > ranges.Count)
                return $"gives scores that sum to one for {sumToOne} of {Count} images, as probabilities do; attacks and margins need "
                    + "logits: export it without its last softmax";
            // A logit that is constant by construction, as that of class 0 before a sigmoid, is no bound.
            if (ranges.Count < FewestForBounds || SameScores is not null || network.Layers[^1] is Rearrange { Moves.Sources: [< 0, ..] })
                return null;
            float low = ranges.Min(range => range.Smallest), high = ranges.Max(range => range.Largest);
            float near = BoundTolerance * (high - low);
            int top = ranges.Count(range => range.Largest >= high - near), bottom = ranges.Count(range => range.Smallest <= low + near);
            return 2 * top > ranges.Count ? Bounded("largest", top, high)
                : 2 * bottom > ranges.Count ? Bounded("smallest", bottom, low)
                : null;
        }
    }

    /// <summary>That all images have the same scores, as the predicate of a sentence about the network; null if they do not.</summary>
    public string? SameScores
    {
        get
        {
            if (ranges.Count < FewestForBounds)
                return null;
            float near = BoundTolerance * (ranges.Max(range => range.Largest) - ranges.Min(range => range.Smallest));
            return classes.All(scores => scores.Largest - scores.Smallest <= near)
                ? $"gives the same scores for all {ranges.Count} images: the errors of its multiplier or its preprocessing (--mean, "
                    + "--deviation) leave nothing of them; its accuracy and attacks on it mean nothing"
                : null;
        }
    }

    /// <summary>All warnings, if there are any.</summary>
    public IEnumerable<string> Warnings => new[] { NonFiniteWarning, SameScores, Saturation }.OfType<string>();

    string Bounded(string which, int images, float bound) =>
        $"saturates: the {which} score of {images} of {Count} images is {bound:G4}, as behind a sigmoid, a tanh or a clip; gradients "
            + "vanish there and attacks look weak: export it without that last function";

    /// <summary>Surveys some images.</summary>
    /// <param name="network">The network, on its hardware.</param>
    /// <param name="data">The images to choose from.</param>
    /// <param name="indices">The indices of the images.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static LogitSurvey Of(Network network, Dataset data, IReadOnlyList<int> indices, CancellationToken cancellation = default)
    {
        var survey = new LogitSurvey(network);
        foreach (int[] batch in indices.Chunk(BatchSize))
        {
            cancellation.ThrowIfCancellationRequested();
            Tensor images = data.Images(batch);
            survey.Add(images, network.Forward(images));
        }

        return survey;
    }

    /// <summary>Adds images.</summary>
    /// <param name="images"><c>[batch, channels, height, width]</c>.</param>
    /// <param name="logits">Their logits, <c>[batch, classes]</c>.</param>
    public void Add(Tensor images, Tensor logits)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(logits);
        for (int i = 0; i < logits.Batch; i++, Count++)
        {
            ReadOnlySpan<float> scores = logits.Row(i);
            if (!Scores.AreFinite(scores))
            {
                if (NonFinite++ == 0)
                    NonFiniteLayer = FirstNonFinite(images.Gather([i]));
                continue;
            }

            float smallest = float.PositiveInfinity, largest = float.NegativeInfinity;
            double sum = 0;
            for (int index = 0; index < scores.Length; index++)
            {
                float score = scores[index];
                smallest = MathF.Min(smallest, score);
                largest = MathF.Max(largest, score);
                sum += score;
                classes[index] = (MathF.Min(classes[index].Smallest, score), MathF.Max(classes[index].Largest, score));
            }

            ranges.Add((smallest, largest));
            if (smallest >= 0 && Math.Abs(sum - 1) <= SumTolerance)
                sumToOne++;
        }
    }

    /// <summary>The first layer whose output for an image is not finite.</summary>
    string FirstNonFinite(Tensor image)
    {
        int first = network.Nodes.Count - 1;
        network.Observe(image, (index, inputs) =>
        {
            for (int i = 0; i < inputs.Count; i++)
            {
                int source = network.Nodes[index].Inputs[i];
                if (source != Node.Images && source < first && !Scores.AreFinite(inputs[i].Data))
                    first = source;
            }
        });
        return network.Layers[first].Name;
    }
}
