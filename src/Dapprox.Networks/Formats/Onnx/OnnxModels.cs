using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Google.Protobuf;

namespace Dapprox.Networks.Formats.Onnx;

/// <summary>
/// ONNX files (onnx.ai) of networks. Read are operator sets 6 to 28, with one input of images, one output of logits, and only
/// <see cref="Operators"/>; functions of the file are put in the place of their calls, and the branch that a known condition takes in that
/// of If. Only the multiply-accumulates of Conv, ConvTranspose, Gemm and MatMul, also inside fused and recurrent operators, become layers
/// that an approximate multiplier changes; everything else stays exact, and nothing is folded into them. Where QuantizeLinear and
/// DequantizeLinear stand before the inputs of a Conv, Gemm or MatMul, and DequantizeLinear before its weights, its products are those of
/// integers (<see cref="Quantisation"/>); such a pair anywhere else rounds. An output of integers gives the real numbers that they stand
/// for.
/// </summary>
public static class OnnxModels
{
    // 64 megabytes.
    const int ManyWeights = 16 << 20;

    // Long enough for the list of operators and a name.
    const int LongestMessage = 2500;

    /// <summary>The supported operators.</summary>
    public static IReadOnlyList<string> Operators => [.. OnnxImport.KnownOperators.Order(StringComparer.Ordinal)];

    /// <summary>Reads a network, exact in all layers.</summary>
    /// <param name="path">The file; external data files have to be in its folder or below.</param>
    /// <param name="options">What the file leaves open; null for nothing.</param>
    /// <exception cref="InputException">The file is not ONNX or contains something unsupported; the message names the node.</exception>
    public static Network Load(string path, OnnxOptions? options = null) =>
        Read(path, options, ModelProto.Parser.ParseFrom, (network, _, _) => network);

    /// <summary>
    /// Writes a network as an ONNX file of its own, with operator set 17 and an open batch size. ONNX has exact products only, so the
    /// multipliers are not written; weights of few bits are written as they are multiplied. Inputs and weights of a layer that multiplies
    /// integers are written with QuantizeLinear and DequantizeLinear. Nodes and initialisers have the names of layers and their parameters.
    /// </summary>
    /// <param name="path">The file to write, replaced atomically.</param>
    /// <exception cref="InputException">A layer is no operator of ONNX (the message names it), or the file cannot be written.</exception>
    public static void Save(string path, Network network)
    {
        ModelProto model = OnnxExport.Export(network);
        AtomicFile.Write(path, model.WriteTo);
    }

    /// <summary>
    /// Writes the learnt numbers of a network (<see cref="ILearnt"/>) into the ONNX file that it was read from. Changed numbers replace
    /// those of the file, rounded to its data type; nothing else changes, byte for byte. A bias that the file lacks becomes an input of
    /// the node, or an Add behind it. Data in other files are written inside, and those files stay as they are.
    /// </summary>
    /// <param name="path">The file to write, replaced atomically; it may be the source.</param>
    /// <param name="network">The network of <see cref="Load"/> with other numbers, on any multiplier; layers of preprocessing before it
    /// are not written.</param>
    /// <param name="source">The file that the network was read from.</param>
    /// <param name="options">Those that it was read with.</param>
    /// <exception cref="InputException">The source is not the file of this network, a number does not fit its data type, or the file
    /// cannot be written.</exception>
    public static void Save(string path, Network network, string source, OnnxOptions? options = null)
    {
        byte[] bytes = [];
        OnnxWriteBack file = Read(
            source, options,
            stream =>
            {
                bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return ModelProto.Parser.ParseFrom(bytes);
            },
            (original, model, import) =>
            {
                var file = new OnnxWriteBack(bytes, model, import);
                file.Put(original, network);
                file.PutExternalInside(FolderOf(source));
                return file;
            });
        AtomicFile.Write(path, file.WriteTo);
    }

    /// <summary>Reads a file and uses it; what is wrong with it becomes a line that names it.</summary>
    static T Read<T>(
        string path, OnnxOptions? options, Func<FileStream, ModelProto> parse, Func<Network, ModelProto, OnnxImport, T> use)
    {
        ModelProto model;
        try
        {
            model = InputFile.Read(path, stream =>
            {
                NodeCount.ThrowIfTooMany(stream, path);
                return parse(stream);
            });
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new InputException($"'{path}' is no ONNX file, or a damaged one: {e.Message.TrimEnd('.')}", e);
        }

        if (model.Graph is null)
            throw new InputException($"'{path}' is no ONNX file, or one without a graph");
        try
        {
            var import = new OnnxImport(model, FolderOf(path), options ?? new OnnxOptions());
            Network network = import.Build(Path.GetFileNameWithoutExtension(path));
            if (options?.InputShape is { } shape && !network.InputShape.SequenceEqual([.. shape]))
                network = network.TakingImages([.. shape]);
            // Large arrays live until the next full collection, so one is requested after many weights.
            if (network.Layers.OfType<WeightedLayer>().Sum(layer => (long)layer.Weights.Length) > ManyWeights)
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
            return use(network, model, import);
        }
        catch (InputException e)
        {
            // Names come from the file and can be arbitrary.
            throw new InputException($"'{path}': {InputFile.OneLine(e.Message, LongestMessage)}", e);
        }
    }

    static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;
}
