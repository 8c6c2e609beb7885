using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Kernels;
using Xunit;

namespace Dapprox.Tests.Kernels;

/// <summary>Every entry of the table of paths that this processor can run, as theory data.</summary>
static class KernelCases
{
    /// <summary>
    /// The multipliers that have names, and some of circuits: small ones, since the definition of a circuit is slow. Leading
    /// ones are where an exact product's are in the first, and anywhere in the others.
    /// </summary>
    public static IReadOnlyList<FloatMultiplier> Multipliers { get; } =
    [
        .. Dapprox.Multipliers.All.Where(multiplier => multiplier is not CircuitMultiplier),
        new CircuitMultiplier(CircuitDescription.Build("dadda:5:ama1:columns=5"), name: "dadda-5"),
        new CircuitMultiplier(CircuitDescription.Build("array:6:axa1"), new FloatFormat(4, 5), name: "array-6"),
        new CircuitMultiplier(
            CircuitDescription.Build("carry-save:4:ama4:columns=5"), new FloatFormat(5, 3), MantissaOverflow.Wrapped, "carry-save-4"),
        new CircuitMultiplier(
            CircuitDescription.Build("blocks:4:ama5:block=2:width=9"), overflow: MantissaOverflow.Released, name: "blocks-4"),
    ];

    /// <summary>Convolutions with filters of one to three rows and columns and any padding and dilation up to two.</summary>
    /// <param name="groups">The most groups.</param>
    /// <param name="inputs">The most input channels of a group.</param>
    /// <param name="outputs">The most output channels of a group.</param>
    /// <param name="stride">The longest stride.</param>
    public static Gen<ConvolutionShape> Shapes(int groups, int inputs, int outputs, int stride) =>
        from divided in Gen.Int[1, groups]
        from input in Gen.Int[1, inputs]
        from output in Gen.Int[1, outputs]
        from kernelHeight in Gen.Int[1, 3]
        from kernelWidth in Gen.Int[1, 3]
        from steps in Gen.Select(Gen.Int[1, stride], Gen.Int[1, stride], (down, right) => new Steps(down, right))
        from padding in Gen.Select(
            Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2], (top, left, bottom, right) => new Padding(top, left, bottom, right))
        from dilation in Gen.Select(Gen.Int[1, 2], Gen.Int[1, 2], (down, right) => new Steps(down, right))
        select new ConvolutionShape(divided * input, divided * output, kernelHeight, kernelWidth)
        {
            Stride = steps,
            Padding = padding,
            Dilation = dilation,
            Groups = divided,
        };

    public static FloatMultiplier Multiplier(string name) => Multipliers.Single(multiplier => multiplier.Name == name);

    /// <summary>Multiplier, accumulation, path; the path "definition" stands for none of the fast ones.</summary>
    public static TheoryData<string, Accumulation, string> Paths()
    {
        var data = new TheoryData<string, Accumulation, string>();
        foreach (FloatMultiplier multiplier in Multipliers)
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
        KernelTable.All(Multiplier(multiplier), accumulation).SingleOrDefault(candidate => candidate.Name == path);

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
