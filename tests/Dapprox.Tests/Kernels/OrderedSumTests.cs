using CsCheck;
using Dapprox.Kernels;
using Dapprox.Tests.References;
using Xunit;

namespace Dapprox.Tests.Kernels;

public class OrderedSumTests
{
    // Eight sums of every eighth number, added in order, and what is left.
    [Fact]
    public void OfAnyNumbers_HasTheBitsOfItsDefinition() => Gen.Select(Gen.Int[0, 70], Gen.ULong).Sample((count, seed) =>
    {
        float[] left = SampleOperands.WithExponents(count, 100, 150, seed), right = SampleOperands.WithExponents(count, 100, 150, seed + 1);

        Assert.Equal(Definition([.. left.Select(number => (double)number)]), OrderedSum.Of(left));
        Assert.Equal(Definition([.. left.Zip(right, (a, b) => (double)a * b)]), OrderedSum.OfProducts(left, right));
    });

    static double Definition(double[] numbers)
    {
        double[] sums = new double[8];
        int whole = numbers.Length - numbers.Length % 8;
        for (int i = 0; i < whole; i++)
            sums[i % 8] += numbers[i];
        double total = 0, rest = 0;
        foreach (double sum in sums)
            total += sum;
        foreach (double number in numbers[whole..])
            rest += number;
        return total + rest;
    }
}
