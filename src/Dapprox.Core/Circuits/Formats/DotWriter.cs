using System.Globalization;

namespace Dapprox.Circuits.Formats;

/// <summary>
/// Writes netlists as a drawing for Graphviz (the DOT language): inputs on the left, each cell a box with its name, filled
/// where it is an approximate adder, netlists inside in frames, outputs on the right.
/// </summary>
public static class DotWriter
{
    /// <summary>Writes one graph.</summary>
    /// <param name="netlist">Any circuit.</param>
    /// <param name="writer">Receives the text; not closed.</param>
    public static void Write(Netlist netlist, TextWriter writer)
    {
        writer.Write(
            $"digraph {Quoted(netlist.Name)} {{\n  rankdir=LR;\n"
            + "  node [shape=box, fontname=\"sans-serif\", fontsize=10, height=0.2, width=0.2];\n"
            + "  edge [arrowsize=0.5, fontname=\"sans-serif\", fontsize=8];\n");
        string[] source = new string[netlist.NetCount];
        (source[Netlist.Zero], source[Netlist.One]) = ("zero", "one");
        for (int bus = 0; bus < netlist.Inputs.Count; bus++)
            WritePorts(netlist.Inputs[bus], $"i{bus}", "lightblue", writer, (net, name) => source[net] = name);

        var instances = new Queue<Instance>(netlist.Instances.Where(instance => instance.Definition.Elements.Count > 0));
        Instance? open = null;
        for (int i = 0; i < netlist.Elements.Count; i++)
        {
            if (open is not null && i == open.FirstElement + open.Definition.Elements.Count)
            {
                writer.Write("  }\n");
                open = null;
            }

            if (instances.TryPeek(out Instance? next) && next.FirstElement == i)
            {
                open = instances.Dequeue();
                writer.Write($"  subgraph cluster_{i} {{\n    label={Quoted(open.Definition.Name)};\n    fontname=\"sans-serif\";\n");
            }

            Element element = netlist.Elements[i];
            string name = Name('e', i);
            string fill = element.Cell.IsAdder && element.Cell != Cells.FullAdder ? ", style=filled, fillcolor=orange" : "";
            writer.Write($"  {name} [label={Quoted(element.Cell.Name)}{fill}];\n");
            for (int output = 0; output < element.Cell.Outputs.Count; output++)
                source[element.FirstOutput + output] = name;
        }

        if (open is not null)
            writer.Write("  }\n");
        for (int bus = 0; bus < netlist.Outputs.Count; bus++)
        {
            var names = new List<string>();
            WritePorts(netlist.Outputs[bus], $"o{bus}", "lightgreen", writer, (_, name) => names.Add(name));
            for (int bit = 0; bit < names.Count; bit++)
                WriteEdge(netlist.Outputs[bus].Nets[bit], names[bit]);
        }

        for (int i = 0; i < netlist.Elements.Count; i++)
        {
            Element element = netlist.Elements[i];
            for (int input = 0; input < element.Inputs.Count; input++)
                WriteEdge(element.Inputs[input], Name('e', i), element.Cell.Inputs.Count > 2 ? element.Cell.Inputs[input] : null);
        }

        foreach (int constant in (int[])[Netlist.Zero, Netlist.One])
        {
            if (netlist.Elements.Any(element => element.Inputs.Contains(constant))
                || netlist.Outputs.Any(bus => bus.Nets.Contains(constant)))
            {
                writer.Write($"  {source[constant]} [label=\"{constant}\", shape=plaintext];\n");
            }
        }

        writer.Write("}\n");

        // Most cells with three inputs do not treat them alike.
        void WriteEdge(int net, string reader, string? input = null)
        {
            string? output = Output(netlist, net, source[net]);
            string?[] ends =
                [output is null ? null : $"taillabel={Quoted(output)}", input is null ? null : $"headlabel={Quoted(input)}"];
            string labels = string.Join(", ", ends.OfType<string>());
            writer.Write($"  {source[net]} -> {reader}{(labels.Length > 0 ? $" [{labels}]" : "")};\n");
        }
    }

    /// <summary>Of a cell with two outputs the one that drives a net.</summary>
    static string? Output(Netlist netlist, int net, string driver)
    {
        if (driver[0] != 'e')
            return null;
        Element element = netlist.Elements[int.Parse(driver.AsSpan(1), CultureInfo.InvariantCulture)];
        return element.Cell.Outputs.Count > 1 ? element.Cell.Outputs[net - element.FirstOutput] : null;
    }

    static void WritePorts(Bus bus, string prefix, string colour, TextWriter writer, Action<int, string> named)
    {
        for (int bit = 0; bit < bus.Width; bit++)
        {
            string name = $"{prefix}_{bit}";
            writer.Write(
                $"  {name} [label={Quoted(BitName.Of(bus.Name, bus.Width, bit))}, shape=ellipse, style=filled, fillcolor={colour}];\n");
            named(bus.Nets[bit], name);
        }
    }

    static string Name(char kind, int number) => string.Create(CultureInfo.InvariantCulture, $"{kind}{number}");

    static string Quoted(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
