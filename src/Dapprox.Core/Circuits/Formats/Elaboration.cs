using Dapprox.Foundation;

namespace Dapprox.Circuits.Formats;

/// <summary>
/// Makes a netlist of the modules of a file: finds what drives what, puts the statements into an order in which they can be
/// computed, and modules into the modules that use them. What cannot be computed is refused with its line.
/// </summary>
/// <remarks>
/// Small modules, of up to three inputs and two outputs of one bit each, become cells with their truth table, known ones
/// where there is one with the same table: a full adder built from gates counts as a full adder.
/// </remarks>
sealed class Elaboration(SourceText text, IReadOnlyDictionary<string, ModuleSource> modules)
{
    // Deeper than any multiplier, and shallow enough for the stack.
    const int DeepestHierarchy = 64;

    // What a message shows of the modules of a file.
    const int ShownModules = 8;

    const int Undriven = -1, Input = -2;

    readonly Dictionary<string, Definition> definitions = new(StringComparer.Ordinal);
    readonly List<string> open = [];
    int dropped;

    /// <summary>What a module is to those that use it: a netlist or a cell, and its ports in order.</summary>
    sealed record Definition(Netlist? Netlist, Cell? Cell, IReadOnlyList<(string Name, int Width, bool IsOutput)> Ports)
    {
        readonly Dictionary<string, int> places = Ports.Select((port, place) => (port.Name, place)).ToDictionary(StringComparer.Ordinal);

        /// <summary>A port by its name, or a bit of it by <c>name[index]</c>; null where there is none.</summary>
        public (int Port, int First, int Width)? Locate(string name)
        {
            if (places.TryGetValue(name, out int port))
                return (port, 0, Ports[port].Width);
            return BitName.Split(name) is (string bus, int index) && places.TryGetValue(bus, out port) && index < Ports[port].Width
                ? (port, index, 1)
                : null;
        }
    }

    /// <summary>The circuit of a module.</summary>
    /// <param name="top">The module that no other uses.</param>
    /// <param name="modules">All modules of the file by name.</param>
    public static CircuitDocument Run(ModuleSource top, IReadOnlyDictionary<string, ModuleSource> modules)
    {
        var elaboration = new Elaboration(top.Text, modules);
        elaboration.open.Add(top.Name);
        Port[] inputs = [.. top.Ports.Where(port => !port.IsOutput)];
        string[] signed = [.. inputs.Where(port => port.IsSigned).Select(port => SourceText.Shown(port.Name))];
        if (signed.Length > 0 && signed.Length < inputs.Length)
        {
            throw top.Text.Wrong(
                top.Line, $"of the inputs of {SourceText.Shown(top.Name)} {string.Join(", ", signed)} are signed and others are not; "
                    + "declare all alike");
        }

        Netlist circuit = elaboration.Build(top).WithSign(signed.Length > 0);
        return new CircuitDocument(circuit)
        {
            Note = elaboration.dropped == 0 ? null
                : $"{elaboration.dropped} cells or assignments read wires that nothing drives; no output needs them, and they are left out",
        };
    }

    /// <summary>The module that is the circuit.</summary>
    /// <param name="text">The file.</param>
    /// <param name="modules">All modules of the file by name.</param>
    /// <param name="chosen">The name of the module; null for the one that no other uses.</param>
    /// <exception cref="InputException">There is no such module, or more than one.</exception>
    public static ModuleSource Top(SourceText text, IReadOnlyDictionary<string, ModuleSource> modules, string? chosen = null)
    {
        if (chosen is not null)
        {
            return modules.TryGetValue(chosen, out ModuleSource? module) ? module
                : throw text.Wrong(1, $"there is no module '{SourceText.Shown(chosen)}' in it; it has "
                    + string.Join(", ", modules.Keys.Take(ShownModules).Select(SourceText.Shown)));
        }

        var used = modules.Values.SelectMany(module => module.Statements).Select(statement => statement.Module).ToHashSet();
        ModuleSource[] unused = [.. modules.Values.Where(module => !used.Contains(module.Name))];
        if (unused.Length > 1)
            unused = [.. unused.Where(module => LibraryCells.Find(module.Name) is null)];
        if (modules.Count == 0)
            throw text.Wrong(1, "there is no module");
        if (unused.Length == 0)
        {
            throw text.Wrong(modules.Values.First().Line,
                "every module is used by another, so they contain themselves; a circuit has a module that no other uses");
        }

        if (unused.Length > 1)
        {
            throw text.Wrong(
                unused[1].Line,
                $"no module uses {SourceText.Shown(unused[0].Name)} nor {SourceText.Shown(unused[1].Name)}; "
                + "choose one with 'dapprox circuit import FILE --top NAME'");
        }

        return unused[0];
    }

    Definition Find(Statement use)
    {
        string name = use.Module!;
        if (definitions.TryGetValue(name, out Definition? known))
            return known;
        if (!modules.TryGetValue(name, out ModuleSource? module))
        {
            (Cell Cell, IReadOnlyList<string> Outputs) cell = LibraryCells.Find(name)
                ?? throw text.Wrong(
                    use.Line, $"there is no module or cell '{SourceText.Shown(name)}'; put its definition into the file, or give its "
                        + "library: dapprox circuit import FILE --cells cells.lib");
            known = new Definition(null, cell.Cell,
                [.. cell.Cell.Inputs.Select(input => (input, 1, false)), .. cell.Outputs.Select(output => (output, 1, true))]);
        }
        else
        {
            if (open.Contains(name))
                throw text.Wrong(use.Line, $"the module {SourceText.Shown(name)} contains itself");
            if (open.Count >= DeepestHierarchy)
                throw text.TooLarge(use.Line, $"modules are nested more than {DeepestHierarchy} deep, the most that is read");
            open.Add(name);
            Netlist netlist = Build(module);
            open.RemoveAt(open.Count - 1);
            (string Name, int Width, bool IsOutput)[] ports =
                [.. module.Ports.Select(port => (port.Name, port.Bits.Length, port.IsOutput))];
            known = ports.All(port => port.Width == 1) && ports.Count(port => !port.IsOutput) is >= 1 and <= 3
                && ports.Count(port => port.IsOutput) is 1 or 2
                ? new Definition(null, CellOf(netlist), ports)
                : new Definition(netlist, null, ports);
        }

        definitions.Add(name, known);
        return known;
    }

    static Cell CellOf(Netlist netlist)
    {
        int inputs = netlist.Inputs.Count;
        UInt128[][] rows = [.. Enumerable.Range(0, 1 << inputs).Select(index =>
            netlist.Evaluate([.. Enumerable.Range(0, inputs).Select(input => (ulong)(index >> (inputs - 1 - input) & 1))]))];
        return LibraryCells.Matching(
            netlist.Name, [.. netlist.Inputs.Select(bus => bus.Name)],
            [.. netlist.Outputs.Select((bus, output) => (bus.Name, string.Concat(rows.Select(row => row[output]))))]);
    }

    Netlist Build(ModuleSource module)
    {
        (Statement[] statements, Definition?[] definitionOf) = Resolve(module);
        var builder = new NetlistBuilder(module.Name);
        int[] driver = Drivers(module, statements);
        int[] nets = new int[module.BitCount];
        Array.Fill(nets, -1);
        (nets[ModuleSource.Zero], nets[ModuleSource.One]) = (Netlist.Zero, Netlist.One);
        foreach (Port port in module.Ports.Where(port => !port.IsOutput))
        {
            int[] made = builder.Input(port.Name, Checked(module, port).Bits.Length);
            for (int bit = 0; bit < made.Length; bit++)
                nets[port.Bits[bit]] = made[bit];
        }

        int elements = 0;
        foreach (int statement in Order(module, statements, driver))
        {
            Statement at = statements[statement];
            int[] inputs = [.. at.Inputs.Select(bit => nets[bit])];
            int[] made;
            if (definitionOf[statement]?.Netlist is Netlist inner)
            {
                elements += inner.Elements.Count;
                if (elements > SourceText.MaxElements)
                    throw text.TooManyElements(at.Line);
                int next = 0;
                int[][] buses = [.. inner.Inputs.Select(bus => inputs[next..(next += bus.Width)])];
                made = [.. builder.Instantiate(inner, buses).SelectMany(bus => bus)];
            }
            else if (at.Cell is Cell cell)
            {
                if (++elements > SourceText.MaxElements)
                    throw text.TooManyElements(at.Line);
                made = builder.Add(cell, inputs);
            }
            else
                made = inputs;

            for (int output = 0; output < made.Length; output++)
            {
                if (at.Outputs[output] >= 0)
                    nets[at.Outputs[output]] = made[output];
            }
        }

        foreach (Port port in module.Ports.Where(port => port.IsOutput))
        {
            foreach (int bit in Checked(module, port).Bits)
            {
                if (nets[bit] < 0)
                    throw text.Wrong(module.Line, $"nothing drives the output {module.NameOf(bit)} of {SourceText.Shown(module.Name)}");
            }

            builder.Output(port.Name, [.. port.Bits.Select(bit => nets[bit])]);
        }

        return builder.Build();
    }

    Port Checked(ModuleSource module, Port port) => port.Bits.Length <= NetlistBuilder.MaxBits
        ? port
        : throw text.Wrong(
            module.Line,
            $"the port {SourceText.Shown(port.Name)} of {SourceText.Shown(module.Name)} has {port.Bits.Length} bits; "
            + $"at most {NetlistBuilder.MaxBits} can be had");

    /// <summary>The statements with the inputs and outputs of other modules filled in; an output without a wire is −1.</summary>
    (Statement[] Statements, Definition?[] Definitions) Resolve(ModuleSource module)
    {
        var statements = new Statement[module.Statements.Count];
        var found = new Definition?[statements.Length];
        for (int i = 0; i < statements.Length; i++)
        {
            Statement at = module.Statements[i];
            if (at.Module is null)
            {
                statements[i] = at;
                continue;
            }

            Definition definition = Find(at);
            int[][] bits = [.. definition.Ports.Select(port => Enumerable.Repeat(-1, port.Width).ToArray())];
            for (int place = 0; place < at.Connections.Length; place++)
                Fill(at, definition, bits, place);
            for (int port = 0; port < bits.Length; port++)
            {
                if (!definition.Ports[port].IsOutput && bits[port].Contains(-1))
                {
                    throw text.Wrong(
                        at.Line,
                        $"nothing is connected to the input {SourceText.Shown(definition.Ports[port].Name)} "
                        + $"of {SourceText.Shown(at.Module)}");
                }
            }

            found[i] = definition;
            statements[i] = at with
            {
                Cell = definition.Cell,
                Inputs = [.. bits.Where((_, port) => !definition.Ports[port].IsOutput).SelectMany(port => port)],
                Outputs = [.. bits.Where((_, port) => definition.Ports[port].IsOutput).SelectMany(port => port)],
            };
        }

        return (statements, found);
    }

    void Fill(Statement at, Definition definition, int[][] bits, int place)
    {
        Connection connection = at.Connections[place];
        int port = place, first = 0, width;
        if (connection.Port is null)
        {
            if (at.Connections.Length > bits.Length || LibraryCells.Find(at.Module!) is not null && !modules.ContainsKey(at.Module!))
            {
                throw text.Wrong(
                    at.Line,
                    $"{SourceText.Shown(at.Module!)} has the ports {Ports(definition)}; "
                    + $"connect them by name, as in .{definition.Ports[0].Name}(wire)");
            }

            width = bits[port].Length;
        }
        else
        {
            (port, first, width) = definition.Locate(connection.Port)
                ?? throw text.Wrong(at.Line,
                    $"{SourceText.Shown(at.Module!)} has no port '{SourceText.Shown(connection.Port)}'; it has {Ports(definition)}");
        }

        // An output that is left open.
        if (connection.Bits.Length == 0 && definition.Ports[port].IsOutput)
            return;
        if (connection.Bits.Length != width)
        {
            throw text.Wrong(
                at.Line,
                $"{connection.Bits.Length} bits are connected to {SourceText.Shown(connection.Port ?? definition.Ports[port].Name)} "
                + $"of {SourceText.Shown(at.Module!)}, which has {width}");
        }

        for (int bit = 0; bit < width; bit++)
        {
            if (bits[port][first + bit] >= 0)
            {
                throw text.Wrong(
                    at.Line, $"{SourceText.Shown(connection.Port ?? "")} of {SourceText.Shown(at.Module!)} is connected twice");
            }

            bits[port][first + bit] = connection.Bits[bit];
        }
    }

    static string Ports(Definition definition) => string.Join(", ", definition.Ports.Take(12).Select(port => SourceText.Shown(port.Name)));

    /// <summary>The statement that drives each bit.</summary>
    int[] Drivers(ModuleSource module, Statement[] statements)
    {
        int[] driver = new int[module.BitCount];
        Array.Fill(driver, Undriven);
        driver[ModuleSource.Zero] = driver[ModuleSource.One] = Input;
        foreach (int bit in module.Ports.Where(port => !port.IsOutput).SelectMany(port => port.Bits))
            driver[bit] = Input;
        for (int i = 0; i < statements.Length; i++)
        {
            foreach (int bit in statements[i].Outputs)
            {
                if (bit < 0)
                    continue;
                if (driver[bit] == Input)
                {
                    throw text.Wrong(
                        statements[i].Line, $"{module.NameOf(bit)} is driven here, and is {(bit < 2 ? "a constant" : "an input")}");
                }

                if (driver[bit] != Undriven)
                    throw text.Wrong(statements[i].Line, $"{module.NameOf(bit)} is driven here and in line {statements[driver[bit]].Line}");
                driver[bit] = i;
            }
        }

        return driver;
    }

    /// <summary>The statements in the order of the file, but each after those that it needs.</summary>
    List<int> Order(ModuleSource module, Statement[] statements, int[] driver)
    {
        const byte Waiting = 1, Done = 2;
        byte[] state = new byte[statements.Length];
        var order = new List<int>(statements.Length);
        foreach (int unusable in Unusable(module, statements, driver))
        {
            state[unusable] = Done;
            dropped++;
        }

        // No recursion: a chain of gates may be as long as the file.
        var stack = new Stack<(int Statement, int Next)>();
        for (int root = 0; root < statements.Length; root++)
        {
            if (state[root] == Done)
                continue;
            stack.Push((root, 0));
            state[root] = Waiting;
            while (stack.TryPop(out (int Statement, int Next) top))
            {
                Statement at = statements[top.Statement];
                if (top.Next == at.Inputs.Length)
                {
                    state[top.Statement] = Done;
                    order.Add(top.Statement);
                    continue;
                }

                int bit = at.Inputs[top.Next];
                stack.Push((top.Statement, top.Next + 1));
                if (driver[bit] == Undriven)
                    throw text.Wrong(at.Line, $"{module.NameOf(bit)} is read here, and nothing drives it");
                if (driver[bit] == Input || state[driver[bit]] == Done)
                    continue;
                if (state[driver[bit]] == Waiting)
                {
                    throw Loop(module, statements,
                        [.. stack.Select(entry => entry.Statement).TakeWhile(statement => statement != driver[bit]), driver[bit]]);
                }

                state[driver[bit]] = Waiting;
                stack.Push((driver[bit], 0));
            }
        }

        return order;
    }

    /// <summary>The statements that read, directly or through others, what nothing drives, and that no output needs.</summary>
    static HashSet<int> Unusable(ModuleSource module, Statement[] statements, int[] driver)
    {
        if (!statements.Any(statement => statement.Inputs.Any(bit => driver[bit] == Undriven)))
            return [];
        ILookup<int, int> readers = statements.SelectMany((statement, i) => statement.Inputs.Select(bit => (bit, i)))
            .Where(read => driver[read.bit] != Input).ToLookup(read => read.bit, read => read.i);
        HashSet<int> undefined = Reached(
            readers.Where(bit => driver[bit.Key] == Undriven).SelectMany(bit => bit),
            statement => statements[statement].Outputs.Where(bit => bit >= 0).SelectMany(bit => readers[bit]));
        undefined.ExceptWith(Reached(
            Drivers(module.Ports.Where(port => port.IsOutput).SelectMany(port => port.Bits)),
            statement => Drivers(statements[statement].Inputs)));
        return undefined;

        IEnumerable<int> Drivers(IEnumerable<int> bits) => bits.Select(bit => driver[bit]).Where(statement => statement >= 0);

        static HashSet<int> Reached(IEnumerable<int> first, Func<int, IEnumerable<int>> next)
        {
            var reached = new HashSet<int>(first);
            var waiting = new Queue<int>(reached);
            while (waiting.TryDequeue(out int statement))
            {
                foreach (int other in next(statement))
                {
                    if (reached.Add(other))
                        waiting.Enqueue(other);
                }
            }

            return reached;
        }
    }

    /// <summary>The message for statements that wait for each other; it names a wire that has a name.</summary>
    InputException Loop(ModuleSource module, Statement[] statements, int[] loop)
    {
        (int line, int wire) = loop.SelectMany(statement => statements[statement].Outputs.Select(bit => (statements[statement].Line, bit)))
            .OrderByDescending(output => output.bit >= 0 && module.IsNamed(output.bit)).First();
        return text.Wrong(line, $"{module.NameOf(wire)} depends on itself; a circuit that multiplies has no loops");
    }
}
