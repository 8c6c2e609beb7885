using Dapprox.Foundation;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Google.Protobuf;

namespace Dapprox.Networks.Formats.Onnx;

/// <summary>
/// Reads networks from ONNX files (onnx.ai), with operator sets 9 to 21, one input of images, one output of logits, and only
/// <see cref="Operators"/>. Only the multiply-accumulates of Conv, ConvTranspose, Gemm and MatMul become layers that an approximate
/// multiplier changes; everything else stays exact, and nothing is folded into them.
/// </summary>
public static class OnnxModels
{
    // 64 megabytes.
    const int ManyWeights = 16 << 20;

    // Long enough for the list of operators and a name.
    const int LongestMessage = 1000;

    const int OldestOperators = 9, NewestOperators = 21;

    /// <summary>The supported operators.</summary>
    public static IReadOnlyList<string> Operators => [.. OnnxImport.KnownOperators.Order(StringComparer.Ordinal)];

    /// <summary>Reads a network, exact in all layers.</summary>
    /// <param name="path">The file; external data files have to be in its folder or below.</param>
    /// <exception cref="InputException">The file is not ONNX or contains something unsupported; the message names the node.</exception>
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
                + $"{NewestOperators} are supported; export it with one of these");
        try
        {
            Network network = new OnnxImport(model.Graph, (int)version, folder).Build(Path.GetFileNameWithoutExtension(path));
            // Large arrays live until the next full collection, so one is requested after many weights.
            if (network.Layers.OfType<WeightedLayer>().Sum(layer => (long)layer.Weights.Length) > ManyWeights)
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
            return network;
        }
        catch (InputException e)
        {
            // Names come from the file and can be arbitrary.
            throw new InputException($"'{path}': {InputFile.OneLine(e.Message, LongestMessage)}", e);
        }
    }
}
