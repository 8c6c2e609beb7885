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
}
