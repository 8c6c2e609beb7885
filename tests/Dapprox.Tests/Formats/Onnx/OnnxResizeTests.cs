using Dapprox.Networks.Layers;
using Xunit;
using static Dapprox.Tests.Formats.Onnx.OnnxGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>Interpolation against ONNX Runtime; its gradient is the transpose.</summary>
public class OnnxResizeTests
{
    [Theory]
    [InlineData("half_pixel")]
    [InlineData("pytorch_half_pixel")]
    [InlineData("align_corners")]
    [InlineData("asymmetric")]
    [InlineData("half_pixel_symmetric")]
    public void LinearAndCubic_ToSizes(string coordinates)
    {
        foreach (string mode in (string[])["linear", "cubic"])
        {
            foreach ((int height, int width) in ((int, int)[])[(9, 11), (3, 5), (5, 4), (1, 14)])
            {
                var graph = new OnnxGraph(19, 2, 5, 7);
                graph.Check(graph.Node(
                    "Resize", [Input, "", "", graph.Integers(height, width)], ("mode", mode), ("axes", new[] { 2, 3 }),
                    ("coordinate_transformation_mode", coordinates)));
            }
        }
    }

    [Theory]
    [InlineData("round_prefer_floor")]
    [InlineData("round_prefer_ceil")]
    [InlineData("floor")]
    [InlineData("ceil")]
    public void Nearest_InEveryRounding(string rounding)
    {
        foreach (string coordinates in (string[])["half_pixel", "align_corners", "asymmetric"])
        {
            var graph = new OnnxGraph(13, 2, 5, 7);
            graph.Check(graph.Node(
                "Resize", [Input, "", graph.Constant([1, 1, 2, 3], 4)], ("nearest_mode", rounding),
                ("coordinate_transformation_mode", coordinates)));
        }
    }

    [Theory]
    [InlineData("nearest", 1.6f, 0.7f)]
    [InlineData("linear", 1.6f, 0.7f)]
    [InlineData("cubic", 2.5f, 1f)]
    public void ScalesThatDoNotDivide(string mode, float high, float wide)
    {
        var graph = new OnnxGraph(11, 2, 5, 7);
        graph.Check(graph.Node("Resize", [Input, graph.Constant([], 0), graph.Constant([1, 1, high, wide], 4)], ("mode", mode)));
    }

    [Fact]
    public void OldOperatorSets()
    {
        foreach (string mode in (string[])["nearest", "linear"])
        {
            var upsample = new OnnxGraph(9, 2, 5, 7);
            upsample.Check(upsample.Node("Upsample", [Input, upsample.Constant([1, 1, 2, 3], 4)], ("mode", mode)));
            var resize = new OnnxGraph(10, 2, 5, 7);
            resize.Check(resize.Node("Resize", [Input, resize.Constant([1, 1, 2, 0.5f], 4)], ("mode", mode)));
        }

        var attribute = new OnnxGraph(7, 2, 5, 7);
        attribute.Check(attribute.Node("Upsample", [Input], ("scales", new float[] { 1, 1, 2, 2 })));
    }

    // PyTorch gives the shape of another tensor as the size.
    [Fact]
    public void SizesOfAnotherTensor()
    {
        var graph = new OnnxGraph(17, 2, 8, 8);
        string small = graph.Node("MaxPool", [Input], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }));
        string first = graph.Node("Slice", [graph.Node("Shape", [small]), graph.Integers(0), graph.Integers(2), graph.Integers(0)]);
        string last = graph.Node("Slice", [graph.Node("Shape", [Input]), graph.Integers(2), graph.Integers(4), graph.Integers(0)]);
        string large = graph.Node(
            "Resize", [small, "", "", graph.Node("Concat", [first, last], ("axis", 0))], ("mode", "linear"),
            ("coordinate_transformation_mode", "pytorch_half_pixel"));
        Assert.DoesNotContain(graph.Check(graph.Node("Add", [Input, large])).Layers, layer => layer is IMultiplies);
    }

    [Theory]
    [InlineData("antialias", 1, "it is antialiased")]
    [InlineData("coordinate_transformation_mode", "tf_crop_and_resize", "its coordinate_transformation_mode is 'tf_crop_and_resize'")]
    [InlineData("nearest_mode", "up", "its nearest_mode is 'up'")]
    [InlineData("mode", "area", "its mode is 'area'")]
    public void Refusals(string attribute, object value, string message)
    {
        var graph = new OnnxGraph(19, 2, 5, 7);
        graph.Refuses(graph.Node("Resize", [Input, "", graph.Constant([1, 1, 2, 2], 4)], (attribute, value)), message);
        var images = new OnnxGraph(19, 2, 5, 7);
        images.Refuses(images.Node("Resize", [Input, "", images.Constant([2, 1, 2, 2], 4)]), "it changes the number of images");
        var corners = new OnnxGraph(19, 2, 5, 7);
        corners.Refuses(
            corners.Node(
                "Resize", [Input, "", corners.Constant([1, 1, 1.5f, 2], 4)], ("mode", "linear"),
                ("coordinate_transformation_mode", "align_corners")),
            "align_corners with a scale of 1.5");
    }
}
