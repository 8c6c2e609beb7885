using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Tests.References;
using Xunit;

namespace Dapprox.Tests.Arithmetic;

public class MultiplierEdgeTests
{
    const float Inf = float.PositiveInfinity;

    public static TheoryData<string> Mantissas => [.. Multipliers.All.OfType<MantissaMultiplier>().Select(multiplier => multiplier.Name)];

    public static TheoryData<string> All => [.. Multipliers.All.Select(multiplier => multiplier.Name)];

    [Theory]
    [MemberData(nameof(Mantissas))]
    public void ZeroOrFlushedOperand_GivesPositiveZero_WhateverTheSigns(string name)
    {
        FloatMultiplier multiplier = Multipliers.Find(name);

        foreach (float zero in (float[])[0f, -0f, 1e-37f, -1e-37f, float.Epsilon, MathF.BitDecrement(1e-36f)])
        {
            foreach (float other in (float[])[1f, -1f, 3e38f, 0f, -0f, 1e-40f])
            {
                AssertBits(0f, multiplier.Multiply(zero, other));
                AssertBits(0f, multiplier.Multiply(other, zero));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Mantissas))]
    public void SmallestOperandThatCounts_IsNotFlushed(string name)
    {
        float product = Multipliers.Find(name).Multiply(1e-36f, 1f);

        Assert.InRange(product, 0.5e-36f, 2.2e-36f);
    }

    [Theory]
    [MemberData(nameof(Mantissas))]
    public void FlushedTimesInfinity_IsNaN(string name)
    {
        AssertBits(float.NaN, Multipliers.Find(name).Multiply(1e-37f, Inf));
        AssertBits(float.NaN, Multipliers.Find(name).Multiply(-Inf, 0f));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Specials_FollowIeee754(string name)
    {
        FloatMultiplier multiplier = Multipliers.Find(name);

        AssertBits(float.NaN, multiplier.Multiply(float.NaN, 0f));
        AssertBits(float.NaN, multiplier.Multiply(1f, BitConverter.UInt32BitsToSingle(0x7F80_0001)));
        AssertBits(float.NaN, multiplier.Multiply(0f, Inf));
        AssertBits(-Inf, multiplier.Multiply(Inf, -2f));
        AssertBits(Inf, multiplier.Multiply(-Inf, -Inf));
    }

    [Theory]
    [MemberData(nameof(Mantissas))]
    public void Underflow_IsAZeroWithTheSignOfTheProduct(string name)
    {
        AssertBits(0f, Multipliers.Find(name).Multiply(1e-30f, 1e-30f));
        AssertBits(-0f, Multipliers.Find(name).Multiply(-1e-30f, 1e-30f));
    }

    [Theory]
    [MemberData(nameof(Mantissas))]
    public void Overflow_IsAnInfinityWithTheSignOfTheProduct(string name)
    {
        AssertBits(Inf, Multipliers.Find(name).Multiply(1e30f, 1e30f));
        AssertBits(-Inf, Multipliers.Find(name).Multiply(1e30f, -1e30f));
    }

    [Fact]
    public void ResultExponents_OneAnd254_AreTheLastThatStayFinite()
    {
        // e = ea + eb − 126; both mantissas are 1, so the fraction is 0.
        AssertBits(Binary32.Compose(0, 1, 0), AxFpm.Released.Multiply(Binary32.Compose(0, 60, 0), Binary32.Compose(0, 67, 0)));
        AssertBits(0f, AxFpm.Released.Multiply(Binary32.Compose(0, 60, 0), Binary32.Compose(0, 66, 0)));
        AssertBits(Binary32.Compose(0, 254, 0), AxFpm.Released.Multiply(Binary32.Compose(0, 190, 0), Binary32.Compose(0, 190, 0)));
        AssertBits(Inf, AxFpm.Released.Multiply(Binary32.Compose(0, 190, 0), Binary32.Compose(0, 191, 0)));
    }

    [Fact]
    public void Exact_IsTheProcessorsProduct()
    {
        foreach (float a in SampleOperands.Edges)
        {
            foreach (float b in SampleOperands.Edges)
            {
                float product = a * b;
                AssertBits(float.IsNaN(product) ? float.NaN : product, ExactMultiplier.Rounded.Multiply(a, b));
            }
        }
    }

    [Fact]
    public void Bfloat16_IsTheExactProductOfTruncatedOperands_OfAllMantissas()
    {
        for (uint a = 0; a < 128; a++)
        {
            for (uint b = 0; b < 128; b++)
            {
                float x = Binary32.Compose(0, 127, a << 16 | 0x1234), y = Binary32.Compose(0, 127, b << 16 | 0xFFFF);
                double expected = (1 + a / 128.0) * (1 + b / 128.0);
                Assert.Equal(expected, Bfloat16Multiplier.Truncated.Multiply(x, y));
            }
        }
    }

    [Fact]
    public void Bfloat16_NaNWhosePayloadIsCutOff_StaysNaN() =>
        AssertBits(float.NaN, Bfloat16Multiplier.Truncated.Multiply(BitConverter.UInt32BitsToSingle(0x7F80_0001), 1f));

    [Fact]
    public void Ama5Flat_EqualsItsCells_OnTwelveBitArrays()
    {
        // The flat array's formula at width 12, every operand; the 24-bit one has the same form.
        for (int a = 0; a < 4096; a += 7)
        {
            for (int b = 0; b < 4096; b += 5)
                Assert.Equal((UInt128)((a & 1) * b + ((long)(a & ~1) << 12) * (b >> 11)), Ama5Cells.Array(a, b, 12));
        }
    }

    [Fact]
    public void Ama5Flat_EqualsItsCells_OnRandomMantissas()
    {
        var random = new CounterRandom(4);

        for (int i = 0; i < 20_000; i++)
        {
            uint a = random.NextUInt32() >> 8, b = random.NextUInt32() >> 8;
            Assert.Equal(Ama5Cells.Array((int)a, (int)b, 24), Ama5Flat.Instance.MultiplyMantissas(a, b));
        }
    }

    [Fact]
    public void UnknownName_ListsTheKnownOnes_AndSuggestsTheNearest()
    {
        var exception = Assert.Throws<InputException>(() => Multipliers.Find("ax-fmp"));

        Assert.Contains("did you mean 'ax-fpm'?", exception.Message, StringComparison.Ordinal);
        Assert.All(Multipliers.All, multiplier => Assert.Contains(multiplier.Name, exception.Message, StringComparison.Ordinal));
    }

    static void AssertBits(float expected, float actual) =>
        Assert.Equal($"{BitConverter.SingleToUInt32Bits(expected):x8}", $"{BitConverter.SingleToUInt32Bits(actual):x8}");
}
