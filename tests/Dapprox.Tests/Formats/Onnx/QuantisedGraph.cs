using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Xunit;
using Tensor = Dapprox.Networks.Tensors.Tensor;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>Makes quantised ONNX models, as the quantisers of ONNX Runtime, PyTorch and Keras write them.</summary>
/// <param name="isSigned">Whether activations are int8 instead of uint8.</param>
/// <param name="zeroPoint">The zero point of all activations.</param>
/// <param name="isPerChannel">Whether weights have a scale for each output channel.</param>
/// <param name="hasSignedWeights">Whether weights are int8 without zero points instead of uint8 with one.</param>
sealed class QuantisedGraph(OnnxGraph graph, bool isSigned, int zeroPoint, bool isPerChannel = true, bool hasSignedWeights = true)
{
    public const int UInt8 = 2, Int8 = 3, Int32 = 6;

    /// <summary>The scale of activations.</summary>
    public const float Step = 1 / 64f;

    /// <summary>A scale and a zero point of activations.</summary>
    public string[] Grid(float step = Step) => [graph.Constant([step]), graph.Integers(isSigned ? Int8 : UInt8, [zeroPoint])];

    /// <summary>QuantizeLinear of activations.</summary>
    public string Quantised(string x, float step = Step) => graph.Node("QuantizeLinear", [x, .. Grid(step)]);

    /// <summary>QuantizeLinear and DequantizeLinear of activations.</summary>
    public string Rounded(string x, float step = Step)
    {
        string[] grid = Grid(step);
        return graph.Node("DequantizeLinear", [graph.Node("QuantizeLinear", [x, .. grid]), .. grid]);
    }

    /// <summary>Integers, scales and zero points of weights. They have seven bits, so that no path of ONNX Runtime saturates.</summary>
    public (string Integers, string Scales, string Zeros, float[] Steps) Weights(int axis, params int[] shape)
    {
        int channels = isPerChannel ? shape[axis] : 1, low = hasSignedWeights ? -64 : 64;
        float[] scales = [.. Enumerable.Range(0, channels).Select(i => 0.002f + 0.0007f * i)];
        int type = hasSignedWeights ? Int8 : UInt8;
        int[] own = isPerChannel ? [channels] : [];
        return (
            graph.Integers(type, graph.Draw((int)Tensor.Count(shape), low, low + 128), shape), graph.Constant(scales, own),
            graph.Integers(type, [.. Enumerable.Repeat(hasSignedWeights ? 0 : 120, channels)], own), scales);
    }

    /// <summary>DequantizeLinear of weights.</summary>
    public (string Reals, float[] Steps) RealWeights(int axis, params int[] shape)
    {
        (string integers, string scales, string zeros, float[] steps) = Weights(axis, shape);
        return (graph.Node("DequantizeLinear", [integers, scales, zeros], ("axis", axis)), steps);
    }

    /// <summary>DequantizeLinear of a bias, whose scales are the products of those of activations and weights.</summary>
    public string Bias(float[] steps, int channels)
    {
        float[] scales = [.. steps.Select(step => step * Step)];
        return graph.Node(
            "DequantizeLinear",
            [
                graph.Integers(Int32, graph.Draw(channels, -2000, 2000), channels),
                graph.Constant(scales, scales.Length > 1 ? [scales.Length] : []),
            ],
            ("axis", 0));
    }

    /// <summary>A convolution of rounded activations with a bias.</summary>
    public string Convolution(string x, int[] shape, params (string Name, object Value)[] attributes)
    {
        (string weights, float[] steps) = RealWeights(0, shape);
        return graph.Node("Conv", [x, weights, Bias(steps, shape[0])], attributes);
    }

    /// <summary>
    /// The network gives what ONNX Runtime gives without optimisations; with them to a step, since sums that lie between two integers
    /// become either. Written as a file of its own, it has the same logits, bit for bit, and the same number of layers of integers.
    /// </summary>
    /// <param name="quantised">The number of layers of integers.</param>
    /// <param name="step">The step of the logits.</param>
    /// <param name="isOptimisable">Whether ONNX Runtime computes it with optimisations.</param>
    public Network Check(string output, int quantised, float step = Step, bool isOptimisable = true)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.onnx"), exported = folder.File("exported.onnx");
        File.WriteAllBytes(path, graph.Bytes(output));
        Network network = OnnxModels.Load(path);
        Assert.Equal(quantised, Quantised(network));
        Tensor images = graph.Images(4, -1.3f, 1.3f);
        float[] actual = network.Forward(images).Data;
        Assert.True(actual.Distinct().Count() > 4, "the logits are alike");
        AssertWithin(OnnxGraph.Runtime(path, images, isOptimised: false), actual, step, different: 0.02);
        if (isOptimisable)
            AssertWithin(OnnxGraph.Runtime(path, images), actual, step, different: 0.1);

        OnnxModels.Save(exported, network);

        Network read = OnnxModels.Load(exported);
        Assert.Equal(actual, read.Forward(images).Data);
        Assert.Equal(quantised, Quantised(read));
        AssertWithin(OnnxGraph.Runtime(exported, images, isOptimised: false), actual, step, different: 0.02);
        return network;
    }

    /// <summary>The number of layers that multiply integers.</summary>
    public static int Quantised(Network network) =>
        network.Layers.Count(layer => layer is Networks.Layers.IMultiplies { Quantisation: not null });

    /// <summary>Numbers are the same to 1e-4 of the largest, but for a fraction of them, which are a step apart.</summary>
    public static void AssertWithin(float[] expected, float[] actual, float step, double different)
    {
        Assert.Equal(expected.Length, actual.Length);
        float near = 1e-4f * expected.Max(MathF.Abs), furthest = expected.Zip(actual, (a, b) => MathF.Abs(a - b)).Max();
        int apart = expected.Zip(actual).Count(pair => !(MathF.Abs(pair.First - pair.Second) <= near));
        Assert.True(
            furthest <= near + step && apart <= different * expected.Length,
            $"{apart} of {expected.Length} numbers differ, by up to {furthest}; a step is {step}");
    }
}
