using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Measurement;
using Xunit;

namespace Dapprox.Tests.Arithmetic;

public class ErrorMeasurementTests
{
    // Sums of a few thousand numbers in another order and by other formulas.
    const double Rounding = 1e-12;

    // Half a unit of the third digit to which the known values are given, and 10⁶ samples (standard error 0.0004).
    const double ThreeDigits = 0.0015;

    const long Million = 1_000_000;

    [Theory]
    [InlineData("ax-fpm", 0.411, 0.091)]
    [InlineData("ax-fpm-wrapped", 0.438, 0.100)]
    [InlineData("ax-fpm-renormalised", 0.412, 0.090)]
    [InlineData("exact", 0, 0)]
    public void Sample_OfUniformOperands_GivesTheKnownMetrics(string name, double relative, double normalised)
    {
        ErrorMetrics metrics = Sample(Multipliers.Find(name), OperandDistribution.Uniform01, Million, seed: 1);

        Assert.Equal(relative, metrics.MeanRelativeError.Value, ThreeDigits);
        Assert.Equal(normalised, metrics.NormalisedMeanError.Value, ThreeDigits);
        Assert.Equal(1, metrics.Normaliser);
    }

    [Fact]
    public void Sample_OfAxFpm_IsAboveExactInThePapers96Percent()
    {
        ErrorMetrics metrics = Sample(AxFpm.Released, OperandDistribution.Uniform11, Million, seed: 1);

        Assert.Equal(0.96, metrics.ShareAbove.Value, 0.005);
        Assert.InRange(metrics.ShareAbove.Value, metrics.ShareAbove.Low, metrics.ShareAbove.High);
        // Signs are symmetric: what is too large cancels.
        Assert.InRange(0, metrics.Bias.Low, metrics.Bias.High);
    }

    [Fact]
    public void Sample_OfNormalisedMantissas_OverflowsIn426OfTenThousand()
    {
        // A halved product falls below the exact one, and nothing else does.
        ErrorMetrics metrics = Sample(AxFpm.Released, OperandDistribution.Mantissa, Million, seed: 1);
        ErrorMetrics renormalised = Sample(AxFpm.Renormalised, OperandDistribution.Mantissa, Million, seed: 1);

        Assert.Equal(0.0426, 1 - metrics.ShareAbove.Value, 0.001);
        Assert.True(renormalised.ShareAbove.Value > 0.999);
    }

    [Theory]
    [InlineData("uniform01")]
    [InlineData("uniform11")]
    [InlineData("normal")]
    [InlineData("mantissa")]
    public void Sample_OfOneBlock_EqualsANaiveComputation(string lawName)
    {
        const int Count = 5_000;
        OperandDistribution law = OperandDistribution.Find(lawName);
        var random = new CounterRandom(7);
        float[] a = new float[Count], b = new float[Count];
        law.Fill(ref random, a, b);

        ErrorMetrics metrics = Sample(AxFpm.Wrapped, law, Count, seed: 7);

        AssertNaive(metrics, AxFpm.Wrapped, a, b, law.LargestProduct);
    }

    [Fact]
    public void AllPairs_OfSixBits_EqualsANaiveComputation()
    {
        var a = new List<float>();
        var b = new List<float>();
        for (int i = 0; i < 32; i++)
        {
            for (int j = 0; j < 32; j++)
            {
                a.Add(1 + i / 32f);
                b.Add(1 + j / 32f);
            }
        }

        ErrorMetrics metrics = AllPairs(AxFpm.Released, bits: 6);

        Assert.Equal(1024, metrics.Samples);
        Assert.Null(metrics.Seed);
        Assert.Equal(metrics.MeanRelativeError.Value, metrics.MeanRelativeError.High);
        AssertNaive(metrics, AxFpm.Released, a.ToArray(), b.ToArray(), 4);
    }

    [Fact]
    public void AllPairs_OfExact_HasNoErrorAtAll()
    {
        // 12 + 12 significant bits fit the 24 of binary32.
        ErrorMetrics metrics = AllPairs(ExactMultiplier.Rounded, ErrorMeasurement.MaxBits);

        Assert.Equal(1 << 22, metrics.Samples);
        Assert.Equal(0, metrics.WorstRelative.Error);
        Assert.Equal(0, metrics.ShareAbove.Value);
        Assert.Equal(metrics.Samples, metrics.RelativeErrors.Counts.Sum());
    }

    [Fact]
    public void AllPairs_AgreesWithASampleOfTheMantissaLaw()
    {
        ErrorMetrics all = AllPairs(AxFpm.Released, ErrorMeasurement.MaxBits);
        ErrorMetrics sample = Sample(AxFpm.Released, OperandDistribution.Mantissa, Million, seed: 5);

        // Twelve bits stand for 24 up to 2⁻¹² relative to each operand.
        Assert.Equal(sample.MeanRelativeError.Value, all.MeanRelativeError.Value, 0.002);
    }

    [Theory]
    [InlineData("uniform01")]
    [InlineData("normal")]
    public void Sample_OnAnyNumberOfThreads_IsTheSameToTheBit(string law)
    {
        ErrorMetrics one = Sample(AxFpm.Released, OperandDistribution.Find(law), 300_001, seed: 3, threads: 1);
        ErrorMetrics three = Sample(AxFpm.Released, OperandDistribution.Find(law), 300_001, seed: 3, threads: 3);

        Assert.Equal(one.RelativeErrors.Counts, three.RelativeErrors.Counts);
        Assert.Equal(one with { RelativeErrors = three.RelativeErrors }, three);
        Assert.Equal(300_001, one.Samples);
    }

    [Fact]
    public void Sample_WithAnotherSeed_IsAnotherSample()
    {
        ErrorMetrics one = Sample(AxFpm.Released, OperandDistribution.Uniform01, 1000, seed: 1);
        ErrorMetrics two = Sample(AxFpm.Released, OperandDistribution.Uniform01, 1000, seed: 2);

        Assert.NotEqual(one.MeanRelativeError, two.MeanRelativeError);
    }

    [Fact]
    public void Sample_Interval_CoversTheTrueMeanNineteenTimesInTwenty()
    {
        const int Runs = 400;
        double truth = Sample(AxFpm.Released, OperandDistribution.Uniform01, 10 * Million, seed: 99).MeanRelativeError.Value;

        int covered = Enumerable.Range(0, Runs)
            .Select(seed => Sample(AxFpm.Released, OperandDistribution.Uniform01, 2_000, (ulong)seed, threads: 1).MeanRelativeError)
            .Count(mean => mean.Low <= truth && truth <= mean.High);

        // 380 expected with standard deviation 4.4: four deviations either way.
        Assert.InRange(covered, 362, 398);
    }

    [Fact]
    public void Sample_OfAMultiplierThatGivesNaN_CountsItApart()
    {
        ErrorMetrics metrics = Sample(new Undefined(), OperandDistribution.Uniform01, 1000, seed: 1);

        Assert.Equal(1000, metrics.NotFinite);
        Assert.True(double.IsNaN(metrics.MeanRelativeError.Value));
    }

    [Fact]
    public void Sample_OfNothing_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Sample(AxFpm.Released, OperandDistribution.Uniform01, 0, seed: 1));

    [Fact]
    public void AllPairs_OfTooManyBits_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AllPairs(AxFpm.Released, 13));

    [Fact]
    public void Sample_Cancelled_Stops() =>
        Assert.ThrowsAny<OperationCanceledException>(() => ErrorMeasurement.Sample(
            AxFpm.Released, OperandDistribution.Uniform01, Million, seed: 1, cancellation: new CancellationToken(canceled: true)));

    [Fact]
    public void Find_UnknownLaw_ListsTheKnownOnes()
    {
        InputException error = Assert.Throws<InputException>(() => OperandDistribution.Find("unifrom01"));

        Assert.Contains("did you mean 'uniform01'", error.Message, StringComparison.Ordinal);
    }

    static ErrorMetrics Sample(FloatMultiplier multiplier, OperandDistribution law, long samples, ulong seed, int threads = 0) =>
        ErrorMeasurement.Sample(multiplier, law, samples, seed, threads, cancellation: TestContext.Current.CancellationToken);

    static ErrorMetrics AllPairs(FloatMultiplier multiplier, int bits) =>
        ErrorMeasurement.AllPairs(multiplier, bits, cancellation: TestContext.Current.CancellationToken);

    static void AssertNaive(ErrorMetrics metrics, FloatMultiplier multiplier, float[] a, float[] b, double? bound)
    {
        (double Exact, double Product)[] pairs = a.Zip(b, (x, y) => ((double)x * y, (double)multiplier.Multiply(x, y))).ToArray();
        double[] errors = pairs.Select(pair => pair.Product - pair.Exact).ToArray();
        double[] relative = pairs.Where(pair => pair.Exact != 0).Select(pair => (pair.Product - pair.Exact) / pair.Exact).ToArray();
        double mean = errors.Average(Math.Abs);

        Assert.Equal(relative.Average(Math.Abs), metrics.MeanRelativeError.Value, Rounding);
        Assert.Equal(relative.Average(), metrics.MeanSignedRelativeError.Value, Rounding);
        Assert.Equal(mean, metrics.MeanAbsoluteError.Value, Rounding);
        Assert.Equal(mean / (bound ?? pairs.Max(pair => Math.Abs(pair.Exact))), metrics.NormalisedMeanError.Value, Rounding);
        Assert.Equal(errors.Average(), metrics.Bias.Value, Rounding);
        Assert.Equal(errors.Max(Math.Abs), metrics.WorstAbsolute.Error);
        Assert.Equal(relative.Max(Math.Abs), metrics.WorstRelative.Error);
        Assert.Equal((double)pairs.Count(pair => Math.Abs(pair.Product) > Math.Abs(pair.Exact)) / pairs.Length, metrics.ShareAbove.Value);
        Assert.Equal(relative.Length, metrics.RelativeErrors.Counts.Sum() + metrics.RelativeErrors.Below + metrics.RelativeErrors.Above);
        Assert.Equal(
            relative.Count(ratio => ratio < -metrics.RelativeErrors.Scale / 2),
            metrics.RelativeErrors.Counts.Take(ErrorHistogram.Bins / 4).Sum() + metrics.RelativeErrors.Below);
        if (metrics.Bits is null)
        {
            double deviation = Math.Sqrt(
                relative.Sum(ratio => Math.Pow(Math.Abs(ratio) - metrics.MeanRelativeError.Value, 2)) / (relative.Length - 1));
            Assert.Equal(
                1.959964 * deviation / Math.Sqrt(relative.Length), metrics.MeanRelativeError.High - metrics.MeanRelativeError.Value, 1e-7);
        }
    }

    sealed class Undefined() : FloatMultiplier("undefined", "gives no number", "this test")
    {
        public override float Multiply(float activation, float weight) => float.NaN;
    }
}
