namespace Dapprox.Kernels;

/// <summary>The format of the accumulator that adds up the products of one output.</summary>
public enum Accumulation
{
    /// <summary>binary32: what hardware has. The bias is added in binary32, last.</summary>
    Float32,

    /// <summary>
    /// binary64: what the released code of Ax-FPM does. The sum is rounded to binary32, then the bias is added in binary32.
    /// </summary>
    Float64,
}
