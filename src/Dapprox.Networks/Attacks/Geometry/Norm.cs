namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>A way to measure how far an image is from another; see <see cref="Distances"/>.</summary>
public enum Norm
{
    /// <summary>How many numbers differ.</summary>
    L0,

    /// <summary>The root of the sum of the squared differences.</summary>
    L2,

    /// <summary>The largest absolute difference.</summary>
    LInf,
}
