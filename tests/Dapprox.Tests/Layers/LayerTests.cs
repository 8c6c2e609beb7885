using Dapprox.Arithmetic;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using TorchSharp;
using Xunit;

namespace Dapprox.Tests.Layers;

public class LayerTests
{
    const int BitsMatch = 0;

    [Theory]
    [InlineData(1, 1, 1, true)]
    [InlineData(2, 7, 3, false)]
    [InlineData(5, 200, 10, true)]
    [InlineData(25, 65, 33, true)]
    public void Dense_ForwardAndGradients_AreLibTorchs(int batch, int inputs, int outputs, bool hasBias)
    {
        Tensor weights = Torch.Numbers(1, outputs, inputs);
        Tensor bias = Torch.Numbers(2, hasBias ? outputs : 0);
        var layer = new Dense("d", inputs, outputs, weights.Data, bias.Data, ExactMultiplier.Rounded);

        Torch.AssertSame(
            layer, Torch.Numbers(3, batch, inputs),
            input => torch.nn.functional.linear(input, Torch.ToTorch(weights), hasBias ? Torch.ToTorch(bias) : null),
            terms: 1 + Math.Max(inputs, outputs));
        Torch.AssertSameGradients(
            layer, Torch.Numbers(3, batch, inputs),
            (input, learnt) => torch.nn.functional.linear(input, learnt[0], hasBias ? learnt[1] : null), terms: batch);
    }

    [Fact]
    public void Dense_OfRows_ForwardAndGradients_AreLibTorchs()
    {
        Tensor weights = Torch.Numbers(1, 9, 11), bias = Torch.Numbers(2, 9), images = Torch.Numbers(3, 4, 5, 11);
        var layer = new Dense("d", 11, 9, weights.Data, bias.Data, ExactMultiplier.Rounded, rows: 5);

        Torch.AssertSame(
            layer, images, input => torch.nn.functional.linear(input, Torch.ToTorch(weights), Torch.ToTorch(bias)), terms: 12);
        Torch.AssertSameGradients(
            layer, images, (input, learnt) => torch.nn.functional.linear(input, learnt[0], learnt[1]), terms: 20);
    }

    // With the statistics that it was given, not those of the batch.
    [Theory]
    [InlineData(3, 5, 4, 6)]
    [InlineData(7, 9)]
    public void BatchNormalization_ForwardAndGradients_AreLibTorchs(params int[] shape)
    {
        Tensor mean = Torch.Numbers(3, shape[1]), variance = Torch.Numbers(4, shape[1]);
        for (int i = 0; i < variance.Data.Length; i++)
            variance.Data[i] = 0.5f + Math.Abs(variance.Data[i]);
        var layer = new BatchNormalization(
            "n", Torch.Numbers(1, shape[1]).Data, Torch.Numbers(2, shape[1]).Data, mean.Data, variance.Data, 1e-5f);
        Tensor images = Torch.Numbers(5, shape);

        Torch.AssertSame(
            layer, images,
            input => Oracle(input, [.. layer.Parameters.Select(own => Torch.ToTorch(new Tensor(own.Values, own.Values.Length)))]),
            terms: 4);
        // dγ is divided by a deviation that is above 0.7.
        Torch.AssertSameGradients(layer, images, Oracle, terms: 2 * images.Data.Length / shape[1]);

        static torch.Tensor Oracle(torch.Tensor input, torch.Tensor[] learnt) =>
            torch.nn.functional.batch_norm(input, learnt[2], learnt[3], learnt[0], learnt[1], training: false, eps: 1e-5);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(67)]
    public void Relu_ForwardAndInputGradient_AreLibTorchs(int length) =>
        Torch.AssertSame(new Relu("r"), Torch.Numbers(4, 3, length), input => torch.nn.functional.relu(input), BitsMatch);

    // One length inside a vector, one that leaves a tail.
    [Theory]
    [InlineData(64)]
    [InlineData(3)]
    public void Relu_SpecialNumbers_NaNStaysAndNothingIsMinusZero(int copies)
    {
        float[] numbers = Enumerable.Repeat<float[]>(
            [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, float.Epsilon], copies)
            .SelectMany(part => part).ToArray();
        var input = new Tensor(numbers, 1, numbers.Length);

        Tensor output = new Relu("r").Forward(input, threads: 1);
        Tensor gradient = new Relu("r").InputGradient(
            input, output, new Tensor(Enumerable.Repeat(2f, numbers.Length).ToArray(), 1, numbers.Length), threads: 1);

        Assert.Equal(
            Enumerable.Repeat<float[]>([float.NaN, float.PositiveInfinity, 0, 0, float.Epsilon], copies).SelectMany(part => part),
            output.Data);
        Assert.DoesNotContain(output.Data, number => number == 0 && float.IsNegative(number));
        Assert.Equal(Enumerable.Repeat<float[]>([0, 2, 0, 0, 2], copies).SelectMany(part => part), gradient.Data);
    }

    // Numbers repeats some, so that the first of equals has to win as it does in LibTorch.
    [Theory]
    [InlineData(2, 28, 28)]
    [InlineData(2, 5, 7)]
    [InlineData(3, 10, 8)]
    [InlineData(1, 4, 3)]
    [InlineData(2, 2, 33)]
    [InlineData(5, 37, 71)]
    public void MaxPool2D_ForwardAndInputGradient_AreLibTorchs(int size, int height, int width) =>
        Torch.AssertSame(
            new MaxPool2D("p", size), Torch.Numbers(5, 2, 3, height, width),
            input => torch.nn.functional.max_pool2d(input, [size, size]), BitsMatch);

    [Fact]
    public void MaxPool2D_Ties_FirstInReadingOrderGetsTheGradient()
    {
        var input = new Tensor([0f, -0f, 3, 3, -0f, 0f, 3, 3], 1, 1, 2, 4);
        var layer = new MaxPool2D("p", 2);

        Tensor output = layer.Forward(input, threads: 1);
        Tensor gradient = layer.InputGradient(input, output, new Tensor([5, 7], 1, 1, 1, 2), threads: 1);

        Assert.Equal([0, 3], output.Data);
        Assert.Equal([5, 0, 7, 0, 0, 0, 0, 0], gradient.Data);
    }

    // 0x7F800001 is a signalling NaN, which hardware may turn into another one; the widths run with and without vectors.
    [Theory]
    [InlineData(2, 0x7FC00000)]
    [InlineData(2, 0x7F800001)]
    [InlineData(2, unchecked((int)0xFFC12345))]
    [InlineData(64, 0x7F800001)]
    [InlineData(64, unchecked((int)0xFFC12345))]
    public void MaxPool2D_NaN_WinsItsWindowAndGetsTheGradient(int width, int bits)
    {
        float nan = BitConverter.Int32BitsToSingle(bits);
        for (int place = 0; place < 4; place++)
        {
            Tensor input = Tensor.Zeros(1, 1, 2, width);
            input.Data.AsSpan().Fill(float.PositiveInfinity);
            input.Data[place / 2 * width + place % 2] = nan;
            var layer = new MaxPool2D("p", 2);

            Tensor output = layer.Forward(input, threads: 1);
            Tensor outputGradient = Tensor.Zeros(1, 1, 1, width / 2);
            outputGradient.Data[0] = 1;
            Tensor gradient = layer.InputGradient(input, output, outputGradient, threads: 1);

            Assert.True(float.IsNaN(output.Data[0]));
            Assert.All(output.Data[1..], number => Assert.Equal(float.PositiveInfinity, number));
            Assert.Equal(place / 2 * width + place % 2, Array.IndexOf(gradient.Data, 1f));
            Assert.Equal(1, gradient.Data.Sum());
        }
    }

    [Fact]
    public void MaxPool2D_OnlyMinusInfinity_IsMinusInfinity()
    {
        var input = new Tensor(Enumerable.Repeat(float.NegativeInfinity, 4).ToArray(), 1, 1, 2, 2);
        var layer = new MaxPool2D("p", 2);

        Tensor output = layer.Forward(input, threads: 1);
        Tensor gradient = layer.InputGradient(input, output, new Tensor([2], 1, 1, 1, 1), threads: 1);

        Assert.Equal([float.NegativeInfinity], output.Data);
        Assert.Equal([2, 0, 0, 0], gradient.Data);
    }

    [Fact]
    public void MaxPool2D_WindowLargerThanTheImage_GivesNothing()
    {
        var layer = new MaxPool2D("p", 3);
        Tensor input = Torch.Numbers(6, 2, 1, 2, 5);

        Tensor output = layer.Forward(input, threads: 1);
        Tensor gradient = layer.InputGradient(input, output, output, threads: 1);

        Assert.Equal([2, 1, 0, 1], output.Shape.ToArray());
        Assert.All(gradient.Data, number => Assert.Equal(0, number));
    }

    [Fact]
    public void MaxPool2D_WindowWithoutRows_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MaxPool2D("p", 0));

    // One window, which numbers one by one see, and windows enough for a vector.
    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    public void MaxPool2D_OutputOfAnotherInput_IsRefused(int width)
    {
        Tensor input = Torch.Numbers(6, 1, 1, 2, width);
        Tensor output = new MaxPool2D("p", 2).Forward(input, threads: 1);
        output.Data[^1] = 9;

        Assert.Throws<ArgumentException>(() =>
            new MaxPool2D("p", 2).InputGradient(input, output, output, threads: 1));
    }

    [Fact]
    public void Flatten_ForwardAndInputGradient_AreLibTorchs() =>
        Torch.AssertSame(new Flatten("f"), Torch.Numbers(7, 3, 2, 4, 5), input => input.flatten(1), BitsMatch);

    [Fact]
    public void Tensor_NegativeDimensions_AreRefusedThoughTheirProductFits() =>
        Assert.Throws<ArgumentException>(() => new Tensor(new float[4], -2, -2));

    [Theory]
    [InlineData(Reduction.Max, new float[] { 3, 4 }, new float[] { 0, 10, 0, 0, 20, 0 })]
    [InlineData(Reduction.Min, new float[] { -2, -5 }, new float[] { 0, 0, 10, 20, 0, 0 })]
    [InlineData(Reduction.L1, new float[] { 6, 9 }, new float[] { 10, 10, -10, -20, 20, 0 })]
    [InlineData(Reduction.Product, new float[] { -6, 0 }, new float[] { -60, -20, 30, 0, 0, -400 })]
    public void Reduce_WithKinks_HasTheGradientOfItsDefinition(Reduction reduction, float[] expected, float[] gradient)
    {
        var layer = new Dapprox.Networks.Layers.Reduce("l", reduction, [2, 3], [1], keep: false);
        var input = new Tensor([1, 3, -2, -5, 4, 0], 1, 2, 3);

        Tensor output = layer.Forward(input, 1);
        Tensor back = layer.InputGradient(input, output, new Tensor([10, 20], 1, 2), 1);

        Assert.Equal(expected, output.Data);
        Assert.Equal(gradient, back.Data);
    }

    [Theory]
    [InlineData(Combination.Maximum, new float[] { 2, 3, -1 }, new float[] { 0, 20, 30 }, new float[] { 10, 0, 0 })]
    [InlineData(Combination.Minimum, new float[] { 1, -4, -1 }, new float[] { 10, 0, 30 }, new float[] { 0, 20, 0 })]
    public void Combine_OfExtremes_SendsTheGradientToOne(Combination combination, float[] expected, float[] toLeft, float[] toRight)
    {
        var layer = new Combine("l", combination, [3], [3]);
        Tensor[] inputs = [new([1, 3, -1], 1, 3), new([2, -4, -1], 1, 3)];

        Tensor output = layer.Forward(inputs, 1);
        Tensor[] back = layer.InputGradients(inputs, output, new Tensor([10, 20, 30], 1, 3), 1);

        Assert.Equal(expected, output.Data);
        Assert.Equal([toLeft, toRight], back.Select(tensor => tensor.Data));
    }
}
