using Dapprox.Foundation;

namespace Dapprox.Circuits.Formats;

/// <summary>
/// Reads structural Verilog, as EvoApproxLib and ArithsGen publish it: modules with inputs, outputs, wires and registers of any width, and
/// parameters with their defaults; <c>assign</c> of expressions (<see cref="VerilogExpressions"/>); <c>always</c> blocks without a clock
/// (<see cref="VerilogProcedure"/>); gate primitives; and modules, or cells of <see cref="LibraryCells"/>, with named or ordered
/// connections. Delays are left out.
/// </summary>
sealed class VerilogReader
{
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
        "initial", "function", "task", "generate", "genvar", "defparam", "integer", "real", "time", "inout", "tri", "wand", "wor", "logic",
        "specify",
    ];

    readonly SourceText text;
    readonly VerilogTokens tokens;
    readonly Dictionary<string, ModuleSource> modules = new(StringComparer.Ordinal);
    ModuleSource module = null!;
    VerilogScope scope = null!;
    VerilogExpressions expressions = null!;
    Dictionary<string, bool?> directions = [];
    List<string> order = [];

    VerilogReader(SourceText text) => (this.text, tokens) = (text, new VerilogTokens(text));

    /// <summary>The circuit of a file.</summary>
    /// <param name="text">The file.</param>
    /// <param name="top">The module that is the circuit; null for the one that no other uses.</param>
    /// <exception cref="InputException">The text is not such Verilog, or no circuit; the message gives the line.</exception>
    public static CircuitDocument Read(SourceText text, string? top = null)
    {
        var reader = new VerilogReader(text);
        while (reader.tokens.Current.Kind != VerilogTokenKind.End)
            reader.ReadModule();
        return Elaboration.Run(Elaboration.Top(text, reader.modules, top), reader.modules);
    }

    void ReadModule()
    {
        int line = tokens.Current.Line;
        tokens.Expect("module");
        string name = tokens.Word("the name of a module");
        module = new ModuleSource(text, name, line);
        if (!modules.TryAdd(name, module))
            throw text.Wrong(line, $"the module {SourceText.Shown(name)} is there twice; the first is in line {modules[name].Line}");
        scope = new VerilogScope(text, module);
        expressions = new VerilogExpressions(tokens, scope);
        (directions, order) = (new(StringComparer.Ordinal), []);
        if (tokens.Take("#"))
            ReadHeaderParameters();
        if (tokens.Take("("))
            ReadHeader();
        tokens.Expect(";");
        while (!tokens.Take("endmodule"))
        {
            if (tokens.Current.Kind == VerilogTokenKind.End)
            {
                throw text.Wrong(tokens.Current.Line,
                    $"the file ends inside the module {SourceText.Shown(name)}, which begins in line {line}; it may be cut short");
            }

            ReadItem();
        }

        foreach (string port in order)
        {
            bool output = directions[port]
                ?? throw text.Wrong(line, $"{SourceText.Shown(port)} is a port of {SourceText.Shown(name)}, and neither input nor output");
            module.AddPort(new Port(port, scope.Wires[port].Bits, output, scope.Wires[port].IsSigned));
        }
    }

    void ReadHeaderParameters()
    {
        tokens.Expect("(");
        do
        {
            tokens.Take("parameter");
            ReadParameter();
        }
        while (tokens.Take(","));
        tokens.Expect(")");
    }

    void ReadHeader()
    {
        if (tokens.Take(")"))
            return;
        bool? output = null;
        bool isSigned = false;
        (int Left, int Right)? range = null;
        do
        {
            if (tokens.Current.Text is "input" or "output")
                (output, isSigned, range) = ReadType();
            int line = tokens.Current.Line;
            string name = tokens.Word("the name of a port");
            if (!directions.TryAdd(name, output))
                throw text.Wrong(line, $"the port {SourceText.Shown(name)} is there twice");
            order.Add(name);
            if (output is not null)
                Declare(line, name, range, isSigned);
        }
        while (tokens.Take(","));
        tokens.Expect(")");
    }

    /// <summary>What stands in front of the names of a declaration.</summary>
    (bool? IsOutput, bool IsSigned, (int Left, int Right)? Range) ReadType()
    {
        bool? output = tokens.Current.Text switch { "input" => false, "output" => true, _ => null };
        tokens.Advance();
        if (output is not null && !tokens.Take("wire"))
            tokens.Take("reg");
        bool isSigned = tokens.Take("signed");
        (int Left, int Right)? range = expressions.ReadRange();
        SkipDelay();
        return (output, isSigned, range);
    }

    void ReadItem()
    {
        VerilogToken first = tokens.Current;
        if (tokens.Take(";"))
            return;
        if (first.Kind == VerilogTokenKind.Word && Behavioural.Contains(first.Text))
        {
            throw text.Wrong(
                first.Line, $"'{first.Text}' is not structural Verilog; inputs, outputs, wires, parameters, assign, always blocks without "
                    + "a clock, gates and modules are read");
        }

        switch (first.Text)
        {
            case "input" or "output" or "wire" or "reg":
                ReadDeclaration();
                return;
            case "supply0" or "supply1":
                ReadSupplies();
                return;
            case "parameter" or "localparam":
                tokens.Advance();
                do
                    ReadParameter();
                while (tokens.Take(","));
                tokens.Expect(";");
                return;
            case "always":
                tokens.Advance();
                new VerilogProcedure(tokens, scope, expressions).Read();
                return;
            case "assign":
                tokens.Advance();
                SkipDelay();
                do
                    ReadAssignment();
                while (tokens.Take(","));
                tokens.Expect(";");
                return;
        }

        string name = tokens.Word("a declaration, an assign, a gate or a module");
        if (Primitives.TryGetValue(name, out Cell? gate))
            ReadGates(gate);
        else
            ReadInstances(name);
    }

    void ReadDeclaration()
    {
        (bool? output, bool isSigned, (int Left, int Right)? range) = ReadType();
        do
        {
            int line = tokens.Current.Line;
            string name = tokens.Word("a name");
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
            }

            Declare(line, name, range, isSigned);
            if (tokens.IsAt("["))
                throw text.Wrong(line, $"{SourceText.Shown(name)} is an array of registers; a circuit that multiplies has no memory");
            if (output is null && tokens.Take("="))
                scope.Assign(line, scope.Wires[name].Bits, expressions.Read());
        }
        while (tokens.Take(","));
        tokens.Expect(";");
    }

    /// <summary>A wire is declared again where its port is; then only a sign is new.</summary>
    void Declare(int line, string name, (int Left, int Right)? range, bool isSigned)
    {
        (int left, int right) = range ?? (0, 0);
        if (scope.Parameters.ContainsKey(name))
            throw text.Wrong(line, $"{SourceText.Shown(name)} is declared twice");
        if (scope.Wires.TryGetValue(name, out VerilogWire known))
        {
            if (!directions.ContainsKey(name) || (known.Left, known.Right) != (left, right))
                throw text.Wrong(line, $"{SourceText.Shown(name)} is declared twice");
            scope.Wires[name] = known with { IsSigned = known.IsSigned || isSigned };
            return;
        }

        // The difference of two bounds may be more than an int holds.
        long width = Math.Abs((long)left - right) + 1;
        int[] bits = module.NewBits(line, name, (int)Math.Min(width, int.MaxValue), Math.Min(left, right));
        scope.Wires.Add(name, new VerilogWire(bits, left, right, isSigned));
    }

    /// <summary><c>supply0 gnd;</c>: wires that are constant.</summary>
    void ReadSupplies()
    {
        int constant = tokens.Current.Text == "supply0" ? ModuleSource.Zero : ModuleSource.One;
        (_, bool isSigned, (int Left, int Right)? range) = ReadType();
        do
        {
            int line = tokens.Current.Line;
            string name = tokens.Word("a name");
            Declare(line, name, range, isSigned);
            foreach (int bit in scope.Wires[name].Bits)
                module.Connect(line, bit, constant);
        }
        while (tokens.Take(","));
        tokens.Expect(";");
    }

    /// <summary>A parameter has its default: modules that are given others are not read.</summary>
    void ReadParameter()
    {
        if (!tokens.Take("integer"))
        {
            tokens.Take("signed");
            expressions.ReadRange();
        }

        int line = tokens.Current.Line;
        string name = tokens.Word("the name of a parameter");
        tokens.Expect("=");
        if (scope.Wires.ContainsKey(name) || !scope.Parameters.TryAdd(name, expressions.Read()))
            throw text.Wrong(line, $"{SourceText.Shown(name)} is declared twice");
    }

    void ReadAssignment()
    {
        int line = tokens.Current.Line;
        DeclareImplicit("=");
        int[] target = expressions.ReadTarget();
        tokens.Expect("=");
        scope.Assign(line, target, expressions.Read());
    }

    /// <summary>A delay says nothing of what is computed: <c>#1</c>, <c>#0.5</c>, <c>#(1, 2)</c>.</summary>
    void SkipDelay()
    {
        if (!tokens.Take("#"))
            return;
        if (tokens.Take("("))
        {
            while (!tokens.Take(")"))
            {
                if (tokens.Current.Kind == VerilogTokenKind.End)
                    throw tokens.Unexpected("')'");
                tokens.Advance();
            }

            return;
        }

        do
            tokens.Advance();
        while (tokens.Take("."));
    }

    /// <summary>A name alone that nothing declares is a wire of one bit (IEEE 1364-2005, 4.5).</summary>
    /// <param name="ends">What stands behind a name alone.</param>
    void DeclareImplicit(params string[] ends)
    {
        VerilogToken name = tokens.Current;
        if (name.Kind == VerilogTokenKind.Word && !scope.Wires.ContainsKey(name.Text) && !scope.Parameters.ContainsKey(name.Text)
            && !directions.ContainsKey(name.Text) && ends.Contains(tokens.Following.Text))
            Declare(name.Line, name.Text, null, isSigned: false);
    }

    int[] ReadPin()
    {
        DeclareImplicit(",", ")");
        return expressions.ReadBits();
    }

    /// <summary>Gate primitives: the output comes first, and of most gates there may be many inputs.</summary>
    void ReadGates(Cell gate)
    {
        SkipDelay();
        do
        {
            int line = tokens.Current.Line;
            if (tokens.Current.Kind == VerilogTokenKind.Word)
                tokens.Advance();
            tokens.Expect("(");
            var pins = new List<int>();
            do
                pins.Add(Single(line, ReadPin()));
            while (tokens.Take(","));
            tokens.Expect(")");
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
        while (tokens.Take(","));
        tokens.Expect(";");
    }

    void ReadInstances(string name)
    {
        if (tokens.IsAt("#"))
            throw text.Wrong(tokens.Current.Line, $"{SourceText.Shown(name)} is given parameters; modules with parameters are not read");
        do
        {
            int line = tokens.Current.Line;
            tokens.Word($"the name of a {SourceText.Shown(name)}");
            tokens.Expect("(");
            var connections = new List<Connection>();
            while (!tokens.Take(")"))
            {
                if (connections.Count > 0)
                    tokens.Expect(",");
                if (tokens.Take("."))
                {
                    string port = tokens.Word("the name of a port");
                    tokens.Expect("(");
                    connections.Add(new Connection(port, tokens.Current.Text == ")" ? [] : ReadPin()));
                    tokens.Expect(")");
                }
                else
                    connections.Add(new Connection(null, ReadPin()));
            }

            if (connections.DistinctBy(connection => connection.Port is null).Count() > 1)
                throw text.Wrong(line, "wires are connected by name and by order; choose one");
            module.Instantiate(line, name, [.. connections]);
        }
        while (tokens.Take(","));
        tokens.Expect(";");
    }

    int Single(int line, int[] value) =>
        value.Length == 1 ? value[0] : throw text.Wrong(line, $"a value of {value.Length} bits is where one bit is wanted");
}
