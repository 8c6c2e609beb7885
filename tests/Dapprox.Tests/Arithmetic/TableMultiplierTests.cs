using Dapprox.Arithmetic;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;
using Dapprox.Measurement;
using Xunit;

namespace Dapprox.Tests.Arithmetic;

public class TableMultiplierTests
{
    [Theory]
    [InlineData(1, false, 2)]
    // -1 × -4 takes four bits.
    [InlineData(1, true, 4)]
    [InlineData(5, false, 10)]
    [InlineData(5, true, 10)]
    public void OfAFunction_GivesItsProducts(int bits, bool isSigned, int width)
    {
        var mine = new TableMultiplier("mine", bits, isSigned, (a, b) => a * (b & ~3L));

        IntegerProducts.AssertAll(mine, (a, b) => a * (b & ~3L));
        Assert.Equal(("mine", bits, bits, width, isSigned), (
            mine.Name, mine.FirstWidth, mine.SecondWidth, mine.ProductWidth, mine.IsSigned));
    }

    [Fact]
    public void OfAFunction_IsMeasuredAndWrittenLikeACircuit()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("mine.npy");
        var mine = new TableMultiplier("mine", 8, isSigned: true, (a, b) => a * (b & ~3L));

        TableFiles.Write(mine, path);

        IntegerMetrics metrics = Metrics(mine), read = Metrics(TableFiles.Read(path, isSigned: true));
        // The mean of |a| is 64 and that of the two lowest bits 1.5; the worst pair is -128 with such a b.
        Assert.Equal(96, metrics.MeanAbsoluteError.Value, 1e-9);
        Assert.Equal(384, metrics.WorstAbsolute.Error);
        Assert.Equal(metrics.MeanRelativeError, read.MeanRelativeError);
        Assert.Equal(metrics.WorstAbsolute, read.WorstAbsolute);

        static IntegerMetrics Metrics(IntegerMultiplier multiplier) => IntegerMeasurement.AllPairs(
            multiplier, IntegerDistribution.Uniform, cancellation: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void OfAFunction_WithWideProducts_HasThoseBits()
    {
        var wide = new TableMultiplier("wide", 4, isSigned: true, (a, b) => a == -8 && b == 7 ? int.MinValue : 0);

        Assert.Equal(32, wide.ProductWidth);
        Assert.Equal(int.MinValue, IntegerProducts.Of(wide, -8, 7));
    }

    [Theory]
    [InlineData(true, 1L << 31, "2147483648 for -8 and -8; products of signed numbers in a table are from -2147483648 to 2147483647")]
    [InlineData(false, 1L << 32, "4294967296 for 0 and 0; products of unsigned numbers in a table are from 0 to 4294967295")]
    [InlineData(false, -1L, "-1 for 0 and 0; products of unsigned numbers in a table are from 0 to 4294967295")]
    public void OfAFunction_WhoseProductsDoNotFit_IsRefused(bool isSigned, long product, string reason)
    {
        string message = Assert.Throws<InputException>(() => new TableMultiplier(
            "mine", 4, isSigned, (a, b) => isSigned && (a, b) != (-8, -8) ? 0 : product)).Message;

        Assert.Equal($"the multiplier mine gives {reason}", message);
    }
}
