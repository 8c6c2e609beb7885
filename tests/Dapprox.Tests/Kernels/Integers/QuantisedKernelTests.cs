using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Kernels.Integers;
using Dapprox.Tests.References;
using Xunit;

namespace Dapprox.Tests.Kernels.Integers;

public class QuantisedKernelTests
{
    public static TheoryData<string, string> Paths => IntegerCases.Paths();

    [Theory]
    [MemberData(nameof(Paths))]
    public void AnyConvolution_EqualsTheDefinition(string name, string path)
    {
        IntegerMultiplier multiplier = IntegerCases.Multiplier(name);
        (from shape in KernelCases.Shapes(groups: 3, inputs: 3, outputs: 9, stride: 3)
         from height in Gen.Int[5, 9]
         from width in Gen.Int[5, 20]
         from batch in Gen.Int[1, 3]
         from formats in IntegerCases.Formats(multiplier, shape.OutputChannels)
         from hasBias in Gen.Bool
         from seed in Gen.ULong
         select (shape, height, width, batch, formats, hasBias, seed)).Sample(
            x =>
            {
                if (!IntegerCases.Covers(path, multiplier, x.formats))
                    return;
                float[] input = Numbers(x.batch * x.shape.InputChannels * x.height * x.width, 5, x.seed);
                float[] weights = Numbers(x.shape.OutputChannels * x.shape.Taps, 5, x.seed + 1);
                float[] bias = x.hasBias ? Numbers(x.shape.OutputChannels, 1, x.seed + 2) : [];
                float[] expected = QuantisedReference.Convolution(
                    multiplier, x.formats, x.shape, x.height, x.width, input, weights, bias);
                float[] output = new float[expected.Length];

                new QuantisedConvolutionKernel(multiplier, x.formats, x.shape, x.height, x.width, weights, bias, path)
                    .Run(input, output, threads: 1);

                KernelCases.AssertBits(expected, output);
            },
            iter: 15, threads: 1);
    }

    // Sums of 0 to 300 products, on both sides of the blocks of 256; rows on both sides of those that are looked up one by one, of a
    // vector and of a block.
    [Theory]
    [MemberData(nameof(Paths))]
    public void AnyLength_EqualsTheDefinition(string name, string path)
    {
        IntegerMultiplier multiplier = IntegerCases.Multiplier(name);
        (from inputs in Gen.Int[1, 300]
         from outputs in Gen.Int[1, 14]
         from rows in Gen.OneOf(Gen.Int[1, 8], Gen.Int[60, 70], Gen.Int[120, 140])
         from formats in IntegerCases.Formats(multiplier, outputs)
         from seed in Gen.ULong
         select (inputs, outputs, rows, formats, seed)).Sample(
            x =>
            {
                if (!IntegerCases.Covers(path, multiplier, x.formats))
                    return;
                float[] input = Numbers(x.rows * x.inputs, 5, x.seed), weights = Numbers(x.outputs * x.inputs, 5, x.seed + 1);
                float[] output = new float[x.rows * x.outputs];

                new QuantisedDenseKernel(multiplier, x.formats, weights, [], x.outputs, path).Run(input, output, threads: 1);

                // Some outputs: the definition multiplies one by one.
                for (int index = 0; index < output.Length; index += 1 + output.Length / 30)
                {
                    (int row, int column) = Math.DivRem(index, x.outputs);
                    float expected = QuantisedReference.Output(
                        multiplier, x.formats, column,
                        Enumerable.Range(0, x.inputs).Select(k => (input[row * x.inputs + k], weights[column * x.inputs + k])), 0);
                    Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(output[index]));
                }
            },
            iter: 10, threads: 1);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void EveryPairOfOperands_EqualsTheProduct(string name, string path)
    {
        IntegerMultiplier multiplier = IntegerCases.Multiplier(name);
        var format = new IntegerFormat(multiplier.FirstWidth, multiplier.IsSigned);
        // The zero points are 0, so that what is left of the sum is the product.
        var one = new AffineQuantisation(1, 0, format);
        var formats = new Quantisation(one, [one]);
        if (!IntegerCases.Covers(path, multiplier, formats))
            return;
        float[] numbers = [.. Enumerable.Range(format.Low, format.Count).Select(number => (float)number)];
        float[] output = new float[format.Count * format.Count];

        new QuantisedDenseKernel(multiplier, formats, numbers, [], format.Count, path).Run(numbers, output, threads: 1);

        IntegerProducts products = IntegerProducts.Of(multiplier, format, format);
        for (int a = 0; a < format.Count; a++)
        {
            for (int w = 0; w < format.Count; w++)
                Assert.Equal(products[format.Low + a, format.Low + w], output[a * format.Count + w]);
        }
    }

    // 40,000 products of 65,535, or of −128 and −128: more than 16 bits hold at every step, and in the first case more than 31.
    [Theory]
    [MemberData(nameof(Paths))]
    public void LargestSums_AreThoseOfTheAccumulator(string name, string path)
    {
        IntegerMultiplier multiplier = IntegerCases.Multiplier(name);
        var format = new IntegerFormat(multiplier.FirstWidth, multiplier.IsSigned);
        int extreme = format.IsSigned ? format.Low : format.High;
        var one = new AffineQuantisation(1, 0, format);
        var formats = new Quantisation(one, [one]);
        if (!IntegerCases.Covers(path, multiplier, formats))
            return;
        float[] row = [.. Enumerable.Repeat((float)extreme, 40_000)], output = new float[7];

        new QuantisedDenseKernel(multiplier, formats, row, [], 1, path)
            .Run([.. Enumerable.Repeat(row, 7).SelectMany(numbers => numbers)], output, threads: 1);

        int product = IntegerProducts.Of(multiplier, format, format)[extreme, extreme];
        int expected = Enumerable.Repeat(product, 40_000).Aggregate(0, multiplier.Accumulator.Add);
        Assert.True(multiplier.Accumulator != IntegerAccumulator.Int32 || expected == unchecked(40_000 * product));
        Assert.All(output, sum => Assert.Equal(expected, sum));
    }

    // The shapes inside a network are asked for with an empty batch.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void NoImage_HasNoOutputs(int threads)
    {
        var formats = new Quantisation(
            new AffineQuantisation(0.02f, 128, IntegerFormat.UInt8), [new AffineQuantisation(0.02f, 0, IntegerFormat.Int8)]);
        IntegerMultiplier multiplier = IntegerCases.Multiplier("random-unsigned");

        new QuantisedConvolutionKernel(multiplier, formats, new ConvolutionShape(1, 2, 3, 3), 5, 5, new float[18], [])
            .Run([], [], threads);
        new QuantisedDenseKernel(multiplier, formats, new float[6], [], 2).Run([], [], threads);
    }

    [Fact]
    public void ThreadsAndBatch_DoNotChangeABit()
    {
        IntegerMultiplier multiplier = IntegerCases.Multiplier("random-unsigned");
        var formats = new Quantisation(
            new AffineQuantisation(0.02f, 128, IntegerFormat.UInt8), [new AffineQuantisation(0.02f, 0, IntegerFormat.Int8)]);
        var shape = new ConvolutionShape(8, 40, 3, 3) { Padding = 1, Groups = 2 };
        float[] input = Numbers(5 * 8 * 33 * 35, 3, 1), weights = Numbers(40 * shape.Taps, 3, 2);
        var kernel = new QuantisedConvolutionKernel(multiplier, formats, shape, 33, 35, weights, []);
        float[] expected = new float[5 * 40 * 33 * 35];
        kernel.Run(input, expected, threads: 1);
        // The threads divide blocks of positions, or the channels of few blocks, also within a group.
        foreach (int threads in (int[])[2, 3, 16])
        {
            float[] output = new float[expected.Length];
            kernel.Run(input, output, threads);
            KernelCases.AssertBits(expected, output);
        }

        float[] third = new float[40 * 33 * 35];
        kernel.Run(input.AsSpan(2 * 8 * 33 * 35, 8 * 33 * 35), third, threads: 3);
        KernelCases.AssertBits(expected.AsSpan(2 * third.Length, third.Length), third);

        // Few rows of a dense layer divide its columns.
        var dense = new QuantisedDenseKernel(multiplier, formats, Numbers(1000 * 700, 3, 3), [], 1000);
        float[] rows = Numbers(3 * 700, 3, 4), one = new float[3000], many = new float[3000];
        dense.Run(rows, one, threads: 1);
        dense.Run(rows, many, threads: 3);
        KernelCases.AssertBits(one, many);
    }

    [Theory]
    [InlineData(1, 0f, 0)]
    [InlineData(1, 0.5f, 0)]
    [InlineData(1, 1.5f, 2)]
    [InlineData(1, -0.5f, 0)]
    [InlineData(1, 2.5f, 2)]
    [InlineData(1, float.PositiveInfinity, 127)]
    [InlineData(1, float.NegativeInfinity, -128)]
    [InlineData(1, float.NaN, 0)]
    [InlineData(1e-30f, 1e30f, 127)]
    public void Quantise_RoundsToEven_AndClamps(float scale, float value, int expected) =>
        Assert.Equal(expected, new AffineQuantisation(scale, 0, IntegerFormat.Int8).Quantise(value));

    [Fact]
    public void Quantise_OfManyNumbers_IsThatOfEach()
    {
        (from bits in Gen.Int[2, 8]
         from isSigned in Gen.Bool
         let format = new IntegerFormat(bits, isSigned)
         from zero in Gen.Int[format.Low, format.High]
         from scale in Gen.OneOf(Gen.Float[1e-3f, 10], Gen.Const(1.17549435e-38f), Gen.Const(float.MaxValue))
         from numbers in Gen.OneOf(Gen.Float[-300, 300], Gen.Float, Gen.Int[-600, 600].Select(half => half * scale / 2)).Array[1, 70]
         select (new AffineQuantisation(scale, zero, format), numbers)).Sample(x =>
        {
            (AffineQuantisation format, float[] numbers) = x;
            // A weight of 1 shows the number behind its zero point.
            var formats = new Quantisation(format, [new AffineQuantisation(1, 0, IntegerFormat.Int8)]);
            float[] output = new float[numbers.Length];
            new QuantisedDenseKernel(ExactIntegerMultiplier.Int8, formats, [1], [], 1).Run(numbers, output, threads: 1);
            for (int i = 0; i < numbers.Length; i++)
            {
                Assert.Equal((format.Quantise(numbers[i]) - format.ZeroPoint) * format.Scale, output[i]);
            }
        });
    }

    [Fact]
    public void WrongFormats_AreRefused()
    {
        foreach (float scale in (float[])[0, -1, 1e-40f, float.NaN, float.PositiveInfinity])
            Refused($"the scale {scale}", () => new AffineQuantisation(scale, 0, IntegerFormat.Int8));
        Refused("zero point 128", () => new AffineQuantisation(1, 128, IntegerFormat.Int8));
        Refused("9 bits", () => new IntegerFormat(9, IsSigned: false));
        var narrow = new ExactIntegerMultiplier(4, isSigned: true);
        Refused("operands of 4 bits", () => IntegerProducts.Of(narrow, IntegerFormat.UInt8, IntegerFormat.Int8));

        static void Refused(string message, Func<object> make) =>
            Assert.Contains(message, Assert.Throws<InputException>(make).Message, StringComparison.Ordinal);
    }

    static float[] Numbers(int count, float range, ulong seed)
    {
        var random = new CounterRandom(seed, 0);
        float[] numbers = new float[count];
        foreach (ref float number in numbers.AsSpan())
            number = random.NextSingle(-range, range);
        return numbers;
    }
}
