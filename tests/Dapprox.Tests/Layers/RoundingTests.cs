using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Kernels.Integers;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Layers;

public class RoundingTests
{
    static readonly Gen<AffineQuantisation> Formats =
        from bits in Gen.Int[IntegerFormat.MinBits, IntegerFormat.MaxBits]
        from isSigned in Gen.Bool
        from scale in Gen.OneOf(Gen.Float[1e-3f, 10], Gen.Const(1.17549435e-38f), Gen.Const(1e36f))
        let format = new IntegerFormat(bits, isSigned)
        from zeroPoint in Gen.Int[format.Low, format.High]
        select new AffineQuantisation(scale, zeroPoint, format);

    // For every length, bit for bit, also of −0, NaN and infinities, and nothing is written behind the end.
    [Fact]
    public void Kernel_IsTheDefinition() => Gen.Select(Formats, Gen.Float.Array[0, 70], Gen.Float[-300, 300].Array[0, 70]).Sample(
        (format, any, near) =>
        {
            float[] numbers = [.. any, .. near.Select(number => number * format.Scale), -0f, float.NaN, -format.Scale / 4];
            float[] rounded = [.. Enumerable.Repeat(42f, numbers.Length + 1)];

            RoundingKernel.Run(format, numbers, rounded);

            Assert.Equal(
                numbers.Select(format.Round).Append(42f).Select(BitConverter.SingleToInt32Bits),
                rounded.Select(BitConverter.SingleToInt32Bits));
        });

    // So a layer may round what was rounded.
    [Fact]
    public void Rounding_IsIdempotent() => Formats.Sample(format =>
    {
        for (int q = format.Format.Low; q <= format.Format.High; q++)
            Assert.Equal(q, format.Quantise(format.Dequantise(q)));
    });

    [Fact]
    public void Gradient_PassesWhereNothingIsClamped()
    {
        var layer = new Rounding("round", new AffineQuantisation(0.5f, 1, new IntegerFormat(2, IsSigned: false)));
        var input = new Tensor([-0.9f, -0.7f, 0, 0.3f, 1.1f, 1.3f], 1, 6);

        Tensor output = layer.Forward(input, 1);

        Assert.Equal([-0.5f, -0.5f, 0, 0.5f, 1, 1], output.Data);
        Assert.Equal([0, 2, 3, 4, 5, 0], layer.InputGradient(input, output, new Tensor([1, 2, 3, 4, 5, 6], 1, 6), 1).Data);
    }
}
