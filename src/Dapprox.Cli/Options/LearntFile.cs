using System.CommandLine;
using Dapprox.Foundation;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;

namespace Dapprox.Cli.Options;

/// <summary>
/// The file of a network with other learnt numbers: safetensors for the architectures of this program, ONNX for what was read from ONNX.
/// </summary>
static class LearntFile
{
    const string Safetensors = ".safetensors", Onnx = ".onnx";

    /// <summary>The option that names it.</summary>
    public static Option<string> Output() => new("--out")
    {
        HelpName = "FILE",
        Description = $"The file to write: {Onnx} for a network from an ONNX file, which is that file with new numbers, and for a "
            + $"quantised network, which is one as 'dapprox quantise' writes it; {Safetensors} for others.",
        Required = true,
    };

    /// <summary>Refuses a file of another kind than the network's, before the work.</summary>
    /// <param name="file">The file to write.</param>
    /// <param name="model">The network's name or file.</param>
    /// <param name="isQuantised">Whether it is quantised before it is written.</param>
    /// <exception cref="InputException">The kinds differ, or the file cannot be written.</exception>
    public static void Probe(string file, string model, bool isQuantised = false)
    {
        string expected = isQuantised || IsOnnx(model) ? Onnx : Safetensors;
        if (!file.EndsWith(expected, StringComparison.OrdinalIgnoreCase))
        {
            throw new InputException(
                $"--out is '{file}'; give a file that ends in {expected} for the {(isQuantised ? "quantised " : "")}network '{model}'");
        }

        AtomicFile.Probe(file);
    }

    /// <summary>Writes the file.</summary>
    /// <param name="file">The file to write, replaced atomically.</param>
    /// <param name="model">The name or file of the network before its numbers changed.</param>
    /// <param name="header">What the header of a safetensors file says beside the architecture; an ONNX file keeps its own.</param>
    /// <param name="onnx">What was said about an ONNX file when it was read.</param>
    /// <exception cref="InputException">The network cannot be written, or the file.</exception>
    public static void Save(
        string file, string model, Network network, IEnumerable<KeyValuePair<string, string>> header, OnnxOptions onnx)
    {
        if (network.IsQuantised)
        {
            OnnxModels.Save(file, network);
            return;
        }

        if (IsOnnx(model))
        {
            OnnxModels.Save(file, network, model, onnx);
            return;
        }

        IReadOnlyDictionary<string, string> text = TrainedModels.Metadata(model);
        var architecture = Architecture.Find(text[TrainedModels.ArchitectureKey]);
        // A folded batch normalisation is a change of the architecture.
        if (Architecture.All.All(known => !known.Tensors.Keys.ToHashSet().SetEquals(network.Parameters.Keys)))
            throw new InputException(
                "--fold-batch-norm leaves a network of no known architecture, which a .safetensors file cannot hold; leave it out");
        var merged = new Dictionary<string, string>(text);
        foreach ((string key, string value) in header)
            merged[key] = value;
        TrainedModels.Save(file, network, architecture, merged);
    }

    static bool IsOnnx(string model) => model.EndsWith(Onnx, StringComparison.OrdinalIgnoreCase);
}
