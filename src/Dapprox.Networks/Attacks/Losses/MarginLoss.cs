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
