using System.Runtime.Intrinsics;
using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Xunit;

namespace Dapprox.Tests.Kernels;

public class KernelTableTests
{
    static readonly string[] InstructionSets = ["avx512", "avx2", "vector128"];

    [Fact]
    public void EveryMultiplier_HasAPathForEveryInstructionSet_InEitherAccumulation()
    {
        foreach (FloatMultiplier multiplier in KernelCases.Multipliers)
        {
            foreach (Accumulation accumulation in Enum.GetValues<Accumulation>())
                Assert.Equal(InstructionSets, KernelTable.All(multiplier, accumulation).Select(path => path.InstructionSet).Distinct());
        }
    }

    [Fact]
    public void NamesOfPaths_AreUnique_AndBeginWithTheInstructionSet()
    {
        foreach (FloatMultiplier multiplier in KernelCases.Multipliers)
        {
            foreach (Accumulation accumulation in Enum.GetValues<Accumulation>())
            {
                IReadOnlyList<KernelPath> paths = KernelTable.All(multiplier, accumulation);
                Assert.Equal(paths.Count, paths.Select(path => path.Name).Distinct().Count());
                Assert.All(paths, path => Assert.StartsWith(path.InstructionSet, path.Name, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void PathsOfThisProcessor_AreSupported()
    {
        foreach (FloatMultiplier multiplier in KernelCases.Multipliers)
        {
            Dictionary<string, bool> supported = KernelTable.All(multiplier, Accumulation.Float64)
                .GroupBy(path => path.InstructionSet)
                .ToDictionary(group => group.Key, group => group.All(path => path.IsSupported));

            Assert.Equal(Vector512.IsHardwareAccelerated, supported["avx512"]);
            Assert.Equal(Vector256.IsHardwareAccelerated, supported["avx2"]);
            Assert.Equal(Vector128.IsHardwareAccelerated, supported["vector128"]);
        }
    }

    [Fact]
    public void RangeOfOperands_SkipsWhatCountsAsZero_AndSeesSpecials()
    {
        Assert.Equal(
            new OperandRange(120, 130),
            OperandRange.Of([0f, -Binary32.Compose(0, 120, 5), Binary32.Compose(0, 130, 5), 1e-37f], 0x03AA_2425));
        Assert.Equal(new OperandRange(7, 127), OperandRange.Of([1f, 1e-36f], 0x03AA_2425));
        Assert.Equal(new OperandRange(7, 127), OperandRange.Of([1e-36f, .. Enumerable.Repeat(1f, 63)], 0x03AA_2425));
        Assert.True(OperandRange.Of([0f, -0f, 1e-37f], 0x03AA_2425).IsZero);
        Assert.True(OperandRange.Of([], 1).IsZero);
        Assert.Equal(255, OperandRange.Of([1f, float.NaN], 1).Highest);
        Assert.Equal(255, OperandRange.Of([.. new float[64], float.NegativeInfinity], 1).Highest);
        Assert.NotEqual(255, OperandRange.Of([1f, float.MaxValue], 1).Highest);
    }
}
