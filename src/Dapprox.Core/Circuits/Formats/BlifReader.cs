using Dapprox.Foundation;

namespace Dapprox.Circuits.Formats;

/// <summary>
/// Reads BLIF, the Berkeley Logic Interchange Format (University of California, Berkeley, 1992): models with inputs, outputs,
/// <c>.names</c> with a cover, and <c>.subckt</c> or <c>.gate</c> of models in the same file or of <see cref="LibraryCells"/>.
/// Bits called <c>a[0]</c>, <c>a[1]</c> and so on are one input or output.
/// </summary>
sealed class BlifReader
{
    // The cover of a wide function is a chain of gates; no generator writes wider ones.
    const int MaxCoverInputs = 64;

    // The lookup tables of an FPGA have six inputs.
    const int MaxTableInputs = 6;

    static readonly char[] Blanks = [' ', '\t', '\r'];

    readonly SourceText text;
    readonly Dictionary<string, ModuleSource> models = new(StringComparer.Ordinal);
    ModuleSource? first;
    ModuleSource? model;
    Dictionary<string, int> wires = [];
    List<(string Name, bool IsOutput, int Line)> ports = [];
    Cover? cover;

    BlifReader(SourceText text) => this.text = text;

    /// <summary>The lines under <c>.names</c>.</summary>
    sealed record Cover(int Line, int[] Inputs, int Output)
    {
        public List<string> Cubes { get; } = [];

        /// <summary>The value where a cube matches; null where there is none.</summary>
        public char? Value { get; set; }
    }

    /// <summary>The circuit of a file: of the first model.</summary>
    /// <exception cref="InputException">The text is not such BLIF, or no circuit; the message gives the line.</exception>
    public static CircuitDocument Read(SourceText text)
    {
        var reader = new BlifReader(text);
        int last = 1;
        foreach ((int line, string[] words) in Lines(text))
        {
            reader.ReadLine(line, words);
            last = line;
        }

        if (reader.model is not null)
            throw text.Wrong(last, "the file ends before .end; it may be cut short");
        return reader.first is null
            ? throw text.Wrong(1, "there is no .model")
            : Elaboration.Run(reader.first, reader.models);
    }

    /// <summary>The words of each line that has some; lines that end with a backslash go on in the next.</summary>
    static IEnumerable<(int Line, string[] Words)> Lines(SourceText text)
    {
        int number = 0, began = 0;
        var words = new List<string>();
        foreach (string raw in text.Content.Split('\n'))
        {
            number++;
            string line = raw.Split('#', 2)[0].TrimEnd(Blanks);
            bool goesOn = line.EndsWith('\\');
            if (words.Count == 0)
                began = number;
            words.AddRange(line.TrimEnd('\\').Split(Blanks, StringSplitOptions.RemoveEmptyEntries));
            if (goesOn || words.Count == 0)
                continue;
            yield return (began, [.. words]);
            words.Clear();
        }

        if (words.Count > 0)
            throw text.Wrong(number, "the file ends inside a line that goes on; it may be cut short");
    }

    void ReadLine(int line, string[] words)
    {
        if (words[0][0] != '.')
        {
            ReadCube(line, words);
            return;
        }

        if (words[0] == ".model")
        {
            Begin(line, words);
            return;
        }

        if (model is null)
            throw text.Wrong(line, $"{SourceText.Shown(words[0])} stands outside a model; begin with .model NAME");
        CloseCover();
        switch (words[0])
        {
            case ".inputs" or ".outputs":
                foreach (string name in words.Skip(1))
                    ports.Add((name, words[0] == ".outputs", line));
                break;
            case ".names":
                if (words.Length is < 2 or > MaxCoverInputs + 2)
                    throw text.Wrong(line, $".names has {words.Length - 2} inputs; at most {MaxCoverInputs} are read, and then the output");
                cover = new Cover(line, [.. words[1..^1].Select(name => Wire(line, name))], Wire(line, words[^1]));
                break;
            case ".subckt" or ".gate":
                ReadInstance(line, words);
                break;
            case ".end":
                End();
                break;
            case ".latch" or ".mlatch" or ".clock":
                throw text.Wrong(line, $"{words[0]} has a memory; a circuit that multiplies has none");
            default:
                throw text.Wrong(
                    line, $"{SourceText.Shown(words[0])} is not read; .model, .inputs, .outputs, .names, .subckt, .gate and .end are");
        }
    }

    void Begin(int line, string[] words)
    {
        if (model is not null)
            throw text.Wrong(line, $"a model begins, and {SourceText.Shown(model.Name)} of line {model.Line} has no .end");
        if (words.Length != 2)
            throw text.Wrong(line, ".model has one name");
        model = new ModuleSource(text, words[1], line);
        if (!models.TryAdd(words[1], model))
            throw text.Wrong(line, $"the model {SourceText.Shown(words[1])} is there twice; the first is in line {models[words[1]].Line}");
        first ??= model;
        (wires, ports) = (new(StringComparer.Ordinal), []);
    }

    void ReadInstance(int line, string[] words)
    {
        if (words.Length < 2)
            throw text.Wrong(line, $"{words[0]} has no model");
        var connections = new List<Connection>();
        foreach (string word in words.Skip(2))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1 || equals == word.Length - 1)
                throw text.Wrong(line, $"'{SourceText.Shown(word)}' is no connection of the form port=wire");
            connections.Add(new Connection(word[..equals], [Wire(line, word[(equals + 1)..])]));
        }

        model!.Instantiate(line, words[1], [.. connections]);
    }

    void ReadCube(int line, string[] words)
    {
        if (cover is null)
            throw text.Wrong(line, $"'{SourceText.Shown(words[0])}' stands where a line that begins with a dot is wanted");
        string inputs = words.Length == 1 ? "" : words[0], value = words[^1];
        if (words.Length > 2 || inputs.Length != cover.Inputs.Length || value is not ("0" or "1")
            || inputs.Any(literal => literal is not ('0' or '1' or '-')))
        {
            throw text.Wrong(
                line,
                $"'{SourceText.Shown(string.Join(' ', words))}' is no line for {cover.Inputs.Length} inputs: "
                + "as many 0, 1 or -, and then 0 or 1");
        }

        if (cover.Value is char other && other != value[0])
            throw text.Wrong(line, "some lines of a .names give 0 and others 1; all give the same");
        cover.Value = value[0];
        cover.Cubes.Add(inputs);
    }

    void CloseCover()
    {
        if (cover is not Cover done)
            return;
        cover = null;
        bool ones = done.Value != '0';
        if (done.Inputs.Length > MaxTableInputs)
        {
            CloseWide(done, ones);
            return;
        }

        string table = string.Concat(
            Enumerable.Range(0, 1 << done.Inputs.Length).Select(index => done.Cubes.Any(cube => Matches(cube, index)) == ones ? '1' : '0'));
        if (table.Length is > 2 and <= 8 && table.Contains('1') && table.Contains('0'))
            model!.Add(done.Line, LibraryCells.Gate(table), done.Inputs, [done.Output]);
        else
            model!.Connect(done.Line, done.Output, Tabulated(done.Line, table, done.Inputs, []));
    }

    /// <summary>A function by its truth table: what its inputs, from the first on, choose of smaller tables.</summary>
    int Tabulated(int line, string table, ReadOnlySpan<int> inputs, Dictionary<string, int> known)
    {
        if (!table.Contains('1') || !table.Contains('0'))
            return table[0] - '0';
        if (table == "01")
            return inputs[0];
        if (known.TryGetValue(table, out int bit))
            return bit;
        string low = table[..(table.Length / 2)], high = table[(table.Length / 2)..];
        if (low == high)
            bit = Tabulated(line, low, inputs[1..], known);
        else if (table.Length <= 8)
            bit = model!.Gate(line, LibraryCells.Gate(table), inputs.ToArray());
        else if (low.Zip(high).All(pair => pair.First != pair.Second))
            bit = model!.Gate(line, Cells.Xor, inputs[0], Tabulated(line, low, inputs[1..], known));
        else
        {
            int where = Tabulated(line, high, inputs[1..], known), otherwise = Tabulated(line, low, inputs[1..], known);
            bit = model!.Gate(line, Cells.Multiplexer, otherwise, where, inputs[0]);
        }

        known.Add(table, bit);
        return bit;
    }

    static bool Matches(string cube, int index)
    {
        for (int input = 0; input < cube.Length; input++)
        {
            if (cube[input] != '-' && cube[input] - '0' != (index >> (cube.Length - 1 - input) & 1))
                return false;
        }

        return true;
    }

    /// <summary>A sum of products as it stands: an AND of literals for each line, and an OR of these.</summary>
    void CloseWide(Cover done, bool ones)
    {
        int[] inverted = new int[done.Inputs.Length];
        var terms = new List<int>();
        foreach (string cube in done.Cubes)
        {
            var literals = new List<int>();
            for (int input = 0; input < cube.Length; input++)
            {
                int net = done.Inputs[input];
                if (cube[input] == '1')
                    literals.Add(net);
                else if (cube[input] == '0')
                    literals.Add(inverted[input] = inverted[input] == 0 ? model!.Gate(done.Line, Cells.Not, net) : inverted[input]);
            }

            terms.Add(Tree(done.Line, Cells.And, literals, ModuleSource.One));
        }

        int sum = Tree(done.Line, Cells.Or, terms, ModuleSource.Zero);
        model!.Connect(done.Line, done.Output, ones ? sum : model.Gate(done.Line, Cells.Not, sum));
    }

    int Tree(int line, Cell gate, List<int> bits, int none)
    {
        while (bits.Count > 1)
            bits = [.. bits.Chunk(2).Select(pair => pair.Length == 2 ? model!.Gate(line, gate, pair) : pair[0])];
        return bits.Count == 1 ? bits[0] : none;
    }

    void End()
    {
        foreach (IGrouping<string, (string Name, bool IsOutput, int Line)> bus in ports.GroupBy(
            port => BitName.Split(port.Name)?.Bus ?? port.Name, StringComparer.Ordinal))
        {
            (string Name, bool IsOutput, int Line)[] bits = [.. bus.OrderBy(port => BitName.Split(port.Name)?.Index ?? 0)];
            int first = BitName.Split(bits[0].Name)?.Index ?? 0;
            for (int bit = 0; bit < bits.Length; bit++)
            {
                if (bits[bit].IsOutput != bits[0].IsOutput || (BitName.Split(bits[bit].Name)?.Index ?? 0) != first + bit)
                {
                    throw text.Wrong(
                        bits[bit].Line,
                        $"the bits of {SourceText.Shown(bus.Key)} are not {first} to {first + bits.Length - 1}, each once, "
                        + "and all inputs or all outputs");
                }
            }

            model!.AddPort(new Port(bus.Key, [.. bits.Select(port => Wire(port.Line, port.Name))], bits[0].IsOutput));
        }

        model = null;
    }

    int Wire(int line, string name)
    {
        if (!wires.TryGetValue(name, out int bit))
            wires.Add(name, bit = model!.NewBits(line, name)[0]);
        return bit;
    }
}
