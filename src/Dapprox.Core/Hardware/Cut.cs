namespace Dapprox.Hardware;

/// <summary>A node as a function of at most three others, its leaves: a cut (Cong and Ding, IEEE TCAD 13(1), 1994).</summary>
/// <param name="Leaves">The numbers of the leaves, ascending.</param>
/// <param name="Table">The truth table: bit 4A + 2B + C for the leaves A, B, C; of fewer leaves the others do not count.</param>
readonly record struct Cut((int A, int B, int C) Leaves, byte Table)
{
    /// <summary>Where there is no leaf.</summary>
    public const int None = int.MaxValue;

    // The table of each leaf, A first.
    static readonly byte[] Columns = [0xF0, 0xCC, 0xAA];

    /// <summary>The number of leaves.</summary>
    public int Count => Leaves.A == None ? 0 : Leaves.B == None ? 1 : Leaves.C == None ? 2 : 3;

    /// <summary>Whether the function is 0 where all leaves are.</summary>
    public bool IsPositive => (Table & 1) == 0;

    /// <summary>The function or its inverse, whichever is 0 where all leaves are.</summary>
    public Cut Positive => IsPositive ? this : this with { Table = (byte)~Table };

    /// <summary>A leaf.</summary>
    public int this[int index] => index switch { 0 => Leaves.A, 1 => Leaves.B, _ => Leaves.C };

    /// <summary>A node as itself.</summary>
    public static Cut Of(int node) => new((node, None, None), Columns[0]);

    /// <summary>Whether a function depends on a leaf.</summary>
    /// <param name="table">The truth table of three leaves.</param>
    /// <param name="leaf">Which leaf, 0 to 2.</param>
    public static bool DependsOn(byte table, int leaf)
    {
        int shift = 4 >> leaf;
        return ((table >> shift ^ table) & ~Columns[leaf] & 0xFF) != 0;
    }

    /// <summary>Whether some leaves are all among others.</summary>
    public static bool IsSubset((int A, int B, int C) leaves, (int A, int B, int C) others)
    {
        return Has(leaves.A) && Has(leaves.B) && Has(leaves.C);

        bool Has(int leaf) => leaf == None || leaf == others.A || leaf == others.B || leaf == others.C;
    }

    /// <summary>The leaves of two cuts together; null if they are more than three.</summary>
    public static (int A, int B, int C)? Union(Cut one, Cut other)
    {
        if (one.Leaves == other.Leaves)
            return one.Leaves;
        Span<int> leaves = [None, None, None];
        int count = 0, i = 0, j = 0, left = one.Leaves.A, right = other.Leaves.A;
        while (left != None || right != None)
        {
            if (count == leaves.Length)
                return null;
            int least = Math.Min(left, right);
            leaves[count++] = least;
            if (left == least)
                left = ++i < 3 ? one[i] : None;
            if (right == least)
                right = ++j < 3 ? other[j] : None;
        }

        return (leaves[0], leaves[1], leaves[2]);
    }

    /// <summary>The truth table over more leaves.</summary>
    public byte Over((int A, int B, int C) leaves)
    {
        if (Leaves.A == leaves.A)
            return Leaves.B == leaves.B || Leaves.B == None ? Table : LastExchanged(Table);
        return Leaves.A == leaves.B ? Later(Table) : Later(Later(Table));

        // f(A, C) as f(A, B), and the other way round.
        static byte LastExchanged(int table) => (byte)(table & 0b10011001 | (table & 0b00100010) << 1 | (table & 0b01000100) >> 1);

        // f(B, C) of f(A, B).
        static byte Later(int table)
        {
            int half = table & 1 | table >> 1 & 2 | table >> 2 & 4 | table >> 3 & 8;
            return (byte)(half | half << 4);
        }
    }

    /// <summary>The same function without the leaves that it does not depend on.</summary>
    public Cut Reduced()
    {
        Span<int> leaves = [None, None, None], places = stackalloc int[3];
        int count = 0;
        for (int leaf = 0; leaf < Count; leaf++)
        {
            if (DependsOn(Table, leaf))
                (leaves[count], places[count++]) = (this[leaf], leaf);
        }

        if (count == Count)
            return this;
        int table = 0;
        for (int index = 0; index < 8; index++)
        {
            int full = 0;
            for (int leaf = 0; leaf < count; leaf++)
                full |= (index >> (2 - leaf) & 1) << (2 - places[leaf]);
            table |= (Table >> full & 1) << index;
        }

        return new Cut((leaves[0], leaves[1], leaves[2]), (byte)table);
    }
}
