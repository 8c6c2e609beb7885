using System.Globalization;
using System.Text;

namespace Dapprox.Circuits.Formats;

/// <summary>
/// Writes what a netlist computes as a string of Cartesian genetic programming, in the form that ArithsGen (Klhufek and
/// Mrazek, DDECS 2022) writes and reads; see <see cref="CgpReader"/>. Cells become two-input gates; what no output needs is
/// left out.
/// </summary>
public static class CgpWriter
{
    /// <summary>Writes one line. The boundaries between inputs, and between outputs, are lost: their bits follow each other.</summary>
    /// <param name="netlist">Any circuit.</param>
    /// <param name="writer">Receives the text; not closed.</param>
    public static void Write(Netlist netlist, TextWriter writer)
    {
        var network = new LogicNetwork(netlist);
        // The numbers of constants and inputs are those of the netlist.
        int next = Netlist.ConstantCount + netlist.Inputs.Sum(bus => bus.Width), inputs = next - Netlist.ConstantCount, first = next;
        int[] nodeOf = [.. Enumerable.Range(0, netlist.NetCount)];
        var nodes = new StringBuilder();
        foreach (LogicFunction function in network.Functions)
            nodeOf[function.Net] = Node(function.Table, [nodeOf[function.A], nodeOf[function.B], nodeOf[function.C]]);
        int[] outputs = [.. network.Outputs.SelectMany(bus => bus).Select(net => nodeOf[net])];
        // A string has at least one node.
        if (next == first)
            Append(0, 0, CgpReader.Identity);
        writer.Write(string.Create(CultureInfo.InvariantCulture,
            $"{{{inputs},{outputs.Length},1,{next - first},2,1,{next - first}}}{nodes}({string.Join(',', outputs)})\n"));

        int Node(byte table, int[] operands)
        {
            // Of a function of two, the last operand stands for C too.
            for (int code = 0; code < CgpReader.Functions.Count; code++)
            {
                foreach ((int left, int right) in ((int, int)[])[(0, 1), (0, 2), (1, 2)])
                {
                    if (Equal(table, index => CgpReader.Functions[code] >> (2 * Bit(index, left) + Bit(index, right)) & 1, operands))
                        return Append(operands[left], operands[right], code);
                }
            }

            LogicStep step = LogicFormulas.Of(table);
            int a = Operand(step.Left, operands), b = Operand(step.Right, operands);
            return step.Operation switch
            {
                LogicOperation.And => Append(a, b, CgpReader.And),
                LogicOperation.Or => Append(a, b, CgpReader.Or),
                LogicOperation.Xor => Append(a, b, CgpReader.Xor),
                _ => Append(a, Append(b, b, CgpReader.Not), CgpReader.And),
            };
        }

        int Operand(byte table, int[] operands)
        {
            int input = Array.IndexOf(LogicFormulas.Inputs, table);
            return input >= 0 ? operands[input] : table == 0 ? Netlist.Zero : table == 255 ? Netlist.One : Node(table, operands);
        }

        int Append(int a, int b, int code)
        {
            nodes.Append(CultureInfo.InvariantCulture, $"([{next}]{a},{b},{code})");
            return next++;
        }
    }

    static int Bit(int index, int input) => index >> (2 - input) & 1;

    /// <summary>Whether a table is a function wherever operands that are the same wire have the same value.</summary>
    static bool Equal(byte table, Func<int, int> function, int[] operands)
    {
        for (int index = 0; index < 8; index++)
        {
            bool possible = (operands[0] != operands[1] || Bit(index, 0) == Bit(index, 1))
                && (operands[1] != operands[2] || Bit(index, 1) == Bit(index, 2))
                && (operands[0] != operands[2] || Bit(index, 0) == Bit(index, 2));
            if (possible && (table >> index & 1) != function(index))
                return false;
        }

        return true;
    }
}
