using Dapprox.Experiments.Runs;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;

namespace Dapprox.Experiments.Units;

/// <summary>
/// What the gradients of a network are worth, image by image. Columns: image; zero and finite, of the straight-through gradient of the
/// cross-entropy; saturated, whether the softmax of the true class is 1 in binary32; repeats, whether a second pass in another batch gives the
/// same bits; and the cosine of each backward rule's gradient of the margin with the one that NES estimates, where it was estimated.
/// </summary>
/// <param name="DatasetName">The data set.</param>
/// <param name="Variant">The network.</param>
/// <param name="Images">How many test images, the first that it classifies right.</param>
/// <param name="Estimated">For how many of them NES estimates the gradient.</param>
public sealed record GradientUnit(string DatasetName, ModelVariant Variant, int Images, int Estimated) : WorkUnit
{
    static readonly GradientEstimator[] Rules = [GradientEstimator.StraightThrough, GradientEstimator.GainMatched, GradientEstimator.Smoothed];

    /// <inheritdoc/>
    public override string Kind => "gradients";

    /// <inheritdoc/>
    public override string? Dataset => DatasetName;

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Needs => Variant.Needs;

    /// <inheritdoc/>
    public override double Seconds => 1 + Estimated * 0.7 * Effort(DatasetName);

    /// <inheritdoc/>
    public override string Title => $"gradients of {Variant.Title}, {DatasetName}";

    /// <summary>The name of the column of a rule's cosine.</summary>
    /// <param name="rule">The rule.</param>
    public static string Cosine(GradientEstimator rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return $"cosine_{rule.Name}";
    }

    /// <inheritdoc/>
    public override string Describe(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return $"{context.DescribeData(DatasetName)}; {context.DescribeData(DatasetName, Split.Train)}; {Variant.Describe(context)}; {Images}, {Estimated}; seed {context.Seed}";
    }

    /// <inheritdoc/>
    public override Rows Run(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(progress);
        Dataset data = context.Data(DatasetName);
        Network network = context.Network(Variant, DatasetName);
        int[] places = Evaluation.CorrectOn([network], data, Images, cancellation);
        Tensor images = data.Images(places);
        (Tensor logits, Tensor gradients) = network.InputGradient(images, (image, scores, slope) => CrossEntropySlope(scores, data.Labels[places[image]], slope));
        Tensor calibration = context.Calibration(DatasetName);
        IGradientVictim[] victims = [.. Rules.Select(rule => rule.Victim(network, calibration, context.Seed))];
        IGradientVictim nes = GradientEstimator.Nes.Victim(network, calibration, context.Seed);
        var values = new List<object?[]>();
        for (int i = 0; i < places.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            float[] gradient = gradients.Row(i).ToArray();
            Tensor image = images.Rows(i, 1);
            int label = data.Labels[places[i]];
            double?[] cosines = new double?[Rules.Length];
            if (i < Estimated)
            {
                float[] estimate = MarginGradient(nes, image, label);
                cosines = [.. victims.Select(victim => (double?)CosineOf(MarginGradient(victim, image, label), estimate))];
            }

            values.Add(
            [
                data.Offset + places[i], gradient.All(slope => slope == 0), gradient.All(float.IsFinite), Softmax(logits.Row(i), label) == 1f,
                network.Forward(image).Data.AsSpan().SequenceEqual(logits.Row(i)), .. cosines.Select(cosine => (object?)cosine),
            ]);
            progress(1.0 / places.Length);
        }

        return new Rows(
            [new("image", "INTEGER"), new("zero", "BOOLEAN"), new("finite", "BOOLEAN"), new("saturated", "BOOLEAN"), new("repeats", "BOOLEAN"),
             .. Rules.Select(rule => new Column(Cosine(rule), "DOUBLE"))],
            values);
    }

    static float[] MarginGradient(IGradientVictim victim, Tensor image, int label) =>
        victim.InputGradient(image, (_, scores, slope) => MarginLoss.Difference(MarginLoss.RunnerUp(scores, label), label, slope)).Gradient.Data;

    static void CrossEntropySlope(ReadOnlySpan<float> logits, int label, Span<float> slope)
    {
        for (int i = 0; i < logits.Length; i++)
            slope[i] = Softmax(logits, i) - (i == label ? 1 : 0);
    }

    /// <summary>In binary32 throughout, as most attack libraries compute it.</summary>
    static float Softmax(ReadOnlySpan<float> logits, int label)
    {
        float most = float.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
            most = MathF.Max(most, logit);
        foreach (float logit in logits)
            sum += MathF.Exp(logit - most);
        return MathF.Exp(logits[label] - most) / sum;
    }

    static double CosineOf(float[] a, float[] b)
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
