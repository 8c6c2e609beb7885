using Dapprox.Foundation;

namespace Dapprox.Arithmetic;

/// <summary>
/// Derivatives of the products of a quantised layer with respect to each operand, one for every pair of operands: differences of the
/// products, smoothed over a window. A multiplier's products are a staircase, which has no useful derivative.
/// </summary>
/// <remarks>
/// With T the products, h the half width and S(q) the mean of T(q − h), …, T(q + h) while the other operand stays, the derivative is
/// <c>(S(q + 1) − S(q − 1)) / 2</c> where both windows are inside the range: Meng, Burleson, Qian, De Micheli, "Gradient Approximation of
/// Approximate Multipliers for High-Accuracy Deep Neural Network Retraining", DATE 2025, and their code. Nearer to the ends the paper has
/// (max T − min T) / 2ᵇ; here it is the slope from end to end, <c>(T(high) − T(low)) / (2ᵇ − 1)</c>, which has a sign, since operands may
/// be negative, and is exact for exact products. Smoothed over both operands, T is its mean over a window of the other operand, too, which
/// narrows from both sides near the ends.
/// </remarks>
public sealed class ProductDerivatives
{
    /// <summary>The half width unless told otherwise: the authors' files have 16 or 32 for 8 bits, 2 to 16 for 7.</summary>
    public const int DefaultHalfWidth = 16;

    /// <summary>The greatest half width that fits into numbers of 8 bits.</summary>
    public const int MaxHalfWidth = ((1 << IntegerFormat.MaxBits) - 3) / 2;

    readonly float[] inActivation;
    readonly float[] inWeight;

    ProductDerivatives(float[] inActivation, float[] inWeight) => (this.inActivation, this.inWeight) = (inActivation, inWeight);

    /// <summary>
    /// The derivatives with respect to the activation, in integers, the shift of the weight taken off: that of the codes a and w has the
    /// index <c>w · (number of activations) + a</c>. Those of exact products are the weights.
    /// </summary>
    public ReadOnlySpan<float> InActivation => inActivation;

    /// <summary>
    /// The derivatives with respect to the weight, ordered as <see cref="InActivation"/>, the shift of the activation taken off. Those of
    /// exact products are the activations.
    /// </summary>
    public ReadOnlySpan<float> InWeight => inWeight;

    /// <summary>Computes the derivatives.</summary>
    /// <param name="products">The products of a layer.</param>
    /// <param name="halfWidth">h: at least 1, and 2h + 3 numbers fit into both formats.</param>
    /// <param name="overBoth">Whether products are smoothed over the other operand as well.</param>
    /// <exception cref="InputException">The window does not fit.</exception>
    public static ProductDerivatives Of(IntegerProducts products, int halfWidth, bool overBoth)
    {
        ThrowIfUnfit(products, halfWidth);
        IntegerFormat activations = products.Activations, weights = products.Weights;
        int overOther = overBoth ? halfWidth : 0;
        float[] inActivation = new float[products.Table.Length], inWeight = new float[products.Table.Length];
        for (int weight = 0; weight < weights.Count; weight++)
        {
            double[] slopes = Slopes(
                activations, halfWidth, weights, weight, overOther,
                (activation, other) => products.Table[activation * weights.Count + other]);
            for (int activation = 0; activation < activations.Count; activation++)
                inActivation[weight * activations.Count + activation] = (float)(slopes[activation] - products.WeightShift);
        }

        for (int activation = 0; activation < activations.Count; activation++)
        {
            double[] slopes = Slopes(
                weights, halfWidth, activations, activation, overOther,
                (weight, other) => products.Table[other * weights.Count + weight]);
            for (int weight = 0; weight < weights.Count; weight++)
                inWeight[weight * activations.Count + activation] = (float)(slopes[weight] - products.ActivationShift);
        }

        return new ProductDerivatives(inActivation, inWeight);
    }

    /// <summary>Refuses a window that does not fit.</summary>
    /// <param name="products">The products of a layer.</param>
    /// <param name="halfWidth">h: at least 1, and 2h + 3 numbers fit into both formats.</param>
    /// <exception cref="InputException">The window does not fit.</exception>
    internal static void ThrowIfUnfit(IntegerProducts products, int halfWidth)
    {
        ArgumentNullException.ThrowIfNull(products);
        int bits = Math.Min(products.Activations.Bits, products.Weights.Bits), widest = ((1 << bits) - 3) / 2;
        if (halfWidth < 1 || halfWidth > widest)
        {
            throw new InputException($"a window of half width {halfWidth} does not fit into numbers of {bits} bits; "
                + (widest < 1 ? "give another gradient than that of a window" : $"give a half width of 1 to {widest}"));
        }
    }

    /// <summary>The derivatives with respect to one operand for one code of the other.</summary>
    static double[] Slopes(
        IntegerFormat own, int halfWidth, IntegerFormat others, int other, int overOther, Func<int, int, int> product)
    {
        // A window that is as wide on both sides leaves linear functions as they are.
        int reach = Math.Min(overOther, Math.Min(other, others.Count - 1 - other)), last = own.Count - 1;
        long[] sums = new long[own.Count];
        for (int code = 0; code < own.Count; code++)
        {
            for (int near = other - reach; near <= other + reach; near++)
                sums[code] += product(code, near);
        }

        double chord = (double)(sums[last] - sums[0]) / last;
        double[] slopes = new double[own.Count];
        for (int code = 0; code < own.Count; code++)
        {
            // The two windows share all but two products at either side.
            slopes[code] = (code > halfWidth && last - code > halfWidth
                ? (double)(sums[code + halfWidth + 1] + sums[code + halfWidth] - sums[code - halfWidth] - sums[code - halfWidth - 1])
                    / (2 * (2 * halfWidth + 1))
                : chord) / (2 * reach + 1);
        }

        return slopes;
    }
}
