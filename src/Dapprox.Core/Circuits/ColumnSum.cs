namespace Dapprox.Circuits;

/// <summary>Bits to be added, by their weight: what multipliers do with partial products. Column c holds nets that count 2^c.</summary>
/// <param name="builder">Where the adders go.</param>
/// <param name="width">How many columns there are; carries out of the last are lost.</param>
/// <param name="adder">The full adder of each column.</param>
sealed class ColumnSum(NetlistBuilder builder, int width, Func<int, Cell> adder)
{
    List<int>[] columns = Empty(width);

    static List<int>[] Empty(int width) => [.. Enumerable.Range(0, width).Select(_ => new List<int>())];

    /// <summary>Adds a bit to a column; a constant 0 adds nothing.</summary>
    public void Add(int column, int net)
    {
        if (column < width && net != Netlist.Zero)
            columns[column].Add(net);
    }

    /// <summary>Adds a constant: ones where its bits are set.</summary>
    public void AddConstant(UInt128 value)
    {
        for (int column = 0; column < width; column++)
        {
            if ((value >> column & 1) != 0)
                Add(column, Netlist.One);
        }
    }

    /// <summary>
    /// As Wallace does: in each stage every three bits of a column become two, and a rest of two too, until no column has
    /// more than two. (Wallace, "A Suggestion for a Fast Multiplier", IEEE Trans. Electronic Computers 13(1), 1964.)
    /// </summary>
    public int[] Wallace()
    {
        while (columns.Any(column => column.Count > 2))
        {
            List<int>[] next = Empty(width);
            for (int c = 0; c < width; c++)
            {
                List<int> bits = columns[c];
                int taken = 0;
                for (; bits.Count - taken >= 3; taken += 3)
                    Full(next, c, bits[taken], bits[taken + 1], bits[taken + 2]);
                if (bits.Count - taken == 2 && bits.Count > 2)
                    Half(next, c, bits[taken], bits[taken + 1]);
                else
                    next[c].AddRange(bits[taken..]);
            }

            columns = next;
        }

        return Ripple();
    }

    /// <summary>
    /// As Dadda does: in each stage no more bits are added than it takes to get every column down to the next of the heights
    /// 2, 3, 4, 6, 9, 13, … (Dadda, "Some Schemes for Parallel Multipliers", Alta Frequenza 34, 1965.)
    /// </summary>
    public int[] Dadda()
    {
        int most = columns.Max(column => column.Count);
        var heights = new Stack<int>([2]);
        while (heights.Peek() < most)
            heights.Push(heights.Peek() * 3 / 2);
        foreach (int height in heights.Where(height => height < most))
        {
            List<int>[] next = Empty(width);
            for (int c = 0; c < width; c++)
            {
                var bits = new Queue<int>(columns[c]);
                // Carries of this stage are in the column already and count.
                while (bits.Count + next[c].Count > height)
                {
                    if (bits.Count + next[c].Count == height + 1)
                        Half(next, c, bits.Dequeue(), bits.Dequeue());
                    else
                        Full(next, c, bits.Dequeue(), bits.Dequeue(), bits.Dequeue());
                }

                next[c].AddRange(bits);
            }

            columns = next;
        }

        return Ripple();
    }

    /// <summary>Adds columns of at most two bits, the carry rippling from the lowest to the highest.</summary>
    int[] Ripple()
    {
        int[] result = new int[width];
        int carry = Netlist.Zero;
        for (int c = 0; c < width; c++)
        {
            int[] bits = carry == Netlist.Zero ? [.. columns[c]] : [.. columns[c], carry];
            List<int>[] next = Empty(width + 1);
            switch (bits.Length)
            {
                case 3:
                    Full(next, c, bits[0], bits[1], bits[2]);
                    break;
                case 2:
                    Half(next, c, bits[0], bits[1]);
                    break;
                default:
                    next[c].AddRange(bits);
                    break;
            }

            result[c] = next[c].Count == 0 ? Netlist.Zero : next[c][0];
            carry = next[c + 1].Count == 0 ? Netlist.Zero : next[c + 1][0];
        }

        return result;
    }

    void Full(List<int>[] columns, int column, int a, int b, int c) => Put(columns, column, builder.Add(adder(column), a, b, c));

    /// <summary>Two bits: a half adder where the column's adder is the exact one, otherwise that with C = 0.</summary>
    void Half(List<int>[] columns, int column, int a, int b) => Put(
        columns, column,
        adder(column) == Cells.FullAdder ? builder.Add(Cells.HalfAdder, a, b) : builder.Add(adder(column), a, b, Netlist.Zero));

    static void Put(List<int>[] columns, int column, int[] made)
    {
        columns[column].Add(made[0]);
        if (column + 1 < columns.Length)
            columns[column + 1].Add(made[1]);
    }
}
