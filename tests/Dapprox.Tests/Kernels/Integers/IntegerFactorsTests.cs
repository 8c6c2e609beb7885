using System.Numerics;
using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Circuits.Formats;
using Dapprox.Kernels.Integers;
using Dapprox.Tests.Data;
using Xunit;

namespace Dapprox.Tests.Kernels.Integers;

public sealed class IntegerFactorsTests
{
    // Exact in each operand alone: 1. a·w less (the partial products of k columns): k + 1; only the partial products of columns 8 to 14: 7.
    // RoBA: Ra·w + a·Rw − Ra·Rw. Kulkarni: a·w − 2·(digits of a that are 3)·(those of w).
    [Theory]
    [InlineData("exact-int8", 1)]
    [InlineData("exact-uint8", 1)]
    [InlineData("drum:8:k=3", 1)]
    [InlineData("drum:8:k=6:sign-magnitude", 1)]
    [InlineData("roba:8", 2)]
    [InlineData("array:8:vertical=4", 5)]
    [InlineData("array:8:vertical=8", 7)]
    [InlineData("kulkarni:4", 2)]
    public void Products_OfAMultiplier_AreSumsOfFewProducts(string name, int rank)
    {
        IntegerProducts products = Products(name);

        IntegerFactors factors = Assert.IsType<IntegerFactors>(IntegerFactors.Of(products));

        Assert.Equal(rank, factors.Rank);
        int columns = products.Weights.Count;
        for (int code = 0; code < products.Table.Length; code++)
        {
            long sum = 0;
            for (int r = 0; r < rank; r++)
                sum += (long)factors.Activations[r][code / columns] * factors.Weights[r][code % columns];
            Assert.Equal(products.Table[code], sum);
        }
    }

    /// <summary>Most of EvoApproxLib's multipliers that are at hand are such sums: 14 of at most 4 products, 20 of at most 12.</summary>
    [Fact]
    public void Tables_OfEvoApproxLib_AreMostlySumsOfFewProducts()
    {
        int[] ranks = [.. Directory.GetFiles(Path.Combine(DataFolder.Reference, "evoapprox8"), "*.npy").Select(file =>
        {
            bool isSigned = Path.GetFileName(file).StartsWith("mul8s", StringComparison.Ordinal);
            IntegerProducts products = IntegerProducts.Of(
                TableFiles.Read(file, isSigned), new IntegerFormat(8, isSigned), IntegerFormat.Int8);
            return IntegerFactors.Of(products)?.Rank ?? int.MaxValue;
        })];

        Assert.Equal((26, 14, 20), (ranks.Length, ranks.Count(rank => rank <= 4), ranks.Count(rank => rank <= IntegerFactors.MaxRank)));
    }

    [Theory]
    [InlineData("mitchell:8")]
    [InlineData("array:8:ama1")]
    public void Products_OfTooManyTerms_HaveNone(string name) => Assert.Null(IntegerFactors.Of(Products(name)));

    [Fact]
    public void Products_ThatAreAllZero_HaveNone() => Assert.Null(IntegerFactors.Of(IntegerProducts.Of(
        new TableMultiplier("zero", 8, isSigned: true, (_, _) => 0), IntegerFormat.Int8, IntegerFormat.Int8)));

    // Any sum of products of small numbers, of which the rows are in another order than its terms.
    [Fact]
    public void AnySumOfProducts_HasFactors() => (from rank in Gen.Int[1, 8]
                                                  from f in Gen.Int[-20, 20].Array[rank * 256]
                                                  from g in Gen.Int[-20, 20].Array[rank * 256]
                                                  select (rank, f, g)).Sample(
        (rank, f, g) =>
        {
            var table = new TableMultiplier("sum", 8, isSigned: true, (a, b) => Enumerable.Range(0, rank).Sum(
                r => f[(int)(r * 256 + a + 128)] * g[(int)(r * 256 + b + 128)]));

            IntegerFactors? factors = IntegerFactors.Of(IntegerProducts.Of(table, IntegerFormat.Int8, IntegerFormat.Int8));

            Assert.InRange(factors?.Rank ?? 0, 0, rank);
        },
        iter: 20);

    [Fact]
    public void Reduction_KeepsTheLattice_AndShortensItsBasis() => Gen.Int[-1000, 1000].Array[4].Array[4, 12].Sample(
        vectors =>
        {
            BigInteger[][] given = [.. vectors.Select(vector => Array.ConvertAll(vector, number => (BigInteger)number))];
            BigInteger[][] basis = LatticeReduction.Basis(given);
            if (basis.Length < 4)
                return;

            BigInteger[][] reduced = LatticeReduction.Reduce(basis);

            // What spans the lattice is a combination of the basis, and the reduced basis one of the basis; volumes are equal.
            AssertIntegers(given, basis);
            AssertIntegers(given, reduced);
            AssertIntegers(reduced, basis);
            AssertIntegers(basis, reduced);
            // |b1| ≤ 2^((n − 1) / 4) · det^(1 / n): Lenstra et al. 1982, proposition 1.9.
            double volume = basis.Select((vector, i) => Math.Abs((double)vector[i])).Aggregate(1.0, (product, one) => product * one);
            double first = Math.Sqrt(reduced[0].Sum(number => (double)(number * number)));
            Assert.True(first <= Math.Pow(2, 0.75) * Math.Pow(volume, 0.25) * (1 + 1e-9));
        },
        iter: 300);

    static void AssertIntegers(BigInteger[][] rows, BigInteger[][] basis)
    {
        BigInteger[][] quotient = LatticeReduction.Quotient(rows, basis);
        for (int i = 0; i < rows.Length; i++)
        {
            for (int column = 0; column < rows[i].Length; column++)
            {
                BigInteger sum = 0;
                for (int k = 0; k < basis.Length; k++)
                    sum += quotient[i][k] * basis[k][column];
                Assert.Equal(rows[i][column], sum);
            }
        }
    }

    static IntegerProducts Products(string name)
    {
        var multiplier = (IntegerMultiplier)CircuitFiles.Find(name, areIntegers: true, isSigned: null);
        var format = new IntegerFormat(multiplier.FirstWidth, multiplier.IsSigned);
        return IntegerProducts.Of(multiplier, format, new IntegerFormat(multiplier.SecondWidth, IsSigned: true));
    }
}
