namespace Dapprox.Circuits;

/// <summary>One function of up to three nets.</summary>
/// <param name="Net">The net that it drives.</param>
/// <param name="Table">Bit 4A + 2B + C is its value.</param>
/// <param name="A">The net A; where the function does not depend on it, another of the three.</param>
/// <param name="B">The net B, likewise.</param>
/// <param name="C">The net C, likewise.</param>
readonly record struct LogicFunction(int Net, byte Table, int A, int B, int C);

/// <summary>
/// What is left of a netlist for computing its outputs: constants are put in, wires that only repeat another are replaced
/// by it, and what no output needs is left out. Of an array of AMA5 cells nothing is left but wires.
/// </summary>
sealed class LogicNetwork
{
    // The table of the function of one bit that is the bit.
    const byte Identity = 0b10;

    public LogicNetwork(Netlist netlist)
    {
        int[] alias = [.. Enumerable.Range(0, netlist.NetCount)];
        var functions = new List<LogicFunction>();
        foreach (Element element in netlist.Elements)
        {
            for (int output = 0; output < element.Cell.Outputs.Count; output++)
            {
                int net = element.FirstOutput + output;
                int[] inputs = [.. element.Inputs.Select(input => alias[input])];
                (byte table, int[] nets) = Reduce(element.Cell.Tables[output], inputs);
                if (nets.Length == 0)
                    alias[net] = table;
                else if (nets.Length == 1 && table == Identity)
                    alias[net] = nets[0];
                else
                    functions.Add(Function(net, table, nets));
            }
        }

        Outputs = [.. netlist.Outputs.Select(bus => bus.Nets.Select(net => alias[net]).ToArray())];
        bool[] needed = new bool[netlist.NetCount];
        foreach (int net in Outputs.SelectMany(bus => bus))
            needed[net] = true;
        for (int i = functions.Count - 1; i >= 0; i--)
        {
            LogicFunction function = functions[i];
            if (needed[function.Net])
                needed[function.A] = needed[function.B] = needed[function.C] = true;
        }

        Functions = [.. functions.Where(function => needed[function.Net])];
    }

    /// <summary>The functions, each after those that drive its nets.</summary>
    public IReadOnlyList<LogicFunction> Functions { get; }

    /// <summary>The nets of each output.</summary>
    public IReadOnlyList<int[]> Outputs { get; }

    /// <summary>
    /// A function without the constants and the inputs that it does not depend on: the nets that are left and the table for
    /// them, which without nets is the constant, 0 or 1, which is also its net.
    /// </summary>
    static (byte Table, int[] Nets) Reduce(byte table, int[] inputs)
    {
        int[] all = [.. inputs.Where(net => net is not (Netlist.Zero or Netlist.One)).Distinct()];
        int[] nets = [.. all.Where(net => Enumerable.Range(0, 1 << all.Length)
            .Any(index => Value(table, inputs, all, index) != Value(table, inputs, all, index ^ Bit(all, net))))];
        int reduced = 0;
        for (int index = 0; index < 1 << nets.Length; index++)
            reduced |= (Value(table, inputs, nets, index) ? 1 : 0) << index;
        return ((byte)reduced, nets);
    }

    /// <summary>
    /// A function's value where the nets, read as a binary number with the first the highest bit, are the index; others are 0.
    /// </summary>
    static bool Value(byte table, int[] inputs, int[] nets, int index)
    {
        int place = 0;
        foreach (int input in inputs)
        {
            int bit = input == Netlist.One || (Array.IndexOf(nets, input) >= 0 && (index & Bit(nets, input)) != 0) ? 1 : 0;
            place = 2 * place + bit;
        }

        return (table >> place & 1) != 0;
    }

    static int Bit(int[] nets, int net) => 1 << (nets.Length - 1 - Array.IndexOf(nets, net));

    /// <summary>A function of one to three nets as one of three, the last net repeated.</summary>
    public static LogicFunction Function(int net, byte table, IReadOnlyList<int> nets)
    {
        return new LogicFunction(net, Widened(table, nets.Count), nets[0], nets[Math.Min(1, nets.Count - 1)], nets[^1]);
    }

    /// <summary>A table of one to three inputs as one of three; the inputs that there are not do not count.</summary>
    public static byte Widened(int table, int inputs)
    {
        int wide = 0;
        for (int index = 0; index < 8; index++)
            wide |= (table >> (index >> (3 - inputs)) & 1) << index;
        return (byte)wide;
    }
}
