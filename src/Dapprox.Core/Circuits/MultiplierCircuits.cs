namespace Dapprox.Circuits;

/// <summary>
/// Unsigned multipliers as netlists. Each has the inputs <c>a</c> and <c>b</c> of n bits and the output <c>p</c>, of 2n bits
/// unless it says otherwise. With exact cells all compute a·b.
/// </summary>
/// <remarks>
/// In a network a is the activation's mantissa and b the weight's. Partial products a_i·b_j sit in row i and column i + j.
/// </remarks>
public static class MultiplierCircuits
{
    /// <summary>The widest operands: the product of wider ones does not fit a number of 64 bits.</summary>
    public const int MaxBits = 32;

    /// <summary>
    /// The array multiplier with rippling carries: row i adds the partial products of a_i, shifted by i, to the sum of the
    /// rows above. Row 0 needs no adders; the cell in row i at position j (column i + j) has the partial product at A, the
    /// running sum at B, and the carry of position j − 1 at C.
    /// </summary>
    /// <param name="bits">n, 1 to 32.</param>
    /// <param name="cell">The full adder of each row (1 to n − 1) and position (0 to n − 1).</param>
    /// <param name="name">The name of the netlist.</param>
    /// <param name="keeps">
    /// Which partial products, and adders with them, are there, by row and position; null for all. Truncated and broken
    /// arrays leave some out (<see cref="Broken"/>).
    /// </param>
    public static Netlist Array(int bits, Func<int, int, Cell> cell, string name = "array", Func<int, int, bool>? keeps = null)
    {
        var builder = new NetlistBuilder(name);
        (int[] a, int[] b) = Operands(builder, bits);
        int[] sum = new int[2 * bits];
        for (int row = 0; row < bits; row++)
        {
            int carry = Netlist.Zero;
            for (int position = 0; position < bits; position++)
            {
                int column = row + position;
                if (keeps is not null && !keeps(row, position))
                    continue;
                int product = builder.Gate(Cells.And, a[row], b[position]);
                if (row == 0)
                    sum[column] = product;
                else
                    (sum[column], carry) = builder.AddBits(cell(row, position), product, sum[column], carry);
            }

            sum[row + bits] = carry;
        }

        builder.Output("p", sum);
        return builder.Build();
    }

    /// <summary>
    /// The broken-array rule: partial products in the columns below <paramref name="vertical"/> and in the rows below
    /// <paramref name="horizontal"/> are left out. With <paramref name="horizontal"/> 0 it is truncation. (Mahdiani, Ahmadi,
    /// Fakhraie, Lucas, "Bio-Inspired Imprecise Computational Blocks", IEEE TCAS-I 57(4), 2010.)
    /// </summary>
    /// <param name="vertical">The vertical break level.</param>
    /// <param name="horizontal">The horizontal break level.</param>
    public static Func<int, int, bool> Broken(int vertical, int horizontal) =>
        (row, position) => row >= horizontal && row + position >= vertical;

    /// <summary>
    /// The array multiplier with saved carries (Braun's): a carry goes to the next row instead of the next position, and a
    /// last row, n, adds the sums and the carries that are left. Cells have the partial product at A (in the last row the
    /// carry that is left), the running sum at B, and the carry at C.
    /// </summary>
    /// <param name="bits">n, 1 to 32.</param>
    /// <param name="cell">The full adder of each row (1 to n) and position (0 to n − 1).</param>
    /// <param name="name">The name of the netlist.</param>
    /// <param name="keeps">Which partial products, and adders with them, are there, by row and position; null for all.</param>
    public static Netlist CarrySave(int bits, Func<int, int, Cell> cell, string name = "carry-save", Func<int, int, bool>? keeps = null)
    {
        var builder = new NetlistBuilder(name);
        (int[] a, int[] b) = Operands(builder, bits);
        int[] sum = new int[2 * bits], carries = new int[2 * bits + 1];
        for (int row = 0; row < bits; row++)
        {
            int[] next = new int[2 * bits + 1];
            for (int position = 0; position < bits; position++)
            {
                int column = row + position;
                if (keeps is not null && !keeps(row, position))
                    continue;
                int product = builder.Gate(Cells.And, a[row], b[position]);
                if (row == 0)
                    sum[column] = product;
                else
                    (sum[column], next[column + 1]) = builder.AddBits(cell(row, position), product, sum[column], carries[column]);
            }

            carries = next;
        }

        int carry = Netlist.Zero;
        for (int column = bits; column < 2 * bits; column++)
            (sum[column], carry) = builder.AddBits(cell(bits, column - bits), carries[column], sum[column], carry);
        builder.Output("p", sum);
        return builder.Build();
    }

    /// <summary>Wallace's tree: <see cref="ColumnSum.Wallace"/> over all partial products.</summary>
    /// <param name="bits">n, 1 to 32.</param>
    /// <param name="cell">The full adder of each column.</param>
    /// <param name="name">The name of the netlist.</param>
    /// <param name="keeps">Which partial products are there, by row and position; null for all.</param>
    public static Netlist Wallace(int bits, Func<int, Cell> cell, string name = "wallace", Func<int, int, bool>? keeps = null) =>
        Tree(bits, cell, name, keeps, sum => sum.Wallace());

    /// <summary>Dadda's tree: <see cref="ColumnSum.Dadda"/> over all partial products.</summary>
    /// <param name="bits">n, 1 to 32.</param>
    /// <param name="cell">The full adder of each column.</param>
    /// <param name="name">The name of the netlist.</param>
    /// <param name="keeps">Which partial products are there, by row and position; null for all.</param>
    public static Netlist Dadda(int bits, Func<int, Cell> cell, string name = "dadda", Func<int, int, bool>? keeps = null) =>
        Tree(bits, cell, name, keeps, sum => sum.Dadda());

    /// <summary>
    /// Blocks whose products are added exactly: the operands are cut into digits of the blocks' width, each pair of digits is
    /// multiplied by an <see cref="Array"/> of one kind of cell, and an exact Dadda tree adds the products. With 4-bit blocks
    /// of AMA5 and 24 bits it is the array of Ax-FPM as released.
    /// </summary>
    /// <param name="bits">n, 1 to 32; a multiple of <paramref name="blockBits"/>.</param>
    /// <param name="blockBits">The width of the blocks.</param>
    /// <param name="cell">The full adder of the block that multiplies digit i of a and digit j of b.</param>
    /// <param name="name">The name of the netlist.</param>
    /// <param name="width">
    /// How many bits the product has: 2n, or 2n + 1 which approximate blocks can need (at most 64).
    /// </param>
    /// <exception cref="ArgumentException">The widths do not fit.</exception>
    public static Netlist Blocks(int bits, int blockBits, Func<int, int, Cell> cell, string name = "blocks", int? width = null)
    {
        if (blockBits < 1 || bits % blockBits != 0)
            throw new ArgumentException($"{bits} bits cannot be cut into digits of {blockBits} bits.", nameof(blockBits));
        var blocks = new Dictionary<Cell, Netlist>();
        var builder = new NetlistBuilder(name);
        (int[] a, int[] b) = Operands(builder, bits);
        var sum = new ColumnSum(builder, width ?? 2 * bits, _ => Cells.FullAdder);
        int digits = bits / blockBits;
        for (int i = 0; i < digits; i++)
        {
            for (int j = 0; j < digits; j++)
            {
                Cell adder = cell(i, j);
                if (!blocks.TryGetValue(adder, out Netlist? block))
                    blocks.Add(adder, block = Array(blockBits, (_, _) => adder, $"{adder}_{blockBits}x{blockBits}"));
                int[] product = builder.Instantiate(block, Digit(a, i), Digit(b, j))[0];
                for (int bit = 0; bit < product.Length; bit++)
                    sum.Add((i + j) * blockBits + bit, product[bit]);
            }
        }

        builder.Output("p", sum.Dadda());
        return builder.Build();

        int[] Digit(int[] operand, int digit) => operand[(digit * blockBits)..((digit + 1) * blockBits)];
    }

    /// <summary>
    /// Booth's multiplier, radix 4: three bits of b at a time select −2a, −a, 0, a or 2a, so there are half as many partial
    /// products, which a Dadda tree adds. (MacSorley, "High-Speed Arithmetic in Binary Computers", Proc. IRE 49, 1961.)
    /// </summary>
    /// <param name="bits">n, 1 to 32.</param>
    /// <param name="cell">The full adder of each column.</param>
    /// <param name="name">The name of the netlist.</param>
    public static Netlist Booth(int bits, Func<int, Cell> cell, string name = "booth")
    {
        var builder = new NetlistBuilder(name);
        (int[] a, int[] b) = Operands(builder, bits);
        var sum = new ColumnSum(builder, 2 * bits, cell);
        ulong constant = 0;
        for (int low = 0; low <= bits; low += 2)
        {
            // The digit is below + middle − 2·top.
            int below = Bit(b, low - 1), middle = Bit(b, low), top = Bit(b, low + 1);
            int one = builder.Gate(Cells.Xor, middle, below);
            int two = builder.Gate(Cells.And, builder.Gate(Cells.Xnor, middle, below), builder.Gate(Cells.Xor, top, middle));
            for (int bit = 0; bit <= bits; bit++)
            {
                int magnitude =
                    builder.Gate(Cells.Or, builder.Gate(Cells.And, one, Bit(a, bit)), builder.Gate(Cells.And, two, Bit(a, bit - 1)));
                sum.Add(low + bit, builder.Gate(Cells.Xor, magnitude, top));
            }

            // Where top is set the bits are those of −|digit|·a − 1 modulo 2^(n+1): one is added, and 2^(n+1) taken away,
            // which is the same as adding 2^(n+1) where top is not set and taking it away always.
            sum.Add(low, top);
            sum.Add(low + bits + 1, builder.Gate(Cells.Not, top));
            if (low + bits + 1 < 2 * bits)
                constant -= 1UL << (low + bits + 1);
        }

        sum.AddConstant(constant);
        builder.Output("p", sum.Dadda());
        return builder.Build();

        static int Bit(int[] operand, int bit) => bit >= 0 && bit < operand.Length ? operand[bit] : Netlist.Zero;
    }

    static Netlist Tree(int bits, Func<int, Cell> cell, string name, Func<int, int, bool>? keeps, Func<ColumnSum, int[]> add)
    {
        var builder = new NetlistBuilder(name);
        (int[] a, int[] b) = Operands(builder, bits);
        var sum = new ColumnSum(builder, 2 * bits, cell);
        for (int row = 0; row < bits; row++)
        {
            for (int position = 0; position < bits; position++)
            {
                if (keeps is null || keeps(row, position))
                    sum.Add(row + position, builder.Gate(Cells.And, a[row], b[position]));
            }
        }

        builder.Output("p", add(sum));
        return builder.Build();
    }

    static (int[] A, int[] B) Operands(NetlistBuilder builder, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MaxBits);
        return (builder.Input("a", bits), builder.Input("b", bits));
    }
}
