using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Layers;
using Xunit;

namespace Dapprox.Tests.Models;

public class DoReFaTests
{
    // Half a level either way, and the rounding of binary32.
    const float Rounding = 1e-6f;

    [Fact]
    public void Quantise_IsTheNearestOfTheLevels() => Gen.Float[0, 1].Select(Gen.Int[1, 8]).Sample((value, bits) =>
    {
        int steps = (1 << bits) - 1;

        float level = DoReFa.Quantise(value, bits);

        Assert.Equal(MathF.Round(level * steps), level * steps, Rounding * steps);
        Assert.All(
            Enumerable.Range(0, steps + 1),
            step => Assert.True(MathF.Abs(value - level) <= MathF.Abs(value - (float)step / steps) + Rounding));
    });

    [Fact]
    public void Weights_OfFourBits_AreOddFifteenthsAndKeepTheirOrder() => Gen.Float[-3, 3].Array[1, 50].Sample(learnt =>
    {
        float[] weights = DoReFa.Weights(learnt, 4);

        Assert.All(weights, weight => Assert.Equal(1, Math.Abs(Math.Round(15.0 * weight)) % 2));
        Assert.All(weights, weight => Assert.Equal(Math.Round(15.0 * weight) / 15, weight, Rounding));
        Assert.Equal(1, weights.Max(MathF.Abs), learnt.All(weight => weight == 0) ? 1 : Rounding);
        foreach ((float from, float to) in learnt.Order().Zip(weights.Order()))
            Assert.True(from == 0 || to == 0 || MathF.Abs(to) <= 1f / 15 + Rounding || MathF.Sign(from) == MathF.Sign(to));
    });

    // tanh(0.5) / tanh(1) = 0.6068, which is level 12.05 of 15.
    [Fact]
    public void Weights_OfAnExampleByHand() => Assert.Equal([1, -1, 2 * 12f / 15 - 1, 1f / 15], DoReFa.Weights([1, -1, 0.5f, 0], 4));

    [Fact]
    public void Weights_ZerosAlone_StayFinite() => Assert.All(DoReFa.Weights(new float[5], 4), weight => Assert.Equal(1f / 15, weight));

    // Through tanh and through the maximum; the weights repeat 1 and −1, so that several are the largest.
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 8, 1)]
    [InlineData(3, 4, 3)]
    public void LearntGradient_IsLibTorchsThroughTheLevels(int outputs, int inputs, int side)
    {
        Tensor learnt = Torch.Numbers(42, outputs, inputs, side, side), images = Torch.Numbers(43, 2, inputs, 5, 5);
        var layer = new Convolution2D(
            "q", new ConvolutionShape(inputs, outputs, side, side), 5, 5, learnt.Data, [], ExactMultiplier.Rounded, weightBits: 4);

        // The gradient of the levels is divided by at least tanh 0.9, and goes through the maximum of all weights.
        Torch.AssertSameGradients(
            layer, images,
            (input, own) => TorchSharp.torch.nn.functional.conv2d(input, Quantised(own[0])), terms: 50 + 2 * learnt.Data.Length);

        static TorchSharp.torch.Tensor Quantised(TorchSharp.torch.Tensor weights)
        {
            TorchSharp.torch.Tensor tanh = weights.tanh(), unit = tanh / (2 * tanh.abs().max()) + 0.5;
            return 2 * (unit + ((unit * 15).round() / 15 - unit).detach()) - 1;
        }
    }

    // Without LibTorch: the slope of an unrounded network in binary64, along each weight. The maximum is not at a tie.
    [Fact]
    public void LearntGradient_IsTheSlopeOfTheUnroundedWeights()
    {
        float[] learnt = [0.3f, -1.2f, 0.7f, 0, -0.05f], gradient = [0.5f, -2, 1, 3, -0.25f], back = [.. gradient];
        const double Step = 1e-5;

        DoReFa.LearntGradient(learnt, gradient);

        for (int i = 0; i < learnt.Length; i++)
            Assert.Equal((Loss(i, Step) - Loss(i, -Step)) / (2 * Step), gradient[i], 1e-6);

        double Loss(int moved, double step)
        {
            double[] tanh = [.. learnt.Select((weight, i) => Math.Tanh(weight + (i == moved ? step : 0)))];
            return tanh.Zip(back, (value, slope) => value / tanh.Max(Math.Abs) * slope).Sum();
        }
    }

    [Fact]
    public void LearntGradient_OfZerosAlone_IsThatOfTanh()
    {
        float[] gradient = [1, -2, 3];

        DoReFa.LearntGradient(new float[3], gradient);

        Assert.Equal([1, -2, 3], gradient);
    }

    [Fact]
    public void QuantisedRelu_KeepsNaN_AndClips()
    {
        var layer = new QuantisedRelu("r", 2, 4);

        Tensor output = layer.Forward(new Tensor([-1, 1, 3, float.NaN, 0.98f / 15], 1, 5), threads: 1);

        Assert.Equal([0, 8f / 15, 1, float.NaN, 0], output.Data);
    }

    [Fact]
    public void QuantisedRelu_Gradient_IsThatOfClipping() => Torch.AssertSame(
        new QuantisedRelu("r", 0.5f, 4), Torch.Numbers(41, 3, 2, 5, 5),
        input =>
        {
            TorchSharp.torch.Tensor clipped = (input / 0.5).clamp(0, 1);
            // As LibTorch users write a straight-through estimator; the levels are in binary32, as ours are.
            return clipped + ((clipped.detach().to(TorchSharp.torch.ScalarType.Float32) * 15).round() / 15).to(
                TorchSharp.torch.ScalarType.Float64) - clipped.detach();
        },
        terms: 1);
}
