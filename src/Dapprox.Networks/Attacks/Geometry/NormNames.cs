namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>Names of a <see cref="Norm"/>.</summary>
public static class NormNames
{
    /// <summary>The name on the command line and in JSON: <c>l0</c>, <c>l1</c>, <c>l2</c>, <c>linf</c>.</summary>
    /// <param name="norm">One of the four norms.</param>
    public static string Name(this Norm norm) => norm.ToString().ToLowerInvariant();

    /// <summary>The name in tables and figures: <c>L0</c>, <c>L1</c>, <c>L2</c>, <c>L∞</c>.</summary>
    /// <param name="norm">One of the four norms.</param>
    public static string Symbol(this Norm norm) => norm == Norm.LInf ? "L∞" : norm.ToString();
}
