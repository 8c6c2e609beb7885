namespace Dapprox.Kernels;

/// <summary>A path that can let lanes run over neighbouring rows instead of columns.</summary>
interface ILinePath
{
    /// <summary>
    /// Whether <see cref="SumLines"/> is faster than <see cref="KernelPath.Sum"/>: where a vector of columns would be at least half empty.
    /// </summary>
    /// <param name="lineLength">How many neighbouring rows a line has.</param>
    /// <param name="columns">How many columns there are.</param>
    bool PrefersLines(int lineLength, int columns);

    /// <summary>Computes the sums of all columns for lines of rows.</summary>
    void SumLines(in LineJob job);
}
