using System.Numerics;

namespace Dapprox.Networks.Measurement;

/// <summary>Predictions and margins from logits.</summary>
public static class Scores
{
    /// <summary>The class with the largest logit; of equal logits, the first; −1 if a logit is NaN.</summary>
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

    /// <summary>Whether no logit is NaN or infinite.</summary>
    /// <param name="logits"><c>[classes]</c>.</param>
    public static bool AreFinite(ReadOnlySpan<float> logits)
    {
        foreach (float logit in logits)
        {
            if (!float.IsFinite(logit))
                return false;
        }

        return true;
    }

    /// <summary>Whether finite logits give a wrong class; others are no answer, and nobody is fooled by them.</summary>
    /// <param name="logits"><c>[classes]</c>.</param>
    /// <param name="label">The true class.</param>
    public static bool AreFooled(ReadOnlySpan<float> logits, int label) => AreFinite(logits) && Label(logits) != label;

    /// <summary>The logarithm of the softmax, which stays finite where a probability underflows. Computed in binary64.</summary>
    /// <param name="logits"><c>[classes]</c>.</param>
    /// <param name="logarithms">Receives <c>[classes]</c>.</param>
    public static void LogSoftmax(ReadOnlySpan<float> logits, Span<double> logarithms)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
            largest = Math.Max(largest, logit);
        foreach (float logit in logits)
            sum += Math.Exp(logit - largest);
        for (int i = 0; i < logits.Length; i++)
            logarithms[i] = logits[i] - largest - Math.Log(sum);
    }

    /// <summary>
    /// The softmax of logits: effectively <c>p[i] = exp(z[i]) / Σ exp(z[k])</c>, in the precision of <typeparamref name="T"/>.
    /// </summary>
    /// <remarks>
    /// The largest logit is subtracted first, so that nothing overflows. A logit of −∞ has the probability 0 and changes no other one. If a
    /// logit is NaN, all probabilities are NaN.
    /// </remarks>
    /// <typeparam name="T">binary32 or binary64.</typeparam>
    /// <param name="logits"><c>[classes]</c>.</param>
    /// <param name="probabilities">Receives <c>[classes]</c>; it may be the same memory.</param>
    public static void Softmax<T>(ReadOnlySpan<T> logits, Span<T> probabilities)
        where T : IBinaryFloatingPointIeee754<T>
    {
        T largest = T.NegativeInfinity, sum = T.Zero;
        foreach (T logit in logits)
            largest = T.Max(largest, logit);
        for (int i = 0; i < logits.Length; i++)
        {
            probabilities[i] = T.Exp(logits[i] - largest);
            sum += probabilities[i];
        }

        for (int i = 0; i < logits.Length; i++)
            probabilities[i] /= sum;
    }

    /// <summary>
    /// The logit of one class minus the largest other: positive if the class wins. It needs at least two classes.
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
