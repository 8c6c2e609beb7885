using Dapprox.Foundation;

namespace Dapprox.Arithmetic;

/// <summary>A range of integers: unsigned, or in two's complement.</summary>
/// <param name="Bits">How many bits a number has; <see cref="MinBits"/> to <see cref="MaxBits"/>.</param>
/// <param name="IsSigned">Whether it is in two's complement.</param>
public readonly record struct IntegerFormat(int Bits, bool IsSigned)
{
    /// <summary>The smallest number of bits.</summary>
    public const int MinBits = 2;

    /// <summary>The largest number of bits.</summary>
    public const int MaxBits = 8;

    /// <summary>How many bits a number has.</summary>
    public int Bits { get; } = Bits is >= MinBits and <= MaxBits
        ? Bits
        : throw new InputException($"{Bits} bits: the integers of a quantised network have {MinBits} to {MaxBits}");

    /// <summary>Eight bits, unsigned: 0 to 255.</summary>
    public static IntegerFormat UInt8 { get; } = new(8, IsSigned: false);

    /// <summary>Eight bits, signed: −128 to 127.</summary>
    public static IntegerFormat Int8 { get; } = new(8, IsSigned: true);

    /// <summary>The least number.</summary>
    public int Low => IsSigned ? -(1 << (Bits - 1)) : 0;

    /// <summary>The greatest number.</summary>
    public int High => Low + Count - 1;

    /// <summary>How many numbers there are.</summary>
    public int Count => 1 << Bits;

    /// <inheritdoc/>
    public override string ToString() => $"{(IsSigned ? "int" : "uint")}{Bits}";
}
