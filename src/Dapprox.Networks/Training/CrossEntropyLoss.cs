using Dapprox.Networks.Measurement;

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
        Span<double> probabilities = stackalloc double[logits.Length], logarithms = stackalloc double[logits.Length];
        for (int i = 0; i < logits.Length; i++)
            probabilities[i] = logits[i];
        Scores.Softmax<double>(probabilities, probabilities);
        Scores.LogSoftmax(logits, logarithms);
        double loss = 0, share = smoothing / logits.Length;
        for (int i = 0; i < logits.Length; i++)
        {
            double target = share + (i == label ? 1 - smoothing : 0);
            gradient[i] = (float)(weight * (probabilities[i] - target));
            if (target > 0)
                loss -= target * logarithms[i];
        }

        return loss;
    }
}
