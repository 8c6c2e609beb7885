using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Tests.References;
using Xunit;

namespace Dapprox.Tests.Kernels;

public class ConvolutionKernelTests
{
    static readonly Gen<(ConvolutionShape Shape, int Height, int Width, int Batch, bool Bias, ulong Seed)> Geometry =
        from shape in KernelCases.Shapes(groups: 3, inputs: 3, outputs: 12, stride: 3)
        from height in Gen.Int[5, 9]
        from width in Gen.Int[5, 9]
        from batch in Gen.Int[1, 3]
        from bias in Gen.Bool
        from seed in Gen.ULong
        select (shape, height, width, batch, bias, seed);

    public static TheoryData<string, Accumulation, string> Paths => KernelCases.Paths();

    [Theory]
    [MemberData(nameof(Paths))]
    public void AnyGeometry_EqualsTheDefinition(string name, Accumulation accumulation, string path) =>
        Geometry.Sample(x => Check(
            name, accumulation, path, x.Shape, x.Height, x.Width, x.Batch, x.Bias, x.Seed, SampleOperands.Ordinary), iter: 20, threads: 1);

    // Few columns and lines of a vector and more: lanes run over positions there.
    static readonly Gen<(ConvolutionShape Shape, int Height, int Width, int Batch, bool Bias, ulong Seed)> WideImages =
        from shape in KernelCases.Shapes(groups: 2, inputs: 2, outputs: 3, stride: 2)
        from height in Gen.Int[5, 7]
        from width in Gen.Int[14, 40]
        from batch in Gen.Int[1, 2]
        from bias in Gen.Bool
        from seed in Gen.ULong
        select (shape, height, width, batch, bias, seed);

    [Theory]
    [MemberData(nameof(Paths))]
    public void FewChannelsOfWideImages_EqualTheDefinition(string name, Accumulation accumulation, string path) =>
        WideImages.Sample(x => Check(
            name, accumulation, path, x.Shape, x.Height, x.Width, x.Batch, x.Bias, x.Seed, SampleOperands.Ordinary), iter: 20, threads: 1);

    // 63 positions and 70 channels fill no tile, no panel and no square of the transposed store.
    [Theory]
    [MemberData(nameof(Paths))]
    public void ManyChannels_EqualTheDefinition(string name, Accumulation accumulation, string path) =>
        Check(name, accumulation, path, new ConvolutionShape(2, 70, 3, 3) { Padding = 1 }, 7, 9, 2, true, 3, SampleOperands.Ordinary);

    [Theory]
    [MemberData(nameof(Paths))]
    public void OperandsBeyondTheSafeRange_EqualTheDefinition_AndPaddingContributesNothing(
        string name, Accumulation accumulation, string path)
    {
        // Infinite weights times a padding of zeros would give NaN.
        var shape = new ConvolutionShape(2, 5, 3, 3) { Padding = 1 };
        Check(name, accumulation, path, shape, 6, 7, 2, true, 1, SampleOperands.AnyBits);
        Check(name, accumulation, path, shape, 6, 7, 2, true, 2, (count, seed) => SampleOperands.WithExponents(count, 30, 110, seed));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void BiasThatIsZeroOrSpecial_EqualsTheDefinition(string name, Accumulation accumulation, string path)
    {
        float[] bias = [
            -0f, 0f, float.NaN, BitConverter.UInt32BitsToSingle(0x7FC0_1234), BitConverter.UInt32BitsToSingle(0xFF80_0001),
            float.NegativeInfinity];
        var shape = new ConvolutionShape(1, bias.Length, 3, 3) { Padding = 1 };
        // Negative products so small that they underflow to −0, where the sum meets the padding afterwards.
        float[] input = [-1e-30f, -1e-30f, -1e-30f, -1e-30f, -1e-30f, -1e-30f], weights = new float[bias.Length * 9];
        Array.Fill(weights, 1e-30f);
        float[] output = new float[bias.Length * 6];

        new ConvolutionKernel(KernelCases.Multiplier(name), shape, 2, 3, weights, bias, accumulation, path).Run(input, output, threads: 1);

        float[] expected = [.. bias.SelectMany(value => Enumerable.Repeat(float.IsNaN(value) ? float.NaN : value + 0f, 6))];
        KernelCases.AssertBits(expected, output);
    }

    // One image of the five takes the definition where it has an infinite pixel, and all do where a weight is infinite.
    [Theory]
    [InlineData(1, 1f, 1f)]
    [InlineData(2, float.PositiveInfinity, 1f)]
    [InlineData(4, 1f, float.NegativeInfinity)]
    [InlineData(8, 1f, 1f)]
    public void ThreadsAndBatch_DoNotChangeABit(int groups, float pixel, float weight)
    {
        var shape = new ConvolutionShape(8, 40, 3, 3) { Padding = 1, Groups = groups };
        float[] input = SampleOperands.Ordinary(5 * 8 * 33 * 35, 1), weights = SampleOperands.Ordinary(40 * shape.Taps, 2);
        input[2 * 8 * 33 * 35 + 5] = pixel;
        weights[3] = weight;
        var kernel = new ConvolutionKernel(AxFpm.Released, shape, 33, 35, weights, []);
        int length = 40 * 33 * 35;
        float[] expected = new float[5 * length];
        kernel.Run(input, expected, threads: 1);

        foreach (int threads in (int[])[2, 3, 16])
        {
            float[] output = new float[5 * length];
            kernel.Run(input, output, threads);
            KernelCases.AssertBits(expected, output);
        }

        float[] third = new float[length];
        kernel.Run(input.AsSpan(2 * 8 * 33 * 35, 8 * 33 * 35), third);
        KernelCases.AssertBits(expected.AsSpan(2 * length, length), third);
    }

    // Threads divide one image by its positions, by its lines where channels are few, and the definition by channels.
    [Theory]
    [InlineData(40, 1f)]
    [InlineData(2, 1f)]
    [InlineData(2, float.PositiveInfinity)]
    public void ThreadsOfOneImage_DoNotChangeABit(int channels, float pixel)
    {
        var shape = new ConvolutionShape(48, channels, 3, 3) { Padding = 1 };
        float[] input = SampleOperands.Ordinary(48 * 41 * 43, 1), weights = SampleOperands.Ordinary(channels * shape.Taps, 2);
        input[1000] = pixel;
        var kernel = new ConvolutionKernel(AxFpm.Released, shape, 41, 43, weights, []);
        float[] expected = new float[channels * 41 * 43];
        kernel.Run(input, expected, threads: 1);

        foreach (int threads in (int[])[2, 3])
        {
            float[] output = new float[expected.Length];
            kernel.Run(input, output, threads);
            KernelCases.AssertBits(expected, output);
        }
    }

    [Fact]
    public void PaddingWithAUsersMultiplier_ContributesNothing()
    {
        // A multiplier for which zero times something is not zero must not be asked about the padding.
        var shape = new ConvolutionShape(1, 1, 3, 3) { Padding = 1 };
        float[] output = new float[4];

        new ConvolutionKernel(new One(), shape, 2, 2, new float[9], []).Run(new float[4], output);

        Assert.Equal([4f, 4f, 4f, 4f], output);
    }

    [Fact]
    public void FilterThatDoesNotFit_IsRefused()
    {
        var exception = Assert.Throws<ArgumentException>(() =>
            new ConvolutionKernel(ExactMultiplier.Rounded, new ConvolutionShape(1, 1, 5, 5), 4, 4, new float[25], []));

        Assert.Contains("does not fit", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 3, 1)]
    [InlineData(3, -1, 1)]
    [InlineData(1 << 16, 1 << 16, 0)]
    [InlineData(1, 1, 1 << 30)]
    [InlineData(1, 1, int.MaxValue)]
    public void ImageWithoutPixels_OrTooLargeForAnArray_IsRefused(int height, int width, int padding) =>
        Assert.ThrowsAny<ArgumentException>(() => new ConvolutionKernel(
            AxFpm.Released, new ConvolutionShape(1, 1, 1, 1) { Padding = padding }, height, width, [1], []));

    // 65,536 planes of 65,537 positions: counted in 32 bits, 65,536 outputs, into which the kernel would write far more.
    [Fact]
    public void OutputsWhoseNumberOverflows_AreRefused() =>
        Assert.Throws<ArgumentException>(() => new ConvolutionKernel(
            AxFpm.Released, new ConvolutionShape(1, 1 << 16, 1, 1), 1, (1 << 16) + 1, new float[1 << 16], []));

    static void Check(
        string name, Accumulation accumulation, string path, ConvolutionShape shape, int height, int width, int batch, bool withBias,
        ulong seed, Func<int, ulong, float[]> operands)
    {
        if (shape.OutputHeight(height) < 1 || shape.OutputWidth(width) < 1)
            return;
        FloatMultiplier multiplier = KernelCases.Multiplier(name);
        float[] input = operands(batch * shape.InputChannels * height * width, seed);
        float[] weights = operands(shape.OutputChannels * shape.Taps, seed + 1);
        float[] bias = withBias ? SampleOperands.Ordinary(shape.OutputChannels, seed + 2) : [];
        var kernel = new ConvolutionKernel(multiplier, shape, height, width, weights, bias, accumulation, path);
        int outputHeight = shape.OutputHeight(height), outputWidth = shape.OutputWidth(width);
        float[] output = new float[batch * shape.OutputChannels * outputHeight * outputWidth];

        kernel.Run(input, output, threads: 1);

        float[] expected = new float[output.Length];
        for (int i = 0; i < expected.Length; i++)
        {
            int x = i % outputWidth, y = i / outputWidth % outputHeight;
            int o = i / (outputWidth * outputHeight) % shape.OutputChannels, n = i / (outputWidth * outputHeight * shape.OutputChannels);
            expected[i] = KernelCases.Sum(
                multiplier, accumulation, Operands(shape, input, weights, height, width, n, o, y, x), withBias ? bias[o] : 0);
        }

        KernelCases.AssertBits(expected, output);
    }

    static IEnumerable<(float, float)> Operands(
        ConvolutionShape shape, float[] input, float[] weights, int height, int width, int n, int o, int y, int x)
    {
        int firstChannel = o / shape.GroupOutputs * shape.GroupInputs;
        for (int c = 0; c < shape.GroupInputs; c++)
        {
            for (int i = 0; i < shape.KernelHeight; i++)
            {
                for (int j = 0; j < shape.KernelWidth; j++)
                {
                    int row = y * shape.Stride.Height - shape.Padding.Top + i * shape.Dilation.Height,
                        column = x * shape.Stride.Width - shape.Padding.Left + j * shape.Dilation.Width;
                    if (row < 0 || row >= height || column < 0 || column >= width)
                        continue;
                    yield return (
                        input[((n * shape.InputChannels + firstChannel + c) * height + row) * width + column],
                        weights[((o * shape.GroupInputs + c) * shape.KernelHeight + i) * shape.KernelWidth + j]);
                }
            }
        }
    }

    sealed class One() : FloatMultiplier("one", "always one", "this test")
    {
        public override float Multiply(float activation, float weight) => 1;
    }
}
