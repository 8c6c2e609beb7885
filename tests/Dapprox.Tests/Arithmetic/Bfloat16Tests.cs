using CsCheck;
using Dapprox.Arithmetic;
using Xunit;

namespace Dapprox.Tests.Arithmetic;

public class Bfloat16Tests
{
    [Theory]
    [InlineData(0x3F80_8000u, 0x3F80_0000u)]
    [InlineData(0x3F81_8000u, 0x3F82_0000u)]
    [InlineData(0x3F80_8001u, 0x3F81_0000u)]
    [InlineData(0x3F80_7FFFu, 0x3F80_0000u)]
    [InlineData(0xBFFF_FFFFu, 0xC000_0000u)]
    [InlineData(0x0000_8000u, 0x0000_0000u)]
    [InlineData(0x0000_8001u, 0x0001_0000u)]
    [InlineData(0x8000_0001u, 0x8000_0000u)]
    [InlineData(0x7F7F_7FFFu, 0x7F7F_0000u)]
    [InlineData(0x7F7F_8000u, 0x7F80_0000u)]
    [InlineData(0xFF80_0000u, 0xFF80_0000u)]
    public void Round_TakesTheNearest_AndOfTwoTheEven(uint given, uint expected) =>
        Assert.Equal(expected, BitConverter.SingleToUInt32Bits(Bfloat16Multiplier.Round(BitConverter.UInt32BitsToSingle(given))));

    // In binary64, where the distances to both neighbours are exact.
    [Fact]
    public void Round_IsNearerThanTheOtherNeighbour_OrAsNearAndEven() => Gen.Float.Where(float.IsFinite).Sample(value =>
    {
        uint below = BitConverter.SingleToUInt32Bits(value) & 0xFFFF_0000, above = below + 0x1_0000;
        double down = Number(below), up = Number(above);
        // What would be next if exponents went on.
        if (double.IsInfinity(up))
            up = Math.CopySign(Math.Pow(2, 128), value);

        float rounded = Bfloat16Multiplier.Round(value);

        double toLow = Math.Abs(value - down), toHigh = Math.Abs(up - value);
        uint expected = toLow < toHigh || (toLow == toHigh && (below & 0x1_0000) == 0) ? below : above;
        Assert.Equal(expected, BitConverter.SingleToUInt32Bits(rounded));
    });

    [Fact]
    public void Product_OfNearest_IsTheExactProductOfTheRoundedOperands() =>
        Gen.Float[-100, 100].Select(Gen.Float[-100, 100]).Sample((a, b) =>
        Assert.Equal(
            (double)Bfloat16Multiplier.Round(a) * Bfloat16Multiplier.Round(b), Bfloat16Multiplier.Nearest.Multiply(a, b),
            Math.ScaleB(1, -126)));

    static double Number(uint bits) => BitConverter.UInt32BitsToSingle(bits);
}
