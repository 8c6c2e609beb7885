using CsCheck;
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
