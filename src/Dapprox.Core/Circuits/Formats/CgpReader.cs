using System.Globalization;
using Dapprox.Foundation;

namespace Dapprox.Circuits.Formats;

/// <summary>
/// Reads a string of Cartesian genetic programming in the form that ArithsGen writes and reads:
/// <c>{inputs,outputs,rows,columns,2,1,back}([id]in1,in2,function)…(outputs)</c>. The ids 0 and 1 are the constants, then come
/// the bits of the inputs, the lowest first; outputs are listed from the lowest. It says nothing of operands: the inputs are
/// read as two, <c>a</c> and <c>b</c>, of half the bits each.
/// </summary>
static class CgpReader
{
    /// <summary>The function that is its first input.</summary>
    public const int Identity = 0;

    /// <summary>The function that inverts its first input.</summary>
    public const int Not = 1;

    /// <summary>The function AND.</summary>
    public const int And = 2;

    /// <summary>The function OR.</summary>
    public const int Or = 3;

    /// <summary>The function XOR.</summary>
    public const int Xor = 4;

    /// <summary>By code, the truth tables: bit 2a + b. After those named come NAND, NOR, XNOR, 1 and 0.</summary>
    public static readonly IReadOnlyList<byte> Functions = [0b1100, 0b0011, 0b1000, 0b1110, 0b0110, 0b0111, 0b0001, 0b1001, 0b1111, 0b0000];

    static readonly Cell[] Gates = [Cells.Buffer, Cells.Not, Cells.And, Cells.Or, Cells.Xor, Cells.Nand, Cells.Nor, Cells.Xnor];

    /// <summary>The circuit of a string.</summary>
    /// <param name="text">The string; blanks and line ends in it do not count.</param>
    /// <param name="name">The name of the circuit.</param>
    /// <exception cref="InputException">It is not such a string, or no circuit; the message gives the line.</exception>
    public static Netlist Read(SourceText text, string name)
    {
        var scanner = new Scanner(text);
        int[] header = scanner.Numbers('{', '}');
        if (header.Length != 7)
            throw scanner.Wrong($"the header has {header.Length} numbers; it has 7: inputs, outputs, rows, columns, 2, 1, levels back");
        (int inputs, int outputs) = (header[0], header[1]);
        if (inputs < 2 || inputs % 2 != 0 || inputs > 2 * MultiplierCircuits.MaxBits)
        {
            throw scanner.Wrong(
                $"there are {inputs} input bits; two operands of the same width have an even number, up to "
                    + $"{2 * MultiplierCircuits.MaxBits}");
        }

        if (outputs is < 1 or > NetlistBuilder.MaxBits)
            throw scanner.Wrong($"there are {outputs} outputs; 1 to {NetlistBuilder.MaxBits} can be had");
        if (header[4] != 2 || header[5] != 1)
            throw scanner.Wrong($"nodes of {header[4]} inputs and {header[5]} outputs; those of 2 and 1 are read");

        var builder = new NetlistBuilder(name);
        var nets = new Dictionary<int, int> { [Netlist.Zero] = Netlist.Zero, [Netlist.One] = Netlist.One };
        foreach (int net in (int[])[.. builder.Input("a", inputs / 2), .. builder.Input("b", inputs / 2)])
            nets.Add(nets.Count, net);
        while (scanner.IsNode())
        {
            if (nets.Count > SourceText.MaxElements)
                throw text.TooManyElements(scanner.Line);
            (int id, int[] node) = scanner.Node();
            if (node.Length != 3)
                throw scanner.Wrong($"the node {id} has {node.Length} numbers; it has two inputs and a function");
            if (node[2] >= Functions.Count)
                throw scanner.Wrong($"the node {id} has the function {node[2]}; 0 to {Functions.Count - 1} are known");
            int a = Net(node[0]), b = node[2] <= Not ? a : Net(node[1]);
            int made = node[2] switch
            {
                Identity => a,
                8 => Netlist.One,
                9 => Netlist.Zero,
                _ => builder.Add(Gates[node[2]], node[2] == Not ? [a] : [a, b])[0],
            };
            if (!nets.TryAdd(id, made))
                throw scanner.Wrong($"the id {id} is there twice");
        }

        int[] results = scanner.Numbers('(', ')');
        scanner.ExpectEnd();
        if (results.Length != outputs)
            throw scanner.Wrong($"{results.Length} outputs are listed; the header says {outputs}");
        if (nets.Count - Netlist.ConstantCount - inputs != (long)header[2] * header[3])
        {
            throw scanner.Wrong(
                $"there are {nets.Count - Netlist.ConstantCount - inputs} nodes; the header says {header[2]} rows of {header[3]}");
        }

        builder.Output("p", [.. results.Select(Net)]);
        return builder.Build();

        int Net(int id) => nets.TryGetValue(id, out int net)
            ? net
            : throw scanner.Wrong($"the id {id} is read before it is driven; nodes read constants, inputs and nodes before them");
    }

    /// <summary>Reads numbers between brackets.</summary>
    sealed class Scanner(SourceText text)
    {
        int place;

        public int Line { get; private set; } = 1;

        public InputException Wrong(string reason) => text.Wrong(Line, reason);

        /// <summary>Whether a node comes next, not the list of outputs.</summary>
        public bool IsNode()
        {
            if (Peek() != '(')
                return false;
            int after = place + 1;
            while (after < text.Content.Length && char.IsWhiteSpace(text.Content[after]))
                after++;
            if (after < text.Content.Length && text.Content[after] == '[')
                return true;
            // The last list is the outputs; others are nodes without an id, as older versions wrote them.
            int next = text.Content.IndexOf('(', after);
            return next < 0 ? false : throw Wrong("a node has no id; nodes of the form ([id]in1,in2,function) are read");
        }

        public (int Id, int[] Numbers) Node()
        {
            Expect('(');
            int id = Numbers('[', ']') is [int one] ? one : throw Wrong("an id is one number in brackets");
            return (id, Numbers(null, ')'));
        }

        public int[] Numbers(char? open, char close)
        {
            if (open is char bracket)
                Expect(bracket);
            var numbers = new List<int> { Number() };
            while (Peek() == ',')
            {
                place++;
                numbers.Add(Number());
            }

            Expect(close);
            return [.. numbers];
        }

        public void ExpectEnd()
        {
            if (Peek() is char more)
                throw Wrong($"'{SourceText.Shown(more.ToString())}' follows the outputs, which are the last");
        }

        int Number()
        {
            Peek();
            int start = place;
            while (place < text.Content.Length && char.IsAsciiDigit(text.Content[place]))
                place++;
            return int.TryParse(text.Content.AsSpan(start, place - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw Unexpected("an integer");
        }

        void Expect(char wanted)
        {
            if (Peek() != wanted)
                throw Unexpected($"'{wanted}'");
            place++;
        }

        char? Peek()
        {
            while (place < text.Content.Length && char.IsWhiteSpace(text.Content[place]))
            {
                if (text.Content[place++] == '\n')
                    Line++;
            }

            return place < text.Content.Length ? text.Content[place] : null;
        }

        InputException Unexpected(string wanted) => Peek() is char at
            ? Wrong($"'{SourceText.Shown(at.ToString())}' is where {wanted} is wanted")
            : Wrong($"the file ends where {wanted} is wanted; it may be cut short");
    }
}
