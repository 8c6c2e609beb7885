using Dapprox.Foundation;

namespace Dapprox.Arithmetic;

/// <summary>
/// How real numbers become integers: <c>q = clamp(round(x / s) + z, low, high)</c>, the quotient in binary32 and ties to even; and back:
/// <c>x ≈ s · (q − z)</c>. These are QuantizeLinear and DequantizeLinear of ONNX. A NaN becomes z.
/// </summary>
/// <param name="Scale">s: finite and at least the smallest normal binary32 number.</param>
/// <param name="ZeroPoint">z: a number of the format.</param>
/// <param name="Format">The range of q.</param>
public readonly record struct AffineQuantisation(float Scale, int ZeroPoint, IntegerFormat Format)
{
    /// <summary>s.</summary>
    public float Scale { get; } = float.IsNormal(Scale) && Scale > 0
        ? Scale
        : throw new InputException($"the scale {Scale} of a quantisation is no positive, normal, finite number");

    /// <summary>z.</summary>
    public int ZeroPoint { get; } = ZeroPoint >= Format.Low && ZeroPoint <= Format.High
        ? ZeroPoint
        : throw new InputException($"the zero point {ZeroPoint} is no {Format}, which go from {Format.Low} to {Format.High}");

    /// <summary>q for a real number.</summary>
    public int Quantise(float value)
    {
        float rounded = MathF.Round(value / Scale);
        return float.IsNaN(rounded)
            ? ZeroPoint
            : (int)Math.Clamp(rounded, Format.Low - ZeroPoint, Format.High - ZeroPoint) + ZeroPoint;
    }

    /// <summary>The real number that q stands for, rounded to binary32.</summary>
    public float Dequantise(int q) => Scale * (q - ZeroPoint);

    /// <summary>The nearest number that can be represented.</summary>
    public float Round(float value) => Dequantise(Quantise(value));
}
