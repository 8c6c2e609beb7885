using Dapprox.Foundation;
using TorchSharp;
using TorchSharp.Modules;

namespace Dapprox.Training;

/// <summary>A network that can be trained: what it takes and how it is built.</summary>
/// <param name="Name">The name used on the command line and in weight files.</param>
/// <param name="InputShapes">The shapes of image that it can be built for: <c>[channels, height, width]</c> each.</param>
/// <param name="Classes">How many logits the last layer has.</param>
/// <param name="Make">
/// Makes the module for one of these shapes, with TorchSharp's own random weights; <see cref="LibTorch.Load"/> must have been called. The
/// names of its
/// parts are the names in the weight file: <c>conv1</c> gives <c>conv1.weight</c> and <c>conv1.bias</c>.
/// </param>
/// <param name="Defaults">How it is trained where nothing else is said.</param>
public sealed record TorchArchitecture(
    string Name, IReadOnlyList<IReadOnlyList<int>> InputShapes, int Classes, Func<IReadOnlyList<int>, Sequential> Make,
    TrainingOptions Defaults)
{
    /// <summary>Every architecture that can be trained.</summary>
    public static IReadOnlyList<TorchArchitecture> All { get; } =
    [
        TorchLeNet5.Architecture, TorchAlexNet.Architecture, TorchQuantisedNetwork.Full, TorchQuantisedNetwork.WeightsOnly,
        TorchQuantisedNetwork.Unquantised,
    ];

    /// <summary>Makes the module for a shape of image; the caller disposes of it.</summary>
    /// <param name="inputShape">One of <see cref="InputShapes"/>.</param>
    /// <remarks>
    /// TorchSharp 0.107 draws a layer's first weights by way of tensors that nobody disposes of. The finaliser would free one
    /// while LibTorch still reads it, now and then, and with it the process would end; in a scope they stay until all is made.
    /// </remarks>
    public Sequential Build(IReadOnlyList<int> inputShape)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Sequential module = Make(inputShape);
        scope.Detach(module.parameters());
        scope.Detach(module.buffers());
        return module;
    }

    /// <summary>The architecture of that name, whatever the case of its letters.</summary>
    /// <param name="name">For example <c>lenet5</c>.</param>
    /// <exception cref="InputException">There is none of that name.</exception>
    public static TorchArchitecture Find(string name) => Names.Find("architecture", name, All, architecture => architecture.Name);
}
