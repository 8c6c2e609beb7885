namespace Dapprox.Arithmetic;

/// <summary><c>exact-int8</c>, <c>exact-uint8</c> and the like: the exact product of integers, signed or unsigned.</summary>
public sealed class ExactIntegerMultiplier : MagnitudeMultiplier
{
    /// <summary><c>exact-int8</c>.</summary>
    public static ExactIntegerMultiplier Int8 { get; } = new(8, isSigned: true);

    /// <summary>Creates it.</summary>
    /// <param name="bits">The number of bits of the operands.</param>
    /// <param name="isSigned">Whether numbers are in two's complement.</param>
    public ExactIntegerMultiplier(int bits, bool isSigned)
        : base(
            $"exact-{(isSigned ? "int" : "uint")}{bits}", bits, isSigned,
            $"the exact product of {(isSigned ? "signed" : "unsigned")} integers", "–")
    {
    }

    /// <inheritdoc/>
    public override bool IsExact => Accumulator == IntegerAccumulator.Int32;

    /// <inheritdoc/>
    public override ulong Multiply(ulong a, ulong b) => a * b;
}
