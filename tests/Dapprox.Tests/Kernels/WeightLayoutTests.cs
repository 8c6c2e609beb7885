using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Tests.References;
using Xunit;

namespace Dapprox.Tests.Kernels;

public class WeightLayoutTests
{
    [Fact]
    public void IndexOf_ByColumn_ByRow_AndByPosition_IsWhereTheNumberLies() =>
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 5], Gen.Int[1, 5], Gen.Int[1, 7]).Sample((batch, columns, more, positions) =>
        {
            int channels = columns + more;
            for (int column = 0; column < columns; column++)
            {
                for (int k = 0; k < batch * positions; k++)
                {
                    Assert.Equal(column * batch * positions + k, WeightLayout.ByColumn(columns, batch * positions).IndexOf(column, k));
                    Assert.Equal(k * columns + column, WeightLayout.ByRow(columns, batch * positions).IndexOf(column, k));
                    int image = k / positions, position = k % positions;
                    Assert.Equal(
                        (image * channels + column) * positions + position,
                        WeightLayout.ByPosition(batch, columns, channels, positions).IndexOf(column, k));
                }
            }
        });

    public static TheoryData<string, Accumulation, string> Paths => KernelCases.Paths();

    // Runs of 45 products end inside the blocks of rows in which weights are gathered.
    [Theory]
    [MemberData(nameof(Paths))]
    public void ByPosition_OnEveryPath_IsTheDefinition(string name, Accumulation accumulation, string path)
    {
        const int Rows = 7, Batch = 2, Columns = 19, Positions = 45, Count = Batch * Positions;
        FloatMultiplier multiplier = KernelCases.Multiplier(name);
        WeightLayout layout = WeightLayout.ByPosition(Batch, Columns, Columns, Positions);
        float[] input = SampleOperands.Ordinary(Rows * Count, 1), weights = SampleOperands.Ordinary(Batch * Columns * Positions, 2);
        float[] output = new float[Rows * Columns];

        new DenseKernel(multiplier, weights, [], layout, accumulation, path).Run(input, output, threads: 1);

        float[] expected = [.. Enumerable.Range(0, output.Length).Select(i => KernelCases.Sum(
            multiplier, accumulation,
            Enumerable.Range(0, Count).Select(k => (
                input[i / Columns * Count + k], weights[(k / Positions * Columns + i % Columns) * Positions + k % Positions])),
            bias: 0))];
        KernelCases.AssertBits(expected, output);
    }
}
