using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Circuits;

/// <summary>The whole of a floating-point multiplier as a netlist: a mantissa multiplier and what is around it.</summary>
public static class FloatMultiplierCircuits
{
    internal const int ExponentBits = 8;

    static readonly Lazy<Netlist> ExactMantissas = new(() => CircuitDescription.Build("array:24"));
    static readonly Lazy<Netlist> Bfloat16Mantissas = new(() => CircuitDescription.Build("booth:8"));
    static readonly Lazy<Netlist> AxFpmMantissas = new(() => CircuitDescription.Build("ax-fpm"));
    static readonly Lazy<Netlist> WrappedMantissas = new(() => CircuitDescription.Build("blocks:24:ama5:block=4"));
    static readonly Lazy<Netlist> FlatMantissas = new(() => CircuitDescription.Build("ama5-flat"));

    /// <summary>
    /// The mantissa multiplier in the hardware of a float multiplier: the exact array of 24 bits for <c>exact</c>, Booth's of 8 bits
    /// for bfloat16, the circuit of a <see cref="CircuitMultiplier"/>.
    /// </summary>
    /// <param name="multiplier">Any float multiplier.</param>
    /// <exception cref="InputException">No circuit of the multiplier is known; the message says why.</exception>
    public static Netlist Mantissas(FloatMultiplier multiplier) => multiplier switch
    {
        ExactMultiplier { Fused: false } => ExactMantissas.Value,
        ExactMultiplier => throw new InputException(
            $"{multiplier.Name} rounds only after it has added: it is part of an adder, and no multiplier of its own; "
            + $"price {ExactMultiplier.Rounded.Name}"),
        Bfloat16Multiplier => Bfloat16Mantissas.Value,
        AxFpm { Overflow: MantissaOverflow.Wrapped } => WrappedMantissas.Value,
        AxFpm => AxFpmMantissas.Value,
        Ama5Flat => FlatMantissas.Value,
        CircuitMultiplier made => made.Circuit,
        _ => throw new InputException(
            $"{multiplier.Name} is known by what it computes, and not by a circuit; give its mantissa multiplier as a circuit"),
    };

    /// <summary>
    /// The whole hardware of a float multiplier: <see cref="Mantissas"/> and what is <see cref="Around"/> them. Only <c>exact</c> rounds
    /// its products; <c>bfloat16-nearest</c> rounds both of its operands, which are binary32 numbers there.
    /// </summary>
    /// <param name="multiplier">Any float multiplier.</param>
    /// <exception cref="InputException">No circuit of the multiplier is known; the message says why.</exception>
    public static Netlist Of(FloatMultiplier multiplier)
    {
        Netlist mantissas = Mantissas(multiplier);
        if (multiplier is CircuitMultiplier { Format.ExponentBits: not ExponentBits and int exponentBits })
        {
            throw new InputException(
                $"{multiplier.Name} has exponents of {exponentBits} bits; "
                + $"what is around a mantissa multiplier is known for {ExponentBits}");
        }

        // Of ama5-flat too, but its leading one is always the same bit.
        bool exponentIsFixed = multiplier is (AxFpm or CircuitMultiplier) and MantissaMultiplier { Overflow: MantissaOverflow.Released };
        Netlist circuit = Around(mantissas, multiplier is ExactMultiplier, exponentIsFixed);
        return multiplier == Bfloat16Multiplier.Nearest ? RoundingOperands(circuit) : circuit;
    }

    /// <summary>
    /// A multiplier of numbers of 8 exponent bits and n − 1 fraction bits that gives binary32. Around the mantissa multiplier
    /// are: the hidden ones (an or over each exponent), the sign (an xor), the exponent (two ripple-carry adders: of the
    /// exponents, and of −127 and the carry of normalising), the normalising multiplexers, and, if asked for, rounding to
    /// nearest even (an or over the bits that are lost and a ripple-carry incrementer of fraction and exponent).
    /// </summary>
    /// <remarks>
    /// Right where the operands and the product are normal numbers and the leading one of the mantissas' product is one of its two
    /// highest bits: a shifter for smaller products, which approximate cells can give, is not there. Zeros, subnormals, infinities, NaN,
    /// overflow and underflow would need more, and are not there either.
    /// </remarks>
    /// <param name="mantissas">
    /// Two inputs of n bits, 2 to 24, and an output of 2n bits, or of 2n + 1 where products can be that large.
    /// </param>
    /// <param name="rounds">Whether products are rounded to nearest even; otherwise truncated.</param>
    /// <param name="exponentIsFixed">
    /// Whether the exponent is ea + eb − 126 wherever the leading one is, as in the released code of Ax-FPM; otherwise it moves with
    /// the leading one.
    /// </param>
    /// <returns>Inputs <c>a</c> and <c>b</c> of n + 8 bits, output <c>p</c> of 32: sign, exponent and fraction.</returns>
    /// <exception cref="InputException">The mantissa multiplier has other inputs or outputs.</exception>
    public static Netlist Around(Netlist mantissas, bool rounds, bool exponentIsFixed = false)
    {
        int bits = mantissas.Inputs.Count == 2 ? mantissas.Inputs[0].Width : 0;
        if (bits is < 2 or > Binary32.FractionBits + 1 || mantissas.Inputs[1].Width != bits
            || mantissas.Outputs.Count != 1 || mantissas.Outputs[0].Width - 2 * bits is not (0 or 1))
        {
            throw new InputException(
                $"the circuit {mantissas} is no mantissa multiplier: that has two inputs of n bits, n "
                + $"from 2 to {Binary32.FractionBits + 1}, and one output of 2n or 2n + 1 bits");
        }

        int fraction = bits - 1;
        var builder = new NetlistBuilder($"float {mantissas.Name}");
        int[] a = builder.Input("a", 1 + ExponentBits + fraction), b = builder.Input("b", 1 + ExponentBits + fraction);
        int[] product = builder.Instantiate(mantissas, Mantissa(a), Mantissa(b))[0];

        int top = product[^1];
        // The bits under the leading one, which is the top bit or the next; without rounding no more than are kept.
        int lost = Math.Max(0, product.Length - 1 - Binary32.FractionBits);
        int[] under = [.. Enumerable.Range(0, product.Length - 1).Skip(rounds ? 0 : lost)
            .Select(i => builder.Gate(Cells.Multiplexer, i == 0 ? Netlist.Zero : product[i - 1], product[i], top))];
        int[] kept = new int[Binary32.FractionBits];
        for (int i = 0; i < kept.Length; i++)
            kept[^(i + 1)] = i < under.Length ? under[^(i + 1)] : Netlist.Zero;

        int[] exponents = Add(builder, Exponent(a), Exponent(b), Netlist.Zero);
        int[] exponent = Add(
            builder, exponents,
            Constant(exponentIsFixed || product.Length > 2 * bits ? -126 : -127), exponentIsFixed ? Netlist.Zero : top);

        if (rounds && under.Length > kept.Length)
        {
            int[] rounded = Round(builder, [.. under, .. exponent], under.Length - kept.Length);
            (kept, exponent) = (rounded[..kept.Length], rounded[kept.Length..]);
        }

        int sign = builder.Gate(Cells.Xor, a[^1], b[^1]);
        builder.Output("p", [.. kept, .. exponent, sign]);
        return builder.Build();

        int[] Exponent(int[] operand) => operand[fraction..(fraction + ExponentBits)];

        int[] Mantissa(int[] operand) => [.. operand[..fraction], Or(builder, Exponent(operand))];
    }

    /// <summary>A float multiplier of narrow operands, before each of them a rounding of binary32 to nearest even.</summary>
    static Netlist RoundingOperands(Netlist narrow)
    {
        var builder = new NetlistBuilder($"{narrow.Name} of rounded operands");
        int[] a = builder.Input("a", 1 + ExponentBits + Binary32.FractionBits);
        int[] b = builder.Input("b", 1 + ExponentBits + Binary32.FractionBits);
        builder.Output("p", builder.Instantiate(narrow, Rounded(a, narrow.Inputs[0].Width), Rounded(b, narrow.Inputs[1].Width))[0]);
        return builder.Build();

        int[] Rounded(int[] operand, int width) => [.. Round(builder, operand[..^1], operand.Length - width), operand[^1]];
    }

    /// <summary>The exponent over the fraction without its lowest bits, to the nearest, of two equally near the even one.</summary>
    static int[] Round(NetlistBuilder builder, int[] number, int lost)
    {
        int[] kept = number[lost..];
        int rest = Or(builder, number[..(lost - 1)]);
        int carry = builder.Gate(Cells.And, number[lost - 1], builder.Gate(Cells.Or, rest, kept[0]));
        // A carry out of the fraction raises the exponent, as it should.
        for (int i = 0; i < kept.Length; i++)
        {
            int[] sum = builder.Add(Cells.HalfAdder, kept[i], carry);
            (kept[i], carry) = (sum[0], sum[1]);
        }

        return kept;
    }

    /// <summary>A tree of or gates.</summary>
    static int Or(NetlistBuilder builder, int[] nets)
    {
        if (nets.Length == 0)
            return Netlist.Zero;
        var left = new Queue<int>(nets);
        while (left.Count > 1)
            left.Enqueue(builder.Gate(Cells.Or, left.Dequeue(), left.Dequeue()));
        return left.Dequeue();
    }

    /// <summary>The sum of two exponents and a carry; a carry out of it is lost.</summary>
    static int[] Add(NetlistBuilder builder, int[] left, int[] right, int carry)
    {
        int[] sum = new int[ExponentBits];
        for (int i = 0; i < sum.Length; i++)
            (sum[i], carry) = builder.AddBits(Cells.FullAdder, left[i], right[i], carry);
        return sum;
    }

    /// <summary>A number modulo 2⁸.</summary>
    static int[] Constant(int value) =>
        [.. Enumerable.Range(0, ExponentBits).Select(bit => (value >> bit & 1) != 0 ? Netlist.One : Netlist.Zero)];
}
