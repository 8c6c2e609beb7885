using Dapprox.Circuits;

namespace Dapprox.Hardware;

/// <summary>
/// Finds a static CMOS circuit for a truth table: of those that have inverters at some inputs, one complementary stage of
/// series and parallel transistors for each output, with or without an inverter behind it, and in which the second output's
/// stage may use the first's nodes, one with the fewest transistors.
/// </summary>
static class TopologySearch
{
    /// <summary>The circuit with the fewest transistors.</summary>
    /// <param name="cell">A cell without a published circuit.</param>
    public static CellTopology Smallest(Cell cell)
    {
        int inputs = cell.Inputs.Count, all = (1 << (1 << inputs)) - 1;
        IReadOnlyList<CmosStage>? best = null;
        for (int inverted = 0; inverted < 1 << inputs; inverted++)
        {
            var nodes = new List<(int Table, string Node)>();
            var stages = new List<CmosStage>();
            for (int i = 0; i < inputs; i++)
            {
                int table = InputTable(i, inputs);
                nodes.Add((table, CellTopology.Input(i)));
                if ((inverted >> i & 1) != 0)
                {
                    string node = $"n{i}";
                    nodes.Add((all ^ table, node));
                    stages.Add(new CmosStage(node, new SwitchNetwork.Transistor(CellTopology.Input(i))));
                }
            }

            int[] outputs = [.. Enumerable.Range(0, cell.Outputs.Count)];
            foreach (int[] order in outputs.Length == 1 ? [outputs] : (int[][])[outputs, [.. outputs.Reverse()]])
                Extend(cell, order, nodes, stages, all, ref best);
        }

        return new CellTopology(
            cell, best!, "complementary static CMOS with the fewest transistors, generated from the truth table; not a published circuit");
    }

    /// <summary>Adds the outputs in an order, each in both forms, and keeps the smallest circuit.</summary>
    static void Extend(
        Cell cell, ReadOnlySpan<int> order, List<(int Table, string Node)> nodes, List<CmosStage> stages, int all,
        ref IReadOnlyList<CmosStage>? best)
    {
        if (order.IsEmpty)
        {
            if (best is null || Transistors(stages) < Transistors(best))
                best = [.. stages];
            return;
        }

        int table = cell.Tables[order[0]];
        if (table == 0 || table == all)
        {
            Extend(cell, order[1..], nodes, stages, all, ref best);
            return;
        }

        string output = CellTopology.Output(order[0]), inverse = $"x{order[0]}";
        SwitchNetwork?[] networks = Networks(nodes, all);
        if (networks[all ^ table] is SwitchNetwork direct)
            Extend(cell, order[1..], [.. nodes, (table, output)], [.. stages, new CmosStage(output, direct)], all, ref best);
        if (networks[table] is SwitchNetwork before)
        {
            CmosStage[] two = [new(inverse, before), new(output, new SwitchNetwork.Transistor(inverse))];
            Extend(cell, order[1..], [.. nodes, (table, output), (all ^ table, inverse)], [.. stages, .. two], all, ref best);
        }
    }

    /// <summary>
    /// For each function of the inputs the smallest network of transistors, gated by the nodes, that conducts where it is 1.
    /// </summary>
    static SwitchNetwork?[] Networks(List<(int Table, string Node)> nodes, int all)
    {
        var networks = new SwitchNetwork?[all + 1];
        foreach ((int table, string node) in nodes)
            networks[table] ??= new SwitchNetwork.Transistor(node);
        for (bool better = true; better;)
        {
            better = false;
            for (int left = 1; left < all; left++)
            {
                for (int right = left + 1; right < all && networks[left] is not null; right++)
                {
                    if (networks[right] is null)
                        continue;
                    better |= Improve(left & right, series: true);
                    better |= Improve(left | right, series: false);

                    bool Improve(int made, bool series)
                    {
                        SwitchNetwork one = networks[left]!, other = networks[right]!;
                        if (made == 0 || made == all || networks[made]?.Transistors <= one.Transistors + other.Transistors)
                            return false;
                        networks[made] = series ? one & other : one | other;
                        return true;
                    }
                }
            }
        }

        return networks;
    }

    /// <summary>The truth table of an input: bit i is set where the input is 1 in i; the first input is the highest bit of i.</summary>
    static int InputTable(int input, int inputs)
    {
        int table = 0;
        for (int index = 0; index < 1 << inputs; index++)
            table |= (index >> (inputs - 1 - input) & 1) << index;
        return table;
    }

    static int Transistors(IEnumerable<CmosStage> stages) => stages.Sum(stage => stage.Transistors);
}
