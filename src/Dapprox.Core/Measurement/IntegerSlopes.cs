using Dapprox.Arithmetic;

namespace Dapprox.Measurement;

/// <summary>
/// The slopes of the products of a quantised layer, as real numbers: those of straight lines (least squares) through the products of one
/// operand with all numbers of the other's format. The line of an exact product has the operand itself as its slope. A multiplier's
/// products are a staircase, which has no useful derivative.
/// </summary>
public sealed class IntegerSlopes
{
    // By code, in integers, the zero points and shifts of the other operand taken off.
    readonly double[] inActivation;
    readonly double[] inWeight;

    /// <summary>Computes the lines.</summary>
    /// <param name="products">The products of the layer.</param>
    public IntegerSlopes(IntegerProducts products)
    {
        ArgumentNullException.ThrowIfNull(products);
        IntegerFormat activations = products.Activations, weights = products.Weights;
        inActivation = [.. Enumerable.Range(weights.Low, weights.Count).Select(weight =>
            Slope(activations, activation => products[activation, weight]) - products.WeightShift)];
        inWeight = [.. Enumerable.Range(activations.Low, activations.Count).Select(activation =>
            Slope(weights, weight => products[activation, weight]) - products.ActivationShift)];
    }

    /// <summary>The slopes in the activation, by weight.</summary>
    /// <param name="quantisation">The scales and zero points of the layer.</param>
    /// <param name="weights">The weights, output channel after output channel.</param>
    /// <param name="channels">The number of output channels.</param>
    /// <param name="slopes">Receives as many.</param>
    public void InActivation(Quantisation quantisation, ReadOnlySpan<float> weights, int channels, Span<float> slopes)
    {
        ArgumentNullException.ThrowIfNull(quantisation);
        int fan = weights.Length / channels;
        for (int i = 0; i < weights.Length; i++)
        {
            AffineQuantisation own = quantisation.Weight(i / fan);
            slopes[i] = (float)(own.Scale * (inActivation[own.Quantise(weights[i]) - own.Format.Low] - own.ZeroPoint));
        }
    }

    /// <summary>The slopes in the weight, by activation.</summary>
    /// <param name="own">The scale and zero point of the activations.</param>
    /// <param name="activations">Any activations of the layer.</param>
    /// <param name="slopes">Receives as many as there are activations; it may be the same memory.</param>
    public void InWeight(AffineQuantisation own, ReadOnlySpan<float> activations, Span<float> slopes)
    {
        for (int i = 0; i < activations.Length; i++)
            slopes[i] = (float)(own.Scale * (inWeight[own.Quantise(activations[i]) - own.Format.Low] - own.ZeroPoint));
    }

    static double Slope(IntegerFormat format, Func<int, int> product)
    {
        double mean = (format.Low + format.High) / 2.0, covariance = 0, variance = 0;
        for (int operand = format.Low; operand <= format.High; operand++)
        {
            covariance += (operand - mean) * product(operand);
            variance += (operand - mean) * (operand - mean);
        }

        return covariance / variance;
    }
}
