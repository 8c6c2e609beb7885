using Dapprox.Arithmetic;
using Xunit;

namespace Dapprox.Tests.Arithmetic;

/// <summary>What all definitions of integer multipliers have in common.</summary>
public class MagnitudeMultiplierTests
{
    static readonly string[] All =
    [
        "exact-uint8", "drum:8:k=3", "drum:8:k=6", "mitchell:8", "iterative-log:8:corrections=0", "iterative-log:8:corrections=2", "roba:8",
        "kulkarni:8", "loa:8:columns=4", "loa:8:columns=8", "loa:8:columns=16",
    ];

    public static TheoryData<string> Names => [.. All];

    public static TheoryData<string> ExactOnPowers => [.. All.Where(name => !name.StartsWith("drum", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Signed_MultipliesMagnitudes_AndNegatesWhereSignsDiffer(string name)
    {
        IntegerMultiplier unsigned = IntegerMultipliers.Find(name);
        IntegerMultiplier signed = IntegerMultipliers.Find(name == "exact-uint8" ? "exact-int8" : name + ":sign-magnitude");

        Assert.False(unsigned.IsSigned);
        Assert.True(signed.IsSigned);
        IntegerProducts.AssertAll(
            signed, (a, b) => Math.Sign(a) * Math.Sign(b) * IntegerProducts.Of(unsigned, Math.Abs(a), Math.Abs(b)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Multiply_Commutes(string name)
    {
        IntegerMultiplier multiplier = IntegerMultipliers.Find(name);

        IntegerProducts.AssertAll(multiplier, (a, b) => IntegerProducts.Of(multiplier, b, a));
    }

    /// <summary>DRUM is not: it sets a low bit in every operand that is cut.</summary>
    [Theory]
    [MemberData(nameof(ExactOnPowers))]
    public void Multiply_ByAPowerOfTwoOrZero_IsExact(string name)
    {
        IntegerMultiplier multiplier = IntegerMultipliers.Find(name);

        foreach (long power in (long[])[0, 1, 2, 4, 8, 16, 32, 64, 128])
        {
            foreach (long other in IntegerProducts.Operands(multiplier))
            {
                Assert.Equal(power * other, IntegerProducts.Of(multiplier, power, other));
                Assert.Equal(power * other, IntegerProducts.Of(multiplier, other, power));
            }
        }
    }

    /// <summary>The bits of a product are as many as its width, also of the largest ones.</summary>
    [Theory]
    [InlineData("exact-uintBITS")]
    [InlineData("exact-intBITS")]
    [InlineData("drum:BITS:k=3")]
    [InlineData("drum:BITS:k=3:sign-magnitude")]
    [InlineData("mitchell:BITS")]
    [InlineData("mitchell:BITS:sign-magnitude")]
    [InlineData("iterative-log:BITS:corrections=1")]
    [InlineData("iterative-log:BITS:corrections=1:sign-magnitude")]
    [InlineData("roba:BITS")]
    [InlineData("roba:BITS:sign-magnitude")]
    [InlineData("kulkarni:BITS")]
    [InlineData("kulkarni:BITS:sign-magnitude")]
    [InlineData("loa:BITS:columns=1")]
    [InlineData("loa:BITS:columns=3")]
    [InlineData("loa:BITS:columns=3:sign-magnitude")]
    public void Products_OfAllWidths_FitTwiceTheWidth(string form)
    {
        foreach (int bits in (int[])[2, 3, 4, 5, 6, 7, 8])
        {
            if ((bits % 2 != 0 && form.StartsWith("kulkarni", StringComparison.Ordinal))
                || (bits == 2 && form.StartsWith("drum", StringComparison.Ordinal)))
                continue;
            IntegerMultiplier multiplier = IntegerMultipliers.Find(form.Replace("BITS", $"{bits}", StringComparison.Ordinal));

            Assert.Equal(2 * bits, multiplier.ProductWidth);
            foreach (long a in IntegerProducts.Operands(multiplier))
            {
                foreach (long b in IntegerProducts.Operands(multiplier))
                {
                    long product = IntegerProducts.Of(multiplier, a, b);
                    // None of these gives a product of the wrong sign unless bits are lost.
                    Assert.True(Math.Sign(product) == Math.Sign(a) * Math.Sign(b), $"{multiplier}: {a} × {b} is {product}");
                    Assert.InRange(Math.Abs(product), 0.5 * Math.Abs(a * b), 1.6 * Math.Abs(a * b));
                }
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(8)]
    public void Exact_IsTheProduct(int bits)
    {
        IntegerProducts.AssertAll(new ExactIntegerMultiplier(bits, isSigned: true), (a, b) => a * b);
        IntegerProducts.AssertAll(new ExactIntegerMultiplier(bits, isSigned: false), (a, b) => a * b);
    }

    [Fact]
    public void Exact_OfSixteenBits_HoldsTheLargestProducts()
    {
        Assert.Equal(65535L * 65535, IntegerProducts.Of(new ExactIntegerMultiplier(16, isSigned: false), 65535, 65535));
        Assert.Equal(32768L * 32768, IntegerProducts.Of(new ExactIntegerMultiplier(16, isSigned: true), -32768, -32768));
        Assert.Equal(-32768L * 32767, IntegerProducts.Of(new ExactIntegerMultiplier(16, isSigned: true), -32768, 32767));
    }
}
