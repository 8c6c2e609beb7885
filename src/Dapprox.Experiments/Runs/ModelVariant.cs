using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Measurement;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;

namespace Dapprox.Experiments.Runs;

/// <summary>A change of exact weights that makes a control: whether an effect is the multiplier's or that of any perturbation.</summary>
public enum Perturbation
{
    /// <summary>The weights stay as they are.</summary>
    None,

    /// <summary>The weights of each layer are multiplied by the gain that Ax-FPM has there; biases stay as they are.</summary>
    Gain,

    /// <summary>
    /// As <see cref="Gain"/>, and each weight is multiplied by 1 + σ·n, where n is normal and drawn once and σ is the standard deviation of
    /// Ax-FPM's relative error.
    /// </summary>
    GainAndNoise,
}

/// <summary>How a network in an experiment is quantised: for its multipliers, without training.</summary>
/// <param name="Options">The bits and ranges.</param>
/// <param name="Images">The number of training images on which ranges are measured.</param>
/// <param name="IsSigned">Whether the integers of circuits and tables are signed; null for what they say.</param>
public sealed record VariantQuantisation(PostTrainingQuantisation Options, int Images, bool? IsSigned);

/// <summary>A network in an experiment: its weights and its multipliers.</summary>
/// <param name="Model">
/// The name of an included network, or the path of a network file; where a unit trains it (<see cref="Training"/>), only a name.
/// </param>
/// <param name="Assignment">The multipliers of its layers.</param>
public sealed record ModelVariant(string Model, MultiplierAssignment Assignment)
{
    const ulong NoisePurpose = 77;

    const int Samples = 1_000_000;

    static readonly Lazy<double> RelativeErrorStandardDeviation = new(MeasureStandardDeviation);

    /// <summary>The unit that trains its weights; null for a network that is loaded.</summary>
    public TrainingUnit? Training { get; init; }

    /// <summary>A name for a reader, where the multipliers do not tell it from other networks. It is not a part of the identity.</summary>
    public string? Label { get; init; }

    /// <summary>How it is quantised, so that its multipliers multiply integers; null for a network of floats.</summary>
    public VariantQuantisation? Quantisation { get; init; }

    /// <summary>The change of its exact weights.</summary>
    public Perturbation Perturbation { get; init; }

    /// <summary>
    /// The number of training images on which it is calibrated for its multipliers (<see cref="Calibration"/>); 0 for none.
    /// </summary>
    public int CalibrationImages { get; init; }

    /// <summary>
    /// A short name for a reader: the multipliers, and the label, the calibration and the perturbation where it has any.
    /// </summary>
    public string Title
    {
        get
        {
            string weights = Label ?? Training?.Name ?? "", change = Quantisation is null ? "" : $", int{Quantisation.Options.WeightBits}";
            change += CalibrationImages > 0 ? ", calibrated" : "";
            change += Perturbation switch
            {
                Perturbation.Gain => " × gain",
                Perturbation.GainAndNoise => " × gain and noise",
                _ => "",
            };
            return weights.Length == 0 ? $"{Assignment}{change}"
                : Assignment == MultiplierAssignment.Exact ? weights + change
                : $"{weights}, {Assignment}{change}";
        }
    }

    /// <summary>The same network, calibrated for its multipliers on the usual number of training images.</summary>
    public ModelVariant Calibrated() => this with { CalibrationImages = Calibration.DefaultImages };

    /// <summary>Whether training images determine it.</summary>
    internal bool Measures => CalibrationImages > 0 || Quantisation is not null || Perturbation != Perturbation.None;

    /// <summary>An estimate of the time that one image takes through LeNet-5 on two cores, in seconds.</summary>
    internal double SecondsAnImage => Quantisation is null ? Assignment.SecondsAnImage : MultiplierAssignment.Exact.SecondsAnImage;

    /// <summary>The unit that trains it, if any.</summary>
    public IReadOnlyList<WorkUnit> Needs => Training is null ? [] : [Training];

    /// <summary>
    /// What determines its logits: weights by fingerprint or by the unit that trains them, multipliers, calibration and perturbation.
    /// </summary>
    /// <param name="context">The weights of the run.</param>
    /// <exception cref="InputException">The weights or a circuit cannot be read.</exception>
    internal object Identity(RunContext context) => new
    {
        Model = Training is null ? Model : null,
        Weights = Training is null ? context.WeightsIdentity(this) : context.FileOf(Training),
        Assignment = Assignment.Identity(Quantisation is not null, Quantisation?.IsSigned),
        // Left out of the text where there is none.
        CalibrationImages = CalibrationImages > 0 ? CalibrationImages : (int?)null,
        Quantisation = Quantisation is not { Options: PostTrainingQuantisation options } ? null : new
        {
            options.ActivationBits,
            options.WeightBits,
            options.IsPerChannel,
            // Left out of the text where it is not done.
            Equalises = options.Equalises ? true : (bool?)null,
            options.Method,
            options.Signs,
            Layers = options.Layers.Name,
            Quantisation.Images,
            Quantisation.IsSigned,
        },
        Perturbation,
    };

    /// <summary>Makes the network from its exact weights.</summary>
    /// <param name="exact">The exact network.</param>
    /// <param name="training">Gives the first training images, as many as asked for.</param>
    /// <param name="seed">Determines the noise.</param>
    internal Network Make(Network exact, Func<int, Tensor> training, ulong seed)
    {
        Network network = Quantisation is null
            ? Assignment.Put(exact)
            : Quantisation.Options.Measure(exact, training(Quantisation.Images)).With(
                Assignment.Find(areIntegers: true, Quantisation.IsSigned));
        if (CalibrationImages > 0)
            network = Calibration.Of(network, training(CalibrationImages)).Network;
        return Perturbation == Perturbation.None ? network : Perturb(network, training(GradientWeights.CalibrationImages), seed);
    }

    Network Perturb(Network network, Tensor calibration, ulong seed)
    {
        Network approximate = MultiplierAssignment.AxFpm.Put(network);
        Layer[] layers = [.. network.Layers];
        approximate.Observe(calibration, (index, inputs) =>
        {
            if (approximate.Layers[index] is not WeightedLayer layer)
                return;
            double gain = LayerGain.Of(layer, inputs[0], network.MaxThreads);
            var random = new CounterRandom(seed, (ulong)index, NoisePurpose);
            float[] weights = layer.Weights.ToArray();
            foreach (ref float weight in weights.AsSpan())
            {
                double noise = Perturbation == Perturbation.GainAndNoise
                    ? 1 + RelativeErrorStandardDeviation.Value * random.NextNormal()
                    : 1;
                weight *= (float)(gain * noise);
            }

            layers[index] = ((WeightedLayer)layers[index]).WithWeights(weights, layer.Bias.ToArray());
        });
        return network.WithLayers(layers);
    }

    /// <summary>The standard deviation of Ax-FPM's relative error, for significands uniform in [1, 2).</summary>
    static double MeasureStandardDeviation()
    {
        var random = new CounterRandom(seed: 1, purpose: NoisePurpose);
        float[] activations = new float[Samples], weights = new float[Samples];
        OperandDistribution.Mantissa.Fill(ref random, activations, weights);
        double[] errors = [.. activations.Zip(weights, (activation, weight) =>
            AxFpm.Released.Multiply(activation, weight) / ((double)activation * weight) - 1)];
        double mean = errors.Average();
        return Math.Sqrt(errors.Average(error => (error - mean) * (error - mean)));
    }
}
