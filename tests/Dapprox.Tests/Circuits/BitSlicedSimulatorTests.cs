using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using CsCheck;
using Dapprox.Circuits;
using Xunit;

namespace Dapprox.Tests.Circuits;

public class BitSlicedSimulatorTests
{
    /// <summary>The vectors that this processor has, and the narrowest, which work without.</summary>
    public static TheoryData<int> VectorBytes => [.. ((int[])[64, 32, 16]).Where(IsSupported)];

    [Theory]
    [MemberData(nameof(VectorBytes))]
    public void RandomNetlists_EqualTheDefinition(int vectorBytes) =>
        Gen.Select(Gen.ULong, Gen.Int[0, 900], Gen.Int[1, 1100]).Sample(
            (seed, elements, count) =>
                Check(new BitSlicedSimulator(RandomCircuits.Build(seed, elements), vectorBytes), count, seed), iter: 30);

    [Theory]
    [MemberData(nameof(VectorBytes))]
    public void AMixedArrayOf24Bits_EqualsTheDefinition(int vectorBytes) =>
        Check(new BitSlicedSimulator(MixedArray(), vectorBytes), 20_000, 1);

    [FactOf(Tier.Ci)]
    public void AMillionPairs_EqualTheDefinition() => CheckInParallel(MixedArray(), 1_000_000);

    [FactOf(Tier.Long)]
    public void AHundredMillionPairs_EqualTheDefinition() => CheckInParallel(MixedArray(), 100_000_000);

    [Theory]
    [InlineData("array:8:ama1")]
    [InlineData("carry-save:8:ama4:columns=9")]
    [InlineData("wallace:8:axa1:columns=8")]
    [InlineData("blocks:8:ama5:width=17")]
    public void AllPairsOf8Bits_EqualTheDefinition(string description)
    {
        Netlist netlist = CircuitDescription.Build(description);
        ulong[] a = [.. Enumerable.Range(0, 1 << 16).Select(i => (ulong)i >> 8)],
            b = [.. Enumerable.Range(0, 1 << 16).Select(i => (ulong)i & 255)];

        UInt128[] products = BitSlicedSimulator.Of(netlist).Evaluate(a, b)[0];

        for (int i = 0; i < products.Length; i++)
            Assert.Equal(netlist.Evaluate(a[i], b[i])[0], products[i]);
    }

    [Fact]
    public void Of_KeepsWhatItCompiled()
    {
        Netlist netlist = CircuitDescription.Build("array:4");

        Assert.Same(BitSlicedSimulator.Of(netlist), BitSlicedSimulator.Of(netlist));
    }

    [Fact]
    public void Evaluate_RefusesArraysThatDoNotFit()
    {
        BitSlicedSimulator simulator = BitSlicedSimulator.Of(CircuitDescription.Build("array:4"));

        Assert.Throws<ArgumentException>(() => simulator.Evaluate([1, 2]));
        Assert.Throws<ArgumentException>(() => simulator.Evaluate([1, 2], [1]));
        Assert.Empty(simulator.Evaluate([], [])[0]);
    }

    /// <summary>Bit i of number 16r + l is bit r of lane l of slice i.</summary>
    [Fact]
    public void Transposing_MovesEveryBitToItsSlice_AndBack() =>
        Gen.Select(Gen.ULong, Gen.Int[1, 32]).Sample((seed, bits) =>
        {
            uint[] numbers = [.. RandomCircuits.Numbers(512, bits, seed).Select(number => (uint)number)];
            uint[] slices = [.. numbers];

            BitTranspose.ToSlices(Rows(slices), bits);

            for (int bit = 0; bit < bits; bit++)
            {
                for (int i = 0; i < 512; i++)
                    Assert.Equal(numbers[i] >> bit & 1, slices[16 * bit + i % 16] >> (i / 16) & 1);
            }

            slices.AsSpan(16 * bits).Clear();
            BitTranspose.ToNumbers(Rows(slices), bits);
            Assert.Equal(numbers, slices);

            static Span<Vector512<uint>> Rows(uint[] numbers) => MemoryMarshal.Cast<uint, Vector512<uint>>(numbers.AsSpan());
        }, iter: 50);

    [Fact]
    public void Formulas_ComputeTheirFunctions_WithAtMostFiveOperations()
    {
        for (int table = 0; table < 256; table++)
            Assert.Equal(table, Value((byte)table, out int operations) + (operations > 5 ? 1000 : 0));

        static byte Value(byte table, out int operations)
        {
            LogicStep step = LogicFormulas.Of(table);
            operations = 0;
            if (step.Operation is not LogicOperation operation)
                return step.Table;
            byte left = Value(step.Left, out int leftCount), right = Value(step.Right, out int rightCount);
            operations = leftCount + rightCount + 1;
            return operation switch
            {
                LogicOperation.And => (byte)(left & right),
                LogicOperation.Or => (byte)(left | right),
                LogicOperation.Xor => (byte)(left ^ right),
                _ => (byte)(left & ~right),
            };
        }
    }

    /// <summary>A different cell in every place, so that no two rows are alike.</summary>
    static Netlist MixedArray() =>
        MultiplierCircuits.Array(24, (row, position) => Cells.Adders[(7 * row + 3 * position) % Cells.Adders.Count]);

    static void Check(BitSlicedSimulator simulator, int count, ulong seed)
    {
        Netlist netlist = simulator.Netlist;
        ulong[][] inputs = [.. netlist.Inputs.Select((bus, i) => RandomCircuits.Numbers(count, bus.Width, seed + (ulong)i))];

        UInt128[][] results = simulator.Evaluate(inputs);

        for (int i = 0; i < count; i++)
        {
            UInt128[] expected = netlist.Evaluate([.. inputs.Select(numbers => numbers[i])]);
            for (int output = 0; output < expected.Length; output++)
            {
                if (expected[output] != results[output][i])
                    Assert.Fail(
                        $"{netlist} at {string.Join(", ", inputs.Select(numbers => numbers[i]))}: output {output} is {results[output][i]} "
                            + $"and should be {expected[output]}.");
            }
        }
    }

    static void CheckInParallel(Netlist netlist, int count)
    {
        const int Part = 100_000;
        BitSlicedSimulator simulator = BitSlicedSimulator.Of(netlist);
        Parallel.For(0, count / Part, part => Check(simulator, Part, (ulong)part * 10));
    }

    static bool IsSupported(int vectorBytes) => vectorBytes switch
    {
        64 => Vector512.IsHardwareAccelerated,
        32 => Vector256.IsHardwareAccelerated,
        _ => true,
    };
}
