using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using Google.Protobuf;
using Xunit;
using static Dapprox.Tests.Formats.Onnx.OnnxGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>Indices, integers that depend on the images, and the functions of a number that came with them, against ONNX Runtime.</summary>
public sealed class OnnxIndexTests : IDisposable
{
    const int Float = 1, Int32 = 6, Int64 = 7, Bool = 9;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("ArgMax", 2, 1, 0)]
    [InlineData("ArgMax", -1, 0, 0)]
    [InlineData("ArgMin", 1, 1, 1)]
    [InlineData("ArgMin", 3, 0, 1)]
    public void IndexOfAnExtreme(string type, int axis, int keep, int last)
    {
        var graph = new OnnxGraph(13, 3, 4, 5);
        // Several are the largest.
        string few = graph.Node("Round", [graph.Node("Mul", [Input, graph.Constant([2f])])]);
        string index = graph.Node(type, [few], ("axis", axis), ("keepdims", keep), ("select_last_index", last));
        graph.Check(graph.Node("Cast", [index], ("to", Float)), checkGradient: false);
    }

    [Fact]
    public void IndexOfAnExtreme_HasTheGradientZero()
    {
        var graph = new OnnxGraph(13, 4);
        string index = graph.Node("Cast", [graph.Node("ArgMax", [Input], ("axis", 1))], ("to", Float));
        graph.Check(graph.Node("Mul", [Input, index]));
        graph.Check(graph.Node("Add", [Input, graph.Node("Cast", [graph.Node("ArgMin", [Input], ("axis", 1))], ("to", Float))]));
    }

    [Fact]
    public void IndexOfAnExtreme_AmongImages_IsRefused()
    {
        var graph = new OnnxGraph(13, 4);
        graph.Refuses(graph.Node("ArgMax", [Input]), "the axis 0 of a tensor with 2 dimensions is the one of the images");
        Assert.Throws<ArgumentException>(() => new Reduce("index", Reduction.ArgMax, [2, 3], [0, 1], keep: true));
    }

    [Fact]
    public void Integers_AreComparedAndSelected()
    {
        var graph = new OnnxGraph(13, 4);
        string index = graph.Node("ArgMax", [Input], ("axis", 1));
        string isLast = graph.Node("Equal", [index, graph.Integers(3)]);
        string other = graph.Node("Where", [isLast, graph.Integers(7), graph.Node("Add", [index, graph.Integers(1)])]);
        string number = graph.Node("Cast", [graph.Node("Cast", [other], ("to", Int32))], ("to", Float));
        graph.Check(graph.Node("Mul", [Input, number]));
    }

    [Fact]
    public void Integers_ByConditions()
    {
        var graph = new OnnxGraph(13, 4);
        string above = graph.Node("Greater", [Input, graph.Constant([0.1f])]);
        string either = graph.Node("Where", [above, graph.Integers(2), graph.Integers(-5)]);
        string truth = graph.Node("Cast", [graph.Node("Cast", [above], ("to", Int64))], ("to", Bool));
        string sum = graph.Node("Cast", [graph.Node("Add", [either, graph.Node("Cast", [truth], ("to", Int64))])], ("to", Float));
        graph.Check(graph.Node("Mul", [Input, sum]));
    }

    [Fact]
    public void RealNumbers_BecomeIntegers()
    {
        var graph = new OnnxGraph(13, 3, 4);
        string integer = graph.Node("Cast", [graph.Node("Mul", [Input, graph.Constant([5f])])], ("to", Int64));
        graph.Check(graph.Node("Cast", [integer], ("to", Float)), checkGradient: false);
        var divided = new OnnxGraph(13, 4);
        integer = divided.Node("Cast", [Input], ("to", Int64));
        divided.Refuses(divided.Node("Div", [integer, divided.Integers(2)]), "it divides integers that depend on the images");
        divided.Refuses(
            divided.Node("ReduceMean", [integer], ("axes", new[] { 1 })), "it divides integers that depend on the images");
    }

    [Fact]
    public void CastLike_IsTheCastToThatType()
    {
        var graph = new OnnxGraph(19, 3, 4);
        string half = graph.Node("CastLike", [graph.Integers(3), Input]);
        string above = graph.Node("Greater", [Input, graph.Constant([0.1f])]);
        string condition = graph.Node("CastLike", [graph.Node("Relu", [Input]), above]);
        string selected = graph.Node("Where", [condition, graph.Node("Exp", [Input]), Input]);
        string real = graph.Node("CastLike", [condition, graph.Constant([1f])]);
        graph.Check(graph.Node("Add", [graph.Node("Mul", [selected, half]), real]));
        graph.Refuses(
            graph.Node("CastLike", [Input, graph.Integers(1)]), "real numbers are cast like a constant of integers or conditions");
    }

    [Theory]
    [InlineData(4, new byte[] { 1, 0, 0, 0x80 })]
    [InlineData(5, new byte[] { 1, 0, 0, 0x80 })]
    [InlineData(12, new byte[] { 1, 0, 0, 0, 0, 0, 0, 0x80 })]
    [InlineData(13, new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40 })]
    public void ConstantsOfIntegers(int type, byte[] numbers)
    {
        var graph = new OnnxGraph(13, 2);
        graph.Model.Graph.Initializer.Add(
            new TensorProto { Name = "integers", DataType = type, Dims = { 2 }, RawData = ByteString.CopyFrom(numbers) });
        graph.Check(graph.Node("Mul", [Input, graph.Node("Cast", ["integers"], ("to", Float))]), checkGradient: false);
        TensorProto inside = graph.Model.Graph.Initializer[^1];
        long[] read = OnnxTensor.Read(inside.Clone(), "").Integers!;
        inside.RawData = ByteString.Empty;
        if (type is 12 or 13)
            inside.Uint64Data.AddRange(read.Select(number => (ulong)number));
        else
            inside.Int32Data.AddRange(read.Select(number => (int)number));
        Assert.Equal(read, OnnxTensor.Read(inside, "").Integers);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(16)]
    public void ConstantsOfSixteenBits(int type)
    {
        var graph = new OnnxGraph(13, 4);
        string half = graph.Node("Cast", [graph.Node("Cast", [graph.Weights(3, 4)], ("to", type))], ("to", Float));
        graph.Check(graph.Node("Add", [Input, half]));
    }

    [Theory]
    [InlineData("Sin", -2, 2)]
    [InlineData("Cos", -2, 2)]
    [InlineData("Tan", -1, 1)]
    [InlineData("Sinh", -2, 2)]
    [InlineData("Cosh", -2, 2)]
    [InlineData("Asin", -0.9f, 0.9f)]
    [InlineData("Acos", -0.9f, 0.9f)]
    [InlineData("Atan", -2, 2)]
    [InlineData("Asinh", -2, 2)]
    [InlineData("Acosh", 1.2f, 3)]
    [InlineData("Atanh", -0.9f, 0.9f)]
    public void Trigonometry(string type, float low, float high)
    {
        var graph = new OnnxGraph(13, 3, 4);
        graph.Check(graph.Node(type, [Input]), low, high);
    }

    [Fact]
    public void Trigonometry_OfNoSuchFunction() =>
        Assert.Throws<ArgumentException>(() => Pointwise.Trigonometric("layer", "Secant"));

    [Fact]
    public void NumbersThatAreNone()
    {
        var graph = new OnnxGraph(13, 3, 4);
        string logarithm = graph.Node("Log", [Input]);
        graph.Check(graph.Node("Where", [graph.Node("IsNaN", [logarithm]), graph.Node("Tanh", [Input]), logarithm]));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 0)]
    public void NumbersThatAreInfinite(int positive, int negative)
    {
        var graph = new OnnxGraph(13, 3, 4);
        string quotient = graph.Node("Div", [graph.Node("Round", [Input]), graph.Constant([0f])]);
        string isInfinite = graph.Node("IsInf", [quotient], ("detect_positive", positive), ("detect_negative", negative));
        // Infinite numbers have infinite slopes.
        graph.Check(graph.Node("Where", [isInfinite, Input, graph.Node("Exp", [Input])]), checkGradient: false);
    }

    [Fact]
    public void Xor_OfConditions()
    {
        var graph = new OnnxGraph(13, 3, 4);
        string above = graph.Node("Greater", [Input, graph.Constant([0.3f])]), below = graph.Node("Less", [Input, graph.Constant([-0.3f])]);
        string known = graph.Node("Less", [graph.Weights(1, 4), graph.Constant([0f])]);
        string either = graph.Node("Xor", [graph.Node("Xor", [above, below]), graph.Node("Xor", [known, known])]);
        graph.Check(graph.Node("Where", [graph.Node("Xor", [either, known]), graph.Node("Exp", [Input]), Input]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void GatherElements_ByConstants(int axis)
    {
        var graph = new OnnxGraph(13, 3, 4);
        TensorProto indices = IntegerTensor(0, -1, 1, 2, 2, 0);
        indices.Name = "indices";
        indices.Dims.Clear();
        indices.Dims.AddRange([1, 2, 3]);
        graph.Model.Graph.Initializer.Add(indices);
        // The indices of a file with one image.
        graph.Model.Graph.Input[0].Type.TensorType.Shape.Dim[0] = new DimensionProto { DimValue = 1 };
        string path = Write(graph, graph.Node("GatherElements", [Input, "indices"], ("axis", axis)));

        var images = new Tensor([.. Enumerable.Range(0, 12).Select(i => i / 12f)], 1, 3, 4);
        Assert.Equal(Runtime(path, images), OnnxModels.Load(path).Forward(images).Data);
    }

    [Fact]
    public void Tile_RepeatsWhatIsOfAnImage()
    {
        var graph = new OnnxGraph(13, 2, 3);
        graph.Check(graph.Node("Tile", [Input, graph.Integers(1, 3, 2)]));
        graph.Refuses(
            graph.Node("Tile", [Input, graph.Integers(2, 1, 1)]), "the axis 0 of a tensor with 3 dimensions is the one of the images");
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(1, -2)]
    public void Trilu_OfActivationsAndConstants(int upper, int diagonal)
    {
        var graph = new OnnxGraph(14, 2, 3, 4);
        string known = graph.Node("Trilu", [graph.Weights(1, 3, 4), graph.Integer(diagonal)], ("upper", upper));
        graph.Check(graph.Node("Add", [graph.Node("Trilu", [Input, graph.Integer(diagonal)], ("upper", upper)), known]));
    }

    // What exporters compute positions and masks with.
    [Fact]
    public void IndicesOfConstants()
    {
        var graph = new OnnxGraph(13, 4);
        string ones = graph.Node("ConstantOfShape", [graph.Integers(4)], ("value", IntegerTensor(1)));
        string places = graph.Node("Squeeze", [graph.Node("Transpose", [graph.Node("NonZero", [ones])]), graph.Integers(1)]);
        string sums = graph.Node("CumSum", [ones, graph.Integer(0)], ("exclusive", 1), ("reverse", 1));
        string both = graph.Node("Concat", [places, sums], ("axis", 0));
        string hot = graph.Node("OneHot", [both, graph.Integer(5), graph.Constant([0.5f, 2], 2)]);
        string rows = graph.Node("GatherND", [hot, graph.Node("Unsqueeze", [places, graph.Integers(1)])]);
        string size = graph.Node("Cast", [graph.Node("Size", [rows])], ("to", Float));
        graph.Check(graph.Node("Div", [graph.Node("MatMul", [Input, rows]), size]));
    }

    [Fact]
    public void Size_CountsTheImages()
    {
        var graph = new OnnxGraph(13, 2, 6);
        string images = graph.Node("Div", [graph.Node("Size", [Input]), graph.Integer(12)]);
        string shape = graph.Node("Concat", [graph.Node("Reshape", [images, graph.Integers(-1)]), graph.Integers(3, 4)], ("axis", 0));
        graph.Check(graph.Node("Reshape", [Input, shape]));
    }

    // The rotated part of a rotary embedding can be all there is.
    [Fact]
    public void PartsOfNothing()
    {
        var graph = new OnnxGraph(13, 3, 4);
        string[] parts = graph.Nodes("Split", 2, [Input, graph.Integers(4, 0)], ("axis", 2));
        string rest = graph.Node("Slice", [Input, graph.Integers(4), graph.Integers(long.MaxValue), graph.Integers(2)]);
        graph.Check(graph.Node("Concat", [graph.Node("Exp", [parts[0]]), parts[1], rest], ("axis", -1)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void GlobalLpPool(int p)
    {
        var graph = new OnnxGraph(13, 3, 4, 5);
        graph.Check(graph.Node("GlobalLpPool", [Input], ("p", p)));
    }

    // No runtime has it yet: it is what it is defined by.
    [Fact]
    public void SwiGLU_IsSwishTimesAnother()
    {
        var graph = new OnnxGraph(28, 6);
        string[] halves = graph.Nodes("Split", 2, [Input], ("axis", 1), ("num_outputs", 2));
        string path = Write(graph, graph.Node("SwiGLU", halves, ("alpha", 1.5f)));
        var other = new OnnxGraph(24, 6);
        string[] own = other.Nodes("Split", 2, [Input], ("axis", 1), ("num_outputs", 2));
        string defined = Write(other, other.Node("Mul", [other.Node("Swish", [own[0]], ("alpha", 1.5f)), own[1]]));

        var images = new Tensor([-2, -1, 0.5f, 3, 2, -1], 1, 6);
        Network network = OnnxModels.Load(path), definition = OnnxModels.Load(defined);
        Assert.Equal(definition.Forward(images).Data, network.Forward(images).Data);
        Assert.Equal(Gradient(definition), Gradient(network));

        float[] Gradient(Network of) => of.InputGradient(images, (_, _, back) => back.Fill(1)).Gradient.Data;
    }

    string Write(OnnxGraph graph, string output)
    {
        string path = folder.File($"v{graph.Model.OpsetImport[0].Version}.onnx");
        File.WriteAllBytes(path, graph.Bytes(output));
        return path;
    }
}
