using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Kernels;
using TorchSharp;
using Xunit;

namespace Dapprox.Tests.Layers;

public class ConvolutionLayerTests
{
    sealed record Case(ConvolutionShape Shape, int Batch, int Height, int Width, bool Bias);

    static readonly Gen<Case> Cases =
        from groups in Gen.Int[1, 3]
        from inputs in Gen.Int[1, 3]
        from outputs in Gen.Int[1, 6]
        from kernelHeight in Gen.Int[1, 4]
        from kernelWidth in Gen.Int[1, 4]
        from stride in Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], (down, right) => new Steps(down, right))
        from padding in Gen.Select(
            Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3],
            (top, left, bottom, right) => new Dapprox.Kernels.Padding(top, left, bottom, right))
        from dilation in Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], (down, right) => new Steps(down, right))
        from extraHeight in Gen.Int[0, 8]
        from extraWidth in Gen.Int[0, 8]
        from batch in Gen.Int[1, 5]
        from bias in Gen.Bool
        select new Case(
            new ConvolutionShape(groups * inputs, groups * outputs, kernelHeight, kernelWidth)
            {
                Stride = stride,
                Padding = padding,
                Dilation = dilation,
                Groups = groups,
            },
            batch,
            Math.Max(1, dilation.Height * (kernelHeight - 1) + 1 - padding.Height) + extraHeight,
            Math.Max(1, dilation.Width * (kernelWidth - 1) + 1 - padding.Width) + extraWidth,
            bias);

    [Fact]
    public void ForwardAndGradients_OfAnyGeometry_AreLibTorchs()
    {
        Torch.Load(); // Skips here, since a skip inside a sample is a failure to CsCheck.
        Cases.Sample(Check, iter: 250, threads: 1, seed: "0000000000001");
    }

    // LeNet-5's own, and one where the padding is wider than the filter reaches, so that some gradient falls away.
    [Theory]
    [InlineData(1, 32, 3, 3, 1, 1, 1, 1, 28, 28)]
    [InlineData(32, 64, 3, 3, 1, 1, 1, 1, 14, 14)]
    [InlineData(2, 2, 1, 1, 2, 3, 1, 2, 5, 4)]
    [InlineData(4, 4, 1, 5, 1, 0, 2, 4, 3, 11)]
    public void ForwardAndGradients_AreLibTorchs(
        int inputs, int outputs, int kernelHeight, int kernelWidth, int stride, int padding, int dilation, int groups, int height,
        int width) =>
        Check(new Case(
            new ConvolutionShape(inputs, outputs, kernelHeight, kernelWidth)
            {
                Stride = stride,
                Padding = padding,
                Dilation = dilation,
                Groups = groups,
            },
            2, height, width, Bias: true));

    // Bit for bit, and without LibTorch: filters in order, taps from the last to the first, products added unrounded.
    [Fact]
    public void InputGradient_OfAnyGeometry_IsTheSumOverTheOutputsThatSawTheInput() => Cases.Sample(given =>
    {
        (ConvolutionShape shape, int batch, int height, int width, _) = given;
        Tensor weights = Torch.Numbers(1, shape.OutputChannels, shape.GroupInputs, shape.KernelHeight, shape.KernelWidth);
        var layer = new Convolution2D("c", shape, height, width, weights.Data, [], ExactMultiplier.Rounded);
        Tensor input = Torch.Numbers(3, batch, shape.InputChannels, height, width);
        Tensor output = layer.Forward(input, threads: 1);
        Tensor outputGradient = Torch.Numbers(77, output.Shape);
        int outputHeight = output.Shape[2], outputWidth = output.Shape[3];

        Tensor gradient = layer.InputGradient(input, output, outputGradient, threads: 1);

        float[] expected = new float[gradient.Data.Length];
        for (int place = 0; place < expected.Length; place++)
        {
            int x = place % width, y = place / width % height;
            int channel = place / (width * height) % shape.InputChannels, image = place / (width * height * shape.InputChannels);
            int group = channel / shape.GroupInputs, c = channel % shape.GroupInputs;
            for (int o = group * shape.GroupOutputs; o < (group + 1) * shape.GroupOutputs; o++)
            {
                for (int tap = shape.KernelHeight * shape.KernelWidth - 1; tap >= 0; tap--)
                {
                    int i = tap / shape.KernelWidth, j = tap % shape.KernelWidth;
                    (int outputY, int restY) = Math.DivRem(y + shape.Padding.Top - i * shape.Dilation.Height, shape.Stride.Height);
                    (int outputX, int restX) = Math.DivRem(x + shape.Padding.Left - j * shape.Dilation.Width, shape.Stride.Width);
                    if (restY != 0 || restX != 0 || (uint)outputY >= (uint)outputHeight || (uint)outputX >= (uint)outputWidth)
                        continue;
                    expected[place] = MathF.FusedMultiplyAdd(
                        outputGradient.Data[((image * shape.OutputChannels + o) * outputHeight + outputY) * outputWidth + outputX],
                        weights.Data[((o * shape.GroupInputs + c) * shape.KernelHeight + i) * shape.KernelWidth + j],
                        expected[place]);
                }
            }

            // A sum of −0 counts as +0.
            expected[place] += 0f;
        }

        KernelCases.AssertBits(expected, gradient.Data);
    }, iter: 250, threads: 1);

    [Fact]
    public void Forward_OfNoImages_IsEmpty()
    {
        var layer = new Convolution2D("c", new ConvolutionShape(1, 2, 3, 3), 5, 5, new float[18], [], ExactMultiplier.Rounded);

        Tensor output = layer.Forward(Tensor.Zeros(0, 1, 5, 5), threads: 2);
        Tensor gradient = layer.InputGradient(Tensor.Zeros(0, 1, 5, 5), output, output, threads: 2);

        Assert.Equal([0, 2, 3, 3], output.Shape.ToArray());
        Assert.Equal([0, 1, 5, 5], gradient.Shape.ToArray());
    }

    [Fact]
    public void Forward_NaNAndInfinity_ReachTheOutputsThatSeeThemAndNoOther()
    {
        var layer = new Convolution2D("c", new ConvolutionShape(1, 1, 1, 2), 1, 4, [1, 2], [], ExactMultiplier.Rounded);

        Tensor output = layer.Forward(new Tensor([float.NaN, 1, 1, float.NegativeInfinity], 1, 1, 1, 4), threads: 1);

        Assert.Equal([float.NaN, 3, float.NegativeInfinity], output.Data);
    }

    [Fact]
    public void Multiplications_OfLeNet5sSecondConvolution_AreItsTapsTimesItsOutputs()
    {
        var layer = new Convolution2D(
            "conv2", new ConvolutionShape(32, 64, 3, 3) { Padding = 1 }, 14, 14, new float[64 * 32 * 9], [], ExactMultiplier.Rounded);

        Assert.Equal(64L * 32 * 9 * 14 * 14, layer.Multiplications);
    }

    static void Check(Case given)
    {
        (ConvolutionShape shape, int batch, int height, int width, bool hasBias) = given;
        Tensor weights = Torch.Numbers(1, shape.OutputChannels, shape.GroupInputs, shape.KernelHeight, shape.KernelWidth);
        Tensor bias = Torch.Numbers(2, hasBias ? shape.OutputChannels : 0);
        var layer = new Convolution2D("c", shape, height, width, weights.Data, bias.Data, ExactMultiplier.Rounded);

        Tensor images = Torch.Numbers(3, batch, shape.InputChannels, height, width);

        Torch.AssertSame(
            layer, images, input => Oracle(input, Torch.ToTorch(weights), hasBias ? Torch.ToTorch(bias) : null),
            terms: 1 + Math.Max(shape.Taps, shape.GroupOutputs * shape.KernelHeight * shape.KernelWidth));
        Torch.AssertSameGradients(
            layer, images, (input, learnt) => Oracle(input, learnt[0], hasBias ? learnt[1] : null),
            terms: batch * shape.OutputHeight(height) * shape.OutputWidth(width));

        torch.Tensor Oracle(torch.Tensor input, torch.Tensor filters, torch.Tensor? offset) => torch.nn.functional.conv2d(
            torch.nn.functional.pad(input, [shape.Padding.Left, shape.Padding.Right, shape.Padding.Top, shape.Padding.Bottom]),
            filters, offset, [shape.Stride.Height, shape.Stride.Width], [0, 0], [shape.Dilation.Height, shape.Dilation.Width],
            shape.Groups);
    }
}
