using System.Diagnostics;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Measurement;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks;

/// <summary>
/// Compares multipliers in one network: accuracy, errors and cost of the multiplier, and optionally robust accuracy. Every
/// multiplier gets the same images, operands and random numbers.
/// </summary>
/// <param name="exact">The network with exact multipliers, to which energy is relative.</param>
/// <param name="on">The network with a multiplier; called once for each.</param>
/// <param name="images">The images to classify.</param>
public sealed class Comparison(Network exact, Func<Multiplier, Network> on, Dataset images)
{
    /// <summary>The maximum number of images on which the energy is measured.</summary>
    public const int PricedImages = 32;

    /// <summary>The number of products on which the errors are measured.</summary>
    public const long ErrorSamples = 1 << 20;

    /// <summary>The number of products per layer on which the energy is measured.</summary>
    public const long CostSamples = 1 << 15;

    // Only for the progress: the seconds of all work that does not grow with the images, the number of images timed, and the cost
    // of an attack in passes over an image.
    const double OtherSeconds = 1;
    const int TriedImages = 4, AttackPasses = 400;

    readonly Dictionary<Multiplier, CostMeasurement> measurements = [];
    readonly Dictionary<Multiplier, double> secondsAnImage = [];
    readonly Dictionary<Multiplier, Network> replaced = [];
    IReadOnlyList<LayerCost>? exactCosts;

    /// <summary>
    /// The images of which the first <see cref="PricedImages"/> provide the activations for the energy; null for the classified images.
    /// </summary>
    public Dataset? Activations { get; init; }

    /// <summary>The technology.</summary>
    public CellLibrary Library { get; init; } = CellLibrary.Shipped;

    /// <summary>The largest L∞ distance of an attack, pixels from 0 to 1; null for no attack.</summary>
    public double? Epsilon { get; init; }

    /// <summary>The maximum number of attacked images, taken from the start.</summary>
    public int AttackedImages { get; init; } = 100;

    /// <summary>Determines every random number.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The number of attacked images: 0 without <see cref="Epsilon"/>.</summary>
    public int Attacked => Epsilon is null ? 0 : Math.Min(AttackedImages, images.Count);

    /// <summary>The estimated time of <see cref="Measure"/> in seconds, from the time of some images.</summary>
    /// <exception cref="InputException">The images do not fit the network, or the selection none of its layers.</exception>
    public double Estimate(Multiplier multiplier) =>
        OtherSeconds + SecondsAnImage(multiplier) * (images.Count + Attacked * AttackPasses);

    /// <summary>Measures one multiplier.</summary>
    /// <param name="progress">Receives the seconds of <see cref="Estimate"/> completed since the last call; null for none.</param>
    /// <param name="cancellation">Stops between batches, layers and rounds of an attack.</param>
    /// <exception cref="InputException">The images do not fit the network, or the selection none of its layers.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public ComparisonRow Measure(Multiplier multiplier, Action<double>? progress = null, CancellationToken cancellation = default)
    {
        double image = progress is null ? 0 : SecondsAnImage(multiplier);
        var watch = Stopwatch.StartNew();
        Network network = Replaced(multiplier);
        Evaluation accuracy = Evaluation.Of(network, images, batch => progress?.Invoke(batch.Batch * image), cancellation);
        (double? distance, double? signed) = Errors(multiplier, cancellation);
        MultiplierPrice? price = null;
        string? reason = null;
        try
        {
            price = Price(network, multiplier, cancellation);
        }
        catch (InputException e)
        {
            reason = e.Message;
        }

        progress?.Invoke(OtherSeconds);
        Evaluation? robust = Epsilon is double epsilon
            ? Robustness.Of(
                network, images.First(Attacked), epsilon, Seed, more => progress?.Invoke(more * Attacked * AttackPasses * image),
                cancellation)
            : null;
        return new ComparisonRow(multiplier, accuracy, distance, signed, price, reason, robust, watch.Elapsed.TotalSeconds);
    }

    /// <summary>The mean relative error, of floats also with its sign; none of a multiplier for each layer.</summary>
    (double? Distance, double? Signed) Errors(Multiplier multiplier, CancellationToken cancellation)
    {
        if (multiplier is LayerMultipliers)
            return (null, null);
        if (multiplier is IntegerMultiplier integers)
        {
            IntegerDistribution distribution = IntegerDistribution.Uniform;
            IntegerMetrics metrics = IntegerMeasurement.Pairs(integers, distribution) <= IntegerMeasurement.MaxPairs
                ? IntegerMeasurement.AllPairs(integers, distribution, cancellation: cancellation)
                : IntegerMeasurement.Sample(integers, distribution, ErrorSamples, Seed, cancellation: cancellation);
            return (metrics.MeanRelativeError.Value, null);
        }

        ErrorMetrics errors = ErrorMeasurement.Sample(
            (FloatMultiplier)multiplier, OperandDistribution.Uniform11, ErrorSamples, Seed, cancellation: cancellation);
        return (errors.MeanRelativeError.Value, errors.MeanSignedRelativeError.Value);
    }

    Network Replaced(Multiplier multiplier)
    {
        if (!replaced.TryGetValue(multiplier, out Network? network))
            replaced.Add(multiplier, network = on(multiplier));
        return network;
    }

    double SecondsAnImage(Multiplier multiplier)
    {
        if (!secondsAnImage.TryGetValue(multiplier, out double seconds))
        {
            Network network = Replaced(multiplier);
            Evaluation.ThrowIfUnfit(network, images);
            Tensor tried = images.Images(0, Math.Min(TriedImages, images.Count));
            // The first call compiles the circuit.
            network.Forward(tried);
            var watch = Stopwatch.StartNew();
            network.Forward(tried);
            seconds = watch.Elapsed.TotalSeconds / tried.Batch;
            secondsAnImage.Add(multiplier, seconds);
        }

        return seconds;
    }

    MultiplierPrice Price(Network network, Multiplier multiplier, CancellationToken cancellation)
    {
        IReadOnlyList<Multiplier> parts = multiplier is LayerMultipliers several ? several.Multipliers : [multiplier];
        foreach (Multiplier part in parts)
            Measurement(part);
        exactCosts ??= Costs(exact);
        IReadOnlyList<LayerCost> costs = Costs(network);
        CircuitCost reference = exactCosts[0].Product;
        IMultiplies[] layers = [.. network.Layers.OfType<IMultiplies>()];
        LayerCost[] own = [.. costs.Where((_, layer) => parts.Contains(layers[layer].Multiplier))];
        double energy = costs.Sum(layer => layer.Energy), delay = own.Max(layer => layer.Product.Delay);
        double? area = parts.Count == 1 ? own[0].Product.Area : null;
        return new MultiplierPrice(
            own.Sum(layer => layer.Energy) / own.Sum(layer => layer.Products), energy, delay, area,
            energy / exactCosts.Sum(layer => layer.Energy), delay / reference.Delay, area / reference.Area);

        IReadOnlyList<LayerCost> Costs(Network priced)
        {
            Dataset seen = Activations ?? images;
            return NetworkCost.Of(
                priced, seen.Images(0, Math.Min(PricedImages, seen.Count)), Measurement, CostSamples, Seed,
                cancellation: cancellation);
        }
    }

    CostMeasurement Measurement(Multiplier multiplier)
    {
        if (!measurements.TryGetValue(multiplier, out CostMeasurement? measurement))
            measurements.Add(multiplier, measurement = CostMeasurement.Of(multiplier, Library));
        return measurement;
    }
}
