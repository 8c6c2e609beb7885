using Dapprox.Circuits;
using Dapprox.Foundation;

namespace Dapprox.Search;

/// <summary>What an evolution minimises.</summary>
public enum EvolutionObjective
{
    /// <summary>The gates, an XOR counting as three ANDs.</summary>
    Area,

    /// <summary>
    /// The same, each gate times the probability that its output changes from one pair of operands to the next; rounded to a whole number.
    /// </summary>
    Energy,

    /// <summary>The gates on the longest path, an XOR counting as two ANDs; of equal ones the area.</summary>
    Delay,
}

/// <summary>A search for the cheapest circuit whose error keeps a bound.</summary>
public sealed record EvolutionProblem
{
    /// <summary>The widest operands, together, of which all pairs are measured.</summary>
    public const int MaxExhaustiveBits = 24;

    /// <summary>The widest result.</summary>
    public const int MaxProductBits = 32;

    /// <summary>The number of pairs on which wider circuits are measured in the search.</summary>
    public const int SampledPairs = 1 << 16;

    /// <summary>The circuit to begin with; it has two inputs and one output, and need not keep the bound.</summary>
    public required Netlist Start { get; init; }

    /// <summary>The metric that is bounded.</summary>
    public required ErrorMetric Metric { get; init; }

    /// <summary>The bound, at least 0: a number for <c>mae</c>, <c>wce</c> and <c>mse</c>, a fraction for <c>mre</c> and
    /// <c>ep</c>.</summary>
    public required double AtMost { get; init; }

    /// <summary>What is minimised.</summary>
    public EvolutionObjective Objective { get; init; }

    /// <summary>
    /// Whether the same mean of the errors with their signs is kept below a tenth of the bound: of ŷ − y for <c>mae</c>, of
    /// (ŷ − y) / max(1, |y|) for <c>mre</c>, of ŷ − y below a tenth of the largest error for <c>wce</c> and of the root for <c>mse</c>.
    /// </summary>
    public bool AvoidsBias { get; init; }

    /// <summary>
    /// How much each pair of operands counts in the metric, which is then a weighted mean, by the first operand's bits and then the
    /// second's: at least 0, not all 0; null for all alike. Not for <c>wce</c>.
    /// </summary>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>Determines every random number.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whether only a sample of the operands is measured.</summary>
    public bool IsSampled => InputBits > MaxExhaustiveBits;

    int InputBits => Start.Inputs[0].Width + Start.Inputs[1].Width;

    /// <summary>How many pairs the search measures.</summary>
    internal int Pairs => IsSampled ? SampledPairs : 1 << InputBits;

    /// <summary>Checks that it can be searched.</summary>
    /// <exception cref="InputException">It cannot; the message says why.</exception>
    internal void ThrowIfUnfit()
    {
        int product = Math.Max(Start.Outputs[0].Width, InputBits);
        if (product > MaxProductBits)
        {
            throw new InputException(
                $"the circuit {Start.Name} has {InputBits} bits at its inputs and {Start.Outputs[0].Width} at its output; circuits of at "
                    + $"most {MaxProductBits} bits evolve");
        }

        if (AvoidsBias && Metric == ErrorMetric.Ep)
            throw new InputException($"{Metric} has no sign that could be biased; bound another metric");
        if (Weights is not null && (Metric == ErrorMetric.Wce || IsSampled || Weights.Count != Pairs))
        {
            throw new InputException(
                $"weights are for {1 << Math.Min(InputBits, MaxExhaustiveBits)} pairs of operands, and for a metric that is a mean");
        }

        if (Weights is not null && !(Weights.All(weight => weight >= 0) && TotalWeight is > 0 and < float.MaxValue))
            throw new InputException("a weight of a pair of operands is negative or no number, or all are 0");
    }

    /// <summary>A pair that the search measures.</summary>
    /// <param name="number">Its number; numbers that follow each other are far apart.</param>
    internal OperandPair Pair(int number)
    {
        int widthA = Start.Inputs[0].Width, widthB = Start.Inputs[1].Width;
        ulong bits;
        if (IsSampled)
        {
            bits = new CounterRandom(0, (ulong)number).NextUInt64() >> (64 - InputBits);
        }
        else
        {
            // An odd multiple: every pair once. Near the golden section, any run of them is spread evenly.
            bits = (ulong)number * (ulong)(0x9E3779B97F4A7C15 >> (64 - InputBits) | 1) & ((1UL << InputBits) - 1);
        }

        uint a = (uint)(bits >> widthB), b = (uint)(bits & ((1UL << widthB) - 1));
        long exact = Value(a, widthA) * Value(b, widthB);
        return new OperandPair(a, b, exact, Metric.Weight(Weights?[(int)bits] ?? 1, exact));
    }

    /// <summary>The sum of what the pairs count.</summary>
    internal double TotalWeight => Weights?.Sum() ?? Pairs;

    long Value(uint bits, int width) => Start.IsSigned ? (long)bits << (64 - width) >> (64 - width) : bits;
}
