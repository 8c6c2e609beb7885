namespace Dapprox.Networks.Training;

/// <summary>The cross-entropy of one image, and its gradient.</summary>
static class CrossEntropyLoss
{
    /// <summary>
    /// <c>−Σ t·log p</c> with p the softmax of the logits and t the smoothed target: <c>1 − s + s/K</c> for the label, <c>s/K</c> for the
    /// others of K classes. Computed in binary64.
    /// </summary>
    /// <param name="logits"><c>[classes]</c>.</param>
    /// <param name="label">The true class.</param>
    /// <param name="smoothing">s; 0 to below 1.</param>
    /// <param name="weight">The factor of the gradient, one over the size of the batch.</param>
    /// <param name="gradient">Receives <c>weight · (p − t)</c>.</param>
    public static double Of(ReadOnlySpan<float> logits, int label, double smoothing, double weight, Span<float> gradient)
    {
        Span<double> probabilities = stackalloc double[logits.Length];
        double largest = double.NegativeInfinity;
        foreach (float logit in logits)
            largest = Math.Max(largest, logit);
        double sum = 0;
        for (int i = 0; i < logits.Length; i++)
            sum += probabilities[i] = Math.Exp(logits[i] - largest);
        double loss = 0, share = smoothing / logits.Length;
        for (int i = 0; i < logits.Length; i++)
        {
            double target = share + (i == label ? 1 - smoothing : 0);
            gradient[i] = (float)(weight * (probabilities[i] / sum - target));
            if (target > 0)
                loss -= target * (logits[i] - largest - Math.Log(sum));
        }

        return loss;
    }
}
