using System.Reflection;
using Dapprox.Foundation;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;

namespace Dapprox.Networks.Models;

/// <summary>Networks with weights: those included with the program, and those in files.</summary>
public static class TrainedModels
{
    /// <summary>The key of the architecture in <see cref="Metadata"/>.</summary>
    public const string ArchitectureKey = "architecture";

    const string Prefix = "models/", Suffix = ".safetensors";

    /// <summary>The names of the networks included with the program: <c>lenet5-digits</c>, <c>lenet5-mnist</c>.</summary>
    public static IReadOnlyList<string> Shipped { get; } = typeof(TrainedModels).Assembly.GetManifestResourceNames()
        .Where(resource => resource.StartsWith(Prefix, StringComparison.Ordinal))
        .Select(resource => resource[Prefix.Length..^Suffix.Length])
        .Order(StringComparer.Ordinal)
        .ToArray();

    /// <summary>The name of the network included with the program for a data set.</summary>
    /// <param name="dataset">The data set's name.</param>
    /// <exception cref="InputException">There is none.</exception>
    public static string For(string dataset) =>
        Shipped.FirstOrDefault(name => name.EndsWith("-" + dataset, StringComparison.Ordinal))
        ?? throw new InputException(
            $"no model for {dataset} is included ({string.Join(", ", Shipped)}); name a .safetensors file with --model");

    /// <summary>
    /// Loads a network, exact in all layers. The names and shapes of the tensors identify the architecture of a safetensors file or
    /// a PyTorch state dict; an ONNX file contains its own, and a final softmax or sigmoid there is left out
    /// (<see cref="ProbabilityEnd"/>); <see cref="OnnxModels.Load"/> keeps it.
    /// </summary>
    /// <param name="nameOrPath">One of <see cref="Shipped"/>, or the path of a safetensors, PyTorch (.pt, .pth) or ONNX file.</param>
    /// <param name="architecture">The name of the architecture, which decides between those with equal tensors; null for the one that the
    /// file names.</param>
    /// <param name="onnx">What an ONNX file leaves open; null for nothing.</param>
    /// <exception cref="InputException">There is no such network, or the file cannot be used.</exception>
    public static Network Load(string nameOrPath, string? architecture = null, OnnxOptions? onnx = null)
    {
        if (nameOrPath.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
            return ProbabilityEnd.Remove(OnnxModels.Load(nameOrPath, onnx));
        (IReadOnlyDictionary<string, Tensor> weights, IReadOnlyDictionary<string, string> text) = Read(nameOrPath);
        string name = FindShipped(nameOrPath) ?? Path.GetFileNameWithoutExtension(nameOrPath);
        return Architecture.Recognise(nameOrPath, weights, architecture ?? text.GetValueOrDefault(ArchitectureKey)).Build(name, weights);
    }

    /// <summary>Loads the weights of a network by the names of their tensors.</summary>
    /// <param name="nameOrPath">One of <see cref="Shipped"/>, or the path of a safetensors or PyTorch file.</param>
    /// <exception cref="InputException">There is no such network, or the file cannot be read.</exception>
    public static IReadOnlyDictionary<string, Tensor> Weights(string nameOrPath) => Read(nameOrPath).Weights;

    /// <summary>Writes the learnt numbers of a network as safetensors, with the architecture in the header.</summary>
    /// <param name="path">The file to write, replaced atomically.</param>
    /// <param name="network">A network of this architecture.</param>
    /// <param name="metadata">Further entries of the header.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Save(string path, Network network, Architecture architecture, IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(architecture);
        var header = new Dictionary<string, string>(metadata) { [ArchitectureKey] = architecture.Name };
        Safetensors.Save(
            path,
            network.Parameters.ToDictionary(own => own.Key, own => new Tensor(own.Value.Values, own.Value.Shape.ToArray())), header);
    }

    /// <summary>
    /// What the header of a network's file says about it, such as how it was trained; with the architecture, named or recognised.
    /// Empty for an ONNX file.
    /// </summary>
    /// <param name="nameOrPath">One of <see cref="Shipped"/>, or the path of a safetensors, PyTorch (.pt, .pth) or ONNX file.</param>
    /// <exception cref="InputException">There is no such network, or the file cannot be used.</exception>
    public static IReadOnlyDictionary<string, string> Metadata(string nameOrPath)
    {
        if (nameOrPath.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
            return new Dictionary<string, string>();
        (IReadOnlyDictionary<string, Tensor> weights, IReadOnlyDictionary<string, string> text) = Read(nameOrPath);
        return new Dictionary<string, string>(text)
        {
            [ArchitectureKey] = Architecture.Recognise(nameOrPath, weights, text.GetValueOrDefault(ArchitectureKey)).Name,
        };
    }

    /// <summary>The weights, and the text in the header of a safetensors file.</summary>
    static (IReadOnlyDictionary<string, Tensor> Weights, IReadOnlyDictionary<string, string> Text) Read(string nameOrPath)
    {
        bool looksLikePath = nameOrPath.Contains('/') || nameOrPath.Contains('\\') || nameOrPath.Contains('.');
        if (looksLikePath || File.Exists(nameOrPath))
        {
            (IReadOnlyDictionary<string, Tensor> Weights, IReadOnlyDictionary<string, string> Text) read = Path.GetExtension(nameOrPath)
                .ToLowerInvariant() switch
            {
                string extension when extension is ".pt" or ".pth" || extension is not (".onnx" or ".safetensors")
                    && File.Exists(nameOrPath) && InputFile.Read(nameOrPath, PyTorchFile.IsPyTorch) =>
                    (PyTorchFile.Load(nameOrPath), new Dictionary<string, string>()),
                ".onnx" =>
                    throw new InputException($"'{nameOrPath}' is an ONNX network, whose weights have no names of an architecture; give a "
                        + ".safetensors, .pt or .pth file"),
                not ".safetensors" when File.Exists(nameOrPath) =>
                    throw new InputException(
                        $"'{nameOrPath}' is no kind of network file; .safetensors, .onnx and what PyTorch saved (.pt, .pth, .ckpt, "
                            + ".pth.tar, .bin) are read"),
                _ => Named(Safetensors.Load(nameOrPath)),
            };
            foreach ((string tensor, Tensor values) in read.Weights)
            {
                if (!values.Data.All(float.IsFinite))
                    throw new InputException($"'{nameOrPath}': the tensor '{tensor}' holds a NaN or an infinity; a trained network has "
                        + "finite weights; export it again");
            }

            return read;
        }

        string name = FindShipped(nameOrPath)
            ?? throw Names.Unknown("model", nameOrPath, [.. Shipped, "or the path of a .safetensors, .pt or .onnx file"]);
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + name + Suffix)!;
        return Named(Safetensors.Load(stream, name));
    }

    static (IReadOnlyDictionary<string, Tensor> Weights, IReadOnlyDictionary<string, string> Text) Named(Safetensors file) =>
        (file.Tensors, file.Metadata);

    static string? FindShipped(string name) =>
        Shipped.FirstOrDefault(shipped => string.Equals(shipped, name, StringComparison.OrdinalIgnoreCase));
}
