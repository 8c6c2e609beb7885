using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// DeepFool: linearises the logits and steps to the nearest class boundary until the class changes. (Moosavi-Dezfooli, Fawzi,
/// Frossard, "DeepFool: a simple and accurate method to fool deep neural networks", CVPR 2016, algorithm 2.) It is untargeted.
/// </summary>
/// <remarks>
/// The paper overshoots the boundary once, at the end, by a factor on the sum of all steps. As in the authors' program, the class
/// is queried at that point after each step, and each step is 10⁻⁴ longer, so that a point on the boundary leaves it. Points are
/// also clipped to [0, 1] here. Queries per step: one gradient per candidate class other than the true one, and one for the scores
/// after the step.
/// </remarks>
public sealed record DeepFool : IAttack<IGradientVictim>
{
    const double Nudge = 1e-4;

    /// <summary>As in Foolbox 2.4: 100 steps, each lengthened by 5 % and clipped.</summary>
    public static DeepFool Foolbox24 { get; } = new() { Steps = 100, Overshoot = 0.05, OvershootsEachStep = true };

    /// <inheritdoc/>
    public string Name => "deepfool";

    /// <inheritdoc/>
    public Norm Norm => Norm.L2;

    /// <inheritdoc/>
    public double? Epsilon => null;

    /// <summary>The maximum number of steps; at least 1.</summary>
    public int Steps { get; init => field = Legal.AtLeast(1, value, nameof(Steps)); } = 50;

    /// <summary>The overshoot beyond the boundary, relative to the distance to it; above 0.</summary>
    public double Overshoot { get; init => field = Legal.Positive(value, nameof(Overshoot)); } = 0.02;

    /// <summary>The number of candidate classes: those with the largest logits, the true class included; at least 2.</summary>
    public int Candidates { get; init => field = Legal.AtLeast(2, value, nameof(Candidates)); } = 10;

    /// <summary>
    /// Whether each step overshoots and is clipped, and classes with a tied logit are skipped, as in Foolbox 2.4; otherwise the sum
    /// of the steps overshoots, each step 10⁻⁴ longer.
    /// </summary>
    public bool OvershootsEachStep { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The attack is targeted.</exception>
    public async Task<StopReason> Run(IGradientVictim victim, AttackedImage image)
    {
        if (image.IsTargeted)
            throw new ArgumentException("DeepFool is untargeted; it cannot aim at a target class.", nameof(image));
        int otherClasses = Math.Min(Candidates, victim.Classes) - 1;
        int[]? classes = null;
        float[] point = image.Clean.ToArray();
        double[] total = new double[point.Length];
        for (int step = 0; step < Steps; step++)
        {
            (float[] scores, Tensor gradients) = await image.Gradients(victim, point, otherClasses, (row, logits, gradient) =>
                MarginLoss.Difference((classes ?? MarginLoss.RunnersUp(logits.ToArray(), image.Class))[row], image.Class, gradient));
            if (!Array.TrueForAll(scores, float.IsFinite) || !Array.TrueForAll(gradients.Data, float.IsFinite))
                return StopReason.NonFinite;
            classes ??= MarginLoss.RunnersUp(scores, image.Class);

            if (Nearest(scores, gradients, classes, image.Class) is not (int row, double distance, double norm))
                return StopReason.ZeroGradient;
            double length = OvershootsEachStep ? distance * (1 + Overshoot) : distance + Nudge;
            point = Move(image, point, total, gradients.Row(row), length / norm);
            image.Candidate = point;
            if (image.IsReached(await image.Logits(victim, point)))
                return StopReason.Found;
            image.Progress = (step + 1.0) / Steps;
        }

        return StopReason.BudgetSpent;
    }

    /// <summary>Moves along a gradient, from the last point or from the image.</summary>
    float[] Move(AttackedImage image, float[] point, double[] total, ReadOnlySpan<float> gradient, double scale)
    {
        float[] next = new float[point.Length];
        for (int i = 0; i < next.Length; i++)
        {
            total[i] += scale * gradient[i];
            double moved = OvershootsEachStep ? point[i] + scale * gradient[i] : image.Clean[i] + (1 + Overshoot) * total[i];
            next[i] = (float)Math.Clamp(moved, 0, 1);
        }

        return next;
    }

    /// <summary>The nearest boundary: the row of its gradient, its distance, and the norm of the gradient. (Equation 8.)</summary>
    (int Row, double Distance, double Norm)? Nearest(float[] scores, Tensor gradients, int[] classes, int label)
    {
        (int, double, double)? nearest = null;
        double min = double.PositiveInfinity;
        for (int row = 0; row < gradients.Batch; row++)
        {
            double norm = Vectors.Norm2(gradients.Row(row));
            double distance = Math.Abs((double)scores[classes[row]] - scores[label]) / norm;
            // A class with a tied logit would stop the attack for good; Foolbox skips it too.
            if (norm > 0 && distance < min && (distance > 0 || !OvershootsEachStep))
            {
                min = distance;
                nearest = (row, distance, norm);
            }
        }

        return nearest;
    }
}
