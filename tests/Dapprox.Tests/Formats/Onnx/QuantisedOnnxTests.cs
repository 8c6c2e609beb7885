using Dapprox.Arithmetic;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Xunit;
using static Dapprox.Tests.Formats.Onnx.OnnxGraph;
using static Dapprox.Tests.Formats.Onnx.QuantisedGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>Quantised networks of QuantizeLinear and DequantizeLinear against ONNX Runtime.</summary>
public class QuantisedOnnxTests
{
    [Theory]
    [InlineData(false, 128, true, true)]
    [InlineData(false, 128, false, true)]
    [InlineData(false, 100, true, false)]
    [InlineData(false, 97, false, false)]
    [InlineData(true, 0, true, true)]
    [InlineData(true, -7, false, true)]
    [InlineData(true, 13, true, false)]
    public void Convolutional(bool isSigned, int zeroPoint, bool isPerChannel, bool hasSignedWeights)
    {
        var graph = new OnnxGraph(13, 1, 14, 14);
        var own = new QuantisedGraph(graph, isSigned, zeroPoint, isPerChannel, hasSignedWeights);
        string x = own.Convolution(own.Rounded(Input), [6, 1, 5, 5], ("pads", new[] { 2, 2, 2, 2 }));
        x = graph.Node("MaxPool", [own.Rounded(graph.Node("Relu", [x]))], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }));
        x = own.Convolution(own.Rounded(x), [8, 6, 3, 3], ("strides", new[] { 2, 1 }));
        x = graph.Node("Flatten", [own.Rounded(graph.Node("Relu", [x]))]);
        (string weights, float[] steps) = own.RealWeights(0, 20, 120);
        x = own.Rounded(graph.Node("Relu", [graph.Node("Gemm", [x, weights, own.Bias(steps, 20)], ("transB", 1))]));
        (weights, _) = own.RealWeights(1, 20, 10);
        x = graph.Node("Add", [graph.Node("MatMul", [x, weights]), graph.Weights(1, 10)]);

        Network network = own.Check(own.Rounded(x), quantised: 4);

        // The layers round what they take; left are the inputs of the pool and the flattening, and the logits.
        Assert.Equal(3, network.Layers.OfType<Rounding>().Count());
        Convolution2D first = network.Layers.OfType<Convolution2D>().First();
        IntegerFormat activations = isSigned ? IntegerFormat.Int8 : IntegerFormat.UInt8;
        Assert.Equal(new AffineQuantisation(Step, zeroPoint, activations), first.Quantisation!.Activations);
        Assert.Equal(isPerChannel ? 6 : 1, first.Quantisation.Weights.Count);
        Assert.Same(ExactIntegerMultiplier.Int8, first.Multiplier);
    }

    [Theory]
    [InlineData(false, 110)]
    [InlineData(true, 0)]
    public void ResidualAndSeparable(bool isSigned, int zeroPoint)
    {
        var graph = new OnnxGraph(17, 4, 8, 8);
        var own = new QuantisedGraph(graph, isSigned, zeroPoint);
        string x = own.Rounded(Input);
        string y = own.Convolution(x, [4, 1, 3, 3], ("pads", new[] { 1, 1, 1, 1 }), ("group", 4));
        y = own.Convolution(own.Rounded(graph.Node("Clip", [y, graph.Constant([0]), graph.Constant([6])])), [4, 4, 1, 1]);
        string sum = own.Rounded(graph.Node("Relu", [graph.Node("Add", [x, own.Rounded(y)])]));
        string z = own.Rounded(own.Convolution(sum, [2, 4, 1, 1]), step: 1 / 16f);
        string both = own.Rounded(graph.Node("Concat", [own.Rounded(sum), z], ("axis", 1)));
        string pooled = own.Rounded(graph.Node(
            "AveragePool", [both], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 })));
        string mean = own.Rounded(graph.Node("GlobalAveragePool", [pooled]), step: 1 / 128f);
        (string weights, float[] steps) = own.RealWeights(0, 5, 6, 1, 1);
        Network network = own.Check(
            own.Rounded(graph.Node("Conv", [mean, weights]), step: 1 / 256f), quantised: 4, step: 1 / 256f);
        Assert.Single(network.Layers.OfType<Combine>());
    }

    // The grid is known behind what only moves numbers.
    [Fact]
    public void WhatMovesNumbers_IsFollowed()
    {
        var graph = new OnnxGraph(17, 4, 6, 6);
        var own = new QuantisedGraph(graph, isSigned: true, zeroPoint: 3);
        string x = graph.Node("Relu", [own.Rounded(Input)]);
        x = graph.Node("MaxPool", [x], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }));
        x = graph.Node("Concat", [x, graph.Node("Identity", [x])], ("axis", 1));
        x = graph.Node("Pad", [x, graph.Integers(0, 0, 1, 0, 0, 0, 0, 1)]);
        x = graph.Node("Reshape", [x, graph.Integers(0, 8, 16)]);
        (string weights, _) = own.RealWeights(0, 7, 16);
        x = graph.Node("MatMul", [x, graph.Node("Transpose", [weights], ("perm", new[] { 1, 0 }))]);

        own.Check(own.Rounded(x), quantised: 1);
    }

    // The integers themselves may be moved, too.
    [Fact]
    public void IntegersMayBeMoved()
    {
        var graph = new OnnxGraph(17, 4, 6, 6);
        var own = new QuantisedGraph(graph, isSigned: false, zeroPoint: 100);
        string[] grid = own.Grid();
        string x = graph.Node("MaxPool", [graph.Node("QuantizeLinear", [Input, .. grid])], ("kernel_shape", new[] { 3, 3 }));
        x = graph.Node("Transpose", [x], ("perm", new[] { 0, 2, 3, 1 }));
        x = graph.Node("DequantizeLinear", [graph.Node("Reshape", [x, graph.Integers(0, 16, 4)]), .. grid]);
        (string weights, _) = own.RealWeights(1, 4, 5);

        own.Check(graph.Node("MatMul", [x, weights]), quantised: 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void OneSideAlone_StaysFloats(bool hasActivations)
    {
        var graph = new OnnxGraph(13, 2, 6, 6);
        var own = new QuantisedGraph(graph, isSigned: true, zeroPoint: 0);
        string weights = hasActivations ? graph.Weights(0.3f, 3, 2, 3, 3) : own.RealWeights(0, 3, 2, 3, 3).Reals;

        Network network = own.Check(graph.Node("Conv", [hasActivations ? own.Rounded(Input) : Input, weights]), quantised: 0);

        Assert.Equal(hasActivations ? 1 : 0, network.Layers.OfType<Rounding>().Count());
    }

    // Scales along the inputs cannot be taken out of the sum; ONNX Runtime's optimiser tries it and fails.
    [Fact]
    public void ScalesOfAnotherAxis_StayFloats()
    {
        var graph = new OnnxGraph(13, 6);
        var own = new QuantisedGraph(graph, isSigned: true, zeroPoint: 0);
        own.Check(graph.Node("MatMul", [own.Rounded(Input), own.RealWeights(0, 6, 4).Reals]), quantised: 0, isOptimisable: false);
    }

    [Fact]
    public void TransposedConvolution_RoundsItsInput()
    {
        var graph = new OnnxGraph(13, 2, 4, 4);
        var own = new QuantisedGraph(graph, isSigned: false, zeroPoint: 128);
        (string weights, _) = own.RealWeights(1, 2, 3, 3, 3);
        own.Check(own.Rounded(graph.Node("ConvTranspose", [own.Rounded(Input), weights], ("strides", new[] { 2, 2 }))), quantised: 0);
    }

    // Trained with quantisation, PyTorch writes weights as floats that are quantised, and Brevitas clips integers of few bits.
    [Theory]
    [InlineData(4, -8, 7)]
    [InlineData(8, -127, 127)]
    [InlineData(8, -128, 127)]
    public void FloatWeights_AreQuantised(int bits, int low, int high)
    {
        var graph = new OnnxGraph(13, 2, 6, 6);
        var own = new QuantisedGraph(graph, isSigned: true, zeroPoint: 0);
        string x = Pair(Input, Step * 4), weights = Pair(graph.Weights(0.3f, 3, 2, 3, 3), 0.04f);

        Network network = own.Check(graph.Node("Conv", [x, weights]), quantised: 1);

        Quantisation quantisation = network.Layers.OfType<Convolution2D>().Single().Quantisation!;
        Assert.Equal(new IntegerFormat(bits, IsSigned: true), quantisation.Weights[0].Format);
        Assert.Equal(new IntegerFormat(bits, IsSigned: true), quantisation.Activations.Format);

        string Pair(string tensor, float step)
        {
            string scale = graph.Constant([step]), zero = graph.Integers(Int8, [0]);
            string integers = graph.Node("QuantizeLinear", [tensor, scale, zero]);
            integers = graph.Node("Clip", [integers, graph.Integers(Int8, [low]), graph.Integers(Int8, [high])]);
            return graph.Node("DequantizeLinear", [integers, scale, zero]);
        }
    }

    [Theory]
    [InlineData(21, 3)]
    [InlineData(22, -2)]
    public void FourBitWeights(int type, int zeroPoint)
    {
        var graph = new OnnxGraph(21, 5);
        graph.Model.IrVersion = 10;
        var own = new QuantisedGraph(graph, isSigned: true, zeroPoint: 0);
        // Fifteen numbers, two in a byte.
        string integers = graph.Integers(type, graph.Draw(8, 0, 256), 5, 3), zero = graph.Integers(type, [zeroPoint & 0xF]);
        graph.Model.Graph.Initializer[^1].Dims.Clear();
        string weights = graph.Node("DequantizeLinear", [integers, graph.Constant([0.1f]), zero]);

        Network network = own.Check(graph.Node("MatMul", [own.Rounded(Input), weights]), quantised: 1);

        AffineQuantisation format = network.Layers.OfType<Dense>().Single().Quantisation!.Weights[0];
        Assert.Equal(new AffineQuantisation(0.1f, zeroPoint, new IntegerFormat(4, IsSigned: type == 22)), format);
    }

    // DequantizeLinear by other numbers than those of QuantizeLinear scales and shifts.
    [Fact]
    public void AnotherGridThanThatOfTheIntegers()
    {
        var graph = new OnnxGraph(13, 6);
        var own = new QuantisedGraph(graph, isSigned: false, zeroPoint: 128);
        string x = graph.Node(
            "DequantizeLinear", [own.Quantised(Input), graph.Constant([0.37f]), graph.Integers(UInt8, [111])]);
        own.Check(graph.Node("MatMul", [x, own.RealWeights(1, 6, 4).Reals]), quantised: 1);
    }

    [Fact]
    public void IntegersAsTheOutput_AreTheRealNumbersTheyStandFor()
    {
        using var folder = new TemporaryFolder();
        var graph = new OnnxGraph(13, 6);
        var own = new QuantisedGraph(graph, isSigned: false, zeroPoint: 128);
        File.WriteAllBytes(folder.File("a.onnx"), graph.Bytes(own.Quantised(Input)));
        Network network = Networks.Formats.Onnx.OnnxModels.Load(folder.File("a.onnx"));
        Assert.Equal(
            [Step, 0, -Step, 2 - Step, -2, 0],
            network.Forward(new Networks.Tensors.Tensor([Step * 1.4f, -0.4f * Step, -0.6f * Step, 9, -9, float.NaN], 1, 6)).Data);
    }

    [Theory]
    [InlineData(0f, 0, UInt8, "the scale 0 of a quantisation is no positive")]
    [InlineData(-1f, 0, UInt8, "the scale -1 of a quantisation is no positive")]
    [InlineData(float.NaN, 0, UInt8, "the scale NaN of a quantisation is no positive")]
    [InlineData(float.PositiveInfinity, 0, UInt8, "the scale Infinity of a quantisation")]
    [InlineData(1e-42f, 0, UInt8, "no positive, normal, finite number")]
    [InlineData(3e38f, 0, UInt8, "is so large that some of the uint8 stand for an infinity")]
    [InlineData(1f, 300, UInt8, "the zero point 300 is no uint8")]
    [InlineData(1f, -129, Int8, "the zero point -129 is no int8")]
    [InlineData(1f, 0, QuantisedGraph.Int32, "its zero point is of another type than uint8, int8, uint4 and int4")]
    [InlineData(1f, 0, 17, "is of float8e4m3fn; read are")]
    public void BadGrids_AreRefused(float scale, int zeroPoint, int type, string message)
    {
        var graph = new OnnxGraph(13, 6);
        graph.Refuses(graph.Node("QuantizeLinear", [Input, graph.Constant([scale]), graph.Integers(type, [zeroPoint])]), message);
    }

    [Theory]
    [InlineData("type", "its zero point is of another type than the integers, which are uint8")]
    [InlineData("axis", "the axis 9 of a tensor with 2 dimensions does not exist")]
    [InlineData("count", "it has 3 scales for the 6 indices of an axis")]
    [InlineData("zeros", "it has 1 scales and 2 zero points")]
    [InlineData("activations", "it has 6 scales for what depends on the images")]
    [InlineData("block", "it has a scale for each 2 numbers of an axis")]
    [InlineData("variable", "depends on the images and has to be a constant")]
    [InlineData("reals", "is of no integers that QuantizeLinear gives")]
    [InlineData("outside", "its input 1 holds 256, which is no uint8")]
    [InlineData("bias", "the scale 0 is no positive finite number")]
    [InlineData("twice", "is of integers, with which it computes")]
    [InlineData("add", "is of integers, with which it computes")]
    [InlineData("clip", "it clips to the range from 9 to 3")]
    [InlineData("dtype", "it quantises to float8e4m3fn; uint8, int8, uint4 and int4 are read")]
    [InlineData("dynamic", "its scale depends on the numbers of all images together")]
    public void BadPairs_AreRefused(string kind, string message)
    {
        var graph = new OnnxGraph(13, 6);
        var own = new QuantisedGraph(graph, isSigned: false, zeroPoint: 100);
        string one = graph.Constant([1]), bytes = graph.Integers(UInt8, graph.Draw(12, 0, 256), 6, 2);
        string Weights(params string[] inputs) => graph.Node("MatMul", [own.Rounded(Input), graph.Node("DequantizeLinear", inputs)]);
        graph.Refuses(
            kind switch
            {
                "type" => Weights(bytes, one, graph.Integers(Int8, [0])),
                "axis" => graph.Node(
                    "MatMul", [Input, graph.Node("DequantizeLinear", [bytes, graph.Constant([1, 2], 2)], ("axis", 9))]),
                "count" => graph.Node(
                    "MatMul", [Input, graph.Node("DequantizeLinear", [bytes, graph.Constant([1, 2, 3], 3)], ("axis", 0))]),
                "zeros" => Weights(bytes, one, graph.Integers(UInt8, [0, 1], 2)),
                "activations" => graph.Node("QuantizeLinear", [Input, graph.Constant([1, 2, 3, 4, 5, 6], 6)]),
                "block" => graph.Node("QuantizeLinear", [Input, one], ("block_size", 2)),
                "variable" => graph.Node("QuantizeLinear", [Input, Input]),
                "reals" => graph.Node("DequantizeLinear", [Input, one]),
                "outside" => Weights(graph.Integers(UInt8, [256, 1], 2, 1), one),
                "bias" => graph.Node(
                    "Add", [Input, graph.Node("DequantizeLinear", [graph.Integers(QuantisedGraph.Int32, [5], 1), graph.Constant([0])])]),
                "twice" => own.Quantised(own.Quantised(Input)),
                "add" => graph.Node("Add", [Input, own.Quantised(Input)]),
                "clip" => graph.Node("Clip", [own.Quantised(Input), graph.Integers(UInt8, [9]), graph.Integers(UInt8, [3])]),
                "dtype" => graph.Node("QuantizeLinear", [Input, one], ("output_dtype", 17)),
                _ => graph.Node("DynamicQuantizeLinear", [Input]),
            },
            message);
    }
}
