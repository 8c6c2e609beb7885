namespace Dapprox.Circuits;

/// <summary>One pass through a square array of multiply-accumulate units, as bits; of an array of one unit, a sum.</summary>
/// <param name="Activations"><c>[row][k]</c>.</param>
/// <param name="Weights"><c>[column][k]</c>.</param>
/// <param name="Starts"><c>[row][column]</c>: the sums before the first product.</param>
/// <param name="Sums"><c>[row][column]</c>: those after the last.</param>
public sealed record MacTile(ulong[][] Activations, ulong[][] Weights, UInt128[][] Starts, UInt128[][] Sums)
{
    /// <summary>The pass that the definition gives.</summary>
    /// <param name="activations"><c>[row][k]</c>.</param>
    /// <param name="weights"><c>[column][k]</c>, as many columns as rows.</param>
    /// <param name="starts"><c>[row][column]</c>.</param>
    public static MacTile Of(MacUnit unit, ulong[][] activations, ulong[][] weights, UInt128[][] starts) => new(
        activations, weights, starts,
        [.. activations.Select((row, i) => (UInt128[])[.. weights.Select((column, j) => unit.Sum(starts[i][j], row, column))])]);
}
