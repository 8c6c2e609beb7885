using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Xunit;
using static Dapprox.Tests.Formats.Onnx.OnnxGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>Operators on integers against ONNX Runtime.</summary>
public class QuantisedOperatorTests
{
    [Theory]
    [InlineData(false, 128, true)]
    [InlineData(false, 90, false)]
    [InlineData(true, 5, true)]
    public void QLinearConv(bool isSigned, int zeroPoint, bool isPerChannel)
    {
        var graph = new OnnxGraph(13, 3, 7, 6);
        var own = new QuantisedGraph(graph, isSigned, zeroPoint, isPerChannel);
        string[] grid = own.Grid(), result = own.Grid(1 / 16f);
        (string weights, string scales, string zeros, _) = own.Weights(0, 4, 3, 3, 3);
        string x = graph.Node("QuantizeLinear", [Input, .. grid]);
        string bias = graph.Integers(QuantisedGraph.Int32, graph.Draw(4, -2000, 2000), 4);
        x = graph.Node(
            "QLinearConv", [x, .. grid, weights, scales, zeros, .. result, bias], ("pads", new[] { 1, 1, 1, 1 }),
            ("strides", new[] { 2, 1 }));
        x = graph.Node("DequantizeLinear", [graph.Node("MaxPool", [x], ("kernel_shape", new[] { 2, 2 })), .. result]);

        Network network = own.Check(x, quantised: 1, step: 1 / 16f);

        Assert.Equal("QLinearConv", network.Layers.OfType<Convolution2D>().Single().Name[..11]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void QLinearMatMul(bool isPerChannel)
    {
        var graph = new OnnxGraph(13, 6);
        var own = new QuantisedGraph(graph, isSigned: false, zeroPoint: 128, isPerChannel);
        string[] grid = own.Grid();
        (string weights, string scales, string zeros, _) = own.Weights(1, 6, 5);
        string x = graph.Node("QLinearMatMul", [graph.Node("QuantizeLinear", [Input, .. grid]), .. grid, weights, scales, zeros, .. grid]);
        own.Check(graph.Node("DequantizeLinear", [x, .. grid]), quantised: 1);
    }

    // Sums of integers are exact.
    [Theory]
    [InlineData("ConvInteger")]
    [InlineData("MatMulInteger")]
    public void IntegerProducts(string type)
    {
        var graph = new OnnxGraph(13, type == "ConvInteger" ? [2, 5, 5] : [6]);
        var own = new QuantisedGraph(graph, isSigned: false, zeroPoint: 77, isPerChannel: false, hasSignedWeights: false);
        string[] grid = own.Grid();
        (string weights, _, string zero, _) = own.Weights(0, type == "ConvInteger" ? [3, 2, 3, 3] : [6, 4]);
        string x = graph.Node(type, [graph.Node("QuantizeLinear", [Input, .. grid]), weights, grid[1], zero]);
        x = graph.Node("Mul", [graph.Node("Cast", [x], ("to", 1)), graph.Constant([0.01f])]);
        own.Check(x, quantised: 1, step: 0);
    }

    [Theory]
    [InlineData(true, 0, 1f)]
    [InlineData(true, 1, 0.5f)]
    [InlineData(false, 1, 1f)]
    public void QGemm(bool isQuantised, int transB, float alpha)
    {
        var graph = new OnnxGraph(13, 6);
        var own = new QuantisedGraph(graph, isSigned: false, zeroPoint: 128);
        string[] grid = own.Grid();
        (string weights, string scales, string zeros, _) = own.Weights(transB == 1 ? 0 : 1, transB == 1 ? [5, 6] : [6, 5]);
        string bias = graph.Integers(QuantisedGraph.Int32, graph.Draw(5, -2000, 2000), 5);
        string x = graph.Node(
            "com.microsoft.QGemm",
            [graph.Node("QuantizeLinear", [Input, .. grid]), .. grid, weights, scales, zeros, bias, .. isQuantised ? grid : []],
            ("transB", transB), ("alpha", alpha));
        own.Check(isQuantised ? graph.Node("DequantizeLinear", [x, .. grid]) : x, quantised: 1);
    }

    [Theory]
    [InlineData("Add")]
    [InlineData("Mul")]
    [InlineData("Concat")]
    [InlineData("LeakyRelu")]
    [InlineData("Sigmoid")]
    [InlineData("GlobalAveragePool")]
    [InlineData("AveragePool")]
    public void Functions(string function)
    {
        var graph = new OnnxGraph(13, 3, 6, 6);
        var own = new QuantisedGraph(graph, isSigned: false, zeroPoint: 100);
        string[] one = own.Grid(), other = own.Grid(1 / 40f), result = own.Grid(1 / 50f);
        string x = graph.Node("QuantizeLinear", [Input, .. one]), y = graph.Node("QuantizeLinear", [graph.Node("Tanh", [Input]), .. other]);
        string[] inputs = function switch
        {
            "Add" or "Mul" => [x, .. one, y, .. other, .. result],
            "Concat" => [.. result, x, .. one, y, .. other],
            _ => [x, .. one, .. result],
        };
        (string, object)[] attributes = function switch
        {
            "Concat" => [("axis", 1)],
            "LeakyRelu" => [("alpha", 0.2f)],
            "AveragePool" => [("kernel_shape", new[] { 3, 3 }), ("pads", new[] { 1, 1, 1, 1 })],
            _ => [],
        };
        string z = graph.Node($"com.microsoft.QLinear{function}", inputs, attributes);
        own.Check(graph.Node("DequantizeLinear", [z, .. result]), quantised: 0, step: 1 / 50f);
    }

    [Fact]
    public void ChannelsLast_IsRefused()
    {
        var graph = new OnnxGraph(13, 3, 6, 6);
        string[] grid = new QuantisedGraph(graph, isSigned: false, zeroPoint: 0).Grid();
        graph.Refuses(
            graph.Node(
                "com.microsoft.QLinearGlobalAveragePool", [graph.Node("QuantizeLinear", [Input, .. grid]), .. grid, .. grid],
                ("channels_last", 1)),
            "channels_last is set");
    }
}
