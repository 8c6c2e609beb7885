using System.Globalization;
using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Circuits;

/// <summary>
/// The circuit of an adder for the lowest bits of an accumulator: two inputs of one width, the sum and then the product, and one output of
/// as many bits, or one more, the carry.
/// </summary>
public sealed class AdderCircuit : LowerAdder
{
    /// <summary>The lower-part OR adder.</summary>
    const string Loa = "loa";

    /// <summary>The error-tolerant adder.</summary>
    const string Eta = "eta";

    /// <summary>Takes a circuit as an adder.</summary>
    /// <param name="circuit">Its inputs have at most <see cref="LowerAdder.MaxBits"/> bits.</param>
    /// <exception cref="InputException">It is no adder, or it is too wide.</exception>
    public AdderCircuit(Netlist circuit)
        : base(Checked(circuit).Name, circuit.Inputs[0].Width, Sums(circuit))
    {
        Circuit = circuit;
    }

    /// <summary>The circuit.</summary>
    public Netlist Circuit { get; }

    /// <summary>The forms of <see cref="Build"/>, for help.</summary>
    public static string Forms => $"{Loa}:BITS, {Eta}:BITS or, of a full adder of the multipliers, {Cells.Ama1}:BITS";

    /// <summary>Whether a text is meant as what <see cref="Build"/> takes: a known kind and a colon.</summary>
    public static bool IsMeant(string given) => given.Split(':') is [string kind, _] && IsKind(kind.ToLowerInvariant());

    /// <summary>Builds an adder from its name.</summary>
    /// <param name="given">
    /// <c>loa:8</c>, the lower-part OR adder: ORs, and as carry the AND of the highest bits (Mahdiani, Ahmadi, Fakhraie, Lucas, IEEE TCAS-I
    /// 57(4), 2010). <c>eta:8</c>, the error-tolerant adder: XORs from the highest bit down to the first pair of ones, and ones from there
    /// on; no carry (Zhu, Goh, Zhang, Yeo, Kong, IEEE TVLSI 18(8), 2010). <c>ama1:8</c> and the like: a ripple-carry adder of a full adder
    /// of <see cref="Cells.Adders"/>, of which A is the product's bit and B the sum's.
    /// </param>
    /// <exception cref="InputException">It is no such name, or the number of bits is out of range.</exception>
    public static AdderCircuit Build(string given)
    {
        string text = given.ToLowerInvariant();
        if (text.Split(':') is not [string kind, string number] || !IsKind(kind)
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int bits) || bits is < 1 or > MaxBits)
            throw new InputException($"the adder '{given}' is not of the form {Forms}, with 1 to {MaxBits} bits");
        var builder = new NetlistBuilder($"{kind}:{bits}");
        int[] sum = builder.Input("sum", bits), product = builder.Input("product", bits);
        builder.Output("total", kind switch
        {
            Loa => LowerPartOr(builder, sum, product),
            Eta => ErrorTolerant(builder, sum, product),
            _ => Ripple(builder, Cells.Adders.First(cell => cell.Name == kind), sum, product),
        });
        return new AdderCircuit(builder.Build());
    }

    /// <summary>The circuit of a whole accumulator: the lowest bits by its adder, the others exactly, saturating where it does.</summary>
    /// <param name="accumulator">An accumulator; its <see cref="IntegerAccumulator.Lower"/> is a circuit, if it has one.</param>
    /// <exception cref="InputException">The circuit of the adder is not known.</exception>
    public static Netlist Whole(IntegerAccumulator accumulator)
    {
        ArgumentNullException.ThrowIfNull(accumulator);
        Netlist? lower = accumulator.Lower is null ? null
            : accumulator.Lower is AdderCircuit known ? known.Circuit
            : throw new InputException($"the adder {accumulator.Lower} is a table; its circuit is not known");
        var builder = new NetlistBuilder($"accumulator:{accumulator}");
        int[] sum = builder.Input("sum", accumulator.Bits), product = builder.Input("product", accumulator.Bits);
        int bits = lower?.Inputs[0].Width ?? 0, carry = Netlist.Zero;
        int[] total = new int[accumulator.Bits];
        if (lower is not null)
        {
            int[] low = builder.Instantiate(lower, sum[..bits], product[..bits])[0];
            low[..bits].CopyTo(total, 0);
            carry = low.Length > bits ? low[bits] : Netlist.Zero;
        }

        for (int bit = bits; bit < total.Length; bit++)
            (total[bit], carry) = builder.AddBits(Cells.FullAdder, sum[bit], product[bit], carry);
        builder.Output("total", accumulator.Saturates ? Saturated(builder, accumulator, sum[^1], product[^1], total, carry) : total);
        return builder.Build();
    }

    // Of one sign that the total does not have, the end of the range with that sign; unsigned ones, all ones.
    static int[] Saturated(NetlistBuilder builder, IntegerAccumulator accumulator, int sum, int product, int[] total, int carry)
    {
        if (!accumulator.IsSigned)
            return [.. total.Select(bit => builder.Gate(Cells.Or, bit, carry))];
        int overflows = builder.Gate(
            Cells.AndNot, builder.Gate(Cells.Xor, sum, total[^1]), builder.Gate(Cells.Xor, sum, product));
        int positive = builder.Gate(Cells.Not, sum);
        return
        [
            .. total[..^1].Select(bit => builder.Gate(Cells.Multiplexer, bit, positive, overflows)),
            builder.Gate(Cells.Multiplexer, total[^1], sum, overflows),
        ];
    }

    static int[] LowerPartOr(NetlistBuilder builder, int[] sum, int[] product) =>
    [
        .. sum.Zip(product, (a, b) => builder.Gate(Cells.Or, a, b)),
        builder.Gate(Cells.And, sum[^1], product[^1]),
    ];

    static int[] ErrorTolerant(NetlistBuilder builder, int[] sum, int[] product)
    {
        int[] total = new int[sum.Length];
        int isFull = Netlist.Zero;
        for (int bit = sum.Length - 1; bit >= 0; bit--)
        {
            isFull = builder.Gate(Cells.Or, isFull, builder.Gate(Cells.And, sum[bit], product[bit]));
            total[bit] = builder.Gate(Cells.Or, isFull, builder.Gate(Cells.Xor, sum[bit], product[bit]));
        }

        return total;
    }

    static int[] Ripple(NetlistBuilder builder, Cell adder, int[] sum, int[] product)
    {
        int[] total = new int[sum.Length + 1];
        int carry = Netlist.Zero;
        for (int bit = 0; bit < sum.Length; bit++)
            (total[bit], carry) = builder.AddBits(adder, product[bit], sum[bit], carry);
        total[^1] = carry;
        return total;
    }

    static bool IsKind(string kind) => kind is Loa or Eta || Cells.Adders.Any(cell => cell.Name == kind);

    static Netlist Checked(Netlist circuit)
    {
        ThrowIfNoAdder(circuit);
        return circuit.Inputs[0].Width <= MaxBits ? circuit : throw new InputException(
            $"the adder {circuit.Name} has {circuit.Inputs[0].Width} bits; one of the lowest bits of a sum has 1 to {MaxBits}");
    }

    /// <summary>Refuses a circuit that does not add two numbers of one width.</summary>
    /// <exception cref="InputException">It is no adder.</exception>
    internal static void ThrowIfNoAdder(Netlist circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        int[] inputs = [.. circuit.Inputs.Select(bus => bus.Width)], outputs = [.. circuit.Outputs.Select(bus => bus.Width)];
        if (inputs is not [int first, int second] || outputs is not [int total] || first != second || total - first is not (0 or 1))
        {
            throw new InputException(
                $"the circuit {circuit.Name} has inputs of {string.Join(" and ", inputs)} bits and outputs of "
                    + $"{string.Join(" and ", outputs)}; an adder has two inputs of one width, and one output of that width or a bit more");
        }
    }

    static ushort[] Sums(Netlist circuit)
    {
        int bits = circuit.Inputs[0].Width;
        ulong[] sum = new ulong[1 << 2 * bits], product = new ulong[sum.Length];
        for (int pair = 0; pair < sum.Length; pair++)
            (sum[pair], product[pair]) = ((ulong)(pair >> bits), (ulong)(pair & (1 << bits) - 1));
        var totals = new UInt128[sum.Length];
        new SlicedInterpreter(circuit).Evaluate(sum, product, totals);
        return Array.ConvertAll(totals, total => (ushort)total);
    }
}
