using System.Globalization;

namespace Dapprox.Circuits.Formats;

/// <summary>Writes netlists as BLIF, flat: a <c>.names</c> with its cover for each output of a cell.</summary>
public static class BlifWriter
{
    /// <summary>Writes one model.</summary>
    /// <param name="netlist">Any circuit.</param>
    /// <param name="writer">Receives the text; not closed.</param>
    public static void Write(Netlist netlist, TextWriter writer)
    {
        var names = new Identifiers();
        string[] ports = [.. netlist.Inputs.Concat(netlist.Outputs).Select(bus => names.Unique(bus.Name))];
        string[] nets = [.. Enumerable.Range(0, netlist.NetCount).Select(net => string.Create(CultureInfo.InvariantCulture, $"n{net}"))];
        for (int bus = 0; bus < netlist.Inputs.Count; bus++)
        {
            for (int bit = 0; bit < netlist.Inputs[bus].Width; bit++)
                nets[netlist.Inputs[bus].Nets[bit]] = BitName.Of(ports[bus], netlist.Inputs[bus].Width, bit);
        }

        writer.Write($".model {VerilogWriter.ModuleName(netlist)}\n");
        writer.Write($".inputs {string.Join(' ', netlist.Inputs.SelectMany((bus, i) => Bits(ports[i], bus)))}\n");
        writer.Write($".outputs {string.Join(' ', netlist.Outputs.SelectMany((bus, i) => Bits(ports[netlist.Inputs.Count + i], bus)))}\n");
        writer.Write($".names {nets[Netlist.Zero]}\n.names {nets[Netlist.One]}\n1\n");
        foreach (Element element in netlist.Elements)
        {
            for (int output = 0; output < element.Cell.Outputs.Count; output++)
                WriteNames(element, output, nets, writer);
        }

        for (int bus = 0; bus < netlist.Outputs.Count; bus++)
        {
            for (int bit = 0; bit < netlist.Outputs[bus].Width; bit++)
            {
                writer.Write(
                    $".names {nets[netlist.Outputs[bus].Nets[bit]]} "
                    + $"{BitName.Of(ports[netlist.Inputs.Count + bus], netlist.Outputs[bus].Width, bit)}\n1 1\n");
            }
        }

        writer.Write(".end\n");
    }

    static IEnumerable<string> Bits(string name, Bus bus) => Enumerable.Range(0, bus.Width).Select(bit => BitName.Of(name, bus.Width, bit));

    static void WriteNames(Element element, int output, string[] nets, TextWriter writer)
    {
        writer.Write($".names {string.Join(' ', element.Inputs.Select(net => nets[net]))} {nets[element.FirstOutput + output]}\n");
        int inputs = element.Cell.Inputs.Count;
        for (int index = 0; index < 1 << inputs; index++)
        {
            if (element.Cell.Evaluate(output, index))
            {
                writer.Write(
                    string.Concat(Enumerable.Range(0, inputs).Select(input => (index >> (inputs - 1 - input) & 1) == 0 ? '0' : '1'))
                    + " 1\n");
            }
        }
    }
}
