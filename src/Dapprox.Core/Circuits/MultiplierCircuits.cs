namespace Dapprox.Circuits;

/// <summary>
/// Multipliers as netlists. Each has the inputs <c>a</c> and <c>b</c> of n bits and the output <c>p</c>, of 2n bits unless it says
/// otherwise. With exact cells all compute a·b.
/// </summary>
/// <remarks>
/// <para>In a network a is the activation's mantissa and b the weight's. Partial products a_i·b_j sit in row i and column i + j.</para>
/// <para>Signed ones are in two's complement, where the highest bit of a number counts −2^(n − 1). Arrays and trees add the partial
/// products after Baugh and Wooley, "A Two's Complement Parallel Array Multiplication Algorithm", IEEE Trans. Computers 22(12), 1973: those
/// of one highest bit are inverted, and 2ⁿ + 2^(2n − 1) is added.</para>
/// </remarks>
public static class MultiplierCircuits
{
    /// <summary>The widest operands: the product of wider ones does not fit a number of 64 bits.</summary>
    public const int MaxBits = NetlistBuilder.MaxBits / 2;

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
    /// <param name="isSigned">Whether numbers are in two's complement.</param>
    public static Netlist Array(
        int bits, Func<int, int, Cell> cell, string name = "array", Func<int, int, bool>? keeps = null, bool isSigned = false)
    {
        var builder = new NetlistBuilder(name);
        (int[] a, int[] b) = Operands(builder, bits);
        int[] sum = new int[2 * bits];
        for (int row = 0; row < bits; row++)
        {
            // The constants are added where nothing else is: 2ⁿ as the carry of row 0, and 2^(2n − 1) by an inverter.
            int carry = Netlist.Zero;
            for (int position = 0; position < bits; position++)
            {
                int column = row + position;
                if (keeps is not null && !keeps(row, position))
                    continue;
                int product = Product(builder, a, b, row, position, isSigned);
                if (row == 0)
                    sum[column] = product;
                else
                    (sum[column], carry) = builder.AddBits(cell(row, position), product, sum[column], carry);
            }

            sum[row + bits] = isSigned && row == 0 ? Netlist.One : carry;
        }

        if (isSigned)
            sum[^1] = builder.Gate(Cells.Not, sum[^1]);
        builder.Output("p", sum);
        return builder.Build().WithSign(isSigned);
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
    /// <param name="isSigned">Whether numbers are in two's complement.</param>
    public static Netlist CarrySave(
        int bits, Func<int, int, Cell> cell, string name = "carry-save", Func<int, int, bool>? keeps = null, bool isSigned = false)
    {
        var builder = new NetlistBuilder(name);
        (int[] a, int[] b) = Operands(builder, bits);
        int[] sum = new int[2 * bits], carries = new int[2 * bits + 1];
        if (isSigned)
            sum[bits] = Netlist.One;
        for (int row = 0; row < bits; row++)
        {
            int[] next = new int[2 * bits + 1];
            for (int position = 0; position < bits; position++)
            {
                int column = row + position;
                if (keeps is not null && !keeps(row, position))
                    continue;
                int product = Product(builder, a, b, row, position, isSigned);
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
        if (isSigned)
            sum[^1] = builder.Gate(Cells.Not, sum[^1]);
        builder.Output("p", sum);
        return builder.Build().WithSign(isSigned);
    }

    /// <summary>Wallace's tree: <see cref="ColumnSum.Wallace"/> over all partial products.</summary>
    /// <param name="bits">n, 1 to 32.</param>
    /// <param name="cell">The full adder of each column.</param>
    /// <param name="name">The name of the netlist.</param>
    /// <param name="keeps">Which partial products are there, by row and position; null for all.</param>
    /// <param name="isSigned">Whether numbers are in two's complement.</param>
    public static Netlist Wallace(
        int bits, Func<int, Cell> cell, string name = "wallace", Func<int, int, bool>? keeps = null, bool isSigned = false) =>
        Tree(bits, cell, name, keeps, isSigned, sum => sum.Wallace());

    /// <summary>Dadda's tree: <see cref="ColumnSum.Dadda"/> over all partial products.</summary>
    /// <param name="bits">n, 1 to 32.</param>
    /// <param name="cell">The full adder of each column.</param>
    /// <param name="name">The name of the netlist.</param>
    /// <param name="keeps">Which partial products are there, by row and position; null for all.</param>
    /// <param name="isSigned">Whether numbers are in two's complement.</param>
    public static Netlist Dadda(
        int bits, Func<int, Cell> cell, string name = "dadda", Func<int, int, bool>? keeps = null, bool isSigned = false) =>
        Tree(bits, cell, name, keeps, isSigned, sum => sum.Dadda());

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
    /// <param name="isSigned">Whether numbers are in two's complement.</param>
    public static Netlist Booth(int bits, Func<int, Cell> cell, string name = "booth", bool isSigned = false)
    {
        var builder = new NetlistBuilder(name);
        (int[] a, int[] b) = Operands(builder, bits);
        var sum = new ColumnSum(builder, 2 * bits, cell);
        UInt128 constant = 0;
        // The zeros above an unsigned number take a digit more than the repeated sign of a signed one.
        for (int low = 0; low < bits + (isSigned ? 0 : 1); low += 2)
        {
            // The digit is below + middle − 2·top.
            int below = Bit(b, low - 1), middle = Bit(b, low), top = Bit(b, low + 1);
            int one = builder.Gate(Cells.Xor, middle, below);
            int two = builder.Gate(Cells.And, builder.Gate(Cells.Xnor, middle, below), builder.Gate(Cells.Xor, top, middle));
            for (int bit = 0; bit <= bits; bit++)
            {
                int magnitude =
                    builder.Gate(Cells.Or, builder.Gate(Cells.And, one, Bit(a, bit)), builder.Gate(Cells.And, two, Bit(a, bit - 1)));
                int product = builder.Gate(Cells.Xor, magnitude, top);
                sum.Add(low + bit, isSigned && bit == bits ? builder.Gate(Cells.Not, product) : product);
            }

            // Where top is set the bits are those of −|digit|·a − 1, and one is added. Without a sign they are so modulo 2^(n+1), which is
            // taken away: the same as adding 2^(n+1) where top is not set and taking it away always. With a sign the highest bit counts
            // −2ⁿ: the same as adding 2ⁿ where it is not set and taking it away always.
            sum.Add(low, top);
            if (!isSigned)
                sum.Add(low + bits + 1, builder.Gate(Cells.Not, top));
            int taken = low + bits + (isSigned ? 0 : 1);
            if (taken < 2 * bits)
                constant -= UInt128.One << taken;
        }

        sum.AddConstant(constant);
        builder.Output("p", sum.Dadda());
        return builder.Build().WithSign(isSigned);

        int Bit(int[] operand, int bit) =>
            bit < 0 ? Netlist.Zero : bit < operand.Length ? operand[bit] : isSigned ? operand[^1] : Netlist.Zero;
    }

    /// <summary>
    /// Two's complement around an unsigned multiplier: it multiplies the absolute values, and where the signs differ its product is
    /// negated, exactly.
    /// </summary>
    /// <param name="magnitudes">A multiplier with two inputs of n bits and one output.</param>
    /// <param name="name">The name of the netlist.</param>
    public static Netlist SignMagnitude(Netlist magnitudes, string name)
    {
        ArgumentNullException.ThrowIfNull(magnitudes);
        var builder = new NetlistBuilder(name);
        (int[] a, int[] b) = Operands(builder, magnitudes.Inputs[0].Width);
        int sign = builder.Gate(Cells.Xor, a[^1], b[^1]);
        int[] product = builder.Instantiate(magnitudes, Negated(builder, a, a[^1]), Negated(builder, b, b[^1]))[0];
        builder.Output("p", Negated(builder, product, sign));
        return builder.Build().WithSign(true);
    }

    /// <summary>A number, or where a bit is set its negative: its bits are inverted, and one is added.</summary>
    static int[] Negated(NetlistBuilder builder, int[] number, int negative)
    {
        int[] result = new int[number.Length];
        int carry = negative;
        for (int bit = 0; bit < number.Length; bit++)
        {
            int inverted = builder.Gate(Cells.Xor, number[bit], negative);
            int[] sum = builder.Add(Cells.HalfAdder, inverted, carry);
            (result[bit], carry) = (sum[0], sum[1]);
        }

        return result;
    }

    static Netlist Tree(
        int bits, Func<int, Cell> cell, string name, Func<int, int, bool>? keeps, bool isSigned, Func<ColumnSum, int[]> add)
    {
        var builder = new NetlistBuilder(name);
        (int[] a, int[] b) = Operands(builder, bits);
        var sum = new ColumnSum(builder, 2 * bits, cell);
        for (int row = 0; row < bits; row++)
        {
            for (int position = 0; position < bits; position++)
            {
                if (keeps is null || keeps(row, position))
                    sum.Add(row + position, Product(builder, a, b, row, position, isSigned));
            }
        }

        if (isSigned)
            sum.AddConstant((UInt128.One << bits) + (UInt128.One << (2 * bits - 1)));
        builder.Output("p", add(sum));
        return builder.Build().WithSign(isSigned);
    }

    /// <summary>A partial product; that of one highest bit of a signed number is inverted.</summary>
    static int Product(NetlistBuilder builder, int[] a, int[] b, int row, int position, bool isSigned) => builder.Gate(
        isSigned && row == a.Length - 1 != (position == b.Length - 1) ? Cells.Nand : Cells.And, a[row], b[position]);

    static (int[] A, int[] B) Operands(NetlistBuilder builder, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, MaxBits);
        return (builder.Input("a", bits), builder.Input("b", bits));
    }
}
