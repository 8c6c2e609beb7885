using System.Globalization;

namespace Dapprox.Circuits.Formats;

/// <summary>
/// Writes netlists as structural Verilog (IEEE 1364-2001): flat, one module of assigns, or with a module for each kind of
/// cell and for each netlist inside.
/// </summary>
public static class VerilogWriter
{
    static readonly Cell[] Primitives = [Cells.Buffer, Cells.Not, Cells.And, Cells.Or, Cells.Xor, Cells.Nand, Cells.Nor, Cells.Xnor];

    /// <summary>Writes one module.</summary>
    /// <param name="netlist">Any circuit.</param>
    /// <param name="writer">Receives the text; not closed.</param>
    public static void WriteFlat(Netlist netlist, TextWriter writer)
    {
        var module = new Module(netlist, ModuleName(netlist));
        module.WriteHead(writer);
        foreach (Element element in netlist.Elements)
        {
            string[] inputs = [.. element.Inputs.Select(net => module.Nets[net])];
            for (int output = 0; output < element.Cell.Outputs.Count; output++)
            {
                writer.Write(
                    $"  wire {module.Nets[element.FirstOutput + output]} = "
                    + $"{LogicText.Expression(element.Cell, output, inputs, "1'b0", "1'b1")};\n");
            }
        }

        module.WriteEnd(writer);
    }

    /// <summary>Writes a module for the circuit, and for each cell, but gates that Verilog has, and each netlist inside.</summary>
    /// <param name="netlist">Any circuit.</param>
    /// <param name="writer">Receives the text; not closed.</param>
    public static void WriteHierarchical(Netlist netlist, TextWriter writer)
    {
        var modules = new Identifiers();
        string top = modules.Unique(netlist.Name);
        var cells = new Dictionary<Cell, CellModule>();
        foreach (Cell cell in netlist.Elements.Select(element => element.Cell).Distinct().Where(cell => !Primitives.Contains(cell)))
        {
            cells.Add(cell, new CellModule(cell, modules.Unique(cell.Name)));
            cells[cell].Write(writer);
        }

        var inner = new Dictionary<Netlist, string>();
        Define(netlist, top);

        void Define(Netlist definition, string name)
        {
            // Of one without cells nothing is left but wires.
            foreach (Netlist part in definition.Instances.Select(instance => instance.Definition)
                .Where(part => part.Elements.Count > 0 && !inner.ContainsKey(part)).Distinct().ToArray())
            {
                inner.Add(part, modules.Unique(part.Name));
                Define(part, inner[part]);
            }

            WriteModule(new Module(definition, name), cells, inner, writer);
        }
    }

    /// <summary>The name of the module of a circuit.</summary>
    /// <param name="netlist">Any circuit.</param>
    public static string ModuleName(Netlist netlist) => new Identifiers().Unique(netlist.Name);

    /// <summary>The names of the ports of the module of a circuit: inputs, then outputs.</summary>
    /// <param name="netlist">Any circuit.</param>
    public static IReadOnlyList<string> PortNames(Netlist netlist) => new Module(netlist, "").Ports;

    static void WriteModule(Module module, Dictionary<Cell, CellModule> cells, Dictionary<Netlist, string> inner, TextWriter writer)
    {
        Netlist netlist = module.Netlist;
        module.WriteHead(writer);
        var instances = new Queue<Instance>(netlist.Instances.Where(instance => instance.Definition.Elements.Count > 0));
        for (int i = 0; i < netlist.Elements.Count;)
        {
            if (instances.TryPeek(out Instance? instance) && instance.FirstElement == i)
            {
                instances.Dequeue();
                module.WriteInstance(instance, inner[instance.Definition], writer);
                i += instance.Definition.Elements.Count;
                continue;
            }

            Element element = netlist.Elements[i++];
            string[] outputs = [.. element.Cell.Outputs.Select((_, output) => module.Nets[element.FirstOutput + output])];
            string[] inputs = [.. element.Inputs.Select(net => module.Nets[net])];
            writer.Write($"  wire {string.Join(", ", outputs)};\n");
            writer.Write(Primitives.Contains(element.Cell)
                ? $"  {element.Cell} cell_{i}({outputs[0]}, {string.Join(", ", inputs)});\n"
                : $"  {cells[element.Cell].Name} cell_{i}("
                    + $"{string.Join(", ", cells[element.Cell].Pins.Zip([.. inputs, .. outputs], (pin, net) => $".{pin}({net})"))});\n");
        }

        module.WriteEnd(writer);
    }

    /// <summary>The module of a cell, whose pins are the inputs and then the outputs.</summary>
    sealed class CellModule
    {
        readonly Cell cell;

        public CellModule(Cell cell, string name)
        {
            (this.cell, Name) = (cell, name);
            var names = new Identifiers();
            Pins = [.. cell.Inputs.Concat(cell.Outputs).Select(names.Unique)];
        }

        public string Name { get; }

        public string[] Pins { get; }

        public void Write(TextWriter writer)
        {
            int inputs = cell.Inputs.Count;
            writer.Write($"module {Name}({string.Join(", ", Pins.Select((pin, i) => $"{(i < inputs ? "input" : "output")} {pin}"))});\n");
            for (int output = 0; output < cell.Outputs.Count; output++)
                writer.Write($"  assign {Pins[inputs + output]} = {LogicText.Expression(cell, output, Pins[..inputs], "1'b0", "1'b1")};\n");
            writer.Write("endmodule\n\n");
        }
    }

    /// <summary>A netlist with names for its ports and nets.</summary>
    sealed class Module
    {
        readonly string name;
        int spare;

        public Module(Netlist netlist, string name)
        {
            (Netlist, this.name) = (netlist, name);
            var names = new Identifiers();
            Ports = [.. netlist.Inputs.Concat(netlist.Outputs).Select(bus => names.Unique(bus.Name))];
            Nets = [.. Enumerable.Range(0, netlist.NetCount)
                .Select(net => net < Netlist.ConstantCount ? $"1'b{net}" : string.Create(CultureInfo.InvariantCulture, $"n{net}"))];
            for (int bus = 0; bus < netlist.Inputs.Count; bus++)
            {
                for (int bit = 0; bit < netlist.Inputs[bus].Width; bit++)
                    Nets[netlist.Inputs[bus].Nets[bit]] = BitName.Of(Ports[bus], netlist.Inputs[bus].Width, bit);
            }
        }

        public Netlist Netlist { get; }

        public string[] Ports { get; }

        public string[] Nets { get; }

        public void WriteHead(TextWriter writer)
        {
            IEnumerable<string> ports = Netlist.Inputs.Concat(Netlist.Outputs)
                .Select((bus, i) =>
                    $"{(i < Netlist.Inputs.Count ? "input" : "output")} {(Netlist.IsSigned ? "signed " : "")}"
                    + $"{(bus.Width > 1 ? $"[{bus.Width - 1}:0] " : "")}{Ports[i]}");
            writer.Write($"module {name}({string.Join(", ", ports)});\n");
        }

        public void WriteEnd(TextWriter writer)
        {
            for (int bus = 0; bus < Netlist.Outputs.Count; bus++)
            {
                string nets = string.Join(", ", Netlist.Outputs[bus].Nets.Reverse().Select(net => Nets[net]));
                writer.Write(
                    $"  assign {Ports[Netlist.Inputs.Count + bus]} = {(Netlist.Outputs[bus].Width > 1 ? $"{{{nets}}}" : nets)};\n");
            }

            writer.Write("endmodule\n\n");
        }

        /// <summary>A netlist inside, with the wires that it drives.</summary>
        public void WriteInstance(Instance instance, string definition, TextWriter writer)
        {
            // An output that is one of the inputs, a constant or another output drives nothing of its own.
            int first = Netlist.Elements[instance.FirstElement].FirstOutput;
            var driven = new HashSet<int>();
            string[] outputs = [.. instance.Outputs.Select(
                net => net >= first && driven.Add(net) ? Nets[net] : string.Create(CultureInfo.InvariantCulture, $"open_{++spare}"))];
            IReadOnlyList<string> ports = PortNames(instance.Definition);
            var connections = new List<string>();
            int input = 0, output = 0;
            foreach (Bus bus in instance.Definition.Inputs)
            {
                connections.Add(
                    $".{ports[connections.Count]}({Joined(instance.Inputs.Skip(input).Take(bus.Width).Select(net => Nets[net]))})");
                input += bus.Width;
            }

            foreach (Bus bus in instance.Definition.Outputs)
            {
                connections.Add($".{ports[connections.Count]}({Joined(outputs.Skip(output).Take(bus.Width))})");
                output += bus.Width;
            }

            writer.Write($"  wire {string.Join(", ", outputs)};\n");
            writer.Write($"  {definition} block_{instance.FirstElement}({string.Join(", ", connections)});\n");
        }

        static string Joined(IEnumerable<string> nets) => $"{{{string.Join(", ", nets.Reverse())}}}";
    }
}
