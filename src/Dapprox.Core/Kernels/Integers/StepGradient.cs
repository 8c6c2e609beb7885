using Dapprox.Arithmetic;

namespace Dapprox.Kernels.Integers;

/// <summary>
/// The gradient with respect to the scale of a quantisation: Esser, McKinstry, Bablani, Appuswamy, Modha, "Learned Step Size
/// Quantization", ICLR 2020, equation 3, with a zero point: the number x̂ = s·(q − z) that stands for x has
/// <c>∂x̂/∂s = round(x / s) − x / s</c> inside the range, and q − z where x is clamped.
/// </summary>
static class StepGradient
{
    /// <summary>Σ g·∂x̂/∂s, in binary64 and in order.</summary>
    /// <param name="format">The quantisation.</param>
    /// <param name="numbers">The numbers before rounding.</param>
    /// <param name="gradient">The gradient with respect to the rounded numbers.</param>
    public static double Sum(AffineQuantisation format, ReadOnlySpan<float> numbers, ReadOnlySpan<float> gradient)
    {
        float low = format.Format.Low - format.ZeroPoint, high = format.Format.High - format.ZeroPoint;
        double sum = 0;
        for (int i = 0; i < numbers.Length; i++)
        {
            float steps = numbers[i] / format.Scale, rounded = MathF.Round(steps);
            float slope = rounded < low ? low : rounded > high ? high : rounded - steps;
            sum += (double)gradient[i] * slope;
        }

        return sum;
    }

    /// <summary>
    /// The factor of the gradient, 1 / √(N·Q_P), with which scales learn about as fast as weights (section 2.2).
    /// </summary>
    /// <param name="format">The quantisation; Q_P is its greatest integer.</param>
    /// <param name="count">N: how many weights, or activations of an image, have this scale.</param>
    public static double Factor(AffineQuantisation format, int count) => 1 / Math.Sqrt((double)count * format.Format.High);
}
