using System.Globalization;

namespace Dapprox.Circuits.Formats;

/// <summary>Writes netlists as C (C99): a function of <c>uint64_t</c> numbers, one wire a variable whose lowest bit counts.</summary>
public static class CWriter
{
    /// <summary>Writes one function: it returns the output, or, where there are several, stores them through pointers.</summary>
    /// <param name="netlist">Any circuit.</param>
    /// <param name="writer">Receives the text; not closed.</param>
    public static void Write(Netlist netlist, TextWriter writer)
    {
        var names = new Identifiers();
        string function = names.Unique(netlist.Name);
        string[] inputs = [.. netlist.Inputs.Select(bus => names.Unique(bus.Name))];
        string[] outputs = [.. netlist.Outputs.Select(bus => names.Unique(bus.Name))];
        bool single = outputs.Length == 1;
        // An input that nothing reads stays a parameter.
        string[] parameters = [.. inputs.Select(name => $"uint64_t {name}"), .. single ? [] : outputs.Select(name => $"uint64_t *{name}")];
        writer.Write($"#include <stdint.h>\n\n{(single ? "uint64_t" : "void")} {function}({string.Join(", ", parameters)})\n{{\n");

        string[] nets = [.. Enumerable.Range(0, netlist.NetCount)
            .Select(net => net < Netlist.ConstantCount ? $"UINT64_C({net})" : string.Create(CultureInfo.InvariantCulture, $"n{net}"))];
        bool[] needed = Needed(netlist);
        for (int bus = 0; bus < inputs.Length; bus++)
        {
            for (int bit = 0; bit < netlist.Inputs[bus].Width; bit++)
            {
                if (needed[netlist.Inputs[bus].Nets[bit]])
                    writer.Write($"  const uint64_t {nets[netlist.Inputs[bus].Nets[bit]]} = {inputs[bus]} >> {bit};\n");
            }
        }

        foreach (Element element in netlist.Elements)
        {
            string[] operands = [.. element.Inputs.Select(net => nets[net])];
            for (int output = 0; output < element.Cell.Outputs.Count; output++)
            {
                if (needed[element.FirstOutput + output])
                {
                    writer.Write(
                        $"  const uint64_t {nets[element.FirstOutput + output]} = "
                        + $"{LogicText.Expression(element.Cell, output, operands, nets[Netlist.Zero], nets[Netlist.One])};\n");
                }
            }
        }

        for (int bus = 0; bus < outputs.Length; bus++)
        {
            IEnumerable<string> bits = netlist.Outputs[bus].Nets.Select((net, bit) => $"({nets[net]} & 1) << {bit}");
            writer.Write($"  {(single ? "return" : $"*{outputs[bus]} =")} {string.Join("\n    | ", bits)};\n");
        }

        writer.Write("}\n");
    }

    /// <summary>The nets that outputs need; a compiler warns of variables that nothing reads.</summary>
    static bool[] Needed(Netlist netlist)
    {
        bool[] needed = new bool[netlist.NetCount];
        foreach (int net in netlist.Outputs.SelectMany(bus => bus.Nets))
            needed[net] = true;
        foreach (Element element in netlist.Elements.Reverse())
        {
            for (int output = 0; output < element.Cell.Outputs.Count; output++)
            {
                if (!needed[element.FirstOutput + output])
                    continue;
                for (int input = 0; input < element.Inputs.Count; input++)
                    needed[element.Inputs[input]] |= DependsOn(element, output, input);
            }
        }

        return needed;
    }

    static bool DependsOn(Element element, int output, int input)
    {
        int inputs = element.Inputs.Count, constants = 0, ones = 0;
        for (int i = 0; i < inputs; i++)
        {
            int bit = 1 << (inputs - 1 - i);
            constants |= element.Inputs[i] is Netlist.Zero or Netlist.One ? bit : 0;
            ones |= element.Inputs[i] == Netlist.One ? bit : 0;
        }

        return Enumerable.Range(0, 1 << inputs).Any(index => (index & constants) == ones
            && element.Cell.Evaluate(output, index) != element.Cell.Evaluate(output, index ^ 1 << (inputs - 1 - input)));
    }
}
