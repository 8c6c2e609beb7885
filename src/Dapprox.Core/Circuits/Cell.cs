namespace Dapprox.Circuits;

/// <summary>
/// A component of netlists: a gate or an adder, defined by its truth table. One to three inputs, one or
/// two outputs, no state.
/// </summary>
public sealed class Cell
{
    readonly byte[] tables;

    /// <summary>Creates a cell.</summary>
    /// <param name="name">The name, unique among the cells of a netlist: <c>ama5</c>.</param>
    /// <param name="inputs">One to three names; of an adder A, B and C.</param>
    /// <param name="outputs">
    /// One or two: a name and the truth table, a character 0 or 1 for each value of the inputs, the first of which counts
    /// highest. <c>("Sum", "01101001")</c> lists A = B = C = 0 first and A = B = 0, C = 1 second.
    /// </param>
    /// <exception cref="ArgumentException">The numbers of names, or of characters, do not fit.</exception>
    public Cell(string name, IReadOnlyList<string> inputs, params IReadOnlyList<(string Name, string Table)> outputs)
    {
        if (inputs.Count is < 1 or > 3 || outputs.Count is < 1 or > 2)
        {
            throw new ArgumentException(
                $"A cell has one to three inputs and one or two outputs; {name} has {inputs.Count} and {outputs.Count}.", nameof(inputs));
        }

        foreach ((string output, string table) in outputs)
        {
            if (table.Length != 1 << inputs.Count || table.Any(bit => bit is not ('0' or '1')))
            {
                throw new ArgumentException(
                    $"The truth table of {name}.{output} is '{table}'; it has {1 << inputs.Count} characters 0 or 1.", nameof(outputs));
            }
        }

        Name = name;
        Inputs = [.. inputs];
        Outputs = [.. outputs.Select(output => output.Name)];
        tables = [.. outputs.Select(output => Number(output.Table))];
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The names of the inputs; the first counts highest in the index of a truth table.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>The names of the outputs; of an adder the sum and the carry.</summary>
    public IReadOnlyList<string> Outputs { get; }

    /// <summary>
    /// The truth table of each output: bit i is its value where the inputs read as a binary number are i. For three inputs
    /// i = 4A + 2B + C, and the byte is the control of the ternary-logic instruction of AVX-512.
    /// </summary>
    public IReadOnlyList<byte> Tables => tables;

    internal int OutputCount => tables.Length;

    /// <summary>What it computes, as a formula; empty where the truth table says it best.</summary>
    public string Logic { get; init; } = "";

    /// <summary>How many transistors its publication counts; null where none is given.</summary>
    public int? Transistors { get; init; }

    /// <summary>Where it was published; empty for textbook gates.</summary>
    public string Source { get; init; } = "";

    /// <summary>Whether it adds three bits, well or badly: it has three inputs and two outputs, the sum and the carry.</summary>
    public bool IsAdder => Inputs.Count == 3 && Outputs.Count == 2;

    /// <summary>An output for some values of the inputs.</summary>
    /// <param name="output">Which output.</param>
    /// <param name="index">The inputs read as a binary number, the first the highest bit.</param>
    public bool Evaluate(int output, int index) => (tables[output] >> index & 1) != 0;

    /// <summary>The truth table of an output as the constructor takes it.</summary>
    /// <param name="output">Which output.</param>
    public string Table(int output) =>
        string.Concat(Enumerable.Range(0, 1 << Inputs.Count).Select(index => Evaluate(output, index) ? '1' : '0'));

    /// <inheritdoc/>
    public override string ToString() => Name;

    static byte Number(string table)
    {
        int number = 0;
        for (int i = 0; i < table.Length; i++)
            number |= (table[i] - '0') << i;
        return (byte)number;
    }
}
