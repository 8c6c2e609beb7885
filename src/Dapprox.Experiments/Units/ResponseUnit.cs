using Dapprox.Arithmetic;
using Dapprox.Experiments.Runs;
using Dapprox.Foundation;

namespace Dapprox.Experiments.Units;

/// <summary>
/// The answer of one filter to inputs that are more and more like it. The filter has as many weights as one of LeNet-5's second
/// convolution, normal and then of unit length; input i is cos φ times the filter plus sin φ times a direction at right angles to it,
/// both with their negative parts, as a filter meets them before any ReLU. Columns: trial, similarity (the cosine), exact, approximate.
/// </summary>
/// <param name="Multiplier">The approximate multiplier, by name.</param>
/// <param name="Trials">How many filters are drawn.</param>
public sealed record ResponseUnit(string Multiplier, int Trials) : WorkUnit
{
    const int Weights = 32 * 3 * 3, Purpose = 4;

    static readonly double[] Similarities = [0, 0.2, 0.4, 0.6, 0.8, 1];

    /// <inheritdoc/>
    public override string Kind => "response";

    /// <inheritdoc/>
    public override double Seconds => 0.1;

    /// <inheritdoc/>
    public override string Title => $"answers of filters on {Multiplier}";

    /// <inheritdoc/>
    public override string Describe(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return $"{Multiplier}; {Trials}; seed {context.Seed}";
    }

    /// <inheritdoc/>
    public override Rows Run(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        FloatMultiplier multiplier = Multipliers.Find(Multiplier);
        var values = new List<object?[]>();
        for (int trial = 0; trial < Trials; trial++)
        {
            var random = new CounterRandom(context.Seed, (ulong)trial, Purpose);
            double[] filter = Direction(ref random, []), across = Direction(ref random, filter);
            foreach (double similarity in Similarities)
            {
                double exact = 0, approximate = 0;
                for (int i = 0; i < Weights; i++)
                {
                    float input = (float)(similarity * filter[i] + Math.Sqrt(1 - similarity * similarity) * across[i]), weight = (float)filter[i];
                    exact += (double)input * weight;
                    approximate += multiplier.Multiply(input, weight);
                }

                values.Add([Multiplier, trial, similarity, exact, approximate]);
            }
        }

        return new Rows([new("multiplier", "VARCHAR"), new("trial", "INTEGER"), new("similarity", "DOUBLE"), new("exact", "DOUBLE"), new("approximate", "DOUBLE")], values);
    }

    /// <summary>A random direction, at right angles to another if there is one.</summary>
    static double[] Direction(ref CounterRandom random, double[] other)
    {
        double[] direction = new double[Weights];
        for (int i = 0; i < Weights; i++)
            direction[i] = random.NextNormal();
        if (other.Length > 0)
        {
            double along = direction.Zip(other, (a, b) => a * b).Sum();
            direction = [.. direction.Zip(other, (a, b) => a - along * b)];
        }

        double length = Math.Sqrt(direction.Sum(value => value * value));
        return Array.ConvertAll(direction, value => value / length);
    }
}
