using System.Numerics;
using Dapprox.Arithmetic;
using Xunit;

namespace Dapprox.Tests.Arithmetic;

/// <summary>Mitchell's multiplier and the iterative one.</summary>
public class LogarithmicMultiplierTests
{
    /// <summary>
    /// The logarithm and its inverse as piecewise linear functions of real numbers; all values here are exact in binary64.
    /// </summary>
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void Mitchell_IsTheInverseLogarithmOfTheSumOfLogarithms(int bits)
    {
        IntegerProducts.AssertAll(
            new MitchellMultiplier(bits), (a, b) => a == 0 || b == 0 ? 0 : (long)Inverse(Logarithm(a) + Logarithm(b)));

        static double Logarithm(double number)
        {
            double whole = Math.Floor(Math.Log2(number));
            return whole + number / Math.Pow(2, whole) - 1;
        }

        static double Inverse(double logarithm)
        {
            double whole = Math.Floor(logarithm);
            return Math.Pow(2, whole) * (1 + logarithm - whole);
        }
    }

    /// <summary>Mitchell 1962, section III: the largest error is where both fractions are 1/2, and there it is a ninth.</summary>
    [Fact]
    public void Mitchell_WhereBothFractionsAreAHalf_MissesANinth()
    {
        Assert.Equal(8UL, new MitchellMultiplier(8).Multiply(3, 3));
        Assert.Equal(192UL * 192 - 4096, new MitchellMultiplier(8).Multiply(192, 192));
    }

    /// <summary>
    /// In closed form: every step takes away what the leading ones contribute, so that the product of what is left is missing, the operands
    /// without their c + 1 highest ones.
    /// </summary>
    [Theory]
    [InlineData(2, 0)]
    [InlineData(5, 2)]
    [InlineData(8, 0)]
    [InlineData(8, 1)]
    [InlineData(8, 2)]
    [InlineData(8, 3)]
    [InlineData(8, 7)]
    public void IterativeLog_MissesTheProductOfTheOperandsWithoutTheirHighestOnes(int bits, int corrections)
    {
        IntegerProducts.AssertAll(
            new IterativeLogMultiplier(bits, corrections), (a, b) => a * b - WithoutHighestOnes(a) * WithoutHighestOnes(b));

        long WithoutHighestOnes(long operand)
        {
            IEnumerable<int> ones = Enumerable.Range(0, 63).Where(bit => (operand >> bit & 1) != 0).OrderDescending();
            return ones.Skip(corrections + 1).Sum(bit => 1L << bit);
        }
    }

    /// <summary>Babić et al. 2011: exact after as many steps as the operand with fewer ones has.</summary>
    [Fact]
    public void IterativeLog_OfOperandsWithFewOnes_IsExact()
    {
        var multiplier = new IterativeLogMultiplier(8, corrections: 1);

        foreach (long a in IntegerProducts.Operands(multiplier).Where(a => BitOperations.PopCount((ulong)a) <= 2))
        {
            foreach (long b in IntegerProducts.Operands(multiplier))
                Assert.Equal(a * b, IntegerProducts.Of(multiplier, a, b));
        }
    }
}
