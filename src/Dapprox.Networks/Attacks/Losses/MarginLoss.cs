using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Losses;

/// <summary>Differences of two logits as losses.</summary>
public static class MarginLoss
{
    /// <summary>The class with the largest logit among all other classes; of equal logits, the first.</summary>
    /// <param name="logits"><c>[classes]</c>, at least two.</param>
    /// <param name="label">The excluded class.</param>
    public static int RunnerUp(ReadOnlySpan<float> logits, int label)
    {
        int best = label == 0 ? 1 : 0;
        for (int i = best + 1; i < logits.Length; i++)
        {
            if (i != label && logits[i] > logits[best])
                best = i;
        }

        return best;
    }

    /// <summary>All other classes in descending order of logits; equal logits in class order.</summary>
    /// <param name="logits"><c>[classes]</c>.</param>
    /// <param name="label">The excluded class.</param>
    public static int[] RunnersUp(float[] logits, int label) => Enumerable.Range(0, logits.Length)
        .Where(i => i != label)
        .OrderByDescending(i => logits[i])
        .ToArray();

    /// <summary>
    /// The lead of the unwanted class, below 0 after a success: the true logit minus the largest other or, targeted, the largest other
    /// minus the target's.
    /// </summary>
    /// <param name="image">The image under attack.</param>
    /// <param name="logits"><c>[classes]</c>, at least two.</param>
    public static double Lead(AttackedImage image, ReadOnlySpan<float> logits) => image.Direction * Scores.Margin(logits, image.Class);

    /// <summary>The gradient of <see cref="Lead"/>.</summary>
    /// <param name="image">The image under attack.</param>
    public static LogitGradient OfLead(AttackedImage image) => (_, logits, gradient) =>
    {
        int runnerUp = RunnerUp(logits, image.Class);
        (int raised, int lowered) = image.IsTargeted ? (runnerUp, image.Class) : (image.Class, runnerUp);
        Difference(raised, lowered, gradient);
    };

    /// <summary>The gradient of max(<see cref="Lead"/> + κ, 0), which is flat once the wanted class leads by more than κ.</summary>
    /// <param name="image">The image under attack.</param>
    /// <param name="confidence">κ, at least 0.</param>
    public static LogitGradient OfHinge(AttackedImage image, double confidence = 0) => (row, logits, gradient) =>
    {
        if (Lead(image, logits) + confidence >= 0)
            OfLead(image)(row, logits, gradient);
        else
            gradient.Clear();
    };

    /// <summary>Writes the gradient of the logit of one class minus that of another.</summary>
    /// <param name="raised">The class whose logit has to grow.</param>
    /// <param name="lowered">The class whose logit has to fall.</param>
    /// <param name="gradient">Receives <c>[classes]</c>.</param>
    public static void Difference(int raised, int lowered, Span<float> gradient)
    {
        gradient.Clear();
        gradient[raised] = 1;
        gradient[lowered] = -1;
    }
}
