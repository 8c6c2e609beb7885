using Dapprox.Foundation;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using Google.Protobuf;
using Xunit;
using static Dapprox.Tests.Formats.Onnx.OnnxGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>Functions of the file, which stand for their nodes, and what a file leaves open.</summary>
public sealed class OnnxFunctionTests : IDisposable
{
    const string Own = "own";

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // A function that calls another, with attributes of the call, of the call's call, and defaults.
    [Fact]
    public void Calls_AreTheirNodes()
    {
        var graph = new OnnxGraph(18, 3, 4);
        FunctionProto inner = Function("Inner", ["a"], ["b"], 18, NodeOf("LeakyRelu", ["a"], ["t"]), NodeOf("Elu", ["t"], ["b"]));
        inner.Attribute.Add("slope");
        inner.AttributeProto.Add(new AttributeProto { Name = "bend", F = 0.5f, Type = 1 });
        inner.Node[0].Attribute.Add(new AttributeProto { Name = "alpha", RefAttrName = "slope", Type = 1 });
        inner.Node[1].Attribute.Add(new AttributeProto { Name = "alpha", RefAttrName = "bend", Type = 1 });
        FunctionProto outer = Function(
            "Outer", ["x", "w", "left out"], ["y", "z"], 18, NodeOf("MatMul", ["x", "w"], ["t"]), NodeOf("Inner", ["t"], ["y"], Own),
            NodeOf("Tanh", ["t"], ["z"]));
        outer.Node[1].Attribute.Add(new AttributeProto { Name = "slope", RefAttrName = "steep", Type = 1 });
        graph.Model.Functions.AddRange([outer, inner]);
        string[] first = graph.Nodes(Own + ".Outer", 2, [Input, graph.Weights(1, 4, 4)], ("steep", 0.3f));
        string second = graph.Nodes(Own + ".Outer", 2, [first[0], graph.Weights(1, 4, 4)], ("steep", 0.1f))[0];

        Network network = graph.Check(graph.Node("Add", [second, first[1]]));

        Assert.Equal(["Outer1/MatMul", "Outer3/MatMul"], network.Layers.OfType<Dense>().Select(layer => layer.Name));
    }

    // The operators of a function mean what they do in its own operator set: Softmax over all dimensions behind the axis before version 13.
    [Fact]
    public void OperatorSet_IsThatOfTheFunction()
    {
        var graph = new OnnxGraph(13, 3, 4);
        graph.Model.Functions.Add(Function("Old", ["x"], ["y"], 12, NodeOf("Softmax", ["x"], ["y"])));
        string path = Write(graph, graph.Node(Own + ".Old", [Input]));

        Tensor output = OnnxModels.Load(path).Forward(new Tensor(new float[12], 1, 3, 4));

        Assert.Equal(1f / 12, output.Data[0], 1e-6f);
    }

    [Fact]
    public void Tensors_InsideFunctions_AreReadOnce()
    {
        var graph = new OnnxGraph(13, 3);
        NodeProto constant = NodeOf("Constant", [], ["c"]);
        var numbers = new TensorProto { DataType = 1, Dims = { 3 }, RawData = ByteString.CopyFrom(new byte[12]) };
        constant.Attribute.Add(new AttributeProto { Name = "value", T = numbers, Type = 4 });
        graph.Model.Functions.Add(Function("Zero", ["x"], ["y"], 13, constant, NodeOf("Add", ["x", "c"], ["y"])));
        graph.Check(graph.Node(Own + ".Zero", [graph.Node(Own + ".Zero", [Input])]));
    }

    [Fact]
    public void HostileFunctions_AreRefused()
    {
        var loop = new OnnxGraph(13, 3);
        loop.Model.Functions.Add(Function("A", ["x"], ["y"], 13, NodeOf("B", ["x"], ["y"], Own)));
        loop.Model.Functions.Add(Function("B", ["x"], ["y"], 13, NodeOf("A", ["x"], ["y"], Own)));
        loop.Refuses(loop.Node(Own + ".A", [Input]), "the function 'A' of the file calls itself");
        var many = new OnnxGraph(13, 3);
        for (int i = 0; i < 40; i++)
            many.Model.Functions.Add(Function($"F{i}", ["x"], ["y"], 13, i == 0
                ? [NodeOf("Tanh", ["x"], ["y"])]
                : [NodeOf($"F{i - 1}", ["x"], ["t"], Own), NodeOf($"F{i - 1}", ["t"], ["y"], Own)]));
        many.Refuses(many.Node(Own + ".F39", [Input]), "come to more than");
        var deep = new OnnxGraph(13, 3);
        for (int i = 0; i < 5000; i++)
            deep.Model.Functions.Add(Function(
                $"F{i}", ["x"], ["y"], 13, NodeOf(i == 0 ? "Tanh" : $"F{i - 1}", ["x"], ["y"], i == 0 ? "" : Own)));
        deep.Refuses(deep.Node(Own + ".F4999", [Input]), "is called 100 calls deep");
        var inputs = new OnnxGraph(13, 3);
        inputs.Model.Functions.Add(Function("A", ["x"], ["y"], 13, NodeOf("Tanh", ["x"], ["y"])));
        inputs.Refuses(inputs.Node(Own + ".A", [Input, Input]), "the function 'A' of the file has 1 inputs");
    }

    [Fact]
    public void PassedOn_IsTheSame()
    {
        var graph = new OnnxGraph(13, 3);
        graph.Model.Functions.Add(Function("Twice", ["x"], ["x", "y", "y"], 13, NodeOf("Tanh", ["x"], ["y"])));
        string[] outputs = graph.Nodes(Own + ".Twice", 3, [Input]);
        string path = Write(graph, graph.Node("Sum", outputs));

        Assert.Equal(1 + 2 * MathF.Tanh(1), OnnxModels.Load(path).Forward(new Tensor([1, 0, 0], 1, 3)).Data[0], 1e-6f);
    }

    // Weights of the file's own are written back where a function multiplies by them; those inside a function are not.
    [Fact]
    public void WriteBack_IntoInitialisersOfTheFile()
    {
        var graph = new OnnxGraph(13, 4);
        graph.Model.Functions.Add(Function("Linear", ["x", "w", "b"], ["y"], 13, NodeOf("Gemm", ["x", "w", "b"], ["y"])));
        string path = Write(graph, graph.Node(Own + ".Linear", [Input, graph.Weights(1, 4, 3), graph.Weights(1, 3)]));
        Network network = OnnxModels.Load(path);
        var dense = (Dense)network.Layers[0];
        Network changed = network.WithLayers([dense.WithWeights([.. dense.Weights.ToArray().Select(one => 2 * one)], dense.Bias.ToArray()),
            .. network.Layers.Skip(1)]);

        OnnxModels.Save(folder.File("b.onnx"), changed, path);

        var images = new Tensor([1, 2, 3, 4], 1, 4);
        Assert.Equal(changed.Forward(images).Data, OnnxModels.Load(folder.File("b.onnx")).Forward(images).Data);
        Network biased = network.WithLayers([dense.WithWeights(dense.Weights.ToArray(), [1, 2, 3]), .. network.Layers.Skip(1)]);
        graph.Model.Functions[0].Node[0].Input.RemoveAt(2);
        path = Write(graph, graph.Model.Graph.Output[0].Name);
        Assert.Contains(
            "belongs to a node of a function", Assert.Throws<InputException>(() => OnnxModels.Save(path, biased, path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Output_IsNamed()
    {
        var graph = new OnnxGraph(13, 4);
        string hidden = graph.Node("Tanh", [Input]), row = graph.Node("Gemm", [hidden, graph.Weights(1, 4, 3)]);
        string path = Write(graph, row);
        graph.Model.Graph.Output.Add(new ValueProto { Name = hidden });
        File.WriteAllBytes(path, graph.Model.ToByteArray());

        Assert.Equal(4, OnnxModels.Load(path, new OnnxOptions { Output = hidden }).Classes);
        Assert.Equal(3, OnnxModels.Load(path, new OnnxOptions { Output = row }).Classes);
        Assert.Contains(
            "no node gives the tensor 'absent'",
            Assert.Throws<InputException>(() => OnnxModels.Load(path, new OnnxOptions { Output = "absent" })).Message,
            StringComparison.Ordinal);
        // One that is listed twice is one.
        graph.Model.Graph.Output[1].Name = graph.Model.Graph.Output[0].Name;
        File.WriteAllBytes(path, graph.Model.ToByteArray());
        Assert.Equal(3, OnnxModels.Load(path).Classes);
    }

    [Fact]
    public void InputShape_IsGivenOrReshaped()
    {
        var graph = new OnnxGraph(13, 1, 4, 4);
        string path = Write(graph, graph.Node("Relu", [Input]));
        ShapeProto shape = graph.Model.Graph.Input[0].Type.TensorType.Shape;
        for (int i = 2; i < 4; i++)
            shape.Dim[i] = new DimensionProto { DimParam = "side" };
        File.WriteAllBytes(path, graph.Model.ToByteArray());

        Assert.Contains(
            "give them: --input-shape C,H,W", Assert.Throws<InputException>(() => OnnxModels.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal([1, 6, 5], OnnxModels.Load(path, new OnnxOptions { InputShape = [1, 6, 5] }).InputShape.ToArray());
        Assert.Contains(
            "one image cannot be 3×6×5",
            Assert.Throws<InputException>(() => OnnxModels.Load(path, new OnnxOptions { InputShape = [3, 6, 5] })).Message,
            StringComparison.Ordinal);
        var flat = new OnnxGraph(13, 12);
        path = Write(flat, flat.Node("Tanh", [Input]));
        Network reshaped = OnnxModels.Load(path, new OnnxOptions { InputShape = [3, 2, 2] });
        var images = new Tensor([.. Enumerable.Range(0, 12).Select(i => i / 12f)], 1, 3, 2, 2);
        Assert.Equal(OnnxModels.Load(path).Forward(images.Reshape(1, 12)).Data, reshaped.Forward(images).Data);
        var last = new OnnxGraph(13, 2, 2, 3);
        path = Write(last, last.Node("Tanh", [Input]));
        Assert.Contains(
            "--layout nhwc", Assert.Throws<InputException>(() => OnnxModels.Load(path, new OnnxOptions { InputShape = [3, 2, 2] })).Message,
            StringComparison.Ordinal);
    }

    string Write(OnnxGraph graph, string output)
    {
        string path = folder.File("m.onnx");
        File.WriteAllBytes(path, graph.Bytes(output));
        return path;
    }

    static FunctionProto Function(string name, string[] inputs, string[] outputs, long version, params NodeProto[] nodes) => new()
    {
        Name = name,
        Domain = Own,
        Input = { inputs },
        Output = { outputs },
        Node = { nodes },
        OpsetImport = { new OperatorSetProto { Version = version }, new OperatorSetProto { Domain = Own, Version = 1 } },
    };

    static NodeProto NodeOf(string type, string[] inputs, string[] outputs, string domain = "") =>
        new() { OpType = type, Domain = domain, Input = { inputs }, Output = { outputs } };
}
