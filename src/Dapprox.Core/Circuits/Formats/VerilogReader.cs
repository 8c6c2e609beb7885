using System.Globalization;
using System.Numerics;
using Dapprox.Foundation;

namespace Dapprox.Circuits.Formats;

/// <summary>
/// Reads structural Verilog, as EvoApproxLib and ArithsGen publish it: modules with inputs, outputs and wires, of any width;
/// <c>assign</c> of expressions of <c>~ ! &amp; | ^ ~^ &amp;&amp; || ?:</c>, bits, parts, concatenations and constants; gate
/// primitives; and modules, or cells of <see cref="LibraryCells"/>, with named or ordered connections.
/// </summary>
sealed class VerilogReader
{
    // Parentheses deeper than any generator's, and few enough for the stack.
    const int DeepestExpression = 200;

    // The bits of all expressions together: more than a file of the longest length has without tricks.
    const int MaxBits = 1 << 23;

    static readonly Dictionary<string, Cell> Primitives = new(StringComparer.Ordinal)
    {
        ["and"] = Cells.And,
        ["or"] = Cells.Or,
        ["xor"] = Cells.Xor,
        ["nand"] = Cells.Nand,
        ["nor"] = Cells.Nor,
        ["xnor"] = Cells.Xnor,
        ["not"] = Cells.Not,
        ["buf"] = Cells.Buffer,
    };

    static readonly string[] Behavioural =
    [
        "reg", "always", "initial", "function", "task", "generate", "genvar", "parameter", "localparam", "defparam", "integer", "inout",
        "tri", "supply0", "supply1", "logic", "specify",
    ];

    /// <summary>From the loosest to the tightest; each binds to the left.</summary>
    static readonly Dictionary<string, (int Strength, Cell Gate)> Operators = new(StringComparer.Ordinal)
    {
        ["||"] = (1, Cells.Or),
        ["&&"] = (2, Cells.And),
        ["|"] = (3, Cells.Or),
        ["^"] = (4, Cells.Xor),
        ["~^"] = (4, Cells.Xnor),
        ["^~"] = (4, Cells.Xnor),
        ["&"] = (5, Cells.And),
    };

    readonly SourceText text;
    readonly VerilogTokens tokens;
    readonly Dictionary<string, ModuleSource> modules = new(StringComparer.Ordinal);
    VerilogToken token;
    ModuleSource module = null!;
    Dictionary<string, (int[] Bits, int Left, int Right)> wires = [];
    Dictionary<string, bool?> directions = [];
    HashSet<string> signed = [];
    List<string> order = [];
    int depth;
    int bits;

    VerilogReader(SourceText text)
    {
        this.text = text;
        tokens = new VerilogTokens(text);
        token = tokens.Next();
    }

    /// <summary>The circuit of a file: of the module that no other uses.</summary>
    /// <exception cref="InputException">The text is not such Verilog, or no circuit; the message gives the line.</exception>
    public static Netlist Read(SourceText text)
    {
        var reader = new VerilogReader(text);
        while (reader.token.Kind != VerilogTokenKind.End)
            reader.ReadModule();
        return Elaboration.Run(Elaboration.Top(text, reader.modules), reader.modules);
    }

    void ReadModule()
    {
        int line = token.Line;
        if (!Take("module"))
            throw Unexpected("'module'");
        string name = Word("the name of a module");
        module = new ModuleSource(text, name, line);
        if (!modules.TryAdd(name, module))
            throw text.Wrong(line, $"the module {SourceText.Shown(name)} is there twice; the first is in line {modules[name].Line}");
        (wires, directions, signed, order) =
            (new(StringComparer.Ordinal), new(StringComparer.Ordinal), new(StringComparer.Ordinal), []);
        if (Take("("))
            ReadHeader();
        Expect(";");
        while (!Take("endmodule"))
        {
            if (token.Kind == VerilogTokenKind.End)
            {
                throw text.Wrong(token.Line,
                    $"the file ends inside the module {SourceText.Shown(name)}, which begins in line {line}; it may be cut short");
            }

            ReadItem();
        }

        foreach (string port in order)
        {
            bool output = directions[port]
                ?? throw text.Wrong(line, $"{SourceText.Shown(port)} is a port of {SourceText.Shown(name)}, and neither input nor output");
            module.AddPort(new Port(port, wires[port].Bits, output, signed.Contains(port)));
        }
    }

    void ReadHeader()
    {
        if (Take(")"))
            return;
        bool? output = null;
        bool isSigned = false;
        (int Left, int Right)? range = null;
        do
        {
            if (token.Text is "input" or "output")
            {
                output = token.Text == "output";
                Advance();
                Take("wire");
                isSigned = Take("signed");
                range = Range();
            }

            int line = token.Line;
            string name = Word("the name of a port");
            if (!directions.TryAdd(name, output))
                throw text.Wrong(line, $"the port {SourceText.Shown(name)} is there twice");
            order.Add(name);
            if (isSigned)
                signed.Add(name);
            if (output is not null)
                Declare(line, name, range);
        }
        while (Take(","));
        Expect(")");
    }

    void ReadItem()
    {
        if (Take(";"))
            return;
        if (token.Text is "input" or "output" or "wire")
        {
            ReadDeclaration();
            return;
        }

        if (Behavioural.Contains(token.Text))
        {
            throw text.Wrong(
                token.Line, $"'{token.Text}' is not structural Verilog; inputs, outputs, wires, assign, gates and modules are read");
        }

        if (Take("assign"))
        {
            do
                ReadAssignment();
            while (Take(","));
            Expect(";");
            return;
        }

        string name = Word("a declaration, an assign, a gate or a module");
        if (Primitives.TryGetValue(name, out Cell? gate))
            ReadGates(gate);
        else
            ReadInstances(name);
    }

    void ReadDeclaration()
    {
        bool? output = token.Text switch { "input" => false, "output" => true, _ => null };
        Advance();
        if (output is not null)
            Take("wire");
        bool isSigned = Take("signed");
        (int Left, int Right)? range = Range();
        do
        {
            int line = token.Line;
            string name = Word("a name");
            if (output is not null)
            {
                if (!directions.TryGetValue(name, out bool? known))
                {
                    throw text.Wrong(line,
                        $"{SourceText.Shown(name)} is declared {(output.Value ? "output" : "input")} and is not in the list of ports");
                }

                if (known is not null)
                    throw text.Wrong(line, $"{SourceText.Shown(name)} is declared twice");
                directions[name] = output;
                if (isSigned)
                    signed.Add(name);
            }

            Declare(line, name, range);
            if (output is null && Take("="))
                Assign(line, wires[name].Bits, Expression());
        }
        while (Take(","));
        Expect(";");
    }

    /// <summary>A wire is declared again where its port is; then nothing is to be done.</summary>
    void Declare(int line, string name, (int Left, int Right)? range)
    {
        (int left, int right) = range ?? (0, 0);
        if (wires.TryGetValue(name, out (int[] Bits, int Left, int Right) known))
        {
            if (!directions.ContainsKey(name) || (known.Left, known.Right) != (left, right))
                throw text.Wrong(line, $"{SourceText.Shown(name)} is declared twice");
            return;
        }

        wires.Add(name, (module.NewBits(line, name, Math.Abs(left - right) + 1, Math.Min(left, right)), left, right));
    }

    void ReadAssignment()
    {
        int line = token.Line;
        int[] target = Primary();
        Expect("=");
        Assign(line, target, Expression());
    }

    void Assign(int line, int[] target, int[] value)
    {
        if (target.Length != value.Length)
            throw text.Wrong(line, $"{value.Length} bits are assigned to {target.Length}; both sides have the same width");
        for (int bit = 0; bit < target.Length; bit++)
            module.Connect(line, target[bit], value[bit]);
    }

    /// <summary>Gate primitives: the output comes first, and of most gates there may be many inputs.</summary>
    void ReadGates(Cell gate)
    {
        do
        {
            int line = token.Line;
            if (token.Kind == VerilogTokenKind.Word)
                Advance();
            Expect("(");
            var pins = new List<int>();
            do
                pins.Add(Single(line, Expression()));
            while (Take(","));
            Expect(")");
            int least = gate.Inputs.Count + 1;
            if (pins.Count < least || pins.Count > least && gate.Inputs.Count == 1)
            {
                throw text.Wrong(
                    line,
                    $"the gate {gate} has {pins.Count} wires; "
                    + $"it takes an output and {(gate.Inputs.Count == 1 ? "one input" : "two inputs or more")}");
            }

            // A wide gate inverts once, at its end.
            Cell inner = gate == Cells.Nand ? Cells.And : gate == Cells.Nor ? Cells.Or : gate == Cells.Xnor ? Cells.Xor : gate;
            int value = pins[1];
            for (int pin = 2; pin < pins.Count - 1; pin++)
                value = module.Gate(line, inner, value, pins[pin]);
            module.Add(line, gate, gate.Inputs.Count == 1 ? [value] : [value, pins[^1]], [pins[0]]);
        }
        while (Take(","));
        Expect(";");
    }

    void ReadInstances(string name)
    {
        if (token.Text == "#")
            throw text.Wrong(token.Line, $"{SourceText.Shown(name)} is given parameters; modules with parameters are not read");
        do
        {
            int line = token.Line;
            Word($"the name of a {SourceText.Shown(name)}");
            Expect("(");
            var connections = new List<Connection>();
            while (!Take(")"))
            {
                if (connections.Count > 0)
                    Expect(",");
                if (Take("."))
                {
                    string port = Word("the name of a port");
                    Expect("(");
                    connections.Add(new Connection(port, token.Text == ")" ? [] : Expression()));
                    Expect(")");
                }
                else
                    connections.Add(new Connection(null, Expression()));
            }

            if (connections.DistinctBy(connection => connection.Port is null).Count() > 1)
                throw text.Wrong(line, "wires are connected by name and by order; choose one");
            module.Instantiate(line, name, [.. connections]);
        }
        while (Take(","));
        Expect(";");
    }

    /// <summary>An expression, with the choice <c>s ? b : a</c> as the loosest operator.</summary>
    int[] Expression()
    {
        int line = token.Line;
        if (++depth > DeepestExpression)
            throw text.Wrong(line, $"the expression is nested more than {DeepestExpression} deep, the most that is read");
        int[] value = Operation(1);
        if (Take("?"))
        {
            int choice = Single(line, value);
            int[] where = Expression();
            Expect(":");
            int[] otherwise = Expression();
            value = Each(line, Cells.Multiplexer, [otherwise, where, [.. Enumerable.Repeat(choice, where.Length)]]);
        }

        depth--;
        return value;
    }

    int[] Operation(int strength)
    {
        int[] value = Unary();
        while (token.Kind == VerilogTokenKind.Symbol && Operators.TryGetValue(token.Text, out (int Strength, Cell Gate) known)
            && known.Strength >= strength)
        {
            VerilogToken sign = token;
            Advance();
            int[] right = Operation(known.Strength + 1);
            if (sign.Text is "&&" or "||")
            {
                Single(sign.Line, value);
                Single(sign.Line, right);
            }

            value = Each(sign.Line, known.Gate, [value, right]);
        }

        return value;
    }

    int[] Unary()
    {
        int line = token.Line;
        bool inverts = false, single = false;
        while (token.Kind == VerilogTokenKind.Symbol && token.Text is "~" or "!")
        {
            inverts = !inverts;
            single |= token.Text == "!";
            Advance();
        }

        int[] value = Primary();
        if (single)
            Single(line, value);
        return inverts ? Each(line, Cells.Not, [value]) : value;
    }

    int[] Primary()
    {
        VerilogToken at = token;
        if (Take("("))
        {
            int[] inner = Expression();
            Expect(")");
            return inner;
        }

        if (Take("{"))
            return Concatenation(at.Line);
        if (at.Kind == VerilogTokenKind.Number)
        {
            Advance();
            return Constant(at);
        }

        string name = Word("a wire, a constant or a parenthesis");
        if (!wires.TryGetValue(name, out (int[] Bits, int Left, int Right) wire))
            throw text.Wrong(at.Line, $"'{SourceText.Shown(name)}' is not declared");
        if (!Take("["))
            return Counted(at.Line, wire.Bits);
        int high = Index(name, wire), low = Take(":") ? Index(name, wire) : high;
        Expect("]");
        if (low > high)
            throw text.Wrong(at.Line, $"the bits of {SourceText.Shown(name)} are given in the other order than they are declared");
        return Counted(at.Line, wire.Bits[low..(high + 1)]);
    }

    /// <summary>Converts a declared index to that of a bit, counted from the lowest.</summary>
    int Index(string name, (int[] Bits, int Left, int Right) wire)
    {
        int line = token.Line, index = WholeNumber();
        int place = wire.Left >= wire.Right ? index - wire.Right : wire.Right - index;
        return place >= 0 && place < wire.Bits.Length
            ? place
            : throw text.Wrong(line, $"{SourceText.Shown(name)} has no bit {index}; it has [{wire.Left}:{wire.Right}]");
    }

    /// <summary><c>{a, b}</c>, of which the last is the lowest, or <c>{3{a}}</c>.</summary>
    int[] Concatenation(int line)
    {
        if (++depth > DeepestExpression)
            throw text.Wrong(line, $"the expression is nested more than {DeepestExpression} deep, the most that is read");
        int[] value;
        if (token.Kind == VerilogTokenKind.Number && !token.Text.Contains('\''))
        {
            int times = WholeNumber();
            Expect("{");
            int[] part = Concatenation(line);
            Expect("}");
            if ((long)times * part.Length > MaxBits)
                throw TooManyBits(line);
            value = [.. Enumerable.Repeat(part, times).SelectMany(copy => copy)];
        }
        else
        {
            var parts = new List<int[]>();
            do
                parts.Add(Expression());
            while (Take(","));
            Expect("}");
            parts.Reverse();
            value = [.. parts.SelectMany(part => part)];
        }

        depth--;
        return Counted(line, value);
    }

    int[] Constant(VerilogToken number)
    {
        string digits = number.Text.Replace("_", "", StringComparison.Ordinal);
        int quote = digits.IndexOf('\'', StringComparison.Ordinal);
        if (quote <= 0 || digits.Length < quote + 3
            || !int.TryParse(digits.AsSpan(0, quote), NumberStyles.None, CultureInfo.InvariantCulture, out int width)
            || width is < 1 or > NetlistBuilder.MaxBits)
        {
            throw text.Wrong(
                number.Line,
                $"the constant {SourceText.Shown(number.Text)} has no width; write 1'b0 or 8'hff, with 1 to {NetlistBuilder.MaxBits} bits");
        }

        int radix = char.ToLowerInvariant(digits[quote + 1]) switch { 'b' => 2, 'o' => 8, 'd' => 10, 'h' => 16, _ => 0 };
        BigInteger value = 0;
        foreach (char digit in digits.AsSpan(quote + 2, Math.Min(digits.Length - quote - 2, NetlistBuilder.MaxBits)))
        {
            int worth = char.IsAsciiHexDigit(digit) ? Convert.ToInt32($"{digit}", 16) : int.MaxValue;
            if (worth >= radix)
                throw text.Wrong(number.Line, $"{SourceText.Shown(number.Text)} is not a constant of zeros and ones");
            value = value * radix + worth;
        }

        if (digits.Length - quote - 2 > NetlistBuilder.MaxBits || value >> width != 0)
            throw text.Wrong(number.Line, $"the constant {SourceText.Shown(number.Text)} does not fit {width} bits");
        return Counted(
            number.Line, [.. Enumerable.Range(0, width).Select(bit => (value >> bit).IsEven ? ModuleSource.Zero : ModuleSource.One)]);
    }

    /// <summary>A gate for each bit of the operands.</summary>
    int[] Each(int line, Cell gate, int[][] operands)
    {
        if (operands.Any(operand => operand.Length != operands[0].Length))
        {
            throw text.Wrong(
                line,
                $"operands of {string.Join(" and ", operands.Select(operand => operand.Length).Distinct())} bits are combined; "
                + "they have the same width");
        }

        return Counted(line, [.. Enumerable.Range(0, operands[0].Length)
            .Select(bit => module.Gate(line, gate, [.. operands.Select(operand => operand[bit])]))]);
    }

    int Single(int line, int[] value) =>
        value.Length == 1 ? value[0] : throw text.Wrong(line, $"a value of {value.Length} bits is where one bit is wanted");

    /// <summary>Short text can ask for much: all bits of all expressions are counted.</summary>
    int[] Counted(int line, int[] value)
    {
        bits += value.Length;
        return bits <= MaxBits ? value : throw TooManyBits(line);
    }

    InputException TooManyBits(int line) =>
        text.Wrong(line, $"the expressions have more than {MaxBits} bits together, the most that are read");

    (int Left, int Right)? Range()
    {
        if (!Take("["))
            return null;
        int left = WholeNumber();
        Expect(":");
        int right = WholeNumber();
        Expect("]");
        return (left, right);
    }

    int WholeNumber()
    {
        VerilogToken number = token;
        Advance();
        return number.Kind == VerilogTokenKind.Number
            && int.TryParse(number.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : throw text.Wrong(number.Line, $"'{SourceText.Shown(number.Text)}' is where an integer is wanted");
    }

    string Word(string wanted)
    {
        if (token.Kind != VerilogTokenKind.Word)
            throw Unexpected(wanted);
        string word = token.Text;
        Advance();
        return word;
    }

    bool Take(string wanted)
    {
        if (token.Text != wanted || token.Kind is VerilogTokenKind.Number or VerilogTokenKind.End)
            return false;
        Advance();
        return true;
    }

    void Expect(string wanted)
    {
        if (!Take(wanted))
            throw Unexpected($"'{wanted}'");
    }

    void Advance() => token = tokens.Next();

    InputException Unexpected(string wanted) => token.Kind == VerilogTokenKind.End
        ? text.Wrong(token.Line, $"the file ends where {wanted} is wanted; it may be cut short")
        : text.Wrong(token.Line, $"'{SourceText.Shown(token.Text)}' is where {wanted} is wanted");
}
