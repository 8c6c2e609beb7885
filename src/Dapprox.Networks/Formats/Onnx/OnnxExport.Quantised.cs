using Dapprox.Arithmetic;
using Dapprox.Networks.Layers;
using Google.Protobuf;

namespace Dapprox.Networks.Formats.Onnx;

/// <content>
/// Layers that multiply integers, and rounding. ONNX has integers of eight bits in this operator set: those of fewer are clipped.
/// </content>
sealed partial class OnnxExport
{
    /// <summary>The inputs of a layer, rounded if it multiplies integers.</summary>
    string Activations(WeightedLayer layer, string input) =>
        layer.Quantisation is null ? input : Rounded(layer.Name + ".input", input, layer.Quantisation.Activations);

    /// <summary>The weights of a layer, as integers if it multiplies these.</summary>
    /// <param name="weights">Its weights, in the shape.</param>
    /// <param name="channelAxis">The axis of output channels.</param>
    string Weights(WeightedLayer layer, ReadOnlySpan<float> weights, int[] shape, int channelAxis = 0)
    {
        string name = layer.Name + ".weight";
        if (layer.Quantisation is not Quantisation quantisation)
            return Numbers(name, weights, shape);
        IntegerFormat format = quantisation.Weights[0].Format;
        int inner = (int)Tensor.Count(shape.AsSpan(channelAxis + 1));
        int[] integers = new int[weights.Length];
        for (int i = 0; i < integers.Length; i++)
            integers[i] = quantisation.Weight(i / inner % shape[channelAxis]).Quantise(weights[i]);
        int[] scaleShape = quantisation.Weights.Count == 1 ? [] : [quantisation.Weights.Count];
        string scale = Numbers(name + ".scale", [.. quantisation.Weights.Select(own => own.Scale)], scaleShape);
        string zero = Integers(name + ".zero", [.. quantisation.Weights.Select(own => own.ZeroPoint)], format, scaleShape);
        string clipped = Clipped(name, Integers(name, integers, format, shape), format);
        return Node("DequantizeLinear", name + ".real", [clipped, scale, zero], ("axis", (long)channelAxis));
    }

    string Rounded(string name, string input, AffineQuantisation quantisation)
    {
        IntegerFormat format = quantisation.Format;
        string scale = Number(name + ".scale", quantisation.Scale);
        string zero = Integers(name + ".zero", [quantisation.ZeroPoint], format, []);
        string integers = Clipped(name, Node("QuantizeLinear", name, [input, scale, zero]), format);
        return Node("DequantizeLinear", name + ".real", [integers, scale, zero]);
    }

    string Clipped(string name, string integers, IntegerFormat format) => format.Bits == IntegerFormat.MaxBits ? integers : Node(
        "Clip", name + ".clip",
        [integers, Integers(name + ".low", [format.Low], format, []), Integers(name + ".high", [format.High], format, [])]);

    string Integers(string name, int[] integers, IntegerFormat format, int[] shape) => Add(
        new TensorProto
        {
            Name = names.Of(name),
            DataType = format.IsSigned ? OnnxTensor.Int8 : OnnxTensor.UInt8,
            RawData = ByteString.CopyFrom([.. integers.Select(integer => (byte)integer)]),
        },
        shape);
}
