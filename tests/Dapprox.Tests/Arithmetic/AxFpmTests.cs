using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Tests.Data;
using Dapprox.Tests.References;
using Xunit;

namespace Dapprox.Tests.Arithmetic;

public class AxFpmTests
{
    static readonly Gen<uint> Mantissa = Gen.UInt[0x80_0000, 0xFF_FFFF];

    [Fact]
    public void Block_OfFourByFourCells_HasTheClosedForm()
    {
        for (int a = 0; a < 16; a++)
        {
            for (int b = 0; b < 16; b++)
            {
                int a0 = a & 1, b3 = b >> 3;
                int closed = a0 * b + 16 * b3 * (a - a0);

                Assert.Equal((UInt128)closed, Ama5Cells.Array(a, b, 4));
            }
        }
    }

    [Fact]
    public void MultiplyMantissas_OnTenMillionPairs_EqualsTheCells()
    {
        const int Blocks = 100, PairsPerBlock = 100_000;

        Parallel.For(0, Blocks, block =>
        {
            var random = new CounterRandom(1, (ulong)block);
            for (int i = 0; i < PairsPerBlock; i++)
            {
                uint a = random.NextUInt32() >> 8, b = random.NextUInt32() >> 8;
                ulong expected = Ama5Cells.ThirtySixBlocks(a, b);
                if (expected != AxFpm.Released.MultiplyMantissas(a, b))
                    Assert.Fail($"{a:x} x {b:x}: cells give {expected:x}, the closed form {AxFpm.Released.MultiplyMantissas(a, b):x}.");
            }
        });
    }

    [Fact]
    public void MultiplyMantissas_OfNormalisedOperands_LiesBetween2To47And1Point063Times2To48() =>
        Gen.Select(Mantissa, Mantissa).Sample((a, b) =>
        {
            ulong m = AxFpm.Released.MultiplyMantissas(a, b);
            return m >= 1UL << 47 && m < 1.063 * (1UL << 48);
        }, iter: 100_000);

    [Fact]
    public void MultiplyMantissas_IsLinearInTheDisjointNibblesOfEachOperand() =>
        Gen.Select(Gen.UInt[0, 0xFF_FFFF], Gen.UInt[0, 0xFF_FFFF], Gen.Int[0, 5]).Sample((a, b, nibble) =>
        {
            uint mask = 0xFu << (4 * nibble);
            return AxFpm.Released.MultiplyMantissas(a, b)
                    == AxFpm.Released.MultiplyMantissas(a & mask, b) + AxFpm.Released.MultiplyMantissas(a & ~mask, b)
                && AxFpm.Released.MultiplyMantissas(a, b)
                    == AxFpm.Released.MultiplyMantissas(a, b & mask) + AxFpm.Released.MultiplyMantissas(a, b & ~mask);
        }, iter: 100_000);

    [Fact]
    public void Multiply_OneByOne_IsTwo() => Assert.Equal(2f, AxFpm.Released.Multiply(1, 1));

    [Fact]
    public void Multiply_PublishedExample_IsReproduced() =>
        Assert.Equal(0.426080584526062f, AxFpm.Released.Multiply(0.856f, 0.471f));

    [Fact]
    public void Multiply_DoesNotCommute() =>
        Assert.NotEqual(AxFpm.Released.Multiply(1.1f, 1.9f), AxFpm.Released.Multiply(1.9f, 1.1f));

    [Fact]
    public void Multiply_ReleasedPairs_AllAgree()
    {
        string folder = DataFolder.Reference;
        int count = 0;

        foreach (string line in File.ReadLines(Path.Combine(folder, "ax_fpm_products.txt")).Where(line => !line.StartsWith('#')))
        {
            uint[] bits = line.Split(' ').Select(word => Convert.ToUInt32(word, 16)).ToArray();
            float product = AxFpm.Released.Multiply(BitConverter.UInt32BitsToSingle(bits[0]), BitConverter.UInt32BitsToSingle(bits[1]));
            Assert.Equal(bits[2], BitConverter.SingleToUInt32Bits(product));
            count++;
        }

        Assert.Equal(20_000, count);
    }

    [Fact]
    public void Conventions_DifferOnlyWhereTheMantissaOverflows() =>
        Gen.Select(Mantissa, Mantissa).Sample((a, b) =>
        {
            float x = Binary32.Compose(0, 127, a & Binary32.FractionMask), y = Binary32.Compose(0, 127, b & Binary32.FractionMask);
            ulong m = AxFpm.Released.MultiplyMantissas(a, b);
            double released = AxFpm.Released.Multiply(x, y), wrapped = AxFpm.Wrapped.Multiply(x, y),
                renormalised = AxFpm.Renormalised.Multiply(x, y);
            double whole = m / (double)(1UL << 46);
            double carryLost = (m & ((1UL << 48) - 1)) / (double)(1UL << 46);
            return m < 1UL << 48
                ? released == wrapped && released == renormalised && IsTruncationOf(released, whole)
                : released * 2 == renormalised && IsTruncationOf(renormalised, whole) && IsTruncationOf(wrapped, carryLost);
        }, iter: 200_000);

    [Fact]
    public void OverflowsOfNormalisedPairs_AreFourPercent()
    {
        var random = new CounterRandom(2);
        const int Count = 1_000_000;
        int overflows = 0;

        for (int i = 0; i < Count; i++)
        {
            if (AxFpm.Released.MultiplyMantissas(random.NextUInt32() >> 9 | 0x80_0000, random.NextUInt32() >> 9 | 0x80_0000) >= 1UL << 48)
                overflows++;
        }

        // 4.26 % expected, standard deviation 0.02 %: five deviations.
        Assert.InRange(overflows / (double)Count, 0.0416, 0.0436);
    }

    /// <summary>Whether a binary32 number is the real one cut off after 24 significant bits.</summary>
    static bool IsTruncationOf(double single, double real) =>
        real == 0 ? single == 0 : single <= real && real - single < Math.ScaleB(1, Math.ILogB(real) - 23);
}
