using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Xunit;

namespace Dapprox.Tests.References;

/// <summary>
/// The definition of a quantised layer, one output at a time, in integers of any size: exact sums wrap only at the end.
/// </summary>
static class QuantisedReference
{
    /// <summary>An output.</summary>
    /// <param name="multiplier">The product of two operands as the multiplier takes them.</param>
    /// <param name="formats">The formats of the layer.</param>
    /// <param name="channel">The output channel.</param>
    /// <param name="operands">The products of the sum; NaN stands for padding.</param>
    /// <param name="bias">The bias, added last.</param>
    public static float Output(
        IntegerMultiplier multiplier, Quantisation formats, int channel, IEnumerable<(float Activation, float Weight)> operands, float bias)
    {
        AffineQuantisation a = formats.Activations, w = formats.Weight(channel);
        // As numbers enter the multiplier.
        bool byMagnitude = !multiplier.IsSigned && formats.Signs == SignHandling.SignMagnitude;
        long shiftA = Shift(multiplier.FirstWidth, a.Format), shiftW = Shift(multiplier.SecondWidth, w.Format);
        Int128 sum = 0, sumA = 0, sumW = 0, count = 0;
        foreach ((float activation, float weight) in operands)
        {
            long q = Quantise(a, activation) + shiftA, r = Quantise(w, weight) + shiftW;
            sum = Added(
                sum, byMagnitude ? Math.Sign(q) * Math.Sign(r) * Product(Math.Abs(q), Math.Abs(r)) + Zero(q, r) : Product(q, r));
            sumA += q;
            sumW += r;
            count++;
        }

        long zeroA = a.ZeroPoint + shiftA, zeroW = w.ZeroPoint + shiftW;
        if (multiplier.Accumulator is { Saturates: false, IsSigned: true })
            sum = Wrapped(sum, multiplier.Accumulator.Bits);
        int total = unchecked((int)(sum - zeroA * sumW - zeroW * sumA + count * zeroA * zeroW));
        return (float)((float)total * (float)(a.Scale * w.Scale)) + bias;

        // A lower-part OR adder, where there is one; saturation at each step.
        Int128 Added(Int128 before, Int128 product)
        {
            IntegerAccumulator accumulator = multiplier.Accumulator;
            Int128 after = before + product;
            if (accumulator.Lower is LowerAdder adder)
            {
                Assert.StartsWith("loa:", adder.Name, StringComparison.Ordinal);
                Int128 unit = Int128.One << adder.Bits;
                Int128 low = Remainder(before, unit), other = Remainder(product, unit);
                Int128 carry = 2 * low >= unit && 2 * other >= unit ? unit : 0;
                after = before - low + (product - other) + carry + (low | other);
            }

            Int128 half = Int128.One << (accumulator.Bits - 1);
            return accumulator.Saturates ? Int128.Clamp(after, -half, half - 1) : after;
        }

        Int128 Product(long first, long second)
        {
            var products = new UInt128[1];
            multiplier.Multiply(
                [(ulong)first & ulong.MaxValue >> (64 - multiplier.FirstWidth)],
                [(ulong)second & ulong.MaxValue >> (64 - multiplier.SecondWidth)], products);
            return multiplier.IsSigned ? IntegerMultiplier.Signed(products[0], multiplier.ProductWidth) : (Int128)products[0];
        }

        // Math.Sign gives 0 for a zero operand, whose product need not be 0: it has the sign of the other one.
        Int128 Zero(long first, long second) =>
            first != 0 && second != 0 ? 0 : (first < 0 || second < 0 ? -1 : 1) * Product(Math.Abs(first), Math.Abs(second));

        long Shift(int width, IntegerFormat format) => format.IsSigned == multiplier.IsSigned || byMagnitude ? 0
            : format.IsSigned ? 1L << (format.Bits - 1)
            : width > format.Bits ? 0 : -(1L << (width - 1));
    }

    static Int128 Remainder(Int128 number, Int128 of) => (number % of + of) % of;

    /// <summary>The number of so many bits in two's complement that is left of another.</summary>
    static Int128 Wrapped(Int128 number, int bits)
    {
        Int128 unsigned = Remainder(number, Int128.One << bits);
        return unsigned >> (bits - 1) == 0 ? unsigned : unsigned - (Int128.One << bits);
    }

    /// <summary>A convolution, image after image.</summary>
    public static float[] Convolution(
        IntegerMultiplier multiplier, Quantisation formats, ConvolutionShape shape, int height, int width, float[] input, float[] weights,
        float[] bias)
    {
        int outputHeight = shape.OutputHeight(height), outputWidth = shape.OutputWidth(width);
        int batch = input.Length / (shape.InputChannels * height * width);
        float[] output = new float[batch * shape.OutputChannels * outputHeight * outputWidth];
        for (int index = 0; index < output.Length; index++)
        {
            int x = index % outputWidth, y = index / outputWidth % outputHeight;
            int channel = index / outputWidth / outputHeight % shape.OutputChannels;
            int image = index / outputWidth / outputHeight / shape.OutputChannels;
            output[index] = Output(
                multiplier, formats, channel, Operands(image, channel, y, x), bias.Length == 0 ? 0 : bias[channel]);
        }

        return output;

        IEnumerable<(float, float)> Operands(int image, int channel, int y, int x)
        {
            for (int tap = 0; tap < shape.Taps; tap++)
            {
                int j = tap % shape.KernelWidth, i = tap / shape.KernelWidth % shape.KernelHeight;
                int c = tap / shape.KernelWidth / shape.KernelHeight + channel / shape.GroupOutputs * shape.GroupInputs;
                int row = y * shape.Stride.Height - shape.Padding.Top + i * shape.Dilation.Height;
                int column = x * shape.Stride.Width - shape.Padding.Left + j * shape.Dilation.Width;
                bool isInside = row >= 0 && row < height && column >= 0 && column < width;
                yield return (
                    isInside ? input[((image * shape.InputChannels + c) * height + row) * width + column] : float.NaN,
                    weights[channel * shape.Taps + tap]);
            }
        }
    }

    static long Quantise(AffineQuantisation format, float value) => float.IsNaN(value)
        ? format.ZeroPoint
        : Math.Clamp((long)Math.Round((double)(value / format.Scale)) + format.ZeroPoint, format.Format.Low, format.Format.High);
}
