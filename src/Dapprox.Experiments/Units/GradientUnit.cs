using Dapprox.Experiments.Runs;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;

namespace Dapprox.Experiments.Units;

/// <summary>How useful the gradients of a network are at an image.</summary>
/// <param name="Image">The position of the image in its data set.</param>
/// <param name="Zero">Whether the straight-through gradient of the cross-entropy is zero.</param>
/// <param name="Finite">Whether that gradient is finite.</param>
/// <param name="Saturated">Whether the softmax of the true class is 1 in binary32.</param>
/// <param name="Repeats">Whether the image alone gives the same logits as in a batch, bit for bit.</param>
/// <param name="Cosines">
/// For each gradient estimator, the cosine similarity of its gradient of the margin and the one that NES estimates; null where NES was
/// not run.
/// </param>
public sealed record GradientRow(
    int Image, bool Zero, bool Finite, bool Saturated, bool Repeats, IReadOnlyDictionary<GradientEstimator, double?> Cosines);

/// <summary>How useful the gradients of a network are, image by image.</summary>
/// <param name="DatasetName">The name of the data set.</param>
/// <param name="Variant">The network that is evaluated.</param>
/// <param name="Images">The number of test images: the first that it classifies correctly.</param>
/// <param name="Estimated">The number of these for which NES estimates the gradient.</param>
public sealed record GradientUnit(string DatasetName, ModelVariant Variant, int Images, int Estimated) : WorkUnit<GradientRow>
{
    static readonly GradientEstimator[] Estimators =
        [GradientEstimator.StraightThrough, GradientEstimator.GainMatched, GradientEstimator.Smoothed];

    /// <inheritdoc/>
    public override string Kind => "gradients";

    /// <inheritdoc/>
    public override string? Dataset => DatasetName;

    /// <inheritdoc/>
    public override double Seconds => 1 + Estimated * 0.7 * Effort(DatasetName);

    /// <inheritdoc/>
    public override string Title => $"gradients of {Variant.Title}, {DatasetName}";

    private protected override IReadOnlyList<ModelVariant> Variants => [Variant];

    private protected override IReadOnlyList<Split> Splits => [Split.Test, Split.Train];

    private protected override IReadOnlyList<ColumnFamily> Families(RunContext context) =>
        [new ColumnFamily<GradientEstimator, double?>(nameof(GradientRow.Cosines), Estimators, estimator => $"cosine_{estimator.Name}")];

    /// <inheritdoc/>
    public override IReadOnlyList<GradientRow> Compute(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(progress);
        Dataset data = context.Data(DatasetName);
        Network network = context.Network(Variant, DatasetName);
        int[] indices = Evaluation.CorrectOn([network], data, Images, cancellation);
        Tensor images = data.Images(indices);
        (Tensor logits, Tensor gradients) = network.InputGradient(
            images, (image, scores, slope) => CrossEntropySlope(scores, data.Labels[indices[image]], slope));
        Tensor calibration = context.Calibration(DatasetName);
        IGradientVictim[] victims = [.. Estimators.Select(estimator => estimator.Victim(network, calibration, context.Seed))];
        IGradientVictim nes = GradientEstimator.Nes.Victim(network, calibration, context.Seed);
        var rows = new List<GradientRow>();
        for (int i = 0; i < indices.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            float[] gradient = gradients.Row(i).ToArray();
            Tensor image = images.Rows(i, 1);
            int label = data.Labels[indices[i]];
            double?[] cosines = new double?[Estimators.Length];
            if (i < Estimated)
            {
                float[] estimate = MarginGradient(nes, image, label);
                cosines = [.. victims.Select(victim => (double?)Cosine(MarginGradient(victim, image, label), estimate))];
            }

            rows.Add(new GradientRow(
                data.Offset + indices[i], gradient.All(slope => slope == 0), gradient.All(float.IsFinite),
                IsSaturated(logits.Row(i), label),
                network.Forward(image).Data.AsSpan().SequenceEqual(logits.Row(i)),
                Estimators.Zip(cosines).ToDictionary(pair => pair.First, pair => pair.Second)));
            progress(1.0 / indices.Length);
        }

        return rows;
    }

    static float[] MarginGradient(IGradientVictim victim, Tensor image, int label) =>
        victim.InputGradient(
            image, (_, scores, slope) => MarginLoss.Difference(MarginLoss.RunnerUp(scores, label), label, slope)).Gradient.Data;

    // In binary32 throughout, as most attack libraries compute it.
    static void CrossEntropySlope(ReadOnlySpan<float> logits, int label, Span<float> slope)
    {
        Scores.Softmax(logits, slope);
        slope[label] -= 1;
    }

    static bool IsSaturated(ReadOnlySpan<float> logits, int label)
    {
        float[] probabilities = new float[logits.Length];
        Scores.Softmax<float>(logits, probabilities);
        return probabilities[label] == 1;
    }

    static double Cosine(float[] a, float[] b)
    {
        double product = 0, left = 0, right = 0;
        for (int i = 0; i < a.Length; i++)
        {
            product += (double)a[i] * b[i];
            left += (double)a[i] * a[i];
            right += (double)b[i] * b[i];
        }

        return left > 0 && right > 0 ? product / Math.Sqrt(left * right) : 0;
    }
}
