using Dapprox.Arithmetic;
using Dapprox.Experiments.Runs;
using Dapprox.Foundation;

namespace Dapprox.Experiments.Units;

/// <summary>The response of a random filter to an input.</summary>
/// <param name="Multiplier">The name of the approximate multiplier.</param>
/// <param name="Trial">The number of the filter, from 0.</param>
/// <param name="Similarity">The cosine of the angle between filter and input.</param>
/// <param name="Exact">The response with exact products.</param>
/// <param name="Approximate">The response with approximate products.</param>
public sealed record ResponseRow(string Multiplier, int Trial, double Similarity, double Exact, double Approximate);

/// <summary>
/// The responses of random filters to inputs of growing similarity. A filter has as many weights as one of LeNet-5's second convolution,
/// normal and then scaled to unit length. The inputs are cos φ times the filter plus sin φ times an orthogonal direction, with their
/// negative parts, as before any ReLU.
/// </summary>
/// <param name="Multiplier">The name of the approximate multiplier.</param>
/// <param name="Trials">The number of filters.</param>
public sealed record ResponseUnit(string Multiplier, int Trials) : WorkUnit<ResponseRow>
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
    public override IReadOnlyList<ResponseRow> Compute(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        FloatMultiplier multiplier = Multipliers.Find(Multiplier);
        var rows = new List<ResponseRow>();
        for (int trial = 0; trial < Trials; trial++)
        {
            var random = new CounterRandom(context.Seed, (ulong)trial, Purpose);
            double[] filter = Direction(ref random, []), orthogonal = Direction(ref random, filter);
            foreach (double similarity in Similarities)
            {
                double exact = 0, approximate = 0;
                for (int i = 0; i < Weights; i++)
                {
                    float input = (float)(similarity * filter[i] + Math.Sqrt(1 - similarity * similarity) * orthogonal[i]);
                    float weight = (float)filter[i];
                    exact += (double)input * weight;
                    approximate += multiplier.Multiply(input, weight);
                }

                rows.Add(new ResponseRow(Multiplier, trial, similarity, exact, approximate));
            }
        }

        return rows;
    }

    /// <summary>A random direction of unit length, orthogonal to another one unless that is empty.</summary>
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
