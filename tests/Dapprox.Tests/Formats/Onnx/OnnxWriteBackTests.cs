using System.Buffers.Binary;
using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Data;
using Google.Protobuf;
using Xunit;
using static Dapprox.Tests.Formats.Onnx.OnnxGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>Networks with other numbers, written into the file that they were read from.</summary>
public class OnnxWriteBackTests
{
    // The numbers of data types in the format.
    const int Float = 1, Half = 10, Double = 11, BFloat16 = 16;

    [Fact]
    public void UnchangedNetwork_GivesTheSameBytes()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = WithUnknownFields(SmallGraph(out string x), x);
        File.WriteAllBytes(folder.File("a.onnx"), bytes);

        Network network = OnnxModels.Load(folder.File("a.onnx"));
        OnnxModels.Save(folder.File("b.onnx"), network.With(Multipliers.Find("ax-fpm")), folder.File("a.onnx"));

        Assert.Equal(bytes, File.ReadAllBytes(folder.File("b.onnx")));
    }

    // A file of PyTorch 1.13.
    [Fact]
    public void TheAuthorsModel_KeepsItsBytes_AndGivesWhatOnnxRuntimeGives()
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(DataFolder.Reference, "lenet5-authors.onnx"));
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("a.onnx"), bytes);
        Network network = OnnxModels.Load(folder.File("a.onnx")), changed = Perturbed(network, 9);

        OnnxModels.Save(folder.File("b.onnx"), network, folder.File("a.onnx"));
        OnnxModels.Save(folder.File("c.onnx"), changed, folder.File("a.onnx"));

        Assert.Equal(bytes, File.ReadAllBytes(folder.File("b.onnx")));
        Assert.Equal(bytes.Length, new FileInfo(folder.File("c.onnx")).Length);
        AssertSameLogits(changed, OnnxModels.Load(folder.File("c.onnx")));
        Tensor image = Images(network).Rows(0, 1);
        AssertNear(Runtime(folder.File("c.onnx"), image), changed.Forward(image).Data);
    }

    // Whatever can be read is copied or refused.
    [Fact]
    public void DamagedFile_GivesTheSameBytes_OrIsRefused()
    {
        byte[] whole = WithUnknownFields(SmallGraph(out string x), x);
        using var folder = new TemporaryFolder();
        int copied = 0;
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 3].Sample(
            changes =>
            {
                byte[] bytes = [.. whole];
                foreach ((int at, byte value) in changes)
                    bytes[at] = value;
                File.WriteAllBytes(folder.File("a.onnx"), bytes);
                try
                {
                    OnnxModels.Save(folder.File("b.onnx"), OnnxModels.Load(folder.File("a.onnx")), folder.File("a.onnx"));
                }
                catch (InputException)
                {
                    return;
                }

                Assert.Equal(bytes, File.ReadAllBytes(folder.File("b.onnx")));
                copied++;
            },
            iter: 1000, threads: 1);
        Assert.True(copied > 100, $"{copied} of 1000 could be read");
    }

    // As many bytes as before, and those outside the three arrays are the same.
    [Fact]
    public void ChangedNumbers_TakeTheirPlace_AndAllElseKeepsItsBytes()
    {
        using var folder = new TemporaryFolder();
        OnnxGraph graph = SmallGraph(out string x);
        byte[] bytes = WithUnknownFields(graph, x);
        File.WriteAllBytes(folder.File("a.onnx"), bytes);
        Network network = OnnxModels.Load(folder.File("a.onnx"));
        Network changed = With(network, "Conv", layer => Shifted(layer, 0));

        OnnxModels.Save(folder.File("a.onnx"), changed, folder.File("a.onnx"));

        byte[] written = File.ReadAllBytes(folder.File("a.onnx"));
        Assert.Equal(bytes.Length, written.Length);
        ByteString filters = graph.Model.Graph.Initializer[0].RawData, bias = graph.Model.Graph.Initializer[1].RawData;
        int start = bytes.AsSpan().IndexOf(filters.Span), biasStart = bytes.AsSpan().IndexOf(bias.Span);
        for (int i = 0; i < bytes.Length; i++)
        {
            bool isNumber = (i >= start && i < start + filters.Length) || (i >= biasStart && i < biasStart + bias.Length);
            Assert.True(isNumber || bytes[i] == written[i], $"byte {i}");
        }

        AssertSameLogits(changed, OnnxModels.Load(folder.File("a.onnx")));
    }

    // The shapes of weights and the operators that take them; biases are added where there are none.
    public static TheoryData<string> Kinds =>
    [
        "conv", "conv without bias", "grouped conv", "conv of lines", "conv transpose", "conv transpose without bias", "gemm",
        "gemm of columns", "gemm without bias", "matmul", "matmul of rows", "matmul with a vector", "matmul from the left", "normalised",
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void EveryOperatorWithWeights_IsWrittenBack(string kind)
    {
        (OnnxGraph graph, string x) = Make(kind);

        Network written = WriteBack(graph.Bytes(x), network => Perturbed(network, 1)).Network;

        // MatMul takes none, so an Add has it.
        Assert.All(written.Layers.OfType<WeightedLayer>(), layer => Assert.True(layer.Bias.Length > 0 || kind.StartsWith("matmul")));
    }

    // What the sum is multiplied by multiplies the new bias as well; the rounding differs.
    [Theory]
    [InlineData(2.5f, 1f, 5)]
    [InlineData(1f, 0.5f, 5)]
    [InlineData(1f, 1f, 1)]
    [InlineData(0.5f, 1f, 0)]
    public void GemmWithFactors_HasTheBiasAddedBehindIt(float alpha, float beta, int shifts)
    {
        var graph = new OnnxGraph(13, 7);
        string[] inputs = [Input, graph.Weights(1, 7, 5), .. shifts > 0 ? (string[])[graph.Weights(1, shifts)] : []];
        string x = graph.Node("Gemm", inputs, ("alpha", alpha), ("beta", beta));

        WriteBack(graph.Bytes(x), network => Perturbed(network, 2), isExact: false);
    }

    [Fact]
    public void RandomNetworks_AreWrittenBack() => Gen.Select(Gen.Int[9, 21], Gen.Int[0, 5].Array[1, 4], Gen.Int[1, 1000]).Sample(
        (version, kinds, seed) =>
        {
            var graph = new OnnxGraph(version, 4, 6, 6);
            string x = Input;
            foreach (int kind in kinds)
            {
                x = kind switch
                {
                    0 => graph.Node("Conv", [x, graph.Weights(0.5f, 4, 4, 1, 1)]),
                    1 => graph.Node("Conv", [x, graph.Weights(0.5f, 4, 2, 3, 3), graph.Weights(1, 4)], ("group", 2), ("pads", Ones(4))),
                    2 => graph.Node("ConvTranspose", [x, graph.Weights(0.5f, 4, 4, 3, 3), graph.Weights(1, 4)], ("pads", Ones(4))),
                    3 => graph.Node("MatMul", [x, graph.Weights(0.5f, 6, 6)]),
                    4 => Normalised(graph, x, 4),
                    _ => graph.Node("Relu", [x]),
                };
            }

            x = graph.Node("Gemm", [graph.Node("Flatten", [x]), graph.Weights(0.2f, 3, 144), graph.Weights(1, 3)], ("transB", 1));
            WriteBack(graph.Bytes(x), network => Perturbed(network, seed));
        },
        iter: 40);

    [Fact]
    public void WeightsInAConstantNode_StayThere()
    {
        var graph = new OnnxGraph(13, 4);
        TensorProto tensor = Numbers(Float, [.. Enumerable.Range(0, 12).Select(i => i / 16f)]);
        tensor.Dims.Clear();
        tensor.Dims.AddRange([4L, 3L]);
        string constant = graph.Node("Constant", [], ("value", tensor));
        string bias = graph.Node("Constant", [], ("value", Numbers(Float, 0.25f, 0.5f, 0.75f)));

        byte[] bytes = graph.Bytes(graph.Node("Gemm", [Input, constant, bias]));
        ModelProto written = WriteBack(bytes, network => Perturbed(network, 3)).Model;

        Assert.Empty(written.Graph.Initializer);
        Assert.Equal(
            ModelProto.Parser.ParseFrom(bytes).Graph.Node.Select(node => node.OpType), written.Graph.Node.Select(node => node.OpType));
    }

    // Keras: filters are turned by a node; a half network stretched by Cast; a list of numbers in a node.
    [Fact]
    public void ComputedWeights_AreReplacedByInitialisers_AndTheNodesGo()
    {
        var graph = new OnnxGraph(13, 3, 5, 5);
        string filters = graph.Node("Transpose", [graph.Weights(0.5f, 3, 3, 3, 4)], ("perm", new[] { 3, 2, 0, 1 }));
        string x = graph.Node("Conv", [Input, filters, graph.Node("Identity", [graph.Weights(1, 4)])]);
        graph.Model.Graph.Initializer.Add(Numbers(Half, [.. Enumerable.Range(0, 72).Select(i => i / 64f)]));
        graph.Model.Graph.Initializer[^1].Dims.Clear();
        graph.Model.Graph.Initializer[^1].Dims.AddRange([36L, 2L]);
        graph.Model.Graph.Initializer[^1].Name = "half";
        x = graph.Node("Gemm", [graph.Node("Flatten", [x]), graph.Node("Cast", ["half"], ("to", Float))]);

        ModelProto written = WriteBack(graph.Bytes(x), network => Perturbed(network, 4)).Model;

        Assert.Equal(["Conv", "Flatten", "Gemm", "Flatten"], written.Graph.Node.Select(node => node.OpType));
        Assert.Equal(4, written.Graph.Initializer.Count);
        Assert.All(written.Graph.Initializer, tensor => Assert.Equal(Float, tensor.DataType));
    }

    [Fact]
    public void SharedWeights_StaySharedWhileTheyAreTheSame()
    {
        (byte[] bytes, _) = Shared();

        (_, ModelProto written, int length) = WriteBack(bytes, network => With(network, "MatMul", layer => Shifted(layer, 0)));

        Assert.Equal(bytes.Length, length);
        Assert.Single(written.Graph.Initializer);
    }

    [Fact]
    public void SharedWeights_ThatDiffer_BecomeTwoInitialisers()
    {
        (byte[] bytes, string last) = Shared();

        ModelProto one = WriteBack(bytes, network => With(network, last, layer => Shifted(layer, 0))).Model;
        ModelProto both = WriteBack(bytes, network => WithoutNewBiases(network, 5)).Model;

        Assert.Equal(2, one.Graph.Initializer.Count);
        Assert.Equal(ModelProto.Parser.ParseFrom(bytes).Graph.Initializer[0], one.Graph.Initializer[0]);
        Assert.Equal(2, both.Graph.Initializer.Count);
    }

    // A constant of another node is not changed with the weights.
    [Fact]
    public void WeightsThatAreAlsoAConstant_LeaveTheConstant()
    {
        var graph = new OnnxGraph(13, 4, 4);
        string matrix = graph.Weights(0.5f, 4, 4);
        byte[] bytes = graph.Bytes(graph.Node("Add", [graph.Node("MatMul", [Input, matrix]), matrix]));

        WriteBack(bytes, network => WithoutNewBiases(network, 6));
    }

    [Theory]
    [InlineData(Half)]
    [InlineData(BFloat16)]
    [InlineData(Double)]
    public void OtherDataTypes_AreKept_AndNumbersRoundedToNearest(int type)
    {
        using var folder = new TemporaryFolder();
        var graph = new OnnxGraph(13, 2);
        graph.Model.Graph.Input[0].Type.TensorType.ElemType = type;
        TensorProto tensor = Numbers(type, 1, 2, 3, 4);
        tensor.Name = "w";
        tensor.Dims.Clear();
        tensor.Dims.AddRange([2L, 2L]);
        graph.Model.Graph.Initializer.Add(tensor);
        File.WriteAllBytes(folder.File("a.onnx"), graph.Bytes(graph.Node("Gemm", [Input, "w"], ("transB", 1))));
        // Between the places of both short formats: ties, and what lies just above and below.
        float[] numbers = [1.00390625f, 1.00390637f, -1.01171875f, 1.00048828125f];
        float[] expected = [.. numbers.Select(number => Rounded(number, type))];
        Network network = OnnxModels.Load(folder.File("a.onnx"));

        OnnxModels.Save(
            folder.File("b.onnx"), With(network, network.Layers[0].Name, layer => ((ILearnt)layer).With([numbers, numbers[..2]])),
            folder.File("a.onnx"));

        ModelProto written = ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder.File("b.onnx")));
        var read = (Dense)OnnxModels.Load(folder.File("b.onnx")).Layers[0];
        Assert.Equal([type, type], written.Graph.Initializer.Select(one => one.DataType));
        Assert.Equal(expected, read.Weights.ToArray());
        Assert.Equal(expected[..2], read.Bias.ToArray());
    }

    [Fact]
    public void EveryBfloat16_AndItsNeighbours_RoundAsTheDefinition() => Gen.Int.Sample(bits =>
    {
        float number = BitConverter.Int32BitsToSingle(bits);
        if (!float.IsFinite(number))
            return;
        byte[] bytes = new byte[2];
        RealFormat.BFloat16.Write(number, bytes);

        float written = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadInt16LittleEndian(bytes) << 16);

        Assert.Equal(Rounded(number, BFloat16), written);
    });

    // The result stands alone: in another folder, with the data file gone.
    [Fact]
    public void DataOfOtherFiles_AreWrittenInside_AndThoseFilesStay()
    {
        using TemporaryFolder folder = new(), other = new();
        OnnxGraph graph = SmallGraph(out string x);
        byte[] data = [.. graph.Model.Graph.Initializer.SelectMany(tensor => tensor.RawData)];
        int offset = 0;
        graph.Bytes(x);
        foreach (TensorProto tensor in graph.Model.Graph.Initializer)
        {
            tensor.DataLocation = 1;
            tensor.ExternalData.Add(new EntryProto { Key = "location", Value = "a.data" });
            tensor.ExternalData.Add(new EntryProto { Key = "offset", Value = $"{offset}" });
            tensor.ExternalData.Add(new EntryProto { Key = "length", Value = $"{tensor.RawData.Length}" });
            offset += tensor.RawData.Length;
            tensor.RawData = ByteString.Empty;
        }

        File.WriteAllBytes(folder.File("a.onnx"), graph.Model.ToByteArray());
        File.WriteAllBytes(folder.File("a.data"), data);
        Network network = OnnxModels.Load(folder.File("a.onnx"));
        Network changed = With(network, "Conv", layer => Shifted(layer, 0));

        OnnxModels.Save(other.File("b.onnx"), changed, folder.File("a.onnx"));

        Assert.Equal(data, File.ReadAllBytes(folder.File("a.data")));
        AssertSameLogits(changed, OnnxModels.Load(other.File("b.onnx")));
        Tensor images = Images(changed);
        AssertNear(Runtime(other.File("b.onnx"), images), changed.Forward(images).Data);
    }

    // Initialisers were inputs of the graph as well; so are the new ones.
    [Fact]
    public void OldFormat_HasNewInitialisersAmongTheInputs()
    {
        var graph = new OnnxGraph(9, 2, 4, 4);
        string filters = graph.Weights(1, 3, 2, 3, 3);
        graph.Model.IrVersion = 3;
        ValueProto input = graph.Model.Graph.Input[0].Clone();
        input.Name = filters;
        input.Type.TensorType.Shape.Dim.Clear();
        input.Type.TensorType.Shape.Dim.AddRange(((long[])[3, 2, 3, 3]).Select(size => new DimensionProto { DimValue = size }));
        graph.Model.Graph.Input.Add(input);

        byte[] bytes = graph.Bytes(graph.Node("Conv", [Input, filters]));
        ModelProto written = WriteBack(bytes, network => Perturbed(network, 7)).Model;

        Assert.Equal(written.Graph.Initializer.Select(tensor => tensor.Name), written.Graph.Input.Skip(1).Select(value => value.Name));
        Assert.Equal(2, written.Graph.Initializer.Count);
    }

    [Fact]
    public void Preprocessing_IsNotWritten()
    {
        OnnxGraph graph = SmallGraph(out string x);
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("a.onnx"), graph.Bytes(x));
        Network network = OnnxModels.Load(folder.File("a.onnx")), changed = Perturbed(network, 8);
        var preprocessing = new Preprocessing([0.5], [0.25], ImageLayout.Nchw);

        OnnxModels.Save(folder.File("b.onnx"), preprocessing.ApplyTo(changed), folder.File("a.onnx"));

        AssertSameLogits(changed, OnnxModels.Load(folder.File("b.onnx")));
    }

    // A bias that was left out is written as zeros.
    [Fact]
    public void BiasThatWasLeftOut_IsZeros()
    {
        OnnxGraph graph = SmallGraph(out string x);

        Network written = WriteBack(
            graph.Bytes(x),
            network => With(network, "Conv", layer => ((ILearnt)layer).With([((ILearnt)layer).Parameters[0].Values]))).Network;

        Assert.All(written.Layers.OfType<Convolution2D>().Single().Bias.ToArray(), number => Assert.Equal(0, number));
    }

    [Fact]
    public void NetworkThatIsNotOfTheFile_IsRefused()
    {
        OnnxGraph graph = SmallGraph(out string x);
        using var folder = new TemporaryFolder();
        byte[] bytes = graph.Bytes(x);
        File.WriteAllBytes(folder.File("a.onnx"), bytes);
        Network network = OnnxModels.Load(folder.File("a.onnx"));
        string normalisation = network.Layers.OfType<BatchNormalization>().Single().Name;

        AssertRefused(BatchNormalizationFolding.Fold(network), $"no layer '{normalisation}'");
        AssertRefused(
            new Network("x", [2, 6, 6], 3, [.. network.Layers.Prepend(new BatchNormalization("new", [1, 1], [0, 0], [0, 0], [1, 1], 0))]),
            "the file has no layer 'new'");
        AssertRefused(With(network, "Gemm", layer => new Dense(layer.Name, 1, 1, [1], [], ExactMultiplier.Rounded)), "has 1 numbers");
        AssertRefused(With(network, "Conv", layer => Shifted(layer, float.NaN)), "only finite ones are written");
        Assert.Equal(bytes, File.ReadAllBytes(folder.File("a.onnx")));

        void AssertRefused(Network other, string reason) => Assert.Contains(
            reason,
            Assert.Throws<InputException>(() => OnnxModels.Save(folder.File("a.onnx"), other, folder.File("a.onnx"))).Message);
    }

    [Fact]
    public void NumberBeyondTheDataType_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var graph = new OnnxGraph(13, 2);
        graph.Model.Graph.Initializer.Add(Numbers(Half, 1, 2));
        graph.Model.Graph.Initializer[0].Name = "w";
        File.WriteAllBytes(folder.File("a.onnx"), graph.Bytes(graph.Node("MatMul", [Input, "w"])));
        Network network = OnnxModels.Load(folder.File("a.onnx"));
        Network large = With(network, "MatMul", layer => ((ILearnt)layer).With([[1, 70000]]));

        InputException refused = Assert.Throws<InputException>(() => OnnxModels.Save(folder.File("a.onnx"), large, folder.File("a.onnx")));

        Assert.Contains("70000, which is beyond the range of float16", refused.Message);
    }

    // A convolution, a normalisation and a dense layer.
    static OnnxGraph SmallGraph(out string logits)
    {
        var graph = new OnnxGraph(13, 2, 6, 6);
        string x = graph.Node("Conv", [Input, graph.Weights(0.5f, 3, 2, 3, 3), graph.Weights(1, 3)]);
        x = graph.Node("Relu", [Normalised(graph, x, 3)]);
        logits = graph.Node("Gemm", [graph.Node("Flatten", [x]), graph.Weights(0.5f, 48, 3)]);
        return graph;
    }

    static (OnnxGraph Graph, string Output) Make(string kind)
    {
        int[] shape = kind switch
        {
            "gemm" or "gemm of columns" or "gemm without bias" or "matmul" => [6],
            "conv of lines" => [4, 9],
            "matmul of rows" or "matmul with a vector" or "matmul from the left" => [5, 6],
            _ => [4, 5, 6],
        };
        var graph = new OnnxGraph(13, shape);
        string Of(string type, string[] inputs, params (string, object)[] attributes) => graph.Node(type, inputs, attributes);
        return (graph, kind switch
        {
            "conv" => Of("Conv", [Input, graph.Weights(1, 3, 4, 3, 2), graph.Weights(1, 3)]),
            "conv without bias" => Of("Conv", [Input, graph.Weights(1, 3, 4, 3, 2)]),
            "grouped conv" => Of("Conv", [Input, graph.Weights(1, 6, 2, 3, 3), graph.Weights(1, 6)], ("group", 2)),
            "conv of lines" => Of("Conv", [Input, graph.Weights(1, 3, 4, 3), graph.Weights(1, 3)], ("strides", new[] { 2 })),
            "conv transpose" => Of(
                "ConvTranspose", [Input, graph.Weights(1, 4, 3, 3, 2), graph.Weights(1, 6)], ("group", 2), ("strides", new[] { 2, 1 })),
            "conv transpose without bias" => Of("ConvTranspose", [Input, graph.Weights(1, 4, 3, 2, 2)]),
            "gemm" => Of("Gemm", [Input, graph.Weights(1, 5, 6), graph.Weights(1, 1, 5)], ("transB", 1)),
            "gemm of columns" => Of("Gemm", [Input, graph.Weights(1, 6, 5), graph.Weights(1, 5)]),
            "gemm without bias" => Of("Gemm", [Input, graph.Weights(1, 6, 5), ""]),
            "matmul" or "matmul of rows" => Of("MatMul", [Input, graph.Weights(1, 6, 5)]),
            "matmul with a vector" => Of("MatMul", [Input, graph.Weights(1, 6)]),
            "matmul from the left" => Of("MatMul", [graph.Weights(1, 3, 5), Input]),
            _ => Of("Conv", [Normalised(graph, Input, 4), graph.Weights(1, 2, 4, 5, 6)]),
        });
    }

    static string Normalised(OnnxGraph graph, string x, int channels) => graph.Node(
        "BatchNormalization",
        [
            x, graph.Weights(1, channels), graph.Weights(1, channels), graph.Weights(1, channels),
            graph.Constant([.. Enumerable.Range(1, channels).Select(i => i / 2f)], channels),
        ]);

    /// <summary>Two layers with the same weights, and the name of the second.</summary>
    static (byte[] Bytes, string Last) Shared()
    {
        var graph = new OnnxGraph(13, 4);
        string matrix = graph.Weights(0.5f, 4, 4);
        string x = graph.Node("MatMul", [graph.Node("Relu", [graph.Node("MatMul", [Input, matrix])]), matrix]);
        return (graph.Bytes(x), graph.Model.Graph.Node[2].Name);
    }

    static int[] Ones(int count) => [.. Enumerable.Repeat(1, count)];

    static TensorProto Numbers(int type, params float[] numbers)
    {
        var tensor = new TensorProto { DataType = type, Dims = { numbers.Length } };
        tensor.RawData = ByteString.CopyFrom([.. numbers.SelectMany(number => type switch
        {
            Half => BitConverter.GetBytes((System.Half)number),
            BFloat16 => BitConverter.GetBytes(number)[2..],
            Double => BitConverter.GetBytes((double)number),
            _ => BitConverter.GetBytes(number),
        })]);
        return tensor;
    }

    /// <summary>The nearest number of a data type, of two the even one, by comparing both neighbours.</summary>
    static float Rounded(float number, int type)
    {
        if (type == Half)
            return (float)(System.Half)number;
        if (type == Double)
            return number;
        uint bits = BitConverter.SingleToUInt32Bits(number);
        float below = BitConverter.UInt32BitsToSingle(bits & 0xFFFF0000);
        double above = (bits & 0x7F800000) == 0x7F000000 && (bits & 0x7F0000) == 0x7F0000
            ? Math.Sign(number) * Math.ScaleB(1, 128)
            : BitConverter.UInt32BitsToSingle((bits & 0xFFFF0000) + 0x10000);
        double toBelow = Math.Abs((double)number - below), toAbove = Math.Abs(above - number);
        return toBelow < toAbove || (toBelow == toAbove && (bits & 0x10000) == 0) ? below : (float)above;
    }

    /// <summary>Fields that the schema does not have, and one that says its default, as PyTorch's and other exporters write them.</summary>
    static byte[] WithUnknownFields(OnnxGraph graph, string output)
    {
        graph.Bytes(output);
        ModelProto outside = graph.Model.Clone();
        outside.Graph = null;
        outside.ProducerName = "pytorch";
        // doc_string of the graph, value_info, and a node's attribute 0 that is said.
        byte[] inner = [.. graph.Model.Graph.ToByteArray(), .. Text(10, "exported"), .. Text(13, "\n\u0001v")];
        // producer_version, metadata_props {key, value}, doc_string, model_version 0.
        return
        [
            .. Text(3, "2.9"), .. outside.ToByteArray(), 7 << 3 | 2, .. Varint(inner.Length), .. inner, 5 << 3, 0,
            .. Text(14, "\n\u0001k\u0012\u0001v"), .. Text(6, "a model"),
        ];

        static byte[] Text(int field, string text) =>
            [(byte)(field << 3 | 2), .. Varint(text.Length), .. text.Select(letter => (byte)letter)];

        static byte[] Varint(int number) => number < 0x80 ? [(byte)number] : [(byte)(number | 0x80), .. Varint(number >> 7)];
    }

    static Network With(Network network, string name, Func<Layer, Layer> change) => network.WithLayers(
        [.. network.Layers.Select(layer => layer is ILearnt && layer.Name.StartsWith(name, StringComparison.Ordinal)
            ? change(layer) : layer)]);

    /// <summary>Every number by an eighth more or less, in turn, and the first one as given.</summary>
    static Layer Shifted(Layer layer, float first) => ((ILearnt)layer).With(
        [.. ((ILearnt)layer).Parameters.Select(own =>
            own.Values.Select((number, i) => i == 0 ? first : number * (i % 2 == 0 ? 1.125f : 0.875f)).ToArray())]);

    /// <summary>Random factors and differences for all learnt numbers, and a bias for each layer that has none.</summary>
    static Network Perturbed(Network network, int seed) => Random(network, seed, addBiases: true);

    static Network WithoutNewBiases(Network network, int seed) => Random(network, seed, addBiases: false);

    static Network Random(Network network, int seed, bool addBiases)
    {
        var random = new CounterRandom((ulong)seed, 11);
        var layers = new List<Layer>();
        foreach (Layer layer in network.Layers)
        {
            if (layer is not ILearnt learnt)
            {
                layers.Add(layer);
                continue;
            }

            var numbers = learnt.Parameters
                .Select(own => own.Values.Select(number => number * random.NextSingle(0.5f, 1.5f)).ToArray()).ToList();
            if (layer is WeightedLayer { Bias.Length: 0 } && addBiases)
                numbers.Add([.. Enumerable.Range(0, learnt.Parameters[0].Shape[0]).Select(_ => random.NextSingle(-1, 1))]);
            layers.Add(learnt.With(numbers));
        }

        return network.WithLayers(layers);
    }

    /// <summary>
    /// The file with the changed network gives its logits, here bit for bit and in ONNX Runtime to 1e-4; writing that back unchanged
    /// changes no byte.
    /// </summary>
    static (Network Network, ModelProto Model, int Length) WriteBack(byte[] bytes, Func<Network, Network> change, bool isExact = true)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("a.onnx"), bytes);
        Network network = OnnxModels.Load(folder.File("a.onnx")), changed = change(network);

        OnnxModels.Save(folder.File("b.onnx"), changed, folder.File("a.onnx"));

        Network written = OnnxModels.Load(folder.File("b.onnx"));
        Tensor images = Images(network);
        float[] logits = changed.Forward(images).Data, before = network.Forward(images).Data;
        Assert.NotEqual(before, logits);
        if (isExact)
            AssertSameLogits(changed, written);
        else
            AssertNear(logits, written.Forward(images).Data);
        AssertNear(Runtime(folder.File("b.onnx"), images), logits);
        OnnxModels.Save(folder.File("c.onnx"), written, folder.File("b.onnx"));
        byte[] result = File.ReadAllBytes(folder.File("b.onnx"));
        Assert.Equal(result, File.ReadAllBytes(folder.File("c.onnx")));
        return (written, ModelProto.Parser.ParseFrom(result), result.Length);
    }

    static Tensor Images(Network network)
    {
        var random = new CounterRandom(5, 5);
        int count = (int)Tensor.Count(network.InputShape);
        return new Tensor([.. Enumerable.Range(0, 3 * count).Select(_ => random.NextSingle(-1, 1))], [3, .. network.InputShape]);
    }

    static void AssertSameLogits(Network expected, Network actual)
    {
        Tensor images = Images(actual);
        Assert.Equal(
            expected.Forward(images).Data.Select(BitConverter.SingleToInt32Bits),
            actual.Forward(images).Data.Select(BitConverter.SingleToInt32Bits));
    }
}
