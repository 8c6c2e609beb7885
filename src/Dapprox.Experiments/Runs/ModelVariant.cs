using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Measurement;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;

namespace Dapprox.Experiments.Runs;

/// <summary>What is done to the exact weights of a control, to see whether an effect is the multiplier's or any perturbation's.</summary>
public enum Perturbation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The weights of each layer times the gain that Ax-FPM has there, biases as they are: enlarged as by Ax-FPM, and exact.</summary>
    Gain,

    /// <summary>The same, and each weight times 1 + σ·n, n normal and drawn once, σ the deviation of Ax-FPM's relative error around its mean.</summary>
    GainAndNoise,
}

/// <summary>A network in an experiment: whose weights, on what multipliers.</summary>
/// <param name="Model">The name of a network that comes with the program, or the path of one; for its name only where it is trained by a unit.</param>
/// <param name="Assignment">Its multipliers.</param>
public sealed record ModelVariant(string Model, MultiplierAssignment Assignment)
{
    const ulong NoisePurpose = 77;

    const int Samples = 1_000_000;

    static readonly Lazy<double> Deviation = new(MeasureDeviation);

    /// <summary>Where its weights come from, if a unit trains them.</summary>
    public TrainingUnit? Training { get; init; }

    /// <summary>Its name for a reader, where its multipliers do not tell it from others.</summary>
    public string? Label { get; init; }

    /// <summary>What is done to the weights.</summary>
    public Perturbation Perturbation { get; init; }

    /// <summary>For a reader, short: the multipliers, and what else is not as usual.</summary>
    public string Title
    {
        get
        {
            string weights = Label ?? Training?.Name ?? "", perturbation = Perturbation switch
            {
                Perturbation.Gain => " × gain",
                Perturbation.GainAndNoise => " × gain and noise",
                _ => "",
            };
            return weights.Length == 0 ? $"{Assignment}{perturbation}" : Assignment == MultiplierAssignment.Exact ? weights + perturbation : $"{weights}, {Assignment}{perturbation}";
        }
    }

    /// <summary>The units whose results it is made of.</summary>
    public IReadOnlyList<WorkUnit> Needs => Training is null ? [] : [Training];

    /// <summary>In words that differ where the network does.</summary>
    /// <param name="context">Knows the weights.</param>
    /// <exception cref="InputException">The weights or a circuit cannot be read.</exception>
    public string Describe(RunContext context) =>
        (Training is null ? $"{Model} {context.DescribeWeights(this)}" : $"trained by {context.FileOf(Training)}") + $", {Assignment.Describe()}, {Perturbation}";

    /// <summary>Makes the network from its exact weights.</summary>
    /// <param name="exact">The exact network.</param>
    /// <param name="calibration">Clean images to measure gains on.</param>
    /// <param name="seed">Determines the noise.</param>
    internal Network Make(Network exact, Func<Tensor> calibration, ulong seed)
    {
        Network network = Assignment.Put(exact);
        return Perturbation == Perturbation.None ? network : Disturb(network, calibration(), seed);
    }

    Network Disturb(Network network, Tensor calibration, ulong seed)
    {
        Network approximate = MultiplierAssignment.AxFpm.Put(network);
        Layer[] layers = [.. network.Layers];
        approximate.Observe(calibration, (place, inputs) =>
        {
            if (approximate.Layers[place] is not WeightedLayer layer)
                return;
            double gain = GradientWeights.Gain(layer, inputs[0], network.MaxThreads);
            var random = new CounterRandom(seed, (ulong)place, NoisePurpose);
            float[] weights = layer.Weights.ToArray();
            foreach (ref float weight in weights.AsSpan())
                weight *= (float)(gain * (Perturbation == Perturbation.GainAndNoise ? 1 + Deviation.Value * random.NextNormal() : 1));
            layers[place] = ((WeightedLayer)layers[place]).WithWeights(weights, layer.Bias.ToArray());
        });
        return network.WithLayers(layers);
    }

    /// <summary>The standard deviation of Ax-FPM's relative error, significands uniform in [1, 2).</summary>
    static double MeasureDeviation()
    {
        var random = new CounterRandom(seed: 1, purpose: NoisePurpose);
        float[] activations = new float[Samples], weights = new float[Samples];
        OperandDistribution.Mantissa.Fill(ref random, activations, weights);
        double[] errors = [.. activations.Zip(weights, (activation, weight) => AxFpm.Released.Multiply(activation, weight) / ((double)activation * weight) - 1)];
        double mean = errors.Average();
        return Math.Sqrt(errors.Average(error => (error - mean) * (error - mean)));
    }
}
