using System.Globalization;
using System.Text.RegularExpressions;
using Dapprox.Foundation;

namespace Dapprox.Circuits.Formats;

/// <summary>Gives the inputs and outputs of a circuit other names, orders and widths.</summary>
public static partial class CircuitPorts
{
    /// <summary>
    /// Puts single bits that are numbered from 0 together to buses: <c>a0</c>, <c>a1</c>, or <c>a_0_</c>, <c>a_1_</c>, as tools write
    /// them that know no buses. A circuit that has a bus, or bits without such numbers, stays as it is.
    /// </summary>
    /// <param name="circuit">Any circuit.</param>
    public static Netlist Grouped(Netlist circuit)
    {
        List<(string Name, int[] Ports)>? inputs = Groups(circuit.Inputs), outputs = Groups(circuit.Outputs);
        if ((inputs is null && outputs is null) || Widest(inputs) > NetlistBuilder.MaxBits || Widest(outputs) > NetlistBuilder.MaxBits)
            return circuit;
        return Arranged(circuit, inputs ?? Single(circuit.Inputs), outputs ?? Single(circuit.Outputs));

        static int Widest(List<(string Name, int[] Ports)>? groups) => groups?.Max(group => group.Ports.Length) ?? 0;

        static List<(string Name, int[] Ports)> Single(IReadOnlyList<Bus> buses) =>
            [.. buses.Select((bus, index) => (bus.Name, new[] { index }))];
    }

    /// <summary>The circuit with two operands, a and b, the first and the second half of its bits, if these are even in number.</summary>
    /// <param name="circuit">A circuit whose inputs nobody named.</param>
    public static Netlist Halved(Netlist circuit)
    {
        int[] ports = [.. Enumerable.Range(0, circuit.Inputs.Count)];
        int half = ports.Length / 2;
        bool isEven = ports.Length == 2 * half && half is > 0 and <= MultiplierCircuits.MaxBits
            && circuit.Inputs.All(bus => bus.Width == 1);
        return !isEven ? circuit : Arranged(
            circuit, [("a", ports[..half]), ("b", ports[half..])],
            [.. circuit.Outputs.Select((bus, index) => (bus.Name, new[] { index }))]);
    }

    /// <summary>The circuit with its inputs and outputs renamed, the inputs in the order given.</summary>
    /// <param name="circuit">Any circuit.</param>
    /// <param name="names">For each input and output its new and its present name.</param>
    /// <exception cref="InputException">There is no such input or output, or one is not named or named twice.</exception>
    public static Netlist Renamed(Netlist circuit, IReadOnlyList<(string New, string Present)> names)
    {
        string[] ports = [.. circuit.Inputs.Concat(circuit.Outputs).Select(bus => bus.Name)];
        foreach ((string name, string present) in names)
        {
            if (!ports.Contains(present))
                throw new InputException($"the circuit has no input or output '{present}'; it has {string.Join(", ", ports)}");
            if (!Identifier().IsMatch(name))
                throw new InputException($"'{SourceText.Shown(name)}' is no name of an input or output; give letters, digits and _");
            if (names.Count(other => other.Present == present) > 1)
                throw new InputException($"the input or output '{present}' gets two names; give it one");
            if (names.Count(other => other.New == name) > 1)
                throw new InputException($"the name '{name}' is given twice; give each input and output its own");
        }

        if (ports.FirstOrDefault(port => names.All(name => name.Present != port)) is string missing)
            throw new InputException($"the circuit has an input or output '{missing}' too; name all of {string.Join(", ", ports)}");
        return Arranged(circuit, Of(circuit.Inputs), Of(circuit.Outputs));

        List<(string, int[])> Of(IReadOnlyList<Bus> buses) =>
        [
            .. names.Select(name => (name.New, Index: buses.ToList().FindIndex(bus => bus.Name == name.Present)))
                .Where(name => name.Index >= 0).Select(name => (name.New, new[] { name.Index })),
        ];
    }

    /// <summary>The circuit with new buses, each of some present ones, the lowest first.</summary>
    static Netlist Arranged(Netlist circuit, List<(string Name, int[] Ports)> inputs, List<(string Name, int[] Ports)> outputs)
    {
        var builder = new NetlistBuilder(circuit.Name);
        int[][] given = new int[circuit.Inputs.Count][];
        foreach ((string name, int[] ports) in inputs)
        {
            int[] nets = builder.Input(name, ports.Sum(port => circuit.Inputs[port].Width));
            int from = 0;
            foreach (int port in ports)
                given[port] = nets[from..(from += circuit.Inputs[port].Width)];
        }

        int[][] made = builder.Instantiate(circuit, given);
        foreach ((string name, int[] ports) in outputs)
            builder.Output(name, [.. ports.SelectMany(port => made[port])]);
        return builder.Build().WithSign(circuit.IsSigned);
    }

    /// <summary>The buses of single bits, in the order of their first bits; null where they are no such bits.</summary>
    static List<(string Name, int[] Ports)>? Groups(IReadOnlyList<Bus> buses)
    {
        var groups = new List<(string Name, SortedList<int, int> Bits)>();
        for (int port = 0; port < buses.Count; port++)
        {
            Match match = Numbered().Match(buses[port].Name);
            if (buses[port].Width != 1 || !match.Success)
                return null;
            string name = match.Groups["bus"].Value;
            int place = groups.FindIndex(group => group.Name == name);
            if (place < 0)
            {
                place = groups.Count;
                groups.Add((name, []));
            }

            if (!groups[place].Bits.TryAdd(int.Parse(match.Groups["bit"].Value, CultureInfo.InvariantCulture), port))
                return null;
        }

        bool areWhole = groups.All(group => group.Bits.Keys.SequenceEqual(Enumerable.Range(0, group.Bits.Count)));
        return buses.Count > groups.Count && areWhole ? [.. groups.Select(group => (group.Name, group.Bits.Values.ToArray()))] : null;
    }

    // A number in brackets or behind a _ belongs to no name, so the name may end in a digit of its own.
    [GeneratedRegex(@"^((?<bus>.+)(_(?<bit>[0-9]{1,3})_?|\[(?<bit>[0-9]{1,3})\])|(?<bus>.*[^0-9_\[])(?<bit>[0-9]{1,3}))$",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Numbered();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Identifier();
}
