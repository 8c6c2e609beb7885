using Dapprox.Arithmetic;
using Xunit;

namespace Dapprox.Tests.Arithmetic;

/// <summary>Products of integer multipliers as numbers, and comparisons over all pairs of operands.</summary>
static class IntegerProducts
{
    /// <summary>The operands of a multiplier, in order.</summary>
    public static IEnumerable<long> Operands(IntegerMultiplier multiplier)
    {
        long count = 1L << multiplier.FirstWidth, least = multiplier.IsSigned ? -count / 2 : 0;
        return Enumerable.Range(0, (int)count).Select(i => least + i);
    }

    /// <summary>A product as the number that its bits are.</summary>
    public static long Of(IntegerMultiplier multiplier, long a, long b)
    {
        var product = new UInt128[1];
        multiplier.Multiply([Bits(a, multiplier.FirstWidth)], [Bits(b, multiplier.SecondWidth)], product);
        return (long)multiplier.Extend(product[0], multiplier.ProductWidth);
    }

    /// <summary>Checks all products.</summary>
    public static void AssertAll(IntegerMultiplier multiplier, Func<long, long, long> expected)
    {
        foreach (long a in Operands(multiplier))
        {
            foreach (long b in Operands(multiplier))
            {
                long product = Of(multiplier, a, b);
                if (product != expected(a, b))
                    Assert.Fail($"{multiplier}: {a} × {b} is {product}, and {expected(a, b)} is expected.");
            }
        }
    }

    static ulong Bits(long number, int width) => (ulong)number & ulong.MaxValue >> (64 - width);
}
