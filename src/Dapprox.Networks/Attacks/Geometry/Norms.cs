namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>The names of a <see cref="Norm"/>, and its range.</summary>
public static class Norms
{
    /// <summary>The name on the command line and in JSON: <c>l0</c>, <c>l1</c>, <c>l2</c>, <c>linf</c>.</summary>
    /// <param name="norm">One of the four norms.</param>
    public static string Name(this Norm norm) => norm.ToString().ToLowerInvariant();

    /// <summary>The name in tables and figures: <c>L0</c>, <c>L1</c>, <c>L2</c>, <c>L∞</c>.</summary>
    /// <param name="norm">One of the four norms.</param>
    public static string Symbol(this Norm norm) => norm == Norm.LInf ? "L∞" : norm.ToString();

    /// <summary>The distance of a black image from a white one: no two images are further apart.</summary>
    /// <param name="norm">One of the four norms.</param>
    /// <param name="pixels">The number of values of an image, each channel counted.</param>
    public static double Largest(this Norm norm, int pixels) => norm switch
    {
        Norm.LInf => 1,
        Norm.L2 => Math.Sqrt(pixels),
        _ => pixels,
    };
}
