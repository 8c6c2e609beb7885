using System.Globalization;

namespace Dapprox.Circuits.Formats;

/// <summary>
/// Writes netlists as C (C99): a function of <c>uint64_t</c> numbers, or of <c>int64_t</c> ones where they are signed, one wire a variable
/// whose lowest bit counts. Outputs of more than 64 bits are <c>unsigned __int128</c> or <c>__int128</c>, as GCC and Clang have them.
/// </summary>
public static class CWriter
{
    const int WordBits = 64;

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
        string type = netlist.IsSigned ? "int64_t" : "uint64_t";
        string[] results = [.. netlist.Outputs.Select(bus =>
            bus.Width <= WordBits ? type : netlist.IsSigned ? "__int128" : "unsigned __int128")];
        string[] parameters =
            [.. inputs.Select(name => $"{type} {name}"), .. single ? [] : outputs.Zip(results, (name, result) => $"{result} *{name}")];
        writer.Write($"#include <stdint.h>\n\n{(single ? results[0] : "void")} {function}({string.Join(", ", parameters)})\n{{\n");

        string[] nets = [.. Enumerable.Range(0, netlist.NetCount)
            .Select(net => net < Netlist.ConstantCount ? $"UINT64_C({net})" : string.Create(CultureInfo.InvariantCulture, $"n{net}"))];
        bool[] needed = Needed(netlist);
        for (int bus = 0; bus < inputs.Length; bus++)
        {
            for (int bit = 0; bit < netlist.Inputs[bus].Width; bit++)
            {
                if (needed[netlist.Inputs[bus].Nets[bit]])
                {
                    string number = netlist.IsSigned ? $"(uint64_t){inputs[bus]}" : inputs[bus];
                    writer.Write($"  const uint64_t {nets[netlist.Inputs[bus].Nets[bit]]} = {number} >> {bit};\n");
                }
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
            int width = netlist.Outputs[bus].Width;
            string wide = width > WordBits ? "(unsigned __int128)" : "";
            IEnumerable<string> bits = netlist.Outputs[bus].Nets.Select((net, bit) => $"{wide}({nets[net]} & 1) << {bit}");
            // A number of w bits minus 2^(w − 1) with its highest bit inverted is what it is in two's complement.
            string sign = $"(({results[bus]})1 << {width - 1})";
            string number = string.Join("\n    | ", bits);
            if (netlist.IsSigned)
            {
                number = width is WordBits or NetlistBuilder.MaxBits
                    ? $"({results[bus]})({number})"
                    : $"(({results[bus]})({number}) ^ {sign}) - {sign}";
            }

            writer.Write($"  {(single ? "return" : $"*{outputs[bus]} =")} {number};\n");
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
