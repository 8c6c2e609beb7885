namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>A norm of the distance between two images; see <see cref="Distances"/>.</summary>
public enum Norm
{
    /// <summary>The number of values that differ.</summary>
    L0,

    /// <summary>The sum of the absolute differences.</summary>
    L1,

    /// <summary>The root of the sum of the squared differences.</summary>
    L2,

    /// <summary>The largest absolute difference.</summary>
    LInf,
}
