using Dapprox.Arithmetic;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks;

/// <summary>The hardware cost of a multiplier, absolute and relative to <see cref="ExactMultiplier.Rounded"/>.</summary>
/// <param name="EnergyPerProduct">The mean energy of the multiplier's products in the network, leakage included, in fJ.</param>
/// <param name="EnergyPerImage">The energy of all products of an image, including those in exact layers, in fJ.</param>
/// <param name="Delay">The longest path through the whole multiplier, in ps; of one for each layer, that of the slowest.</param>
/// <param name="Area">The area of the whole multiplier, in µm²; null of one for each layer.</param>
/// <param name="RelativeEnergy"><paramref name="EnergyPerImage"/> relative to that of the exact network.</param>
/// <param name="RelativeDelay"><paramref name="Delay"/> relative to that of the exact multiplier.</param>
/// <param name="RelativeArea"><paramref name="Area"/> relative to that of the exact multiplier.</param>
public sealed record MultiplierPrice(
    double EnergyPerProduct, double EnergyPerImage, double Delay, double? Area, double RelativeEnergy, double RelativeDelay,
    double? RelativeArea);

/// <summary>One multiplier of a <see cref="Comparison"/>.</summary>
/// <param name="Accuracy">The network's accuracy with it.</param>
/// <param name="RelativeDistance">
/// The mean of |ŷ − y| / |y|: of floats on operands uniform in [−1, 1], of integers over all pairs whose product is not
/// zero, or over a sample of more than 2²⁴; null of a multiplier for each layer.
/// </param>
/// <param name="RelativeError">The mean of (ŷ − y) / y on the same operands; null for integers.</param>
/// <param name="Price">The cost; null if unknown.</param>
/// <param name="Reason">Why the cost is unknown; null if it is known.</param>
/// <param name="Robust">The number of attacked images classified correctly before and after all attacks; null without an attack.</param>
/// <param name="Seconds">The measuring time in seconds.</param>
public sealed record ComparisonRow(
    Multiplier Multiplier, Evaluation Accuracy, double? RelativeDistance, double? RelativeError, MultiplierPrice? Price, string? Reason,
    Evaluation? Robust, double Seconds);
