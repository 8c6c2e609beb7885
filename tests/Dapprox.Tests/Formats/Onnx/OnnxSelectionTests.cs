using Dapprox.Networks.Layers;
using Xunit;
using static Dapprox.Tests.Formats.Onnx.OnnxGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>Comparisons, conditions and what they select, against ONNX Runtime.</summary>
public class OnnxSelectionTests
{
    const int Float = 1, Bool = 9;

    [Theory]
    [InlineData("Greater")]
    [InlineData("GreaterOrEqual")]
    [InlineData("Less")]
    [InlineData("LessOrEqual")]
    public void Where_SelectsByAComparison(string type)
    {
        var graph = new OnnxGraph(16, 3, 4);
        string condition = graph.Node(type, [Input, graph.Weights(0.5f, 4)]);

        graph.Check(graph.Node("Where", [condition, graph.Node("Exp", [Input]), graph.Weights(1, 3, 1)]));

        var flipped = new OnnxGraph(16, 3, 4);
        condition = flipped.Node(type, [flipped.Weights(0.5f, 3, 1), Input]);
        flipped.Check(flipped.Node("Where", [flipped.Node("Not", [condition]), flipped.Constant([0.25f]), Input]));
    }

    [Fact]
    public void Conditions_AreNumbers()
    {
        var graph = new OnnxGraph(16, 3, 4);
        string small = graph.Node("Less", [graph.Node("Abs", [Input]), graph.Constant([0.7f])]);
        string above = graph.Node("Greater", [Input, graph.Constant([0.1f])]);
        string both = graph.Node("And", [small, above]), either = graph.Node("Or", [small, above]);
        string sum = graph.Node(
            "Add", [graph.Node("Cast", [both], ("to", Float)), graph.Node("Mul", [graph.Node("Cast", [either], ("to", Float)), Input])]);
        string truth = graph.Node("Cast", [graph.Node("Relu", [Input])], ("to", Bool));
        graph.Check(graph.Node("Where", [truth, sum, graph.Node("Neg", [Input])]));
    }

    // −∞ is no number to multiply by 0 with.
    [Fact]
    public void Where_WithAConstantMaskOfInfinities()
    {
        var graph = new OnnxGraph(16, 2, 3, 3);
        string mask = graph.Node("Greater", [graph.Constant([0, 1, 1, 0, 0, 1, 0, 0, 0], 3, 3), graph.Constant([0.5f])]);
        string masked = graph.Node("Where", [mask, graph.Constant([float.NegativeInfinity]), Input]);
        Assert.Single(graph.Check(graph.Node("Softmax", [masked])).Layers.OfType<Select>());
    }

    // Expand as PyTorch writes it: dimensions of −1 become 1, by shape arithmetic with the number of images.
    [Fact]
    public void ShapeArithmetic_WithConditions()
    {
        var graph = new OnnxGraph(13, 1, 4);
        string images = graph.Node("Gather", [graph.Node("Shape", [Input]), graph.Integers(0)]);
        string wanted = graph.Node("Concat", [images, graph.Integers(3, -1)], ("axis", 0));
        string ones = graph.Node("ConstantOfShape", [graph.Integers(3)], ("value", IntegerTensor(1)));
        string minus = graph.Node("Mul", [ones, graph.Integer(-1)]);
        string shape = graph.Node("Where", [graph.Node("Equal", [wanted, minus]), ones, wanted]);
        graph.Check(graph.Node("Expand", [Input, shape]));
    }

    [Fact]
    public void Equal_OfActivations()
    {
        var graph = new OnnxGraph(13, 3, 4);
        string same = graph.Node("Equal", [graph.Node("Relu", [Input]), Input]);
        graph.Check(graph.Node("Where", [same, graph.Node("Tanh", [Input]), graph.Node("Mul", [Input, Input])]));
    }
}
