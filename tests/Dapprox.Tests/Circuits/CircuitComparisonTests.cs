using Dapprox.Measurement;
using Xunit;

namespace Dapprox.Tests.Circuits;

public class CircuitComparisonTests
{
    [Fact]
    public void Run_UpTo24Bits_ComparesAllInputsOnce()
    {
        var seen = new HashSet<(ulong, ulong)>();
        UInt128[][] Note(ulong[][] inputs)
        {
            for (int i = 0; i < inputs[0].Length; i++)
                Assert.True(seen.Add((inputs[0][i], inputs[1][i])));
            return Wide(inputs[0]);
        }

        CircuitComparison comparison = CircuitComparison.Run([9, 8], Note, inputs => Wide(inputs[0]), samples: 1, seed: 1);

        Assert.Equal(new CircuitComparison(1 << 17, true, null), comparison);
        Assert.Equal(1 << 17, seen.Count);
        Assert.Equal((511UL, 255UL), (seen.Max(pair => pair.Item1), seen.Max(pair => pair.Item2)));
    }

    [Fact]
    public void Run_OneWrongPairOfAll_IsFound()
    {
        CircuitComparison comparison = CircuitComparison.Run(
            [12, 12], inputs => Wide(inputs[0]),
            inputs => Wide(inputs[0].Zip(inputs[1], (a, b) => a == 4095 && b == 4094 ? 7 : a)), samples: 1, seed: 1);

        Assert.Equal([4095UL, 4094], comparison.Difference!.Inputs);
        Assert.Equal(((UInt128)4095, (UInt128)7), (comparison.Difference.First[0], comparison.Difference.Second[0]));
        Assert.Equal((1 << 24) - 1, comparison.Compared);
    }

    [Fact]
    public void Run_WiderInputs_ComparesSamplesThatTheSeedDetermines()
    {
        List<ulong> Inputs(ulong seed)
        {
            var seen = new List<ulong>();
            CircuitComparison comparison = CircuitComparison.Run([24, 1], Note, Note, samples: 100_000, seed);
            Assert.Equal(new CircuitComparison(100_000, false, null), comparison);
            return seen;

            UInt128[][] Note(ulong[][] inputs)
            {
                Assert.All(inputs[0], number => Assert.True(number < 1 << 24));
                seen.AddRange(inputs[0]);
                return Wide(inputs[1]);
            }
        }

        List<ulong> first = Inputs(1);

        Assert.Equal(first, Inputs(1));
        Assert.NotEqual(first, Inputs(2));
        Assert.Equal([0UL, (1 << 24) - 1], first.Take(2));
    }

    /// <summary>One output.</summary>
    static UInt128[][] Wide(IEnumerable<ulong> numbers) => [[.. numbers.Select(number => (UInt128)number)]];
}
