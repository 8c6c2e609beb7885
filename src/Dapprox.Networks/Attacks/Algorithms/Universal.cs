using System.Runtime.CompilerServices;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// A universal perturbation: one change for all images (Moosavi-Dezfooli, Fawzi, Fawzi, Frossard, "Universal Adversarial Perturbations",
/// CVPR 2017), found by gradient ascent of the clipped loss of the examples (Shafahi, Najibi, Xu, Dickerson, Davis, Goldstein, "Universal
/// Adversarial Training", AAAI 2020, algorithm 2). Its result is the fraction of other images that the same change fools.
/// </summary>
/// <remarks>
/// The classes of the examples are those that the victim gives them; no labels are needed. Each step follows the sum of the gradients of
/// a batch of examples, of those whose cross-entropy is below 9, as in the paper, so that examples that are fooled long since do not
/// dominate. Examples and perturbation are the same for every image, and the perturbation is computed once for a victim. An image costs
/// one query; the gradients for the perturbation count for no image.
/// </remarks>
/// <param name="Epsilon">The radius of the ball, in input units.</param>
public sealed record Universal(double Epsilon) : IAttack<IGradientVictim>
{
    const int BatchSize = 100;
    const double LargestLoss = 9;

    // As in PGD, all steps together are longer than ε: a perturbation can cross the ball.
    const double LeastStep = 0.1, AllSteps = 2.5;

    // By reference: an attack with other settings has another perturbation.
    static readonly ConditionalWeakTable<Universal, ConditionalWeakTable<IGradientVictim, float[]>> Computed = [];

    /// <inheritdoc/>
    public string Name => "universal";

    /// <inheritdoc/>
    public Norm Norm => BallNorm;

    /// <inheritdoc cref="IAttack{TVictim}.Epsilon"/>
    public double Epsilon { get; init => field = Ball.Checked(value)!.Value; } = Ball.Checked(Epsilon)!.Value;

    double? IAttack<IGradientVictim>.Epsilon => Epsilon;

    /// <summary>The norm of the ball: L∞ or L2.</summary>
    public Norm BallNorm { get; init => field = Legal.L2OrLInf(value, nameof(BallNorm)); } = Norm.LInf;

    /// <summary>How often all examples are seen; at least 1.</summary>
    public int Epochs { get; init => field = Legal.AtLeast(1, value, nameof(Epochs)); } = 10;

    /// <summary>The images for which the perturbation is sought; without any it is that of the attacked image alone.</summary>
    public IReadOnlyList<float[]> Examples { get; init => field = GivenImages.Checked(value, nameof(Examples)); } = new GivenImages([]);

    /// <inheritdoc/>
    public async Task<StopReason> Run(IGradientVictim victim, AttackedImage image)
    {
        float[] perturbation = Examples.Count == 0
            ? Perturbation(victim, [image.Clean.ToArray()])
            : Computed.GetOrCreateValue(this).GetValue(victim, _ => Perturbation(victim, Examples));
        float[] point = image.Clean.ToArray();
        for (int i = 0; i < point.Length; i++)
            point[i] += perturbation[i];
        Ball.Around(image.Clean, BallNorm, Epsilon).Project(point);
        image.Candidate = point;
        return image.IsReached(await image.Logits(victim, point)) ? StopReason.Found : StopReason.BudgetSpent;
    }

    float[] Perturbation(IGradientVictim victim, IReadOnlyList<float[]> examples)
    {
        float[] perturbation = new float[examples[0].Length];
        Tensor[] batches = [.. examples.Chunk(BatchSize).Select(
            batch => new Tensor([.. batch.SelectMany(example => example)], [batch.Length, .. victim.InputShape]))];
        int[][] labels = [.. batches.Select(victim.Labels)];
        double length = Epsilon * Math.Max(LeastStep, AllSteps / (Epochs * batches.Length));
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            for (int batch = 0; batch < batches.Length; batch++)
                Step(victim, batches[batch], labels[batch], length, perturbation);
        }

        return perturbation;
    }

    /// <summary>One step of some length along the sum of the gradients of a batch.</summary>
    void Step(IGradientVictim victim, Tensor examples, int[] labels, double length, float[] perturbation)
    {
        Tensor points = Tensor.Unfilled(examples.Shape);
        for (int i = 0; i < points.Batch; i++)
        {
            ReadOnlySpan<float> example = examples.Row(i);
            Span<float> point = points.Row(i);
            for (int j = 0; j < point.Length; j++)
                point[j] = Math.Clamp(example[j] + perturbation[j], 0, 1);
        }

        Tensor gradients = victim.InputGradient(points, Loss).Gradient;
        double[] sum = new double[perturbation.Length];
        for (int i = 0; i < gradients.Batch; i++)
        {
            ReadOnlySpan<float> gradient = gradients.Row(i);
            for (int j = 0; j < sum.Length; j++)
                sum[j] += gradient[j];
        }

        double size = Math.Sqrt(sum.Sum(one => one * one));
        if (!double.IsFinite(size) || size == 0)
            return;
        for (int j = 0; j < sum.Length; j++)
        {
            perturbation[j] = BallNorm == Norm.LInf
                ? (float)Math.Clamp(perturbation[j] + length * Math.Sign(sum[j]), -Epsilon, Epsilon)
                : (float)(perturbation[j] + length * sum[j] / size);
        }

        double norm = Math.Sqrt(perturbation.Sum(one => (double)one * one));
        for (int j = 0; BallNorm == Norm.L2 && norm > Epsilon && j < sum.Length; j++)
            perturbation[j] = (float)(perturbation[j] * Epsilon / norm);

        void Loss(int image, ReadOnlySpan<float> logits, Span<float> gradient)
        {
            // An example without an answer, or with a loss above the largest, has no say.
            if (labels[image] < 0 || Math.Log(1 + Math.Exp(CrossEntropy.LogOddsAgainst(logits, labels[image]))) > LargestLoss)
                gradient.Clear();
            else
                CrossEntropy.Direction(logits, labels[image], gradient);
        }
    }
}
