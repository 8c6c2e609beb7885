using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Training;

/// <summary>The Kullback–Leibler divergence of two predictions of one image, and its gradients.</summary>
static class DivergenceLoss
{
    /// <summary><c>Σ p·log(p / q)</c> with p and q the softmax of the logits. Computed in binary64.</summary>
    /// <param name="first">The logits of p, <c>[classes]</c>.</param>
    /// <param name="second">The logits of q, <c>[classes]</c>.</param>
    /// <param name="weight">The factor of the gradients.</param>
    /// <param name="toFirst"><c>weight · p·(log(p / q) − loss)</c> is added to it; empty if it is not wanted.</param>
    /// <param name="toSecond"><c>weight · (q − p)</c> is added to it; empty if it is not wanted.</param>
    public static double Of(
        ReadOnlySpan<float> first, ReadOnlySpan<float> second, double weight, Span<float> toFirst, Span<float> toSecond)
    {
        Span<double> p = stackalloc double[first.Length], q = stackalloc double[first.Length];
        Scores.LogSoftmax(first, p);
        Scores.LogSoftmax(second, q);
        double loss = 0;
        for (int i = 0; i < p.Length; i++)
            loss += Math.Exp(p[i]) * (p[i] - q[i]);
        for (int i = 0; i < toFirst.Length; i++)
            toFirst[i] += (float)(weight * Math.Exp(p[i]) * (p[i] - q[i] - loss));
        for (int i = 0; i < toSecond.Length; i++)
            toSecond[i] += (float)(weight * (Math.Exp(q[i]) - Math.Exp(p[i])));
        return loss;
    }
}
