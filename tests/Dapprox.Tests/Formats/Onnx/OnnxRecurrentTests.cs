using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Xunit;
using static Dapprox.Tests.Formats.Onnx.OnnxGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>Recurrent operators, and tensors whose first dimension is not that of the images, against ONNX Runtime.</summary>
public class OnnxRecurrentTests
{
    const int Steps = 4, Inputs = 3, Size = 5;

    [Theory]
    [InlineData("RNN", 1, "forward", 0)]
    [InlineData("RNN", 1, "bidirectional", 0)]
    [InlineData("LSTM", 4, "forward", 0)]
    [InlineData("LSTM", 4, "reverse", 0)]
    [InlineData("LSTM", 4, "bidirectional", 0)]
    [InlineData("GRU", 3, "forward", 0)]
    [InlineData("GRU", 3, "bidirectional", 1)]
    [InlineData("GRU", 3, "reverse", 1)]
    public void States_OfAllSteps(string type, int gates, string direction, int linearBeforeReset)
    {
        int directions = direction == "bidirectional" ? 2 : 1;
        var graph = new OnnxGraph(14, Steps, Inputs);
        string steps = graph.Node("Transpose", [Input], ("perm", new[] { 1, 0, 2 }));
        string[] inputs = Weights(graph, steps, directions, gates, bias: true);
        (string, object)[] attributes = [("hidden_size", Size), ("direction", direction)];
        if (type == "GRU")
            attributes = [.. attributes, ("linear_before_reset", linearBeforeReset)];
        string states = graph.Node(type, inputs, attributes);
        // [steps, directions, images, size], as PyTorch's exporter goes on.
        states = graph.Node("Transpose", [states], ("perm", new[] { 0, 2, 1, 3 }));
        states = graph.Node("Reshape", [states, graph.Integers(0, 0, -1)]);

        Network network = graph.Check(graph.Node("Transpose", [states], ("perm", new[] { 1, 0, 2 })));

        Assert.Equal(
            (long)directions * gates * Size * (Steps * Inputs + (Steps - 1) * Size), network.Multiplications);
    }

    [Theory]
    [InlineData("RNN", 1)]
    [InlineData("LSTM", 4)]
    [InlineData("GRU", 3)]
    public void LastState_FromAConstantOne(string type, int gates)
    {
        var graph = new OnnxGraph(14, Steps, Inputs);
        string steps = graph.Node("Transpose", [Input], ("perm", new[] { 1, 0, 2 }));
        string images = graph.Node("Slice", [graph.Node("Shape", [steps]), graph.Integers(1), graph.Integers(2), graph.Integers(0)]);
        string shape = graph.Node("Concat", [graph.Integers(1), images, graph.Integers(Size)], ("axis", 0));
        string first = graph.Node("Expand", [graph.Weights(0.5f, 1, 1, Size), shape]);
        string[] inputs = [.. Weights(graph, steps, 1, gates, bias: false), "", "", first, .. type == "LSTM" ? (string[])[first] : []];
        string[] outputs = graph.Nodes(type, 2, inputs, ("hidden_size", Size));
        graph.Model.Graph.Node[^1].Output[0] = "";
        graph.Check(graph.Node("Squeeze", [outputs[1], graph.Integers(0)]));
    }

    [Theory]
    [InlineData("forward", 1)]
    [InlineData("bidirectional", 2)]
    public void Gates_SeeTheCellThroughPeepholes(string direction, int directions)
    {
        var graph = new OnnxGraph(14, Steps, Inputs);
        string steps = graph.Node("Transpose", [Input], ("perm", new[] { 1, 0, 2 }));
        string[] inputs = [.. Weights(graph, steps, directions, 4, bias: true), "", "", "", graph.Weights(1, directions, 3 * Size)];
        string states = graph.Node("LSTM", inputs, ("hidden_size", Size), ("direction", direction));
        graph.Check(graph.Node("Transpose", [states], ("perm", new[] { 2, 0, 1, 3 })));
        inputs[^1] = graph.Weights(1, directions, 4 * Size);
        graph.Refuses(graph.Node("LSTM", inputs, ("hidden_size", Size), ("direction", direction)), "its weights P have the shape");
    }

    [Theory]
    [InlineData("direction", "up", "its direction is 'up'")]
    [InlineData("clip", 1f, "it has clip or input_forget")]
    [InlineData("activations", new[] { "Sigmoid", "Softsign", "Tanh" }, "its activations are Sigmoid, Softsign, Tanh")]
    [InlineData("layout", 1, "has the shape [4, images, 3]")]
    public void Refusals(string attribute, object value, string message)
    {
        var graph = new OnnxGraph(14, Steps, Inputs);
        string steps = graph.Node("Transpose", [Input], ("perm", new[] { 1, 0, 2 }));
        graph.Refuses(
            graph.Node("LSTM", Weights(graph, steps, 1, 4, bias: true), ("hidden_size", Size), (attribute, value)), message);
    }

    [Fact]
    public void ManySteps_AreRefused()
    {
        var graph = new OnnxGraph(14, 1 << 20, 1);
        string steps = graph.Node("Transpose", [Input], ("perm", new[] { 1, 0, 2 }));
        string[] inputs = [steps, graph.Weights(1, 1, 1, 1), graph.Weights(1, 1, 1, 1)];
        graph.Refuses(graph.Node("RNN", inputs, ("hidden_size", 1)), "it has 1048576 steps");
    }

    // nn.MultiheadAttention of sequences [length, images, width], with the images and the heads as one dimension.
    [Fact]
    public void MultiHeadAttention_OfPyTorch()
    {
        const int Length = 6, Width = 8, Heads = 2;
        var graph = new OnnxGraph(14, Length, Width);
        string x = graph.Node("Transpose", [Input], ("perm", new[] { 1, 0, 2 }));
        string images = graph.Node("Gather", [graph.Node("Shape", [x]), graph.Integer(1)], ("axis", 0));
        string both = graph.Node("Mul", [images, graph.Integer(Heads)]);
        string packed = graph.Node("MatMul", [x, graph.Weights(0.4f, Width, 3 * Width)]);
        packed = graph.Node("Add", [packed, graph.Weights(0.1f, 3 * Width)]);
        // unflatten(-1, (3, width)).unsqueeze(0).transpose(0, -2).squeeze(-2)
        packed = graph.Node("Reshape", [packed, graph.Integers(0, 0, 3, Width)]);
        packed = graph.Node("Transpose", [graph.Node("Unsqueeze", [packed, graph.Integers(0)])], ("perm", new[] { 3, 1, 2, 0, 4 }));
        packed = graph.Node("Squeeze", [packed, graph.Integers(-2)]);
        string shape = graph.Node(
            "Concat",
            [graph.Integers(Length), graph.Node("Unsqueeze", [both, graph.Integers(0)]), graph.Integers(Width / Heads)], ("axis", 0));
        string[] parts = [.. Enumerable.Range(0, 3).Select(i => graph.Node(
            "Transpose",
            [graph.Node("Reshape", [graph.Node("Gather", [packed, graph.Integer(i)], ("axis", 0)), shape])],
            ("perm", new[] { 1, 0, 2 })))];
        string scaled = graph.Node("Div", [parts[0], graph.Constant([MathF.Sqrt(Width / Heads)])]);
        string scores = graph.Node("MatMul", [scaled, graph.Node("Transpose", [parts[1]], ("perm", new[] { 0, 2, 1 }))]);
        string attended = graph.Node("MatMul", [graph.Node("Softmax", [scores], ("axis", -1)), parts[2]]);
        attended = graph.Node("Transpose", [attended], ("perm", new[] { 1, 0, 2 }));
        string rows = graph.Node("Mul", [images, graph.Integer(Length)]);
        attended = graph.Node("Reshape", [
            attended,
            graph.Node("Concat", [graph.Node("Unsqueeze", [rows, graph.Integers(0)]), graph.Integers(Width)], ("axis", 0))]);
        attended = graph.Node("Gemm", [attended, graph.Weights(0.4f, Width, Width), graph.Weights(0.1f, Width)], ("transB", 1));
        attended = graph.Node("Reshape", [
            attended,
            graph.Node(
                "Concat", [graph.Integers(Length), graph.Node("Unsqueeze", [images, graph.Integers(0)]), graph.Integers(Width)],
                ("axis", 0))]);
        x = graph.Node("LayerNormalization", [graph.Node("Add", [x, attended]), graph.Weights(1, Width), graph.Weights(1, Width)]);

        Network network = graph.Check(graph.Node("Gather", [x, graph.Integer(0)], ("axis", 0)));

        Assert.Equal(2, network.Layers.OfType<MatrixMultiply>().Count());
    }

    // Swin: windows of 2 × 2 are further images until they are put together again, rolled by one before and after.
    [Fact]
    public void ShiftedWindows()
    {
        const int Side = 4, Width = 3;
        var graph = new OnnxGraph(17, Side, Side, Width);
        string x = Rolled(graph, Rolled(graph, Input, 1, 1), 2, 1);
        x = graph.Node("Reshape", [x, graph.Integers(-1, 2, 2, 2, 2, Width)]);
        x = graph.Node("Transpose", [x], ("perm", new[] { 0, 1, 3, 2, 4, 5 }));
        x = graph.Node("Reshape", [x, graph.Integers(-1, 4, Width)]);
        string scores = graph.Node("MatMul", [x, graph.Node("Transpose", [x], ("perm", new[] { 0, 2, 1 }))]);
        // The mask is that of the windows of one image.
        scores = graph.Node("Reshape", [scores, graph.Integers(-1, 4, 4, 4)]);
        scores = graph.Node("Add", [scores, graph.Weights(1, 1, 4, 4, 4)]);
        scores = graph.Node("Reshape", [scores, graph.Integers(-1, 4, 4)]);
        x = graph.Node("MatMul", [graph.Node("Softmax", [scores], ("axis", -1)), x]);
        x = graph.Node("MatMul", [x, graph.Weights(0.5f, Width, Width)]);
        x = graph.Node("Reshape", [x, graph.Integers(-1, 2, 2, 2, 2, Width)]);
        x = graph.Node("Transpose", [x], ("perm", new[] { 0, 1, 3, 2, 4, 5 }));
        x = graph.Node("Reshape", [x, graph.Integers(-1, Side, Side, Width)]);
        graph.Check(graph.Node("Add", [Input, Rolled(graph, Rolled(graph, x, 1, -1), 2, -1)]));

        static string Rolled(OnnxGraph graph, string x, int axis, int by)
        {
            string first = graph.Node("Slice", [x, graph.Integers(by), graph.Integers(long.MaxValue), graph.Integers(axis)]);
            string last = graph.Node("Slice", [x, graph.Integers(0), graph.Integers(by), graph.Integers(axis)]);
            return graph.Node("Concat", [first, last], ("axis", axis));
        }
    }

    [Fact]
    public void ImagesElsewhere_AreRefusedWhereTheyAreMixed()
    {
        var first = new OnnxGraph(14, 3, 4, 5);
        string turned = first.Node("Transpose", [Input], ("perm", new[] { 1, 0, 2, 3 }));
        first.Refuses(first.Node("Conv", [turned, first.Weights(1, 2, 3, 1, 1)]), "the first dimension has to be that of the images");
        var last = new OnnxGraph(14, 3, 4);
        turned = last.Node("Transpose", [Input], ("perm", new[] { 1, 2, 0 }));
        last.Refuses(last.Node("MatMul", [turned, last.Weights(1, 3, 3)]), "is the one of the images");
        var flat = new OnnxGraph(12, 3, 4);
        turned = flat.Node("Transpose", [Input], ("perm", new[] { 1, 0, 2 }));
        flat.Refuses(flat.Node("Softmax", [turned], ("axis", 0)), "it sums over images, which are behind its axis");
        var output = new OnnxGraph(14, 3, 4);
        output.Node("Transpose", [Input], ("perm", new[] { 1, 0, 2 }));
        output.Refuses(output.Model.Graph.Node[^1].Output[0], "its input 1 has the shape [3, images, 4]");
    }

    static string[] Weights(OnnxGraph graph, string steps, int directions, int gates, bool bias) =>
    [
        steps, graph.Weights(0.5f, directions, gates * Size, Inputs), graph.Weights(0.5f, directions, gates * Size, Size),
        .. bias ? (string[])[graph.Weights(0.5f, directions, 2 * gates * Size)] : [],
    ];
}
