using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Circuits;
using DefensiveApproximation.Kernels;
using Xunit;

namespace DefensiveApproximation.Tests.Kernels;

/// <summary>Every entry of the table of paths that this processor can run, as theory data.</summary>
static class KernelCases
{
    /// <summary>
    /// The multipliers with paths in the table. Circuits have one path for all, with tests of its own; their definition, gate by
    /// gate, takes too long for millions of products.
    /// </summary>
    public static IEnumerable<FloatMultiplier> Formulas => Multipliers.All.Where(multiplier => multiplier is not CircuitMultiplier);

    /// <summary>Multiplier, accumulation, path; the path "definition" stands for none of the fast ones.</summary>
    public static TheoryData<string, Accumulation, string> Paths()
    {
        var data = new TheoryData<string, Accumulation, string>();
        foreach (FloatMultiplier multiplier in Formulas)
        {
            foreach (Accumulation accumulation in Enum.GetValues<Accumulation>())
            {
                foreach (KernelPath path in KernelTable.All(multiplier, accumulation).Where(path => path.IsSupported))
                    data.Add(multiplier.Name, accumulation, path.Name);
                data.Add(multiplier.Name, accumulation, "definition");
            }
        }

        return data;
    }

    public static KernelPath? Find(string multiplier, Accumulation accumulation, string path) =>
        KernelTable.All(Multipliers.Find(multiplier), accumulation).SingleOrDefault(candidate => candidate.Name == path);

    /// <summary>One output of a matrix product, written down independently of the kernels.</summary>
    public static float Sum(FloatMultiplier multiplier, Accumulation accumulation, IEnumerable<(float A, float B)> operands, float bias)
    {
        bool fused = multiplier.Name == "exact-fused";
        // A bias of −0 counts as +0.
        bias += 0f;
        float result;
        if (accumulation == Accumulation.Float32)
        {
            float sum = 0;
            foreach ((float a, float b) in operands)
                sum = fused ? MathF.FusedMultiplyAdd(a, b, sum) : sum + multiplier.Multiply(a, b);
            result = sum + bias;
        }
        else
        {
            double sum = 0;
            foreach ((float a, float b) in operands)
                sum = fused ? Math.FusedMultiplyAdd(a, b, sum) : sum + multiplier.Multiply(a, b);
            result = (float)sum + bias;
        }

        return float.IsNaN(result) ? float.NaN : result;
    }

    public static void AssertBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            uint wanted = BitConverter.SingleToUInt32Bits(expected[i]), found = BitConverter.SingleToUInt32Bits(actual[i]);
            if (wanted != found)
                Assert.Fail($"[{i}]: expected {expected[i]:G9} ({wanted:x8}), found {actual[i]:G9} ({found:x8}).");
        }
    }
}
