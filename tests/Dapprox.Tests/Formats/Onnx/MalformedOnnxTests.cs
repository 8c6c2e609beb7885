using Dapprox.Foundation;
using Dapprox.Networks.Formats.Onnx;
using Google.Protobuf;
using Xunit;
using static Dapprox.Tests.Formats.Onnx.OnnxGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>What cannot be read is refused with file, node and reason.</summary>
public class MalformedOnnxTests
{
    [Fact]
    public void AnotherOperator_IsNamed() =>
        Refused(graph => graph.Node("Hardmax", [Input]), "the node 'Hardmax0' (Hardmax): the operator Hardmax is not read; read are Abs,");

    [Fact]
    public void FiltersThatDoNotFit() =>
        Refused(
            graph => graph.Node("Conv", [Input, graph.Weights(1, 2, 5, 3, 3)]), "filters of 5 channels in 1 groups do not fit 3 channels");

    [Fact]
    public void FiltersOfNaN() =>
        Refused(graph => graph.Node("Conv", [Input, graph.Constant([float.NaN, 0, 0], 1, 3, 1, 1)]), "holds a NaN or an infinity");

    [Fact]
    public void AWindowThatDoesNotFit() =>
        Refused(graph => graph.Node("MaxPool", [Input], ("kernel_shape", new[] { 9, 9 })), "a window of 9 does not fit 8");

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void AStrideThatIsNone(int stride) =>
        Refused(
            graph => graph.Node("MaxPool", [Input], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { stride, 1 })),
            $"strides is [{stride}, 1]");

    [Fact]
    public void PaddingBeyondMemory() =>
        Refused(
            graph => graph.Node("Pad", [Input, graph.Integers(0, 0, 1 << 30, 1 << 30, 0, 0, 1 << 30, 1 << 30)]),
            "dimensions are at least 1, and their product at most");

    [Fact]
    public void WindowsBeyondMemory() => Refused(
        graph => graph.Node(
            "MaxPool", [graph.Node("Pad", [Input, graph.Integers(0, 0, 1000, 1000, 0, 0, 1000, 1000)])],
            ("kernel_shape", new[] { 900, 900 }), ("strides", new[] { 1, 1 })),
        "windows of 900 × 900 have more than");

    // Each has a legal size; a hundred thousand of them would not.
    [Fact]
    public void LayersBeyondMemory_AllTogether() => Refused(
        new OnnxGraph(13, 3, 4096, 4096), graph => Enumerable.Range(0, 7).Aggregate(Input, (x, _) => graph.Node("Relu", [x])),
        "(Relu): one image has more than 268435456 numbers in all layers, their tables and constants up to here");

    // A small file can ask for a large constant, a large table or a copy of its weights again and again.
    [Fact]
    public void ConstantsBeyondMemory_AllTogether() => Refused(
        graph => Enumerable.Range(0, 12).Aggregate(Input, (x, _) => graph.Node(
            "Add",
            [x, graph.Node("Slice", [graph.Node("ConstantOfShape", [graph.Integers(1 << 25)]), graph.Integers(0), graph.Integers(8)])])),
        "numbers in all layers, their tables and constants up to here");

    // A mean is small, and what says which number belongs to it is not.
    [FactOf(Tier.Ci)]
    public void MeansBeyondMemory_AllTogether() => Refused(
        new OnnxGraph(13, 4, 2048, 2048), graph => graph.Node(
            "Concat", [.. Enumerable.Range(0, 17).Select(_ => graph.Node("ReduceMean", [Input], ("axes", new[] { 2, 3 })))], ("axis", 1)),
        "(ReduceMean): one image has more than 268435456 numbers");

    [Fact]
    public void TheSameWeights_AgainAndAgain() => Refused(
        new OnnxGraph(13, 4096), graph =>
        {
            string weights = graph.Weights(0.01f, 1024, 4096), back = graph.Weights(0.01f, 4096, 1);
            string sum = graph.Node("Gemm", [Input, weights], ("transB", 1));
            for (int i = 0; i < 70; i++)
                sum = graph.Node("Add", [sum, graph.Node("Gemm", [Input, weights], ("transB", 1))]);
            return graph.Node("MatMul", [graph.Node("Concat", [sum, sum, sum, sum], ("axis", 1)), back]);
        },
        "(Gemm): one image has more than 268435456 numbers");

    [Fact]
    public void PaddingOfADilatedConvolution_BeyondMemory() => Refused(
        graph =>
            graph.Node("Conv", [Input, graph.Weights(1, 2, 3, 3, 3)], ("auto_pad", "SAME_UPPER"), ("dilations", new[] { 1 << 20, 11 })),
        "(Conv): one image has the shape [3, 2097160, 30] here");

    [Fact]
    public void TrainingMode()
    {
        Refused(
            graph => graph.Node(
                "BatchNormalization", [Input, graph.Weights(1, 3), graph.Weights(1, 3), graph.Weights(1, 3), graph.Weights(1, 3)],
                ("training_mode", 1)),
            "training mode; export the model for inference");
        Refused(
            new OnnxGraph(9, 3, 8, 8), graph =>
            {
                string[] outputs = graph.Nodes(
                    "BatchNormalization", 5,
                    [Input, graph.Weights(1, 3), graph.Weights(1, 3), graph.Weights(1, 3), graph.Constant([1, 1, 1], 3)]);
                return graph.Node("Add", [outputs[0], graph.Node("Unsqueeze", [outputs[1]], ("axes", new[] { 1, 2 }))]);
            },
            "training mode; export the model for inference");
        Refused(
            graph => graph.Node("Dropout", [Input, graph.Constant([0.5f]), graph.Integer(1)]),
            "training mode; export the model for inference");
    }

    [Fact]
    public void AVarianceBelowZero() => Refused(
        graph => graph.Node(
            "BatchNormalization", [Input, graph.Weights(1, 3), graph.Weights(1, 3), graph.Weights(1, 3), graph.Constant([1, -2, 1], 3)]),
        "one of its variances is -2; they have to be above 0");

    [Fact]
    public void EightBitsInside() =>
        Refused(
            graph => graph.Node("Cast", [Input], ("to", 17)),
            "activations are cast to float8e4m3fn; they are real numbers here: export the model with float alone");

    [Fact]
    public void AnInputOfBytes() => Refused(
        graph =>
        {
            graph.Model.Graph.Input[0].Type.TensorType.ElemType = 2;
            return graph.Node("Cast", [Input], ("to", 1));
        },
        "the input 'x' is of the data type uint8; images are of real numbers");

    [Fact]
    public void AShapeWithoutNumbers() =>
        Refused(
            graph => graph.Node("Reshape", [Input, graph.Integers(0, 0, -1)], ("allowzero", 1)),
            "the shape [0, 0, -1] has no numbers, since allowzero is set");

    [Fact]
    public void ANameThatIsGivenTwice() => Refused(
        graph =>
        {
            string x = graph.Node("Relu", [Input]);
            graph.Node("Tanh", [Input]);
            graph.Model.Graph.Node[1].Output[0] = x;
            return x;
        },
        "it gives 'Relu0.0', which is there already");

    [Fact]
    public void PlacesOfTheLargest_ThatAreUsed() => Refused(
        graph => graph.Node("Cast", [graph.Nodes("MaxPool", 2, [Input], ("kernel_shape", new[] { 2, 2 }))[1]], ("to", 1)),
        "its output of indices is used");

    [Fact]
    public void SeveralOutputs()
    {
        using var folder = new TemporaryFolder();
        var graph = new OnnxGraph(13, 3, 8, 8);
        graph.Bytes(graph.Node("Relu", [Input]));
        graph.Model.Graph.Output.Add(graph.Model.Graph.Output[0].Clone());
        graph.Model.Graph.Output[1].Name = "features";
        File.WriteAllBytes(folder.File("m.onnx"), graph.Model.ToByteArray());

        Assert.Contains(
            "has 2 outputs (Flatten1.0, features); name the one that is the logits: --output NAME",
            Assert.Throws<InputException>(() => OnnxModels.Load(folder.File("m.onnx"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 4, 3 })]
    [InlineData(new[] { 4, 3, 0, 3 })]
    public void FiltersThatAreNone(int[] shape) => Refused(
        graph => graph.Node("ConvTranspose", [Input, graph.Weights(1, shape)]), $"its filters have the shape [{string.Join(", ", shape)}]");

    [Fact]
    public void AMatrixThatIsNone() => Refused(
        graph => graph.Node("Gemm", [graph.Node("Flatten", [Input]), graph.Weights(1, 192), graph.Weights(1, 1)]),
        "(Gemm): the second matrix has the shape [192]; it has to have two dimensions");

    [Fact]
    public void ABoundThatIsEmpty() =>
        Refused(graph => graph.Node("Clip", [Input, graph.Constant([], 0)]), "(Clip): its inputs do not fit");

    [Fact]
    public void ANameOfAMillionLetters() =>
        Refused(graph => graph.Node("Relu", [new string('x', 1_000_000)]), "xxxx…");

    [Fact]
    public void AReshapeThatMixesImages() =>
        Refused(graph => graph.Node("Reshape", [Input, graph.Integers(3, -1)]), "the shape [3, -1] mixes images");

    [Fact]
    public void AnAxisThatIsTheImages() =>
        Refused(graph => graph.Node("Softmax", [Input], ("axis", 0)), "the axis 0 of a tensor with 4 dimensions is the one of the images");

    [Fact]
    public void AnInputThatNothingGives() =>
        Refused(graph => graph.Node("Relu", ["nobody"]), "its input 1, 'nobody', is given by no node before it");

    [Fact]
    public void ALoop() => Refused(
        graph =>
        {
            string first = graph.Node("Add", [Input, "Relu1.0"]);
            return graph.Node("Relu", [first]);
        },
        "'Relu1.0', is given by no node before it");

    [Fact]
    public void ATensorOfTwoGigabytes_ThatIsNotThere() => Refused(
        graph =>
        {
            string weights = graph.Weights(1, 3);
            graph.Model.Graph.Initializer[^1].Dims.Clear();
            graph.Model.Graph.Initializer[^1].Dims.Add(1 << 29);
            return graph.Node("Add", [Input, weights]);
        },
        "of the shape [536870912] has 12 bytes and should have 2147483648");

    [Theory]
    [InlineData(-1)]
    [InlineData(1L << 40)]
    public void ADimensionThatIsNone(long dimension) => Refused(
        graph =>
        {
            string weights = graph.Weights(1, 3);
            graph.Model.Graph.Initializer[^1].Dims[0] = dimension;
            return graph.Node("Add", [Input, weights]);
        },
        $"has the shape [{dimension}]");

    [Theory]
    [InlineData("../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../secret")]
    [InlineData("")]
    public void ExternalDataOutsideTheFolder(string location) => Refused(
        graph => External(graph, location, "0"), $"are said to be in '{location}'; they have to be in a file in the model's folder");

    [Fact]
    public void ExternalDataBehindALink_AreRefused()
    {
        using TemporaryFolder folder = new(), other = new();
        File.WriteAllBytes(other.File("weights.bin"), new byte[12]);
        File.CreateSymbolicLink(folder.File("weights.bin"), other.File("weights.bin"));
        Directory.CreateSymbolicLink(folder.File("data"), other.Path);
        foreach (string location in (string[])["weights.bin", "data/weights.bin"])
        {
            var graph = new OnnxGraph(13, 3, 8, 8);
            File.WriteAllBytes(folder.File("m.onnx"), graph.Bytes(External(graph, location, "0")));

            Assert.Contains(
                "leads through a link", Assert.Throws<InputException>(() => OnnxModels.Load(folder.File("m.onnx"))).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ExternalDataThatAreMissing() => Refused(graph => External(graph, "missing.bin", "0"), "there is no file");

    [Fact]
    public void ExternalData_AreRead()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("weights.bin"), [0, 0, .. new float[] { 1, 2, 3 }.SelectMany(BitConverter.GetBytes)]);
        var graph = new OnnxGraph(13, 3, 1, 1);
        File.WriteAllBytes(folder.File("m.onnx"), graph.Bytes(External(graph, "weights.bin", "2")));

        Assert.Equal([1.5f, 2.5f, 3.5f], OnnxModels.Load(folder.File("m.onnx")).Forward(new([0.5f, 0.5f, 0.5f], 1, 3, 1, 1)).Data);
    }

    [Fact]
    public void EveryPrefixOfAFile_IsRefusedOrRead()
    {
        using var folder = new TemporaryFolder();
        var graph = new OnnxGraph(13, 3, 8, 8);
        byte[] whole = graph.Bytes(graph.Node("Relu", [graph.Node("Conv", [Input, graph.Weights(1, 2, 3, 3, 3)])]));
        string path = folder.File("m.onnx");
        for (int length = 0; length < whole.Length; length += 3)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Contains("m.onnx", Assert.Throws<InputException>(() => OnnxModels.Load(path)).Message, StringComparison.Ordinal);
        }
    }

    // Whatever bytes are changed: an error in one line, or a network.
    [Fact]
    public void ChangedBytes_NeverCrash()
    {
        using var folder = new TemporaryFolder();
        var graph = new OnnxGraph(13, 3, 8, 8);
        byte[] whole = graph.Bytes(
            graph.Node(
                "MaxPool", [graph.Node("Conv", [Input, graph.Weights(1, 2, 3, 3, 3)], ("pads", new[] { 1, 1, 1, 1 }))],
                ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 })));
        string path = folder.File("m.onnx");
        var random = new CounterRandom(1, 2);
        for (int i = 0; i < 400; i++)
        {
            byte[] changed = [.. whole];
            for (int j = 0; j < 3; j++)
                changed[random.NextInt32(changed.Length)] = (byte)random.NextInt32(256);
            File.WriteAllBytes(path, changed);
            try
            {
                OnnxModels.Load(path);
            }
            catch (InputException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }
    }

    [Theory]
    [InlineData(5)]
    [InlineData(26)]
    public void OtherVersions(int version)
    {
        using var folder = new TemporaryFolder();
        var graph = new OnnxGraph(version, 3, 8, 8);
        File.WriteAllBytes(folder.File("m.onnx"), graph.Bytes(graph.Node("Relu", [Input])));

        Assert.Contains(
            $"Relu of version {version} of ONNX's operators is not known; those of the versions 6 to 25 are",
            Assert.Throws<InputException>(() => OnnxModels.Load(folder.File("m.onnx"))).Message, StringComparison.Ordinal);
    }

    static string External(OnnxGraph graph, string location, string offset)
    {
        string weights = graph.Weights(1, 3, 1, 1);
        TensorProto tensor = graph.Model.Graph.Initializer[^1];
        tensor.RawData = ByteString.Empty;
        tensor.DataLocation = 1;
        tensor.ExternalData.Add(new EntryProto { Key = "location", Value = location });
        tensor.ExternalData.Add(new EntryProto { Key = "offset", Value = offset });
        return graph.Node("Add", [Input, weights]);
    }

    static void Refused(Func<OnnxGraph, string> build, string reason) => Refused(new OnnxGraph(13, 3, 8, 8), build, reason);

    static void Refused(OnnxGraph graph, Func<OnnxGraph, string> build, string reason)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("m.onnx");
        File.WriteAllBytes(path, graph.Bytes(build(graph)));

        string message = Assert.Throws<InputException>(() => OnnxModels.Load(path)).Message;

        Assert.StartsWith($"'{path}'", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
