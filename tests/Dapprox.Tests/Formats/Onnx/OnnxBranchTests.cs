using Dapprox.Foundation;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using Google.Protobuf;
using Xunit;
using static Dapprox.Tests.Formats.Onnx.OnnxGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>Branches of which a known condition takes one, against ONNX Runtime.</summary>
public sealed class OnnxBranchTests : IDisposable
{
    const string Own = "own";

    const int GraphAttribute = 5;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Tensors around it, weights of its own, and the same names in both branches and in the next node.
    [Theory]
    [InlineData(1, "Tanh")]
    [InlineData(0, "Exp")]
    public void If_TakesABranch(int condition, string type)
    {
        var graph = new OnnxGraph(13, 4);
        string hidden = graph.Node("Gemm", [Input, graph.Weights(1, 4, 3)]), truth = Condition(graph, condition);
        string first = If(graph, truth, Scaled(hidden, "Tanh"), Scaled(hidden, "Exp"));
        string second = If(graph, truth, Scaled(first, "Tanh"), Scaled(first, "Exp"));

        Network network = graph.Check(graph.Node("Add", [second, hidden]));

        Assert.Equal(2, network.Layers.Count(layer => layer is Pointwise { Function: ({ } own, _) } && own == type));
        Assert.Equal(2, network.Layers.Count(layer => layer is Pointwise));
    }

    // PyTorch's squeeze of a dimension that the exporter does not know; what the other branch alone needs may be anything.
    [Fact]
    public void If_OnAShape()
    {
        var graph = new OnnxGraph(13, 1, 4);
        string length = graph.Node("Gather", [graph.Node("Shape", [Input]), graph.Integer(1)]);
        string isOne = graph.Node("Equal", [length, graph.Integer(1)]);
        GraphProto squeeze = Graph([NodeOf("", "Squeeze", [Input, graph.Integers(1)], ["squeezed"])], "squeezed");
        GraphProto other = Graph([NodeOf("", "Hardmax", [Input], ["t"]), NodeOf("", "Identity", ["t"], ["same"])], "same");
        graph.Check(graph.Node("Mul", [If(graph, isOne, squeeze, other), graph.Weights(1, 4)]));
    }

    [Fact]
    public void If_InABranch()
    {
        var graph = new OnnxGraph(13, 4);
        string truth = Condition(graph, 1), lie = Condition(graph, 0);
        NodeProto inner = NodeOf("", "If", [lie], ["inner"]);
        Add(inner, Graph([NodeOf("", "Neg", ["t"], ["u"])], "u"), Graph([NodeOf("", "Sin", ["t"], ["u"])], "u"));
        GraphProto then = Graph([NodeOf("", "Tanh", [Input], ["t"]), inner], "inner");
        GraphProto same = Graph([NodeOf("", "Identity", [Input], ["same"])], "same");
        Network network = graph.Check(If(graph, truth, then, same));
        Assert.Equal(
            ["Tanh", "Sin"], network.Layers.OfType<Pointwise>().Select(layer => layer.Function!.Value.Name));
        graph.Check(graph.Node("Exp", [If(graph, lie, then, same)]));
    }

    // As onnxscript's functions have it: the condition is the function's own, and so are the attributes; a branch calls another function.
    [Fact]
    public void If_InAFunction()
    {
        var graph = new OnnxGraph(18, 2, 3);
        NodeProto rank = NodeOf("", "Size", ["shape"], ["rank"]), none = NodeOf("", "Constant", [], ["none"], ("value", IntegerTensor(0)));
        NodeProto leaky = NodeOf("", "LeakyRelu", ["x"], ["y"]), choice = NodeOf("", "If", ["isScalar"], ["chosen"]);
        leaky.Attribute.Add(new AttributeProto { Name = "alpha", RefAttrName = "slope", Type = 1 });
        Add(choice, Graph([NodeOf("", "Hardmax", ["x"], ["y"])], "y"), Graph([leaky, NodeOf(Own, "Bent", ["y"], ["z"])], "z"));
        NodeProto[] nodes = [
            NodeOf("", "Shape", ["x"], ["shape"]), rank, none, NodeOf("", "Equal", ["rank", "none"], ["isScalar"]), choice];
        graph.Model.Functions.AddRange([
            Function("Choice", "chosen", nodes), Function("Bent", "y", NodeOf("", "Elu", ["x"], ["y"])) ]);
        graph.Model.Functions[0].Attribute.Add("slope");
        string once = graph.Node(Own + ".Choice", [Input], ("slope", 0.3f));
        graph.Check(graph.Node(Own + ".Choice", [once], ("slope", 0.1f)));
    }

    [Fact]
    public void If_Otherwise_IsRefused()
    {
        var graph = new OnnxGraph(13, 1);
        string open = graph.Node("Greater", [Input, graph.Constant([0f])]), truth = Condition(graph, 1);
        GraphProto branch = Graph([NodeOf("", "Tanh", [Input], ["t"])], "t");
        graph.Refuses(If(graph, open, branch, branch), "depends on the images and has to be a constant");
        graph.Refuses(graph.Node("If", [truth]), "its then_branch is missing");
        graph.Refuses(If(graph, truth, Graph([], []), branch), "its then_branch gives 0 tensors, and it should give 1");
        graph.Refuses(If(graph, graph.Constant([1f]), branch, branch), "its condition has to be one number, true or false");
        graph.Refuses(If(graph, truth, Graph([], "nowhere"), branch), "'nowhere', is given by no node before it");
    }

    // Branches in functions in branches multiply as calls do.
    [Fact]
    public void If_AgainAndAgain_IsRefused()
    {
        var graph = new OnnxGraph(13, 3);
        for (int i = 0; i < 40; i++)
        {
            NodeProto choice = NodeOf("", "If", ["x"], ["y"]);
            GraphProto branch = Graph([NodeOf(i == 0 ? "" : Own, i == 0 ? "Tanh" : $"F{i - 1}", ["x"], ["t"])], "t");
            Add(choice, branch, branch);
            graph.Model.Functions.Add(Function($"F{i}", "y", choice));
        }

        graph.Refuses(graph.Node(Own + ".F39", [Input]), "come to more than");
    }

    // Weights around a branch are written back; those in it, and data in other files, are not.
    [Fact]
    public void WriteBack_AroundABranch()
    {
        var graph = new OnnxGraph(13, 4);
        string weights = graph.Weights(1, 4, 3), truth = Condition(graph, 1);
        GraphProto outside = Graph([NodeOf("", "Gemm", [Input, weights], ["y"])], "y");
        GraphProto inside = Graph([NodeOf("", "Gemm", [Input, "own"], ["y"])], "y");
        inside.Initializer.Add(new TensorProto { Name = "own", DataType = 1, Dims = { 4, 3 }, FloatData = { new float[12] } });
        string path = folder.File("m.onnx"), changed = folder.File("b.onnx");
        File.WriteAllBytes(path, graph.Bytes(If(graph, truth, outside, inside)));

        OnnxModels.Save(changed, Doubled(path), path);

        var images = new Tensor([1, 2, 3, 4], 1, 4);
        Assert.Equal(Doubled(path).Forward(images).Data, OnnxModels.Load(changed).Forward(images).Data);
        graph.Model.Graph.Node[^2].Attribute[0].G = inside;
        File.WriteAllBytes(path, graph.Model.ToByteArray());
        string refused = Assert.Throws<InputException>(() => OnnxModels.Save(changed, Doubled(path), path)).Message;
        Assert.Contains("belongs to a node of a function, a branch or a fused operator", refused, StringComparison.Ordinal);
        inside.Initializer[0].FloatData.Clear();
        inside.Initializer[0].DataLocation = 1;
        inside.Initializer[0].ExternalData.Add(new EntryProto { Key = "location", Value = "w.bin" });
        File.WriteAllBytes(folder.File("w.bin"), new byte[48]);
        File.WriteAllBytes(path, graph.Model.ToByteArray());
        refused = Assert.Throws<InputException>(() => OnnxModels.Save(changed, OnnxModels.Load(path), path)).Message;
        Assert.Contains("a branch of the file has data in another file", refused, StringComparison.Ordinal);
    }

    /// <summary>A file with branches, in a function as well.</summary>
    public static byte[] Small()
    {
        var graph = new OnnxGraph(18, 3);
        NodeProto choice = NodeOf("", "If", ["c"], ["y"]);
        Add(choice, Graph([NodeOf("", "Tanh", ["x"], ["t"])], "t"), Graph([NodeOf("", "Exp", ["x"], ["t"])], "t"));
        graph.Model.Functions.Add(Function("Choice", "y", NodeOf("", "Constant", [], ["c"], ("value", Truth())), choice));
        string first = If(graph, Condition(graph, 1), Scaled(Input, "Tanh"), Scaled(Input, "Exp"));
        return graph.Bytes(graph.Node(Own + ".Choice", [first]));
    }

    static TensorProto Truth() => new() { DataType = 9, Int32Data = { 1 } };

    static Network Doubled(string path)
    {
        Network network = OnnxModels.Load(path);
        return network.WithLayers([.. network.Layers.Select(layer => layer is Dense dense
            ? dense.WithWeights([.. dense.Weights.ToArray().Select(one => 2 * one + 1)], dense.Bias.ToArray())
            : layer)]);
    }

    /// <summary>A function of a tensor, with a factor, under names that another branch can have.</summary>
    static GraphProto Scaled(string tensor, string type)
    {
        GraphProto graph = Graph([NodeOf("", type, [tensor], ["t"]), NodeOf("", "Mul", ["t", "factor"], ["y"])], "y");
        graph.Initializer.Add(new TensorProto { Name = "factor", DataType = 1, FloatData = { 0.5f } });
        return graph;
    }

    static GraphProto Graph(NodeProto[] nodes, params string[] outputs) => new()
    {
        Name = "branch",
        Node = { nodes },
        Output =
        {
            outputs.Select(name => new ValueProto
            {
                Name = name,
                Type = new TypeProto { TensorType = new TensorTypeProto { ElemType = 1 } },
            }),
        },
    };

    static string Condition(OnnxGraph graph, int condition)
    {
        string name = $"condition {graph.Model.Graph.Initializer.Count}";
        graph.Model.Graph.Initializer.Add(new TensorProto { Name = name, DataType = 9, Int32Data = { condition } });
        return name;
    }

    static string If(OnnxGraph graph, string condition, GraphProto then, GraphProto otherwise)
    {
        string output = graph.Node("If", [condition]);
        Add(graph.Model.Graph.Node[^1], then, otherwise);
        return output;
    }

    static void Add(NodeProto node, GraphProto then, GraphProto otherwise) => node.Attribute.AddRange([
        new AttributeProto { Name = "then_branch", G = then, Type = GraphAttribute },
        new AttributeProto { Name = "else_branch", G = otherwise, Type = GraphAttribute }]);

    static FunctionProto Function(string name, string output, params NodeProto[] nodes) => new()
    {
        Name = name,
        Domain = Own,
        Input = { "x" },
        Output = { output },
        Node = { nodes },
        OpsetImport = { new OperatorSetProto { Version = 18 }, new OperatorSetProto { Domain = Own, Version = 1 } },
    };
}
