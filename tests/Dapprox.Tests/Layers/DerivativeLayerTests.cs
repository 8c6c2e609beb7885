using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Layers;

/// <summary>Gradients of quantised layers whose products have derivatives of their own, against their formula in binary64.</summary>
public class DerivativeLayerTests
{
    // Sums of some hundred numbers below 1 in binary32.
    const double Tolerance = 2e-5;

    // Each smoothed over three numbers; no two products differ by the same.
    static readonly TableMultiplier Rough = new("rough", 8, isSigned: false, (a, b) => a * b ^ 64 * (a & b & 1));

    [Theory]
    [InlineData(1, 1, 1, 1, 0)]
    [InlineData(1, 1, 1, 3, 7)]
    [InlineData(2, 1, 2, 2, 0)]
    [InlineData(1, 2, 1, 2, 3)]
    [InlineData(2, 2, 6, 2, 0)]
    public void Convolution2D_HasTheGradientsOfTheFormula(int stride, int dilation, int groups, int batch, int weightZero)
    {
        const int Height = 9, Width = 8;
        var shape = new ConvolutionShape(6, 6, 3, 2)
        {
            Stride = stride,
            Dilation = dilation,
            Groups = groups,
            Padding = new Dapprox.Kernels.Padding(1, 2, 0, 1),
        };
        Tensor weights = Torch.Numbers(1, 6, 6 / groups, 3, 2), input = Torch.Numbers(2, batch, 6, Height, Width);
        var layer = (Convolution2D)Derived(
            new Convolution2D("c", shape, Height, Width, weights.Data, [], ExactMultiplier.Rounded), 6, weightZero);
        Tensor output = layer.Forward(input, threads: 1), back = Torch.Numbers(3, output.Shape);

        double[] inputs = new double[input.Data.Length], ofWeights = new double[weights.Data.Length];
        ForEachProduct(shape, Height, Width, batch, (x, w, o, y) =>
            Add(layer, weights.Data, input.Data, inputs, ofWeights, x, w, o, back.Data[y]));

        AssertGradients(layer, input, output, back, inputs, ofWeights);
    }

    [Fact]
    public void Dense_HasTheGradientsOfTheFormula()
    {
        Tensor weights = Torch.Numbers(1, 5, 7), input = Torch.Numbers(2, 40, 7);
        WeightedLayer layer = Derived(new Dense("d", 7, 5, weights.Data, [], ExactMultiplier.Rounded), 5, weightZero: 2);
        Tensor output = layer.Forward(input, threads: 1), back = Torch.Numbers(3, 40, 5);

        double[] inputs = new double[input.Data.Length], ofWeights = new double[weights.Data.Length];
        for (int y = 0; y < back.Data.Length; y++)
        {
            for (int k = 0; k < 7; k++)
                Add(layer, weights.Data, input.Data, inputs, ofWeights, y / 5 * 7 + k, y % 5 * 7 + k, y % 5, back.Data[y]);
        }

        AssertGradients(layer, input, output, back, inputs, ofWeights);
    }

    [Fact]
    public void With_AnotherMultiplier_DropsTheDerivatives()
    {
        WeightedLayer layer = Derived(new Dense("d", 7, 5, Torch.Numbers(1, 5, 7).Data, [], ExactMultiplier.Rounded), 5, weightZero: 0);

        Assert.NotNull(layer.With(layer.Multiplier, Accumulation.Float64).Derivatives);
        Assert.Null(layer.With(new DrumMultiplier(8, k: 4), Accumulation.Float32).Derivatives);
        Assert.Null(layer.WithGradientWeights(layer.Weights.ToArray()).Derivatives);
    }

    /// <summary>Activations from −0.4 to 0.6 and weights in other formats for each channel.</summary>
    static WeightedLayer Derived(WeightedLayer layer, int channels, int weightZero)
    {
        var formats = new Quantisation(
            new AffineQuantisation(1 / 255f, 100, IntegerFormat.UInt8),
            [.. Enumerable.Range(0, channels).Select(i => new AffineQuantisation(1 / (100f + i), weightZero, IntegerFormat.Int8))]);
        IntegerProducts products = IntegerProducts.Of(Rough, IntegerFormat.UInt8, IntegerFormat.Int8, formats.Signs);
        return layer.Quantised(formats, Rough).WithDerivatives(ProductDerivatives.Of(products, 1, overBoth: false));
    }

    /// <summary>What one product contributes to the gradients. An input of −1 is padding.</summary>
    static void Add(
        WeightedLayer layer, float[] weights, float[] input, double[] inputs, double[] ofWeights, int x, int w, int channel, double g)
    {
        AffineQuantisation a = layer.Quantisation!.Activations, b = layer.Quantisation.Weight(channel);
        int activation = x < 0 ? a.ZeroPoint : a.Quantise(input[x]), weight = b.Quantise(weights[w]);
        int index = (weight + 128) * 256 + activation;
        ofWeights[w] += g * a.Scale * (layer.Derivatives!.InWeight[index] - a.ZeroPoint);
        // Straight through rounding, but not through clamping.
        if (x >= 0 && MathF.Round(input[x] / a.Scale) + a.ZeroPoint is >= 0 and <= 255)
            inputs[x] += g * b.Scale * (layer.Derivatives.InActivation[index] - b.ZeroPoint);
    }

    static void AssertGradients(WeightedLayer layer, Tensor input, Tensor output, Tensor back, double[] inputs, double[] ofWeights)
    {
        float[] actual = layer.InputGradient(input, output, back, threads: 1).Data, own = layer.Gradients(input, back, threads: 1)[0];
        Near(inputs, actual);
        Near(ofWeights, own);
        Assert.Equal(actual, layer.InputGradient(input, output, back, threads: 3).Data);
        Assert.Equal(own, layer.Gradients(input, back, threads: 3)[0]);
        Assert.Contains(inputs, number => number == 0);
    }

    static void Near(double[] expected, float[] actual)
    {
        double largest = expected.Max(Math.Abs);
        Assert.True(largest > 0);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], Tolerance * largest);
    }

    static void ForEachProduct(ConvolutionShape shape, int height, int width, int batch, Action<int, int, int, int> body)
    {
        int outputHeight = shape.OutputHeight(height), outputWidth = shape.OutputWidth(width);
        for (int y = 0; y < batch * shape.OutputChannels * outputHeight * outputWidth; y++)
        {
            int column = y % outputWidth, row = y / outputWidth % outputHeight, plane = y / outputWidth / outputHeight;
            int channel = plane % shape.OutputChannels, image = plane / shape.OutputChannels;
            for (int tap = 0; tap < shape.Taps; tap++)
            {
                int c = tap / (shape.KernelHeight * shape.KernelWidth) + channel / shape.GroupOutputs * shape.GroupInputs;
                int i = row * shape.Stride.Height + tap / shape.KernelWidth % shape.KernelHeight * shape.Dilation.Height
                    - shape.Padding.Top;
                int j = column * shape.Stride.Width + tap % shape.KernelWidth * shape.Dilation.Width - shape.Padding.Left;
                bool isInside = i >= 0 && i < height && j >= 0 && j < width;
                body(
                    isInside ? ((image * shape.InputChannels + c) * height + i) * width + j : -1, channel * shape.Taps + tap, channel, y);
            }
        }
    }
}
