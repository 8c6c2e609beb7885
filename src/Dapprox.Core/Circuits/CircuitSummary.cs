namespace Dapprox.Circuits;

/// <summary>The number of cells of each kind in a circuit, and its depth.</summary>
/// <param name="Cells">The name and number of each kind of cell, the most numerous first.</param>
/// <param name="Depth">The largest number of cells on a path from an input to an output.</param>
public sealed record CircuitSummary(IReadOnlyList<(string Name, int Count)> Cells, int Depth)
{
    /// <summary>Counts the cells of a circuit.</summary>
    /// <param name="netlist">Any circuit.</param>
    public static CircuitSummary Of(Netlist netlist)
    {
        int[] depth = new int[netlist.NetCount];
        foreach (Element element in netlist.Elements)
        {
            int deepest = 1 + element.Inputs.Max(net => depth[net]);
            for (int output = 0; output < element.Cell.Outputs.Count; output++)
                depth[element.FirstOutput + output] = deepest;
        }

        return new CircuitSummary(
            [.. netlist.Elements.CountBy(element => element.Cell.Name).Select(pair => (pair.Key, pair.Value))
                .OrderByDescending(kind => kind.Value).ThenBy(kind => kind.Key, StringComparer.Ordinal)],
            netlist.Outputs.SelectMany(bus => bus.Nets).Max(net => depth[net]));
    }
}
