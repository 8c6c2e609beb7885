using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Graph;

/// <summary>A layer with the sources of its inputs.</summary>
/// <param name="Inputs">Indices of earlier nodes, or <see cref="Images"/>.</param>
public sealed record Node(Layer Layer, IReadOnlyList<int> Inputs)
{
    /// <summary>Stands for the images among <see cref="Inputs"/>.</summary>
    public const int Images = -1;
}
