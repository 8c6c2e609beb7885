using DefensiveApproximation.Arithmetic;

namespace DefensiveApproximation.Circuits;

/// <summary>The whole of a floating-point multiplier as a netlist: a mantissa multiplier and what is around it.</summary>
public static class FloatMultiplierCircuits
{
    internal const int ExponentBits = 8;

    /// <summary>
    /// A multiplier of numbers of 8 exponent bits and n − 1 fraction bits that gives binary32. Around the mantissa multiplier
    /// are: the hidden ones (an or over each exponent), the sign (an xor), the exponent (two ripple-carry adders: of the
    /// exponents, and of −127 and the carry of normalising), the normalising multiplexers, and, if asked for, rounding to
    /// nearest even (an or over the bits that are lost and a ripple-carry incrementer of fraction and exponent).
    /// </summary>
    /// <remarks>
    /// Right where the operands and the product are normal numbers, and, for a product of 2n + 1 bits, the leading one is one
    /// of its two highest bits. Zeros, subnormals, infinities, NaN, overflow and underflow would need more, and are not there.
    /// </remarks>
    /// <param name="mantissas">
    /// Two inputs of n bits, 2 to 24, and an output of 2n or 2n + 1 bits. With 2n bits it is normalised as IEEE 754 has it; with
    /// 2n + 1 as the released code of Ax-FPM: the fraction is under the leading one, and the exponent is ea + eb − 126 always.
    /// </param>
    /// <param name="rounds">Whether products are rounded to nearest even; otherwise truncated.</param>
    /// <returns>Inputs <c>a</c> and <c>b</c> of n + 8 bits, output <c>p</c> of 32: sign, exponent and fraction.</returns>
    /// <exception cref="InputException">The mantissa multiplier has other inputs or outputs.</exception>
    public static Netlist Around(Netlist mantissas, bool rounds)
    {
        int bits = mantissas.Inputs.Count == 2 ? mantissas.Inputs[0].Width : 0;
        if (bits is < 2 or > Binary32.FractionBits + 1 || mantissas.Inputs[1].Width != bits
            || mantissas.Outputs.Count != 1 || mantissas.Outputs[0].Width - 2 * bits is not (0 or 1))
        {
            throw new InputException($"the circuit {mantissas} is no mantissa multiplier: that has two inputs of n bits, n from 2 to {Binary32.FractionBits + 1}, and one output of 2n or 2n + 1 bits");
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

        bool exponentIsFixed = product.Length > 2 * bits;
        int[] exponents = Add(builder, Exponent(a), Exponent(b), Netlist.Zero);
        int[] exponent = Add(builder, exponents, Constant(exponentIsFixed ? -126 : -127), exponentIsFixed ? Netlist.Zero : top);

        if (rounds && under.Length > kept.Length)
        {
            int half = under[^(kept.Length + 1)];
            int rest = Or(builder, under[..^(kept.Length + 1)]);
            int up = builder.Gate(Cells.And, half, builder.Gate(Cells.Or, rest, kept[0]));
            (kept, int carry) = Increment(builder, kept, up);
            (exponent, _) = Increment(builder, exponent, carry);
        }

        int sign = builder.Gate(Cells.Xor, a[^1], b[^1]);
        builder.Output("p", [.. kept, .. exponent, sign]);
        return builder.Build();

        int[] Exponent(int[] operand) => operand[fraction..(fraction + ExponentBits)];

        int[] Mantissa(int[] operand) => [.. operand[..fraction], Or(builder, Exponent(operand))];
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

    static (int[] Sum, int Carry) Increment(NetlistBuilder builder, int[] number, int carry)
    {
        int[] sum = new int[number.Length];
        for (int i = 0; i < sum.Length; i++)
        {
            int[] made = builder.Add(Cells.HalfAdder, number[i], carry);
            (sum[i], carry) = (made[0], made[1]);
        }

        return (sum, carry);
    }

    /// <summary>A number modulo 2⁸.</summary>
    static int[] Constant(int value) => [.. Enumerable.Range(0, ExponentBits).Select(bit => (value >> bit & 1) != 0 ? Netlist.One : Netlist.Zero)];
}
