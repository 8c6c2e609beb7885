using Dapprox.Foundation;

namespace Dapprox.Circuits.Formats;

/// <summary>A wire or register of a module.</summary>
/// <param name="Bits">Its bits, the lowest first.</param>
/// <param name="Left">The left bound of its range, the index of the highest bit.</param>
/// <param name="Right">The right bound, the index of the lowest bit.</param>
/// <param name="IsSigned">Whether it is declared as signed.</param>
readonly record struct VerilogWire(int[] Bits, int Left, int Right, bool IsSigned);

/// <summary>What is known inside a module, and the gates that its expressions become.</summary>
sealed class VerilogScope(SourceText text, ModuleSource module)
{
    /// <summary>The bits of all expressions of a module together: more than a file of the longest length has without tricks.</summary>
    public const int MaxBits = 1 << 23;

    int bits;

    public SourceText Text { get; } = text;

    public ModuleSource Module { get; } = module;

    /// <summary>Wires and registers by name.</summary>
    public Dictionary<string, VerilogWire> Wires { get; } = new(StringComparer.Ordinal);

    /// <summary>Parameters, local ones and others, with their values.</summary>
    public Dictionary<string, VerilogValue> Parameters { get; } = new(StringComparer.Ordinal);

    /// <summary>Inside an <c>always</c> block: what was assigned to a bit last. Null outside.</summary>
    public Dictionary<int, int>? Assigned { get; set; }

    /// <summary>The bits that a wire has here: in an <c>always</c> block those that were assigned to it.</summary>
    public int[] Present(int[] wire) => Assigned is null ? wire : [.. wire.Select(bit => Assigned.GetValueOrDefault(bit, bit))];

    /// <summary>A gate for each bit of the operands, which have the same width.</summary>
    public int[] Each(int line, Cell gate, params int[][] operands) =>
        Counted(line, [.. Enumerable.Range(0, operands[0].Length)
            .Select(bit => Module.Gate(line, gate, [.. operands.Select(operand => operand[bit])]))]);

    /// <summary>All bits in a chain of gates.</summary>
    public int Chain(int line, Cell gate, int[] value) =>
        value.Aggregate((left, right) => Module.Gate(line, gate, left, right));

    /// <summary>The bit that is 1 where a value is not zero.</summary>
    public int Truth(int line, int[] value)
    {
        int[] unknown = [.. value.Where(bit => bit != ModuleSource.Zero)];
        return unknown.Length == 0 ? ModuleSource.Zero
            : unknown.Contains(ModuleSource.One) ? ModuleSource.One
            : Chain(line, Cells.Or, unknown);
    }

    /// <summary>The sum of two values and a carry, in a chain of full adders.</summary>
    /// <returns>The sum, as wide as the values, and its carry.</returns>
    public (int[] Sum, int Carry) Add(int line, int[] left, int[] right, int carry)
    {
        int[] sum = new int[left.Length];
        for (int bit = 0; bit < sum.Length; bit++)
        {
            int[] made = Module.NewBits(line, null, 2);
            if (carry == ModuleSource.Zero)
                Module.Add(line, Cells.HalfAdder, [left[bit], right[bit]], made);
            else
                Module.Add(line, Cells.FullAdder, [left[bit], right[bit], carry], made);
            (sum[bit], carry) = (made[0], made[1]);
        }

        return (Counted(line, sum), carry);
    }

    /// <summary>Assigns a value, of which what does not fit is dropped.</summary>
    public void Assign(int line, int[] target, VerilogValue value)
    {
        int[] made = value.Build(this, Math.Max(target.Length, value.Width), target.Length);
        for (int bit = 0; bit < target.Length; bit++)
        {
            if (Assigned is null)
                Module.Connect(line, target[bit], made[bit]);
            else
                Assigned[target[bit]] = made[bit];
        }
    }

    /// <summary>Short text can ask for much: all bits of all expressions are counted.</summary>
    public int[] Counted(int line, int[] value)
    {
        Count(line, value.Length);
        return value;
    }

    /// <summary>Counts bits before they are made.</summary>
    public void Count(int line, long more)
    {
        if (more > MaxBits - bits)
            throw Text.TooLarge(line, $"the expressions have more than {MaxBits} bits together, the most that are read");
        bits += (int)more;
    }

    /// <summary>The exception for a line of the file.</summary>
    public InputException Wrong(int line, string reason) => Text.Wrong(line, reason);
}
