using Dapprox.Foundation;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Formats.Onnx;
using Dapprox.Tests.Layers;
using Xunit;

namespace Dapprox.Tests.Models;

public class PreprocessingTests
{
    [Fact]
    public void Mean_And_Deviation_AreTakenFromPixels()
    {
        Network network = Colour();
        Tensor images = Uniform(2, 3, 32, 32);
        Tensor normalised = images.Clone();
        double[] mean = [0.485, 0.456, 0.406], deviation = [0.229, 0.224, 0.225];
        for (int i = 0; i < normalised.Data.Length; i++)
            normalised.Data[i] = (float)((normalised.Data[i] - mean[i / 1024 % 3]) / deviation[i / 1024 % 3]);

        Network wrapped = new Preprocessing(mean, deviation, ImageLayout.Nchw).ApplyTo(network);

        Assert.Equal([3, 32, 32], wrapped.InputShape.ToArray());
        OnnxGraph.AssertNear(network.Forward(normalised).Data, wrapped.Forward(images).Data);
    }

    // The gradient of the preprocessed network is that of the other, in pixels: divided by the deviation.
    [Fact]
    public void Gradients_GoThrough()
    {
        Network network = Colour();
        Tensor images = Uniform(2, 3, 32, 32);
        Tensor doubled = images.Clone();
        for (int i = 0; i < doubled.Data.Length; i++)
            doubled.Data[i] = 2 * doubled.Data[i];

        Network wrapped = new Preprocessing([0], [0.5], ImageLayout.Nchw).ApplyTo(network);

        Tensor inner = network.InputGradient(doubled, First).Gradient, outer = wrapped.InputGradient(images, First).Gradient;
        Assert.Equal(Array.ConvertAll(inner.Data, number => 2 * number), outer.Data);

        static void First(int image, ReadOnlySpan<float> logits, Span<float> gradient) => gradient[0] = 1;
    }

    // As Keras models come: height, width and channels, turned around by the first node.
    [Fact]
    public void ChannelsLast_SeesWhatOnnxRuntimeSees()
    {
        var graph = new OnnxGraph(13, 6, 5, 3);
        string x = graph.Node("Transpose", [OnnxGraph.Input], ("perm", new[] { 0, 3, 1, 2 }));
        x = graph.Node("Conv", [x, graph.Weights(0.5f, 4, 3, 3, 3)]);
        x = graph.Node("GlobalAveragePool", [x]);
        using var folder = new TemporaryFolder();
        string path = folder.File("keras.onnx");
        File.WriteAllBytes(path, graph.Bytes(graph.Node("Flatten", [x])));
        Tensor images = Uniform(2, 3, 6, 5);
        Tensor last = Tensor.Zeros(2, 6, 5, 3);
        for (int i = 0; i < last.Data.Length; i++)
            last.Data[i] = images.Data[i / 90 * 90 + i % 3 * 30 + i / 3 % 30];

        Network network = new Preprocessing([0], [1], ImageLayout.Nhwc).ApplyTo(OnnxModels.Load(path));

        Assert.Equal([3, 6, 5], network.InputShape.ToArray());
        OnnxGraph.AssertNear(OnnxGraph.Runtime(path, last), network.Forward(images).Data);
    }

    [Fact]
    public void None_IsTheNetworkItself()
    {
        Network network = Colour();

        Assert.Same(network, Preprocessing.None.ApplyTo(network));
    }

    [Theory]
    [InlineData(new[] { 0.1, 0.2 }, new[] { 1.0 }, "2 numbers are given as mean, and the images have 3 channels")]
    [InlineData(new[] { 0.1 }, new[] { 0.0 }, "the deviation is 0; give numbers above 0")]
    [InlineData(new[] { 0.1 }, new[] { 1.0, 1, double.NaN }, "the deviation is 1, 1, NaN; give numbers above 0")]
    public void WhatDoesNotFit_IsRefused(double[] mean, double[] deviation, string part) => Assert.Contains(
        part, Assert.Throws<InputException>(() => new Preprocessing(mean, deviation, ImageLayout.Nchw).ApplyTo(Colour())).Message,
        StringComparison.Ordinal);

    static Network Colour()
    {
        ulong stream = 0;
        return AlexNet.Colour.Build(
            "colour", AlexNet.Colour.Tensors.ToDictionary(named => named.Key, named => Torch.Numbers(++stream, named.Value)));
    }

    static Tensor Uniform(params int[] shape)
    {
        Tensor tensor = Torch.Numbers(99, shape);
        for (int i = 0; i < tensor.Data.Length; i++)
            tensor.Data[i] = MathF.Abs(tensor.Data[i]);
        return tensor;
    }
}
