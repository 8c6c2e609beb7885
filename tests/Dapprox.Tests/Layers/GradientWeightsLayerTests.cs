using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using TorchSharp;
using Xunit;

namespace Dapprox.Tests.Layers;

public class GradientWeightsLayerTests
{
    static readonly Tensor Weights = Torch.Numbers(1, 5, 7);
    static readonly Tensor Others = Torch.Numbers(2, 5, 7);

    [Fact]
    public void Dense_WithGradientWeights_HasItsOwnForwardAndTheOtherLayersGradient()
    {
        Tensor bias = Torch.Numbers(3, 5);
        WeightedLayer layer = new Dense("d", 7, 5, Weights.Data, bias.Data, ExactMultiplier.Rounded).WithGradientWeights(Others.Data);

        Torch.AssertSame(
            layer, Torch.Numbers(4, 3, 7),
            input => Substitute(
                torch.nn.functional.linear(input, Torch.ToTorch(Weights), Torch.ToTorch(bias)),
                torch.nn.functional.linear(input, Torch.ToTorch(Others))),
            terms: 8);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 2, 2)]
    [InlineData(2, 2, 2)]
    [InlineData(3, 1, 1)]
    public void Convolution2D_WithGradientWeights_HasItsOwnForwardAndTheOtherLayersGradient(int stride, int dilation, int groups)
    {
        // Sums of at most 36 products below 1, in order and in binary32 here, in binary64 there.
        const double Tolerance = 1e-5;
        var shape = new ConvolutionShape(4, 6, 3, 2) { Stride = stride, Dilation = dilation, Groups = groups, Padding = 1 };
        Tensor weights = Torch.Numbers(1, 6, 4 / groups, 3, 2), others = Torch.Numbers(2, 6, 4 / groups, 3, 2), bias = Torch.Numbers(3, 6);
        var layer = new Convolution2D("c", shape, 9, 8, weights.Data, bias.Data, ExactMultiplier.Rounded);
        Tensor input = Torch.Numbers(4, 2, 4, 9, 8), output = layer.Forward(input, threads: 1), back = Torch.Numbers(5, output.Shape);

        WeightedLayer changed = layer.WithGradientWeights(others.Data);

        Assert.Equal(output.Data, changed.Forward(input, threads: 1).Data);
        double[] expected = Transposed(shape, others, back, input);
        float[] actual = changed.InputGradient(input, output, back, threads: 1).Data;
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], Tolerance);
    }

    [Fact]
    public void WithGradientWeights_ItsOwnWeights_IsStraightThrough()
    {
        foreach (WeightedLayer layer in Layers())
        {
            Assert.Equal(Gradient(layer), Gradient(layer.WithGradientWeights(layer.Weights.ToArray())));
            Assert.Equal(layer.Weights, layer.GradientWeights);
        }
    }

    [Fact]
    public void With_AnotherMultiplier_DropsTheGradientWeights()
    {
        foreach (WeightedLayer layer in Layers())
        {
            WeightedLayer changed = layer.WithGradientWeights(Others.Data);

            foreach (WeightedLayer other in (WeightedLayer[])[
                changed.With(ExactMultiplier.Rounded, Accumulation.Float32),
                changed.With(ExactMultiplier.Rounded, Accumulation.Float32).With(AxFpm.Released, Accumulation.Float32)])
            {
                Assert.Equal(Gradient(layer), Gradient(other));
                Assert.Equal(layer.Weights, other.GradientWeights);
            }

            Assert.NotEqual(Gradient(layer), Gradient(changed));
        }
    }

    [Fact]
    public void With_TheSameMultiplierAndAnotherAccumulation_KeepsTheGradientWeights()
    {
        foreach (WeightedLayer layer in Layers())
        {
            WeightedLayer changed = layer.WithGradientWeights(Others.Data);

            WeightedLayer other = changed.With(AxFpm.Released, Accumulation.Float64);

            Assert.Equal(Accumulation.Float64, other.Accumulation);
            Assert.Equal(Gradient(changed), Gradient(other));
            Assert.Equal(Others.Data, other.GradientWeights);
        }
    }

    [Fact]
    public void WithGradientWeights_OfAnotherNumber_IsRefused()
    {
        foreach (WeightedLayer layer in Layers())
        {
            Assert.Throws<ArgumentException>(() => layer.WithGradientWeights(new float[34]));
            Assert.Throws<ArgumentNullException>(() => layer.WithGradientWeights(null!));
        }
    }

    /// <summary>Every product of the convolution sends its output's gradient, times its weight, back to its input.</summary>
    static double[] Transposed(ConvolutionShape shape, Tensor weights, Tensor back, Tensor input)
    {
        double[] result = new double[input.Data.Length];
        int height = input.Shape[2], width = input.Shape[3], rows = back.Shape[2], columns = back.Shape[3];
        for (int place = 0; place < back.Data.Length; place++)
        {
            int x = place % columns, y = place / columns % rows, o = place / columns / rows % shape.OutputChannels;
            int image = place / columns / rows / shape.OutputChannels;
            for (int tap = 0; tap < shape.Taps; tap++)
            {
                int j = tap % shape.KernelWidth, i = tap / shape.KernelWidth % shape.KernelHeight;
                int c = tap / shape.KernelWidth / shape.KernelHeight + o / shape.GroupOutputs * shape.GroupInputs;
                int row = y * shape.Stride.Height + i * shape.Dilation.Height - shape.Padding.Top,
                    column = x * shape.Stride.Width + j * shape.Dilation.Width - shape.Padding.Left;
                if (row >= 0 && row < height && column >= 0 && column < width)
                    result[((image * shape.InputChannels + c) * height + row) * width + column] += (double)back.Data[place] * weights.Data[
                        o * shape.Taps + tap];
            }
        }

        return result;
    }

    /// <summary>The value of one, the gradient of the other.</summary>
    static torch.Tensor Substitute(torch.Tensor value, torch.Tensor gradient) => value.detach() + (gradient - gradient.detach());

    /// <summary>A dense layer, and the same as a convolution whose filter covers the image.</summary>
    static WeightedLayer[] Layers() =>
    [
        new Dense("d", 7, 5, Weights.Data, [], AxFpm.Released),
        new Convolution2D("c", new ConvolutionShape(7, 5, 1, 1), 1, 1, Weights.Data, [], AxFpm.Released),
    ];

    static float[] Gradient(WeightedLayer layer)
    {
        bool dense = layer is Dense;
        Tensor input = Torch.Numbers(5, dense ? [3, 7] : [3, 7, 1, 1]);
        Tensor output = layer.Forward(input, threads: 1);
        return layer.InputGradient(input, output, Torch.Numbers(6, output.Shape), threads: 1).Data;
    }
}
