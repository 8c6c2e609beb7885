using Dapprox.Foundation;
using Dapprox.Networks.Graph;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// The gradient that an attacker uses for a network known to be approximate. The true derivative of the network is that of a
/// staircase and gives no direction, so every estimator replaces it (backward pass differentiable approximation, BPDA: Athalye,
/// Carlini, Wagner, "Obfuscated Gradients Give a False Sense of Security", ICML 2018). No estimator changes the forward pass.
/// </summary>
public sealed class GradientEstimator
{
    readonly Func<Network, Tensor, ulong, IGradientVictim> victim;

    GradientEstimator(string name, string summary, string source, Func<Network, Tensor, ulong, IGradientVictim> victim)
    {
        Name = name;
        Summary = summary;
        Source = source;
        this.victim = victim;
    }

    /// <summary><c>straight-through</c>: the exact layers' gradient at the approximate activations.</summary>
    public static GradientEstimator StraightThrough { get; } = new(
        "straight-through", "the exact layers' gradient, at the activations of the approximate ones",
        "Bengio, Léonard, Courville, arXiv:1308.3432, 2013",
        (network, _, _) => new NetworkVictim(network));

    /// <summary><c>gain-matched</c>: <see cref="GradientWeights.GainMatched"/>.</summary>
    public static GradientEstimator GainMatched { get; } = new(
        "gain-matched", "as straight-through, each layer's weights times its measured gain",
        "Athalye, Carlini, Wagner, ICML 2018",
        (network, calibration, _) => new NetworkVictim(GradientWeights.GainMatched(network, calibration)))
    {
        Measures = true,
    };

    /// <summary><c>smoothed</c>: <see cref="GradientWeights.Smoothed"/>.</summary>
    public static GradientEstimator Smoothed { get; } = new(
        "smoothed", "as straight-through, each weight replaced by the expected slope of its products",
        "Athalye, Carlini, Wagner, ICML 2018; Stein, Annals of Statistics 9, 1981",
        (network, _, _) => new NetworkVictim(GradientWeights.Smoothed(network)));

    /// <summary><c>finite-difference</c>: <see cref="Victims.FiniteDifference"/>.</summary>
    public static GradientEstimator FiniteDifference { get; } = new(
        "finite-difference", "central differences of the approximate network, pixel by pixel",
        "Chen, Zhang, Sharma, Yi, Hsieh, AISec 2017",
        (network, _, seed) => new EstimatedGradientVictim(new NetworkVictim(network), new FiniteDifference(), seed));

    /// <summary><c>nes</c>: <see cref="Victims.Nes"/>.</summary>
    public static GradientEstimator Nes { get; } = new(
        "nes", "differences of the approximate network along normal directions",
        "Ilyas, Engstrom, Athalye, Lin, ICML 2018",
        (network, _, seed) => new EstimatedGradientVictim(new NetworkVictim(network), new Nes(), seed));

    /// <summary><c>spsa</c>: <see cref="Victims.Spsa"/>.</summary>
    public static GradientEstimator Spsa { get; } = new(
        "spsa", "differences of the approximate network along directions of ±1",
        "Uesato, O'Donoghue, van den Oord, Kohli, ICML 2018",
        (network, _, seed) => new EstimatedGradientVictim(new NetworkVictim(network), new Spsa(), seed));

    /// <summary>All estimators; the first is the default.</summary>
    public static IReadOnlyList<GradientEstimator> All { get; } =
        [StraightThrough, GainMatched, Smoothed, FiniteDifference, Nes, Spsa];

    /// <summary>The name on the command line.</summary>
    public string Name { get; }

    /// <summary>Describes the gradient in one line.</summary>
    public string Summary { get; }

    /// <summary>The publication.</summary>
    public string Source { get; }

    /// <summary>Whether it measures the network on calibration images.</summary>
    public bool Measures { get; private init; }

    /// <summary>The estimator with that name.</summary>
    /// <param name="name">One of the names in <see cref="All"/>, in any case.</param>
    /// <exception cref="InputException">No estimator has that name; the message lists the names and suggests the nearest.</exception>
    public static GradientEstimator Find(string name) => Names.Find("gradient estimator", name, All, estimator => estimator.Name);

    /// <summary>
    /// The network as victim, with gradients by this estimator. The image, the calibration images and the seed determine its
    /// answers, bit for bit.
    /// </summary>
    /// <param name="network">The approximate network.</param>
    /// <param name="calibration">Clean images for estimators that measure the network: <c>[batch, channels, height, width]</c>.</param>
    /// <param name="seed">Determines the random directions of estimators that use them.</param>
    /// <exception cref="ArgumentException">
    /// The estimator needs calibration images, and there are none or their shape differs from the network's.
    /// </exception>
    public IGradientVictim Victim(Network network, Tensor calibration, ulong seed) => victim(network, calibration, seed);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
