namespace Dapprox.Networks.Layers;

/// <summary>
/// Quantisation to few bits: S. Zhou et al., "DoReFa-Net: Training Low Bitwidth Convolutional Neural Networks with Low Bitwidth
/// Gradients", 2016 (arXiv 1606.06160).
/// </summary>
public static class DoReFa
{
    /// <summary>The maximum number of bits: up to it all levels are distinct binary32 numbers.</summary>
    public const int MaxBits = 16;

    /// <summary>The nearest of 2ᵇ evenly spaced levels from 0 to 1, ties to even; equation 5.</summary>
    /// <param name="value">0 to 1; a NaN stays a NaN.</param>
    /// <param name="bits">b; 1 to <see cref="MaxBits"/>.</param>
    public static float Quantise(float value, int bits)
    {
        float steps = (1 << bits) - 1;
        return MathF.Round(value * steps) / steps;
    }

    /// <summary>
    /// The quantised weights of a network from the learnt ones: w becomes <c>2 · quantise(tanh(w) / (2 · max |tanh(w)|) + 1/2) −
    /// 1</c>, the maximum over the whole tensor; equation 9.
    /// </summary>
    /// <param name="learnt">The weights of one layer, of any shape.</param>
    /// <param name="bits">b; 1 to <see cref="MaxBits"/>.</param>
    /// <returns>The quantised weights, from −1 to 1.</returns>
    public static float[] Weights(ReadOnlySpan<float> learnt, int bits)
    {
        double largest = 0;
        foreach (float weight in learnt)
            largest = Math.Max(largest, Math.Abs(Math.Tanh(weight)));
        // All-zero weights stay at the middle level.
        if (largest == 0)
            largest = 1;
        double steps = (1 << bits) - 1;
        float[] quantised = new float[learnt.Length];
        for (int i = 0; i < quantised.Length; i++)
            quantised[i] = (float)(2 * (Math.Round(steps * (Math.Tanh(learnt[i]) / (2 * largest) + 0.5)) / steps) - 1);
        return quantised;
    }

    /// <summary>
    /// The gradient with respect to the learnt weights from that with respect to <see cref="Weights"/>, as if the levels were not rounded
    /// (straight-through): the derivative of <c>tanh(w) / max |tanh(w)|</c>. Weights of equal largest magnitude share the maximum's.
    /// </summary>
    /// <param name="learnt">The weights of one layer, of any shape.</param>
    /// <param name="gradient">The gradient with respect to the quantised weights, which that with respect to the learnt ones
    /// replaces.</param>
    public static void LearntGradient(ReadOnlySpan<float> learnt, Span<float> gradient)
    {
        double largest = 0, through = 0;
        double[] tanh = new double[learnt.Length];
        for (int i = 0; i < tanh.Length; i++)
        {
            tanh[i] = Math.Tanh(learnt[i]);
            largest = Math.Max(largest, Math.Abs(tanh[i]));
            through += gradient[i] * tanh[i];
        }

        // All-zero weights are divided by 1, a constant.
        int largestCount = largest == 0 ? 0 : tanh.Count(value => Math.Abs(value) == largest);
        double scale = largest == 0 ? 1 : largest;
        for (int i = 0; i < tanh.Length; i++)
        {
            double slope = gradient[i] / scale;
            if (largestCount > 0 && Math.Abs(tanh[i]) == largest)
                slope -= Math.Sign(tanh[i]) * through / (largestCount * scale * scale);
            gradient[i] = (float)(slope * (1 - tanh[i] * tanh[i]));
        }
    }
}
