using Dapprox.Foundation;
using TorchSharp;
using TorchSharp.Modules;

namespace Dapprox.Benchmarks.Oracle;

/// <summary>A network in LibTorch: its inputs and its construction.</summary>
/// <param name="Name">The name used on the command line and in weight files.</param>
/// <param name="InputShapes">The supported image shapes, each <c>[channels, height, width]</c>.</param>
/// <param name="Classes">The number of logits.</param>
/// <param name="Make">
/// Creates the module for one of these shapes, with TorchSharp's own random weights, after a call of <see cref="LibTorch.Load"/>.
/// The names of its parts are the names in the weight file: <c>conv1</c> gives <c>conv1.weight</c> and <c>conv1.bias</c>.
/// </param>
public sealed record TorchArchitecture(
    string Name, IReadOnlyList<IReadOnlyList<int>> InputShapes, int Classes, Func<IReadOnlyList<int>, Sequential> Make)
{
    /// <summary>All architectures.</summary>
    public static IReadOnlyList<TorchArchitecture> All { get; } =
    [
        TorchLeNet5.Architecture, TorchAlexNet.Architecture, TorchQuantisedNetwork.Full, TorchQuantisedNetwork.WeightsOnly,
        TorchQuantisedNetwork.Unquantised,
    ];

    /// <summary>Creates the module for an image shape; the caller disposes of it.</summary>
    /// <param name="inputShape">One of <see cref="InputShapes"/>.</param>
    /// <remarks>
    /// TorchSharp 0.107 initialises a layer's weights via tensors that it does not dispose of. The finaliser occasionally frees one
    /// while LibTorch reads it, which ends the process; in a scope they live until the module is complete.
    /// </remarks>
    public Sequential Build(IReadOnlyList<int> inputShape)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Sequential module = Make(inputShape);
        scope.Detach(module.parameters());
        scope.Detach(module.buffers());
        return module;
    }

    /// <summary>The architecture of that name, in any case.</summary>
    /// <param name="name">For example <c>lenet5</c>.</param>
    /// <exception cref="InputException">No architecture has that name.</exception>
    public static TorchArchitecture Find(string name) => Names.Find("architecture", name, All, architecture => architecture.Name);
}
