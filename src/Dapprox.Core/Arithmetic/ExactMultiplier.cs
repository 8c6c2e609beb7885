namespace Dapprox.Arithmetic;

/// <summary>
/// The IEEE 754 product, rounded to nearest even, with subnormals and signed zeros: what a CPU computes.
/// </summary>
public sealed class ExactMultiplier : FloatMultiplier
{
    ExactMultiplier(string name, string summary, bool fused)
        : base(name, summary, "IEEE 754-2019") => Fused = fused;

    /// <summary><c>exact</c>: each product is rounded to binary32 before it is added to a sum.</summary>
    public static ExactMultiplier Rounded { get; } = new(
        "exact", "IEEE 754 product, rounded to nearest even, then added", fused: false);

    /// <summary><c>exact-fused</c>: the same product, but a sum adds it unrounded (fused multiply-add).</summary>
    public static ExactMultiplier FusedSum { get; } = new(
        "exact-fused", "IEEE 754 product; sums add it unrounded (fused multiply-add)", fused: true);

    /// <summary>Whether sums of products use the fused multiply-add; a single product is the same either way.</summary>
    public bool Fused { get; }

    /// <inheritdoc/>
    public override bool IsExact => true;

    /// <inheritdoc/>
    public override float Multiply(float activation, float weight)
    {
        float product = activation * weight;
        return float.IsNaN(product) ? float.NaN : product;
    }
}
