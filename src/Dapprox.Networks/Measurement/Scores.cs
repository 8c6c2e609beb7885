namespace Dapprox.Networks.Measurement;

/// <summary>What logits say.</summary>
public static class Scores
{
    /// <summary>The class with the largest logit, the first among equals; −1 where a logit is not a number.</summary>
    /// <param name="logits"><c>[classes]</c>.</param>
    public static int Label(ReadOnlySpan<float> logits)
    {
        int best = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (float.IsNaN(logits[i]))
                return -1;
            if (logits[i] > logits[best])
                best = i;
        }

        return best;
    }

    /// <summary>The class of every row.</summary>
    /// <param name="logits"><c>[batch, classes]</c>.</param>
    public static int[] Labels(Tensor logits)
    {
        int[] labels = new int[logits.Batch];
        for (int i = 0; i < labels.Length; i++)
            labels[i] = Label(logits.Row(i));
        return labels;
    }

    /// <summary>
    /// How far the logit of one class is above the largest other: positive where it wins. Needs at least two classes.
    /// </summary>
    /// <param name="logits"><c>[classes]</c>.</param>
    /// <param name="label">The class.</param>
    public static double Margin(ReadOnlySpan<float> logits, int label)
    {
        float other = float.NegativeInfinity;
        for (int i = 0; i < logits.Length; i++)
        {
            if (i != label)
                other = MathF.Max(other, logits[i]);
        }

        return (double)logits[label] - other;
    }
}
