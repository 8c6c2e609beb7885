using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Tests.References;
using Xunit;

namespace Dapprox.Tests.Kernels;

public class DenseKernelTests
{
    const int Rows = 7, Inputs = 13, Outputs = 19;

    public static TheoryData<string, Accumulation, string> Paths => KernelCases.Paths();

    [Theory]
    [MemberData(nameof(Paths))]
    public void SumsWithBias_EqualTheDefinition(string name, Accumulation accumulation, string path)
    {
        FloatMultiplier multiplier = KernelCases.Multiplier(name);
        float[] bias = SampleOperands.Ordinary(Outputs, 3);
        foreach (Func<int, ulong, float[]> operands in (Func<int, ulong, float[]>[])[SampleOperands.Ordinary, SampleOperands.AnyBits])
        {
            float[] input = operands(Rows * Inputs, 1), weights = operands(Outputs * Inputs, 2), output = new float[Rows * Outputs];

            new DenseKernel(multiplier, weights, bias, WeightLayout.ByColumn(Outputs, Inputs), accumulation, path)
                .Run(input, output, threads: 1);

            float[] expected = [.. Enumerable.Range(0, output.Length).Select(i => KernelCases.Sum(
                multiplier, accumulation,
                Enumerable.Range(0, Inputs).Select(k => (input[i / Outputs * Inputs + k], weights[i % Outputs * Inputs + k])),
                bias[i % Outputs]))];
            KernelCases.AssertBits(expected, output);
        }
    }
}
