using Dapprox.Foundation;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Training;

/// <summary>
/// Scales of quantised layers that a training learns beside the weights: Esser, McKinstry, Bablani, Appuswamy, Modha, "Learned Step Size
/// Quantization", ICLR 2020. They begin as they were measured.
/// </summary>
public static class LearntScales
{
    /// <summary>The same network, the scales of whose activations and weights a training learns; zero points stay.</summary>
    /// <param name="network">A network with quantised layers.</param>
    /// <exception cref="InputException">No layer is quantised.</exception>
    public static Network Of(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return network.IsQuantised
            ? With(network, areLearnt: true)
            : throw new InputException($"no layer of {network.Name} multiplies integers, so there are no scales to learn; quantise it: "
                + "--quantise int8");
    }

    /// <summary>The same network with scales that stay.</summary>
    internal static Network Fixed(Network network) => With(network, areLearnt: false);

    /// <summary>Whether scales of the network are learnt.</summary>
    internal static bool Are(Network network) => network.Layers.Any(layer => layer is WeightedLayer { Quantisation.LearnsScales: true });

    static Network With(Network network, bool areLearnt) => network.WithLayers(
    [
        .. network.Layers.Select(layer =>
            layer is WeightedLayer { Quantisation: not null } weighted ? weighted.WithLearntScales(areLearnt) : layer),
    ]);
}
