using System.Globalization;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Arithmetic;

public class DrumTests
{
    public static TheoryData<int, int> Sizes => new(
        from bits in (int[])[3, 4, 7, 8]
        from k in Enumerable.Range(3, bits - 2)
        select (bits, k));

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Multiply_IsTheProductOfTheBinaryNumeralsCutAfterKDigits(int bits, int k)
    {
        IntegerProducts.AssertAll(new DrumMultiplier(bits, k), (a, b) => Cut(a) * Cut(b));

        long Cut(long operand)
        {
            string digits = Convert.ToString(operand, 2);
            return digits.Length <= k ? operand : Convert.ToInt64((digits[..(k - 1)] + "1").PadRight(digits.Length, '0'), 2);
        }
    }

    /// <summary>Section III-A of the paper: operands whose leading one is among the lowest k bits are taken as they are.</summary>
    [Fact]
    public void Multiply_OfShortOperands_IsExact()
    {
        var drum = new DrumMultiplier(16, k: 6);

        Assert.Equal(63UL * 41, drum.Multiply(63, 41));
        Assert.Equal(0UL, drum.Multiply(0, 65535));
        Assert.Equal(66UL * 3, drum.Multiply(64, 3));
    }

    [Theory]
    [InlineData(8, 2, "k is 2; it is an integer from 3 to 8")]
    [InlineData(8, 9, "k is 9; it is an integer from 3 to 8")]
    [InlineData(2, 3, "the number of bits is 2; it is an integer from 3 to 16")]
    [InlineData(17, 3, "the number of bits is 17; it is an integer from 2 to 16")]
    public void Create_OutOfRange_SaysTheRange(int bits, int k, string reason) => Assert.Contains(
        string.Create(CultureInfo.InvariantCulture, $"the multiplier 'drum:{bits}:k={k}': {reason}"),
        Assert.Throws<InputException>(() => new DrumMultiplier(bits, k)).Message, StringComparison.Ordinal);
}
