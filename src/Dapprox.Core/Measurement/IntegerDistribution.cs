using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Measurement;

/// <summary>How the operands of a circuit are distributed when its error or its cost is measured; all alike, and independent.</summary>
public sealed class IntegerDistribution
{
    readonly bool leadingOne;

    IntegerDistribution(string name, string summary, bool leadingOne) => (Name, Summary, this.leadingOne) = (name, summary, leadingOne);

    /// <summary><c>uniform</c>: every operand of n bits counts the same. EvoApproxLib's distribution.</summary>
    public static IntegerDistribution Uniform { get; } = new("uniform", "both operands uniform among all integers", leadingOne: false);

    /// <summary><c>normalised</c>: as <see cref="Uniform"/>, among those whose highest bit is set, as that of a mantissa is.</summary>
    public static IntegerDistribution Normalised { get; } =
        new("normalised", "both operands uniform among the integers whose highest bit is set", leadingOne: true);

    /// <summary>All distributions; the first is the default.</summary>
    public static IReadOnlyList<IntegerDistribution> All { get; } = [Uniform, Normalised];

    /// <summary>The name on the command line.</summary>
    public string Name { get; }

    /// <summary>The distribution, described in a few words.</summary>
    public string Summary { get; }

    /// <summary>Finds a distribution by its name.</summary>
    /// <param name="name">One of the names in <see cref="All"/>, in any case.</param>
    /// <exception cref="InputException">There is none; the message lists the names and suggests the nearest.</exception>
    public static IntegerDistribution Find(string name) =>
        Names.Find("distribution of integers", name, All, distribution => distribution.Name);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Checks that a multiplier has such operands.</summary>
    /// <exception cref="InputException">Normalised operands are mantissas, which have no sign, and the multiplier is signed.</exception>
    internal void ThrowIfUnfit(IntegerMultiplier multiplier)
    {
        ArgumentNullException.ThrowIfNull(multiplier);
        if (leadingOne && multiplier.IsSigned)
            throw new InputException($"the operands of {multiplier.Name} are signed, and {Name} ones are not; take {Uniform}");
    }

    /// <summary>How many bits of an operand are free.</summary>
    internal int FreeBits(int width) => leadingOne ? width - 1 : width;

    /// <summary>The smallest operand: the free bits are 0.</summary>
    internal ulong Lowest(int width) => leadingOne ? 1UL << (width - 1) : 0;

    /// <summary>Draws an operand.</summary>
    /// <param name="random">The generator; it advances by one number.</param>
    /// <param name="width">How many bits it has, 1 to 64.</param>
    internal ulong Draw(ref CounterRandom random, int width) => Lowest(width) | (random.NextUInt64() & (ulong.MaxValue >> (64 - width)));
}
