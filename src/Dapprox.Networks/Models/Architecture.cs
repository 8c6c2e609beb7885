using Dapprox.Foundation;
using Dapprox.Networks.Graph;

namespace Dapprox.Networks.Models;

/// <summary>A network without weights: the tensors that it needs and the layers built from them.</summary>
/// <param name="Name">The name on the command line: <c>lenet5</c>.</param>
/// <param name="InputShape">The shape of one image: <c>[channels, height, width]</c>.</param>
/// <param name="Tensors">The weights by name, with their shapes.</param>
/// <param name="Build">Builds the exact network from weights of these names and shapes; the first argument is its name.</param>
public sealed record Architecture(
    string Name,
    IReadOnlyList<int> InputShape,
    IReadOnlyDictionary<string, int[]> Tensors,
    Func<string, IReadOnlyDictionary<string, Tensor>, Network> Build)
{
    /// <summary>All known architectures, with which a weights file is compared.</summary>
    public static IReadOnlyList<Architecture> All { get; } =
    [
        LeNet5.Architecture, AlexNet.Colour, AlexNet.Grey, QuantisedNetwork.Full, QuantisedNetwork.WeightsOnly,
        QuantisedNetwork.Unquantised, ResNet.Eight, ResNet.Twenty, MnistExample.Architecture, .. ClassicLeNet5.All,
    ];

    /// <summary>What a file of it is taken for and does not say itself, as the end of a sentence; null for nothing.</summary>
    public string? Hint { get; init; }

    /// <summary>The names of all architectures of its kind at once, with what they say; null if its name alone says all.</summary>
    internal string? Family { get; init; }

    static string Shown(IEnumerable<Architecture> architectures) =>
        string.Join(", ", architectures.Select(architecture => architecture.Family ?? architecture.Name).Distinct());

    /// <summary>The architecture whose tensors have exactly these names and shapes.</summary>
    /// <param name="source">The source of the tensors, for the message.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="name">The name of the architecture, which decides between architectures with equal tensors; null if unknown.</param>
    /// <exception cref="InputException">No architecture fits, and the message says what is missing, surplus or misshapen; or
    /// several fit.</exception>
    public static Architecture Recognise(string source, IReadOnlyDictionary<string, Tensor> tensors, string? name = null)
    {
        Architecture[] fitting = [.. All.Where(architecture => architecture.Difference(tensors) is null)];
        if (fitting.Length == 0)
        {
            Architecture nearest = All.MaxBy(
                architecture => architecture.Tensors.Count(
                    own => tensors.TryGetValue(own.Key, out Tensor? tensor) && tensor.Shape.SequenceEqual(own.Value)))!;
            throw new InputException(
                $"{source}: the tensors fit no known architecture; the nearest, {nearest.Name}, differs: {nearest.Difference(tensors)}. "
                    + $"Known: {Shown(All)}. Activations and pooling are not in such a file, so any other network is read from ONNX: "
                    + "torch.onnx.export(model, images, 'model.onnx').");
        }

        if (fitting.Length == 1)
            return fitting[0];
        return Array.Find(fitting, architecture => architecture.Name == name) ?? throw new InputException(
            $"{source}: the tensors fit {Shown(fitting)} alike; say which in the header of a .safetensors file, under 'architecture' "
                + "(dapprox model convert --architecture NAME)");
    }

    /// <summary>The architecture of that name, in any case; of several, the first.</summary>
    /// <param name="name">For example <c>lenet5</c>.</param>
    /// <exception cref="InputException">No architecture has that name.</exception>
    public static Architecture Find(string name) =>
        Names.Find("architecture", name, All.DistinctBy(architecture => architecture.Name).ToList(), architecture => architecture.Name);

    string? Difference(IReadOnlyDictionary<string, Tensor> tensors)
    {
        foreach ((string name, int[] shape) in Tensors)
        {
            if (!tensors.TryGetValue(name, out Tensor? tensor))
                return $"'{name}' is missing";
            if (!tensor.Shape.SequenceEqual(shape))
                return $"'{name}' has the shape [{string.Join(", ", tensor.Shape.ToArray())}] instead of [{string.Join(", ", shape)}]";
        }

        string? surplus = tensors.Keys.FirstOrDefault(name => !Tensors.ContainsKey(name));
        return surplus is null ? null : $"'{surplus}' is not one of its tensors";
    }
}
