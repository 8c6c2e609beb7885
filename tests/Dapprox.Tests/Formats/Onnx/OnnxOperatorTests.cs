using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using Xunit;
using static Dapprox.Tests.Formats.Onnx.OnnxGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>Each operator alone, against ONNX Runtime.</summary>
public class OnnxOperatorTests
{
    [Theory]
    [InlineData(1, 1, new[] { 1, 1, 1, 1 }, new[] { 1, 1 }, new[] { 1, 1 })]
    [InlineData(2, 1, new[] { 0, 1, 2, 3 }, new[] { 2, 1 }, new[] { 1, 2 })]
    [InlineData(4, 2, new[] { 1, 0, 1, 0 }, new[] { 1, 2 }, new[] { 2, 1 })]
    [InlineData(4, 4, new[] { 0, 0, 0, 0 }, new[] { 3, 3 }, new[] { 1, 1 })]
    public void Conv(int channels, int groups, int[] pads, int[] strides, int[] dilations)
    {
        var graph = new OnnxGraph(13, channels, 9, 8);

        Network network = graph.Check(graph.Node(
            "Conv", [Input, graph.Weights(1, groups * 3, channels / groups, 3, 2), graph.Weights(1, groups * 3)],
            ("pads", pads), ("strides", strides), ("dilations", dilations), ("group", groups)));

        Assert.Single(network.Layers.OfType<Convolution2D>());
    }

    [Theory]
    [InlineData("SAME_UPPER", 2)]
    [InlineData("SAME_LOWER", 2)]
    [InlineData("SAME_LOWER", 1)]
    [InlineData("VALID", 3)]
    public void Conv_PaddedByItself(string auto, int stride)
    {
        var graph = new OnnxGraph(11, 2, 8, 7);
        graph.Check(graph.Node("Conv", [Input, graph.Weights(1, 3, 2, 4, 3)], ("auto_pad", auto), ("strides", new[] { stride, stride })));
    }

    [Fact]
    public void Conv_OfLines()
    {
        var graph = new OnnxGraph(17, 3, 20);
        graph.Check(
            graph.Node(
                "Conv", [Input, graph.Weights(1, 4, 3, 5), graph.Weights(1, 4)], ("pads", new[] { 2, 1 }), ("strides", new[] { 2 }),
                ("dilations", new[] { 2 })));
    }

    [Theory]
    [InlineData(1, new[] { 0, 0, 0, 0 }, new[] { 1, 1 }, new[] { 1, 1 }, new[] { 0, 0 })]
    [InlineData(1, new[] { 1, 0, 2, 1 }, new[] { 2, 3 }, new[] { 1, 2 }, new[] { 1, 0 })]
    [InlineData(2, new[] { 1, 1, 1, 1 }, new[] { 2, 2 }, new[] { 1, 1 }, new[] { 1, 1 })]
    public void ConvTranspose(int groups, int[] pads, int[] strides, int[] dilations, int[] outputPadding)
    {
        var graph = new OnnxGraph(11, 4, 5, 6);
        graph.Check(graph.Node(
            "ConvTranspose", [Input, graph.Weights(1, 4, 3, 3, 3), graph.Weights(1, 3 * groups)],
            ("pads", pads), ("strides", strides), ("dilations", dilations), ("output_padding", outputPadding), ("group", groups)));
    }

    [Theory]
    [InlineData("SAME_UPPER")]
    [InlineData("SAME_LOWER")]
    public void ConvTranspose_PaddedByItself(string auto)
    {
        var graph = new OnnxGraph(11, 2, 5, 6);
        graph.Check(graph.Node("ConvTranspose", [Input, graph.Weights(1, 2, 3, 4, 3)], ("auto_pad", auto), ("strides", new[] { 2, 2 })));
    }

    [Fact]
    public void ConvTranspose_OfLines()
    {
        var graph = new OnnxGraph(11, 2, 7);
        graph.Check(graph.Node("ConvTranspose", [Input, graph.Weights(1, 2, 3, 4)], ("strides", new[] { 2 }), ("pads", new[] { 1, 0 })));
    }

    [Theory]
    [InlineData("NOTSET", new[] { 10, 13 })]
    [InlineData("NOTSET", new[] { 8, 12 })]
    [InlineData("SAME_UPPER", new[] { 9, 11 })]
    [InlineData("SAME_LOWER", new[] { 9, 11 })]
    public void ConvTranspose_ToAShape(string auto, int[] shape)
    {
        var graph = new OnnxGraph(11, 2, 5, 6);
        graph.Check(graph.Node(
            "ConvTranspose", [Input, graph.Weights(1, 2, 3, 4, 3), graph.Weights(1, 3)], ("auto_pad", auto), ("strides", new[] { 2, 2 }),
            ("output_shape", shape)));
    }

    [Fact]
    public void Gemm_WithActivationsToAdd()
    {
        var graph = new OnnxGraph(13, 6);
        graph.Check(graph.Node("Gemm", [Input, graph.Weights(1, 6, 6), graph.Node("Tanh", [Input])], ("alpha", 0.5f), ("beta", 2f)));
    }

    [Fact]
    public void MatMul_InEveryForm()
    {
        var column = new OnnxGraph(13, 3, 5, 6);
        column.Check(column.Node("MatMul", [Input, column.Weights(1, 6)]));
        var ones = new OnnxGraph(13, 3, 5, 6);
        ones.Check(ones.Node("MatMul", [Input, ones.Weights(1, 1, 1, 6, 4)]));
        var repeated = new OnnxGraph(13, 3, 5, 6);
        string one = repeated.Node("Slice", [Input, repeated.Integers(0), repeated.Integers(1), repeated.Integers(1)]);
        repeated.Check(repeated.Node("MatMul", [one, repeated.Node("Transpose", [Input], ("perm", new[] { 0, 1, 3, 2 }))]));
    }

    // What is known before there are images is computed with any number of dimensions.
    [Fact]
    public void Constants_AreComputed()
    {
        var graph = new OnnxGraph(13, 3, 4);
        string a = graph.Weights(1, 2, 3, 4), b = graph.Node("Transpose", [graph.Weights(1, 4, 3, 2)]);
        string joined = graph.Node("Concat", [a, graph.Node("Div", [b, graph.Constant([3], 1, 1)])], ("axis", -1));
        string[] parts = graph.Nodes("Split", 2, [joined], ("axis", 2));
        string sum = graph.Node(
            "Sub", [graph.Node("Mul", [parts[0], graph.Weights(1, 3, 1)]), graph.Node("Pow", [parts[1], graph.Constant([2])])]);
        sum = graph.Node(
            "Slice",
            [graph.Node("Tanh", [sum]), graph.Integers(-1, 4), graph.Integers(0, -9), graph.Integers(1, 2), graph.Integers(-1, -2)]);
        sum = graph.Node("Pad", [sum, graph.Integers(0, 1, 1, 0, 0, 1)]);
        sum = graph.Node("Squeeze", [graph.Node("Gather", [sum, graph.Integers(1)], ("axis", 0)), graph.Integers(0)]);
        graph.Check(graph.Node("Add", [Input, graph.Node("Relu", [sum])]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Mod_OfConstants(int fmod)
    {
        var graph = new OnnxGraph(13, 3, 4);
        string rest = graph.Node("Mod", [graph.Integers(-3, -2, 0, 5), graph.Integers(-4, 3, 3, 3)], ("fmod", fmod));
        graph.Check(graph.Node("Add", [Input, graph.Node("Cast", [rest], ("to", 1))]));
    }

    [Fact]
    public void Range_OfConstants()
    {
        var graph = new OnnxGraph(13, 3, 4);
        string descending = graph.Node("Range", [graph.Integer(3), graph.Integer(-1), graph.Integer(-1)]);
        string real = graph.Node("Range", [Real(0.5f), Real(2.25f), Real(0.5f)]);
        graph.Check(graph.Node("Add", [graph.Node("Gather", [Input, descending], ("axis", 2)), real]));
        var many = new OnnxGraph(13, 3, 4);
        many.Refuses(
            many.Node("Add", [Input, many.Node("Range", [many.Integer(0), many.Integer(1L << 60), many.Integer(1)])]), "at most 67108864");

        string Real(float number)
        {
            string name = graph.Constant([number], 1);
            graph.Model.Graph.Initializer[^1].Dims.Clear();
            return name;
        }
    }

    [Fact]
    public void ScatterND_OfConstants()
    {
        var graph = new OnnxGraph(13, 3, 4);
        string rows = graph.Node("ScatterND", [graph.Weights(1, 3, 4), Pairs(graph, 2, 1, 2, 0), graph.Weights(1, 2, 4)]);
        string numbers = graph.Node("ScatterND", [rows, Pairs(graph, 2, 2, -1, 1, -2, 3), graph.Weights(1, 2)]);
        graph.Check(graph.Node("Add", [Input, numbers]));
        var few = new OnnxGraph(13, 3, 4);
        few.Refuses(
            few.Node("Add", [Input, few.Node("ScatterND", [few.Weights(1, 3, 4), Pairs(few, 2, 1, 2, 0), few.Weights(1, 1, 4)])]),
            "its updates are no slices of its data");

        static string Pairs(OnnxGraph graph, int count, int depth, params long[] indices) =>
            graph.Node("Reshape", [graph.Integers(indices), graph.Integers(count, depth)]);
    }

    [Fact]
    public void Expand_OfConstants()
    {
        var graph = new OnnxGraph(13, 3, 4);
        string wide = graph.Node("Expand", [graph.Weights(1, 1, 3, 4), graph.Integers(2, 1, 1)]);
        string picked = graph.Node("Gather", [wide, graph.Node("Expand", [graph.Integers(1), graph.Integers(1)])], ("axis", 0));
        graph.Check(graph.Node("Add", [Input, picked]));
    }

    [Fact]
    public void Slice_OfAllImages()
    {
        var graph = new OnnxGraph(13, 3, 4);
        graph.Check(graph.Node("Slice", [Input, graph.Integers(0, 1), graph.Integers(long.MaxValue, 3), graph.Integers(0, 2)]));
    }

    [Theory]
    [InlineData(0, 1f, 1f, 1)]
    [InlineData(1, 1f, 1f, 1)]
    [InlineData(1, 0.5f, 2f, 1)]
    [InlineData(0, 1f, 1f, 0)]
    public void Gemm(int isTransposed, float alpha, float beta, int rank)
    {
        var graph = new OnnxGraph(13, 6);
        string matrix = isTransposed == 1 ? graph.Weights(1, 4, 6) : graph.Weights(1, 6, 4),
            shift = rank == 1 ? graph.Weights(1, 4) : graph.Weights(1, 1);
        graph.Check(graph.Node("Gemm", [Input, matrix, shift], ("transB", isTransposed), ("alpha", alpha), ("beta", beta)));
    }

    [Fact]
    public void MatMul_WithWeights()
    {
        var graph = new OnnxGraph(13, 3, 5, 6);
        Network network = graph.Check(graph.Node("MatMul", [Input, graph.Weights(1, 6, 4)]));
        Assert.Equal(3 * 5 * 6 * 4, network.Multiplications);
    }

    [Fact]
    public void MatMul_OfActivations()
    {
        var graph = new OnnxGraph(13, 3, 5, 6);
        string other = graph.Node("Transpose", [graph.Node("Tanh", [Input])], ("perm", new[] { 0, 1, 3, 2 }));

        Network network = graph.Check(graph.Node("MatMul", [Input, other]));

        Assert.Equal(3 * 5 * 6 * 5, network.Multiplications);
    }

    [Theory]
    [InlineData("Relu")]
    [InlineData("LeakyRelu")]
    [InlineData("Sigmoid")]
    [InlineData("HardSigmoid")]
    [InlineData("HardSwish")]
    [InlineData("Tanh")]
    [InlineData("Erf")]
    [InlineData("Gelu")]
    [InlineData("Softmax")]
    [InlineData("LogSoftmax")]
    [InlineData("Identity")]
    [InlineData("Dropout")]
    [InlineData("GlobalAveragePool")]
    [InlineData("GlobalMaxPool")]
    [InlineData("Abs")]
    [InlineData("Neg")]
    [InlineData("Exp")]
    [InlineData("Elu")]
    [InlineData("Selu")]
    [InlineData("Celu")]
    [InlineData("Softplus")]
    [InlineData("Softsign")]
    [InlineData("Mish")]
    [InlineData("ThresholdedRelu")]
    [InlineData("Sum")]
    public void OneInput(string type)
    {
        var graph = new OnnxGraph(20, 3, 4, 5);
        graph.Check(graph.Node(type, [Input]), -4, 4);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("tanh")]
    public void Gelu(string approximate)
    {
        var graph = new OnnxGraph(20, 3, 4, 5);
        graph.Check(graph.Node("Gelu", [Input], ("approximate", approximate)), -6, 6);
    }

    // Ties go to the even neighbour. The gradient passes unchanged, since the true one is 0.
    [Fact]
    public void Round()
    {
        var graph = new OnnxGraph(13, 3);
        string x = graph.Node("Round", [graph.Node("Mul", [Input, graph.Constant([0.5f])])]);
        Network network = graph.Check(x, -9, 9, checkGradient: false);

        var images = new Tensor([1, 3, -5], 1, 3);
        Assert.Equal([0, 2, -2], network.Forward(images).Data);
        Assert.Equal([0.5f, 0.5f, 0.5f], network.InputGradient(images, (_, _, back) => back.Fill(1)).Gradient.Data);
    }

    [Theory]
    [InlineData(11, 1)]
    [InlineData(11, 2)]
    [InlineData(13, 1)]
    [InlineData(13, -2)]
    public void Softmax_OverAnAxis(int version, int axis)
    {
        foreach (string type in (string[])["Softmax", "LogSoftmax"])
        {
            var graph = new OnnxGraph(version, 3, 4, 5);
            graph.Check(graph.Node(type, [Input], ("axis", axis)), -3, 3);
        }
    }

    [Fact]
    public void Clip_InBothForms()
    {
        var old = new OnnxGraph(9, 3, 4);
        old.Check(old.Node("Clip", [Input], ("min", -0.3f), ("max", 0.4f)));
        var today = new OnnxGraph(13, 3, 4);
        today.Check(today.Node("Clip", [Input, today.Constant([0]), today.Constant([0.6f])]));
        var half = new OnnxGraph(13, 3, 4);
        half.Check(half.Node("Clip", [Input, "", half.Constant([0.1f])]));
    }

    [Theory]
    [InlineData("Add")]
    [InlineData("Sub")]
    [InlineData("Mul")]
    [InlineData("Div")]
    public void TwoInputs(string type)
    {
        foreach (int[] shape in (int[][])[[], [5], [4, 1], [3, 1, 1], [1, 3, 4, 5], [1, 1, 4, 1]])
        {
            var graph = new OnnxGraph(13, 3, 4, 5);
            string constant = graph.Constant([.. Enumerable.Range(0, (int)Tensor.Count(shape)).Select(i => 1 + i / 7f)], shape);
            graph.Check(graph.Node(type, [Input, constant]), 0.5f, 2);
            graph = new OnnxGraph(13, 3, 4, 5);
            constant = graph.Constant([.. Enumerable.Range(0, (int)Tensor.Count(shape)).Select(i => 1 + i / 7f)], shape);
            graph.Check(graph.Node(type, [constant, Input]), 0.5f, 2);
        }

        var activations = new OnnxGraph(13, 3, 4, 5);
        activations.Check(activations.Node(type, [activations.Node("Sigmoid", [Input]), Input]), 0.5f, 2);
        var repeated = new OnnxGraph(13, 3, 4, 5);
        repeated.Check(repeated.Node(type, [Input, repeated.Node("GlobalAveragePool", [Input])]), 0.5f, 2);
        var same = new OnnxGraph(13, 3, 4, 5);
        same.Check(same.Node(type, [Input, Input]), 0.5f, 2);
    }

    [Fact]
    public void PReluPowSqrt()
    {
        var prelu = new OnnxGraph(16, 3, 4, 5);
        prelu.Check(prelu.Node("PRelu", [Input, prelu.Weights(1, 3, 1, 1)]));
        var power = new OnnxGraph(13, 3, 4);
        power.Check(power.Node("Pow", [Input, power.Constant([2])]));
        var root = new OnnxGraph(13, 3, 4);
        root.Check(root.Node("Sqrt", [Input]), 0.5f, 2);
    }

    [Theory]
    [InlineData("Log")]
    [InlineData("Reciprocal")]
    public void OneInput_AboveZero(string type)
    {
        var graph = new OnnxGraph(13, 3, 4);
        graph.Check(graph.Node(type, [Input]), 0.5f, 2);
    }

    [Theory]
    [InlineData("Floor")]
    [InlineData("Ceil")]
    [InlineData("Sign")]
    public void Steps(string type)
    {
        // Their gradients are straight-through, or zero.
        var graph = new OnnxGraph(13, 3, 4);
        graph.Check(graph.Node(type, [Input]), -4, 4, checkGradient: false);
    }

    [Theory]
    [InlineData("Elu", 0.5f)]
    [InlineData("Celu", 0.5f)]
    [InlineData("ThresholdedRelu", 0.5f)]
    public void WithAlpha(string type, float alpha)
    {
        var graph = new OnnxGraph(13, 3, 4);
        graph.Check(graph.Node(type, [Input], ("alpha", alpha)), -4, 4);
    }

    [Theory]
    [InlineData("Sum")]
    [InlineData("Mean")]
    [InlineData("Max")]
    [InlineData("Min")]
    public void ManyInputs(string type)
    {
        var graph = new OnnxGraph(13, 3, 4);
        string other = graph.Node("Mul", [Input, graph.Weights(1, 3, 4)]);
        // Where two are nearly equal, a difference says nothing; LayerTests has the gradients of Max and Min.
        graph.Check(
            graph.Node(type, [Input, graph.Weights(1, 3, 1), other, graph.Weights(1, 1)]), checkGradient: type is "Sum" or "Mean");
    }

    [Fact]
    public void Power_OfManyExponents()
    {
        var graph = new OnnxGraph(13, 3, 4);
        graph.Check(graph.Node("Pow", [Input, graph.Weights(1, 3, 1)]), 0.5f, 2);
        graph = new OnnxGraph(13, 3, 4);
        graph.Check(graph.Node("Pow", [graph.Constant([2]), Input]));
    }

    [Theory]
    [InlineData("ReduceSum", -1f)]
    [InlineData("ReduceMax", -1f)]
    [InlineData("ReduceMin", -1f)]
    [InlineData("ReduceProd", 0.5f)]
    [InlineData("ReduceL1", -1f)]
    [InlineData("ReduceL2", 0.5f)]
    [InlineData("ReduceSumSquare", -1f)]
    [InlineData("ReduceLogSum", 0.5f)]
    [InlineData("ReduceLogSumExp", -1f)]
    public void Reductions(string type, float low)
    {
        foreach ((int version, int keep, int[] axes) in ((int, int, int[])[])[(12, 1, [2, 3]), (18, 0, [1]), (18, 1, [-1])])
        {
            var graph = new OnnxGraph(version, 3, 4, 5);
            graph.Check(
                version < 18
                    ? graph.Node(type, [Input], ("axes", axes), ("keepdims", keep))
                    : graph.Node(type, [Input, graph.Integers([.. axes.Select(axis => (long)axis)])], ("keepdims", keep)),
                low, 1.5f, checkGradient: type is not ("ReduceMax" or "ReduceMin" or "ReduceL1"));
        }
    }

    [Fact]
    public void Normalisations_OfParts()
    {
        var instance = new OnnxGraph(13, 4, 5, 6);
        instance.Check(instance.Node("InstanceNormalization", [Input, instance.Weights(1, 4), instance.Weights(1, 4)], ("epsilon", 1e-3f)));
        var groups = new OnnxGraph(21, 4, 5, 6);
        groups.Check(groups.Node("GroupNormalization", [Input, groups.Weights(1, 4), groups.Weights(1, 4)], ("num_groups", 2)));
        foreach (int p in (int[])[1, 2])
        {
            var norm = new OnnxGraph(13, 4, 5);
            norm.Check(norm.Node("LpNormalization", [Input], ("axis", 1), ("p", p)));
        }
    }

    [Theory]
    [InlineData("DCR")]
    [InlineData("CRD")]
    public void DepthToSpace_AndBack(string mode)
    {
        var graph = new OnnxGraph(13, 12, 2, 3);
        graph.Check(graph.Node("DepthToSpace", [Input], ("blocksize", 2), ("mode", mode)));
        graph = new OnnxGraph(13, 2, 6, 4);
        graph.Check(graph.Node("SpaceToDepth", [Input], ("blocksize", 2)));
    }

    [Fact]
    public void Expand_RepeatsEachImage()
    {
        var graph = new OnnxGraph(13, 3, 1, 5);
        graph.Check(graph.Node("Expand", [Input, graph.Integers([1, 3, 4, 5])]));
        graph = new OnnxGraph(13, 3, 1, 5);
        graph.Check(graph.Node("Expand", [Input, graph.Integers([4, 1])]));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(16)]
    public void Cast_ToSixteenBits_Rounds(int type)
    {
        var graph = new OnnxGraph(13, 3, 4);
        graph.Check(
            graph.Node("Cast", [graph.Node("Cast", [Input], ("to", type))], ("to", 1)), -4, 4, checkGradient: false);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(22)]
    [InlineData(23)]
    public void OldAndNewOperatorSets_AreRead(int version)
    {
        var graph = new OnnxGraph(version, 3, 8, 8);
        string filtered = graph.Node("Relu", [graph.Node("Conv", [Input, graph.Weights(1, 4, 3, 3, 3), graph.Weights(1, 4)])]);
        string pooled = graph.Node("MaxPool", [filtered], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }));
        graph.Check(graph.Node("Gemm", [graph.Node("Flatten", [pooled]), graph.Weights(1, 36, 5), graph.Weights(1, 5)]));
    }

    [Fact]
    public void Normalisations()
    {
        var batch = new OnnxGraph(15, 3, 4, 5);
        batch.Check(
            batch.Node(
                "BatchNormalization",
                [Input, batch.Weights(1, 3), batch.Weights(1, 3), batch.Weights(1, 3), batch.Constant([0.5f, 2, 1], 3)],
                ("epsilon", 1e-3f)));
        var layer = new OnnxGraph(17, 3, 4, 5);
        layer.Check(layer.Node("LayerNormalization", [Input, layer.Weights(1, 5), layer.Weights(1, 5)]));
        var two = new OnnxGraph(17, 3, 4, 5);
        two.Check(two.Node("LayerNormalization", [Input, two.Weights(1, 4, 5)], ("axis", -2), ("epsilon", 1e-2f)));
        foreach (int size in (int[])[1, 3, 5])
        {
            var local = new OnnxGraph(13, 7, 2, 3);
            local.Check(local.Node("LRN", [Input], ("size", size), ("alpha", 0.9f), ("beta", 0.6f), ("bias", 1.5f)), -3, 3);
        }
    }

    [Theory]
    [InlineData(new[] { 2, 2 }, new[] { 2, 2 }, new[] { 0, 0, 0, 0 }, 0)]
    [InlineData(new[] { 3, 3 }, new[] { 2, 2 }, new[] { 1, 1, 1, 1 }, 0)]
    [InlineData(new[] { 3, 2 }, new[] { 2, 1 }, new[] { 1, 0, 0, 1 }, 0)]
    [InlineData(new[] { 3, 3 }, new[] { 2, 2 }, new[] { 0, 0, 0, 0 }, 1)]
    [InlineData(new[] { 2, 2 }, new[] { 3, 3 }, new[] { 1, 1, 1, 1 }, 1)]
    public void Pools(int[] kernel, int[] strides, int[] pads, int ceil)
    {
        var max = new OnnxGraph(12, 2, 8, 9);
        max.Check(max.Node("MaxPool", [Input], ("kernel_shape", kernel), ("strides", strides), ("pads", pads), ("ceil_mode", ceil)));
        foreach (int counted in (int[])[0, 1])
        {
            var average = new OnnxGraph(12, 2, 8, 9);
            average.Check(
                average.Node(
                    "AveragePool", [Input], ("kernel_shape", kernel), ("strides", strides), ("pads", pads), ("ceil_mode", ceil),
                    ("count_include_pad", counted)));
        }
    }

    [Fact]
    public void Pools_OfLinesDilatedAndPaddedByThemselves()
    {
        var line = new OnnxGraph(12, 2, 11);
        line.Check(line.Node("MaxPool", [Input], ("kernel_shape", new[] { 3 }), ("strides", new[] { 2 })));
        var average = new OnnxGraph(12, 2, 11);
        average.Check(
            average.Node("AveragePool", [Input], ("kernel_shape", new[] { 3 }), ("auto_pad", "SAME_UPPER"), ("strides", new[] { 2 })));
        var dilatedAverage = new OnnxGraph(19, 2, 8, 9);
        dilatedAverage.Check(dilatedAverage.Node(
            "AveragePool", [Input], ("kernel_shape", new[] { 3, 2 }), ("dilations", new[] { 2, 3 }), ("strides", new[] { 2, 2 }),
            ("pads", new[] { 1, 0, 2, 1 }), ("ceil_mode", 1), ("count_include_pad", 1)));
        var lower = new OnnxGraph(12, 2, 8, 9);
        lower.Check(
            lower.Node("MaxPool", [Input], ("kernel_shape", new[] { 3, 2 }), ("auto_pad", "SAME_LOWER"), ("strides", new[] { 3, 2 })));
        var valid = new OnnxGraph(12, 2, 8, 9);
        valid.Check(
            valid.Node("AveragePool", [Input], ("kernel_shape", new[] { 3, 2 }), ("auto_pad", "VALID"), ("strides", new[] { 2, 2 })));
        var dilated = new OnnxGraph(12, 2, 8, 9);
        dilated.Check(dilated.Node("MaxPool", [Input], ("kernel_shape", new[] { 2, 3 }), ("dilations", new[] { 2, 2 })));
    }

    [Theory]
    [InlineData(13, 1, new[] { 2, 3 })]
    [InlineData(13, 0, new[] { -1 })]
    [InlineData(18, 1, new[] { 1 })]
    [InlineData(18, 0, new[] { 3, 1 })]
    public void ReduceMean(int version, int keep, int[] axes)
    {
        var graph = new OnnxGraph(version, 3, 4, 5);
        graph.Check(version < 18
            ? graph.Node("ReduceMean", [Input], ("axes", axes), ("keepdims", keep))
            : graph.Node("ReduceMean", [Input, graph.Integers([.. axes.Select(axis => (long)axis)])], ("keepdims", keep)));
    }

    [Fact]
    public void Reshape_InEveryForm()
    {
        foreach (long[] shape in (long[][])[[-1, 60], [0, -1], [0, 12, 5], [0, 0, -1], [-1, 5, 3, 4]])
        {
            var graph = new OnnxGraph(13, 3, 4, 5);
            graph.Check(graph.Node("Reshape", [Input, graph.Integers(shape)]));
        }

        // As PyTorch exports x.view(x.size(0), 3, -1).
        var computed = new OnnxGraph(13, 3, 4, 5);
        string images = computed.Node("Gather", [computed.Node("Shape", [Input]), computed.Integer(0)], ("axis", 0));
        string shapeOf = computed.Node(
            "Concat", [computed.Node("Unsqueeze", [images, computed.Integers(0)]), computed.Integers(3), computed.Integers(-1)],
            ("axis", 0));
        computed.Check(computed.Node("Reshape", [Input, shapeOf]));
    }

    [Fact]
    public void Shapes()
    {
        var transposed = new OnnxGraph(13, 3, 4, 5);
        transposed.Check(transposed.Node("Transpose", [Input], ("perm", new[] { 0, 3, 1, 2 })));
        var squeezed = new OnnxGraph(13, 3, 1, 5);
        squeezed.Check(squeezed.Node("Unsqueeze", [squeezed.Node("Squeeze", [Input, squeezed.Integers(2)]), squeezed.Integers(1, -1)]));
        var old = new OnnxGraph(11, 3, 1, 5);
        old.Check(old.Node("Unsqueeze", [old.Node("Squeeze", [Input], ("axes", new[] { 2 }))], ("axes", new[] { 3 })));
        var joined = new OnnxGraph(13, 3, 4, 5);
        joined.Check(joined.Node("Concat", [Input, joined.Node("Tanh", [Input]), Input], ("axis", -2)));
        var flat = new OnnxGraph(13, 3, 4, 5);
        flat.Check(flat.Node("Flatten", [Input], ("axis", 1)));
        var gathered = new OnnxGraph(13, 3, 4, 5);
        gathered.Check(gathered.Node("Gather", [Input, gathered.Integers(2, 0, -1, 2)], ("axis", 2)));
        var picked = new OnnxGraph(13, 3, 4, 5);
        picked.Check(picked.Node("Gather", [Input, picked.Integer(1)], ("axis", 1)));
    }

    // The same constant for each image, as a vision transformer's class token is.
    [Fact]
    public void Concat_WithAConstantOfEveryImage()
    {
        var graph = new OnnxGraph(13, 4, 5);
        string images = graph.Node("Slice", [graph.Node("Shape", [Input]), graph.Integers(0), graph.Integers(1), graph.Integers(0)]);
        string token = graph.Node(
            "Expand", [graph.Weights(1, 1, 1, 5), graph.Node("Concat", [images, graph.Integers(1), graph.Integers(5)], ("axis", 0))]);
        graph.Check(graph.Node("Concat", [token, Input], ("axis", 1)));
    }

    [Fact]
    public void Split_InEveryForm()
    {
        foreach (int version in (int[])[11, 13, 18])
        {
            var graph = new OnnxGraph(version, 6, 5);
            string[] even = version == 18
                ? graph.Nodes("Split", 3, [Input], ("axis", 1), ("num_outputs", 3))
                : graph.Nodes("Split", 3, [Input], ("axis", 1));
            string[] given = version == 11
                ? graph.Nodes("Split", 2, [even[1]], ("axis", 2), ("split", new[] { 2, 3 }))
                : graph.Nodes("Split", 2, [even[1], graph.Integers(2, 3)], ("axis", 2));
            graph.Check(graph.Node("Concat", [graph.Node("Mul", [even[2], even[0]]), given[1], given[0]], ("axis", 2)));
        }
    }

    [Theory]
    [InlineData(new[] { 1 }, new[] { 3 }, new[] { 2 }, new[] { 1 })]
    [InlineData(new[] { -3, 0 }, new[] { int.MaxValue, 4 }, new[] { 3, 2 }, new[] { 1, 3 })]
    [InlineData(new[] { -1 }, new[] { int.MinValue }, new[] { 2 }, new[] { -1 })]
    [InlineData(new[] { 4, 9 }, new[] { 0, -9 }, new[] { 3, 2 }, new[] { -2, -1 })]
    public void Slice(int[] starts, int[] ends, int[] axes, int[] steps)
    {
        var graph = new OnnxGraph(13, 3, 4, 5);
        graph.Check(graph.Node("Slice", [Input, List(starts), List(ends), List(axes), List(steps)]));

        string List(int[] numbers) => graph.Integers([.. numbers.Select(number => (long)number)]);
    }

    [Theory]
    [InlineData("constant")]
    [InlineData("reflect")]
    [InlineData("edge")]
    public void Pad(string mode)
    {
        var graph = new OnnxGraph(13, 2, 4, 5);
        graph.Check(graph.Node("Pad", [Input, graph.Integers(0, 0, 1, 2, 0, 0, 3, 1), graph.Constant([0.7f])], ("mode", mode)));
        var old = new OnnxGraph(9, 2, 4, 5);
        old.Check(old.Node("Pad", [Input], ("mode", mode), ("pads", new[] { 0, 0, 2, 0, 0, 0, 1, 3 })));
    }
}
