using Dapprox.Foundation;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Google.Protobuf;

namespace Dapprox.Networks.Formats.Onnx;

/// <summary>
/// Reads networks from ONNX files (onnx.ai), of the operator sets 9 to 21: whatever has one input of images and one output of
/// logits, and only <see cref="Operators"/>. Only the multiply-accumulates of Conv, ConvTranspose, Gemm and MatMul become layers
/// that an approximate multiplier changes; all else stays exact, and nothing is folded into them.
/// </summary>
public static class OnnxModels
{
    // Of 64 megabytes.
    const int ManyWeights = 16 << 20;

    // The list of operators, and a name beside it.
    const int LongestMessage = 1000;

    const int OldestOperators = 9, NewestOperators = 21;

    /// <summary>The operators that are read.</summary>
    public static IReadOnlyList<string> Operators => [.. OnnxImport.KnownOperators.Order(StringComparer.Ordinal)];

    /// <summary>Reads a network, exact in all layers.</summary>
    /// <param name="path">The file; files of external data have to be in its folder or below.</param>
    /// <exception cref="InputException">It is no such file, or has something that is not read; the message names the node.</exception>
    public static Network Load(string path)
    {
        ModelProto model;
        try
        {
            model = InputFile.Read(path, ModelProto.Parser.ParseFrom);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InputException($"'{path}' is no ONNX file, or a damaged one: {e.Message.TrimEnd('.')}", e);
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (model.Graph is null)
            throw new InputException($"'{path}' is no ONNX file, or one without a graph");
        long version = model.OpsetImport.FirstOrDefault(set => set.Domain is "" or "ai.onnx")?.Version ?? 0;
        if (version is < OldestOperators or > NewestOperators)
            throw new InputException($"'{path}' uses version {version} of ONNX's operators; versions {OldestOperators} to "
                + $"{NewestOperators} are read, so export it anew with one of these");
        try
        {
            Network network = new OnnxImport(model.Graph, (int)version, folder).Build(Path.GetFileNameWithoutExtension(path));
            // Large arrays live until the collector happens to come by: after many weights it is asked to.
            if (network.Layers.OfType<WeightedLayer>().Sum(layer => (long)layer.Weights.Length) > ManyWeights)
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
            return network;
        }
        catch (InputException e)
        {
            // Names come from the file, and can be anything.
            throw new InputException($"'{path}': {InputFile.OneLine(e.Message, LongestMessage)}", e);
        }
    }
}
