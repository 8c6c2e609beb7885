using Dapprox.Arithmetic;
using Dapprox.Measurement;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks;

/// <summary>What a multiplier's hardware costs, beside that of <see cref="ExactMultiplier.Rounded"/>.</summary>
/// <param name="EnergyPerProduct">The mean energy of the multiplier's products in the network, leakage included, in fJ.</param>
/// <param name="EnergyPerImage">The energy of all products of an image, those in layers that stay exact included, in fJ.</param>
/// <param name="Delay">The longest path through the whole float multiplier, in ps.</param>
/// <param name="Area">Its area, in µm².</param>
/// <param name="RelativeEnergy"><paramref name="EnergyPerImage"/> relative to that of the exact network.</param>
/// <param name="RelativeDelay"><paramref name="Delay"/> relative to that of the exact multiplier.</param>
/// <param name="RelativeArea"><paramref name="Area"/>, likewise.</param>
public sealed record MultiplierPrice(
    double EnergyPerProduct, double EnergyPerImage, double Delay, double Area, double RelativeEnergy, double RelativeDelay,
    double RelativeArea);

/// <summary>One multiplier of a <see cref="Comparison"/>.</summary>
/// <param name="Accuracy">The network's accuracy with it.</param>
/// <param name="Errors">Its errors on operands uniform in [−1, 1].</param>
/// <param name="Price">What it costs; null where that is not known.</param>
/// <param name="Reason">Why the price is not known; null where it is.</param>
/// <param name="Robust">How many of the attacked images are classified correctly before and after all attacks; null where nothing was
/// attacked.</param>
/// <param name="Seconds">How long all of this took.</param>
public sealed record ComparisonRow(
    FloatMultiplier Multiplier, Evaluation Accuracy, ErrorMetrics Errors, MultiplierPrice? Price, string? Reason, Evaluation? Robust,
    double Seconds);
