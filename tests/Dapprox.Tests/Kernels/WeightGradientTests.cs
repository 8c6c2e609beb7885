using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Tests.References;
using Xunit;

namespace Dapprox.Tests.Kernels;

/// <summary>The gradients of weights, bit for bit against their definitions, on every path.</summary>
public class WeightGradientTests
{
    // As many as the kernel sums before it adds to other sums.
    const int GroupPositions = 1024;

    /// <summary>The paths of fused sums that this processor has, and the definition.</summary>
    public static TheoryData<string> Paths { get; } =
    [
        .. KernelTable.All(ExactMultiplier.FusedSum, Accumulation.Float32).Where(path => path.IsSupported).Select(path => path.Name),
        "definition",
    ];

    static readonly Gen<(ConvolutionShape Shape, int Height, int Width, int Batch, ulong Seed)> Geometry =
        from shape in KernelCases.Shapes(groups: 3, inputs: 3, outputs: 20, stride: 3)
        from height in Gen.Int[5, 12]
        from width in Gen.Int[5, 12]
        from batch in Gen.Int[1, 30]
        from seed in Gen.ULong
        select (shape, height, width, batch, seed);

    [Theory]
    [MemberData(nameof(Paths))]
    public void OfAConvolutionOfAnyGeometry_IsTheDefinition(string path) =>
        Geometry.Sample(x => CheckConvolution(path, x.Shape, x.Height, x.Width, x.Batch, x.Seed), iter: 60, threads: 1);

    // One image, the last of a group, the first of the next, and several groups: 49 positions, 20 images a group; and an image that is
    // larger than a group.
    [Theory]
    [MemberData(nameof(Paths))]
    public void OfImagesAcrossTheBordersOfGroups_IsTheDefinition(string path)
    {
        foreach (int batch in (int[])[0, 1, 2, 19, 20, 21, 41])
            CheckConvolution(path, new ConvolutionShape(3, 35, 3, 3) { Padding = 1 }, 7, 7, batch, seed: 7);
        CheckConvolution(path, new ConvolutionShape(1, 5, 3, 3), 40, 35, batch: 3, seed: 8);
    }

    // Panels of the widths of all paths: less than one, one, several and a rest.
    [Theory]
    [MemberData(nameof(Paths))]
    public void OfADenseLayer_IsTheDefinition(string path) => Gen.Select(
        Gen.Int[1, 40], Gen.OneOf(Gen.Int[1, 70], Gen.Int[510, 530], Gen.Const(1030)), Gen.Int[1, 20], Gen.ULong)
        .Sample((rows, inputs, outputs, seed) =>
        {
            float[] input = SampleOperands.Ordinary(rows * inputs, seed), back = SampleOperands.Ordinary(rows * outputs, seed + 1);
            float[] gradient = new float[outputs * inputs], expected = new float[gradient.Length];

            DenseGradient.Run(input, back, inputs, outputs, gradient, threads: 2, path);

            for (int i = 0; i < expected.Length; i++)
            {
                for (int row = 0; row < rows; row++)
                    expected[i] = MathF.FusedMultiplyAdd(back[row * outputs + i / inputs], input[row * inputs + i % inputs], expected[i]);
                // A sum of −0 counts as +0.
                expected[i] += 0f;
            }

            KernelCases.AssertBits(expected, gradient);
        }, iter: 60, threads: 1);

    [Fact]
    public void OfADenseLayerOfNoRows_IsZero()
    {
        float[] gradient = [1, 2, 3, 4, 5, 6];

        DenseGradient.Run([], [], 2, 3, gradient);

        Assert.Equal(new float[6], gradient);
    }

    // Products that underflow to −0, alone in their sums.
    [Theory]
    [MemberData(nameof(Paths))]
    public void OfTinyProducts_IsNeverMinusZero(string path)
    {
        float[] convolution = new float[9], dense = new float[1];

        new ConvolutionGradient(new ConvolutionShape(1, 1, 3, 3) { Padding = 1 }, 1, 1, path).Run([-1e-30f], [1e-30f], convolution);
        DenseGradient.Run([-1e-30f], [1e-30f], 1, 1, dense, threads: 1, path);

        KernelCases.AssertBits(new float[9], convolution);
        KernelCases.AssertBits(new float[1], dense);
    }

    // The kernel packs gradients over those of the images before, if there are as many, and anew for more and fewer.
    [Theory]
    [MemberData(nameof(Paths))]
    public void OfAConvolution_DoesNotDependOnWhatRanBefore(string path)
    {
        var shape = new ConvolutionShape(4, 38, 3, 2) { Padding = 1, Groups = 2 };
        var kernel = new ConvolutionGradient(shape, 6, 5, path);
        foreach ((int batch, ulong seed) in ((int, ulong)[])[(3, 1), (3, 2), (2, 3), (3, 4)])
        {
            float[] input = SampleOperands.Ordinary(batch * 4 * 30, seed), back = SampleOperands.Ordinary(batch * 38 * 36, seed + 10);
            float[] gradient = new float[38 * shape.Taps], expected = new float[gradient.Length];

            kernel.Run(input, back, gradient);

            new ConvolutionGradient(shape, 6, 5, path).Run(input, back, expected);
            KernelCases.AssertBits(expected, gradient);
        }
    }

    [Fact]
    public void OfManyThreadsAtATime_IsTheSame()
    {
        var shape = new ConvolutionShape(4, 12, 3, 3) { Padding = 1 };
        float[] input = SampleOperands.Ordinary(6 * 4 * 81, 1), back = SampleOperands.Ordinary(6 * 12 * 81, 2);
        float[] expected = new float[12 * 36];
        var kernel = new ConvolutionGradient(shape, 9, 9);
        kernel.Run(input, back, expected);

        Parallel.For(0, 40, _ =>
        {
            float[] gradient = new float[expected.Length];
            kernel.Run(input, back, gradient);
            KernelCases.AssertBits(expected, gradient);
        });
    }

    [Fact]
    public void LengthsThatDoNotFit_AreRefused()
    {
        var kernel = new ConvolutionGradient(new ConvolutionShape(2, 3, 3, 3) { Padding = 1 }, 5, 5);

        Assert.Throws<ArgumentException>(() => kernel.Run(new float[50], new float[74], new float[54]));
        Assert.Throws<ArgumentException>(() => kernel.Run(new float[49], new float[75], new float[54]));
        Assert.Throws<ArgumentException>(() => kernel.Run(new float[100], new float[75], new float[54]));
        Assert.Throws<ArgumentException>(() => kernel.Run(new float[50], new float[75], new float[53]));
        Assert.Throws<ArgumentException>(() => DenseGradient.Run(new float[4], new float[6], 2, 3, new float[7]));
        Assert.Throws<ArgumentException>(() => DenseGradient.Run(new float[5], new float[6], 2, 3, new float[6]));
        Assert.Throws<ArgumentException>(() => DenseGradient.Run(new float[4], new float[7], 2, 3, new float[6]));
    }

    static void CheckConvolution(string path, ConvolutionShape shape, int height, int width, int batch, ulong seed)
    {
        int outputHeight = shape.OutputHeight(height), outputWidth = shape.OutputWidth(width), positions = outputHeight * outputWidth;
        if (outputHeight < 1 || outputWidth < 1)
            return;
        float[] input = SampleOperands.Ordinary(batch * shape.InputChannels * height * width, seed);
        float[] back = SampleOperands.Ordinary(batch * shape.OutputChannels * positions, seed + 1);
        // What was there before must not matter.
        float[] gradient = SampleOperands.Ordinary(shape.OutputChannels * shape.Taps, seed + 2), expected = new float[gradient.Length];

        new ConvolutionGradient(shape, height, width, path).Run(input, back, gradient);

        int groupImages = Math.Max(1, GroupPositions / positions), area = shape.KernelHeight * shape.KernelWidth;
        for (int weight = 0; weight < expected.Length; weight++)
        {
            int o = weight / shape.Taps, c = weight % shape.Taps / area, i = weight % area / shape.KernelWidth,
                j = weight % shape.KernelWidth;
            int channel = o / shape.GroupOutputs * shape.GroupInputs + c;
            for (int first = 0; first < batch; first += groupImages)
            {
                float sum = 0;
                for (int n = first; n < Math.Min(batch, first + groupImages); n++)
                {
                    for (int position = 0; position < positions; position++)
                    {
                        int row = position / outputWidth * shape.Stride.Height - shape.Padding.Top + i * shape.Dilation.Height,
                            column = position % outputWidth * shape.Stride.Width - shape.Padding.Left + j * shape.Dilation.Width;
                        if (row < 0 || row >= height || column < 0 || column >= width)
                            continue;
                        sum = MathF.FusedMultiplyAdd(
                            input[((n * shape.InputChannels + channel) * height + row) * width + column],
                            back[(n * shape.OutputChannels + o) * positions + position], sum);
                    }
                }

                expected[weight] += sum;
            }
        }

        KernelCases.AssertBits(expected, gradient);
    }
}
