namespace Dapprox.Circuits.Formats;

/// <summary>An input or output of a module.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Bits">Its bits, the lowest first.</param>
/// <param name="IsOutput">Whether the module drives it.</param>
/// <param name="IsSigned">Whether it is declared as signed.</param>
readonly record struct Port(string Name, int[] Bits, bool IsOutput, bool IsSigned = false);

/// <summary>Bits of one module at a port of another.</summary>
/// <param name="Port">The port's name, or that of a bit of it; null where ports are connected by position.</param>
/// <param name="Bits">The bits of the outer module.</param>
readonly record struct Connection(string? Port, int[] Bits);

/// <summary>What drives bits: a cell, another module, or, where it is neither, the bit that they repeat.</summary>
/// <param name="Line">The line of the file.</param>
/// <param name="Cell">The cell, where a cell drives the bits; otherwise null.</param>
/// <param name="Module">The name of the other module, with its <paramref name="Connections"/>.</param>
/// <param name="Inputs">The bits that are read.</param>
/// <param name="Outputs">The bits that are driven.</param>
/// <param name="Connections">What is connected to the other module.</param>
sealed record Statement(int Line, Cell? Cell, string? Module, int[] Inputs, int[] Outputs, Connection[] Connections);

/// <summary>
/// A module as a file describes it, in any order: bits by number, with statements that drive them. What it computes, and
/// whether it can, is found out by <see cref="Elaboration"/>.
/// </summary>
sealed class ModuleSource(SourceText text, string name, int line)
{
    /// <summary>The bit that is 0.</summary>
    public const int Zero = 0;

    /// <summary>The bit that is 1.</summary>
    public const int One = 1;

    // As many as a file of the longest length can name, and few enough to have an array of.
    const int MaxBits = 1 << 21;

    readonly List<(int First, string Name, int Low, int Width)> names = [];
    readonly List<Statement> statements = [];
    readonly List<Port> ports = [];
    int bitCount = 2;
    int cellCount;

    public SourceText Text { get; } = text;

    public string Name { get; } = name;

    public int Line { get; } = line;

    public IReadOnlyList<Statement> Statements => statements;

    /// <summary>The ports in the order of the file.</summary>
    public IReadOnlyList<Port> Ports => ports;

    public int BitCount => bitCount;

    /// <summary>Adds bits.</summary>
    /// <param name="at">The line of the file, from 1.</param>
    /// <param name="called">The name of the bits; null for intermediate results.</param>
    /// <param name="width">The number of bits.</param>
    /// <param name="low">The index of the lowest, for messages.</param>
    public int[] NewBits(int at, string? called, int width = 1, int low = 0)
    {
        if (width > MaxBits - bitCount)
            throw Text.TooLarge(at, $"{Name} has more than {MaxBits} wires, the most that are read");
        if (called is not null)
            names.Add((bitCount, called, low, width));
        int[] bits = [.. Enumerable.Range(bitCount, width)];
        bitCount += width;
        return bits;
    }

    /// <summary>Adds an input or output.</summary>
    public void AddPort(Port port) => ports.Add(port);

    /// <summary>Has a bit repeat another.</summary>
    public void Connect(int at, int target, int source) => statements.Add(new Statement(at, null, null, [source], [target], []));

    /// <summary>Adds a cell.</summary>
    public void Add(int at, Cell cell, int[] inputs, int[] outputs)
    {
        if (++cellCount > SourceText.MaxElements)
            throw Text.TooManyElements(at);
        statements.Add(new Statement(at, cell, null, inputs, outputs, []));
    }

    /// <summary>Adds a gate that drives a new bit.</summary>
    public int Gate(int at, Cell gate, params int[] inputs)
    {
        int output = NewBits(at, null)[0];
        Add(at, gate, inputs, [output]);
        return output;
    }

    /// <summary>Adds another module.</summary>
    public void Instantiate(int at, string module, Connection[] connections) =>
        statements.Add(new Statement(at, null, module, [], [], connections));

    /// <summary>A bit as messages call it.</summary>
    public string NameOf(int bit)
    {
        if (bit is Zero or One)
            return $"the constant {bit}";
        foreach ((int first, string called, int low, int width) in names)
        {
            if (bit >= first && bit < first + width)
                return width == 1 && low == 0 ? SourceText.Shown(called) : $"{SourceText.Shown(called)}[{low + bit - first}]";
        }

        return "the value of an expression";
    }

    /// <summary>Whether a bit has a name in the file.</summary>
    public bool IsNamed(int bit) => names.Exists(name => bit >= name.First && bit < name.First + name.Width);
}
