using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Measurement;

/// <summary>
/// How the operands of a multiplier are drawn when its error is measured. Error metrics depend on it so much that a
/// number without its distribution means nothing.
/// </summary>
public sealed class OperandDistribution
{
    readonly Func<Draws, float> draw;

    OperandDistribution(string name, string summary, double? largestProduct, Func<Draws, float> draw)
    {
        Name = name;
        Summary = summary;
        LargestProduct = largestProduct;
        this.draw = draw;
    }

    /// <summary>
    /// <c>uniform01</c>: both operands uniform in [0, 1), rounded to binary32, as activations and weights are in size. The
    /// distribution of the caption of the paper's figure 3.
    /// </summary>
    public static OperandDistribution Uniform01 { get; } = new(
        "uniform01", "both operands uniform in [0, 1]", 1, draws => (float)draws.Random.NextDouble());

    /// <summary><c>uniform11</c>: both operands uniform in [−1, 1]. The distribution of the text around the paper's figure 3.</summary>
    public static OperandDistribution Uniform11 { get; } = new(
        "uniform11", "both operands uniform in [−1, 1]", 1, draws => draws.Random.NextSingle(-1, 1));

    /// <summary><c>normal</c>: both operands standard normal, rounded to binary32. Products have no bound.</summary>
    public static OperandDistribution Normal { get; } = new(
        "normal", "both operands standard normal", null, draws => (float)draws.Random.NextNormal());

    /// <summary><c>mantissa</c>: both operands uniform among the 2²³ numbers of [1, 2), so every mantissa counts the same.</summary>
    public static OperandDistribution Mantissa { get; } = new(
        "mantissa", "both operands uniform in [1, 2)", 4,
        draws => Binary32.Compose(0, ExponentOfOne, draws.Random.NextUInt32() & Binary32.FractionMask));

    /// <summary>All distributions; the first is the default.</summary>
    public static IReadOnlyList<OperandDistribution> All { get; } = [Uniform01, Uniform11, Normal, Mantissa];

    internal const int ExponentOfOne = 127;

    /// <summary>The name on the command line.</summary>
    public string Name { get; }

    /// <summary>The distribution, described in a few words.</summary>
    public string Summary { get; }

    /// <summary>The least upper bound of |product| under the distribution; null where there is none.</summary>
    public double? LargestProduct { get; }

    /// <summary>Finds a distribution by its name.</summary>
    /// <param name="name">One of the names in <see cref="All"/>, in any case.</param>
    /// <exception cref="InputException">There is none; the message lists the names and suggests the nearest.</exception>
    public static OperandDistribution Find(string name) => Names.Find("distribution", name, All, distribution => distribution.Name);

    /// <summary>Draws pairs of operands.</summary>
    /// <param name="random">The generator; it advances by what was drawn.</param>
    /// <param name="activations">Receives the first operands.</param>
    /// <param name="weights">Receives as many second operands.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Fill(ref CounterRandom random, Span<float> activations, Span<float> weights)
    {
        if (activations.Length != weights.Length)
        {
            throw new ArgumentException(
                $"The lengths differ: {activations.Length} activations, {weights.Length} weights.", nameof(weights));
        }

        var draws = new Draws { Random = random };
        for (int i = 0; i < activations.Length; i++)
        {
            activations[i] = draw(draws);
            weights[i] = draw(draws);
        }

        random = draws.Random;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Keeps the generator, a mutable struct, where a delegate can move it on.</summary>
    sealed class Draws
    {
        public CounterRandom Random;
    }
}
