using System.Numerics;
using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Measurement;
using Dapprox.Statistics;
using Xunit;

namespace Dapprox.Tests.Circuits;

public class IntegerMeasurementTests
{
    // The same sums in another order.
    const double Rounding = 1e-9;

    [Theory]
    [InlineData("array:4:ama3", "uniform")]
    [InlineData("array:4:ama4", "normalised")]
    [InlineData("dadda:4:ama2", "uniform")]
    [InlineData("blocks:4:ama5:block=2:width=9", "uniform")]
    [InlineData("array:4:vertical=3", "uniform")]
    [InlineData("array:1", "normalised")]
    [InlineData("array:8:ama1:columns=10", "uniform")]
    [InlineData("carry-save:8:inxa1:rows=3", "normalised")]
    [InlineData("array:4:ama1:signed", "uniform")]
    [InlineData("booth:7:ama2:columns=6:signed", "uniform")]
    [InlineData("blocks:8:ama5:sign-magnitude", "uniform")]
    public void AllPairs_OfSmallCircuits_EqualsBruteForceOverTheDefinition(string description, string lawName)
    {
        Netlist circuit = CircuitDescription.Build(description);
        IntegerDistribution law = IntegerDistribution.Find(lawName);
        int bits = circuit.Inputs[0].Width;
        long lowest = law == IntegerDistribution.Normalised ? 1L << (bits - 1) : circuit.IsSigned ? -1L << (bits - 1) : 0;
        long end = circuit.IsSigned ? 1L << (bits - 1) : 1L << bits, largest = circuit.IsSigned ? lowest * lowest : (end - 1) * (end - 1);
        double wrong = 0, above = 0, sum = 0, absolute = 0, squares = 0, relative = 0, zeros = 0, worst = 0, worstRelative = 0;
        int pairs = 0, nonZero = 0, width = circuit.Outputs[0].Width;
        double[] wrongBits = new double[width];
        for (long a = lowest; a < end; a++)
        {
            for (long b = lowest; b < end; b++)
            {
                long product = (long)circuit.Evaluate((ulong)a, (ulong)b)[0];
                if (circuit.IsSigned && product >> (width - 1) != 0)
                    product -= 1L << width;
                double error = product - a * b;
                pairs++;
                wrong += error != 0 ? 1 : 0;
                above += error > 0 ? 1 : 0;
                sum += error;
                absolute += Math.Abs(error);
                squares += error * error;
                worst = Math.Max(worst, Math.Abs(error));
                for (int bit = 0; bit < wrongBits.Length; bit++)
                    wrongBits[bit] += ((product >> bit) & 1) != ((a * b) >> bit & 1) ? 1 : 0;
                if (a * b == 0)
                {
                    zeros += Math.Abs(error);
                    continue;
                }

                nonZero++;
                relative += Math.Abs(error) / Math.Abs(a * b);
                worstRelative = Math.Max(worstRelative, Math.Abs(error) / Math.Abs(a * b));
            }
        }

        IntegerMetrics metrics = IntegerMeasurement.AllPairs(
            new IntegerCircuit(circuit), law, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(pairs, metrics.Samples);
        Assert.Null(metrics.Seed);
        AssertExact(wrong / pairs, metrics.ErrorProbability);
        AssertExact(above / pairs, metrics.ShareAbove);
        AssertExact(sum / pairs, metrics.Bias);
        AssertExact(absolute / pairs, metrics.MeanAbsoluteError);
        AssertExact(absolute / pairs / largest, metrics.NormalisedMeanError);
        AssertExact(squares / pairs, metrics.MeanSquaredError);
        AssertExact(relative / nonZero, metrics.MeanRelativeError);
        AssertExact((relative + zeros) / pairs, metrics.MeanRelativeErrorWithZeros);
        Assert.Equal(worst, metrics.WorstAbsolute.Error);
        Assert.Equal(worstRelative, metrics.WorstRelative.Error);
        (BigInteger worstA, BigInteger worstB, BigInteger worstProduct, _) = metrics.WorstAbsolute;
        if (worst > 0)
        {
            BigInteger modulus = BigInteger.One << width, given = circuit.Evaluate((ulong)(long)worstA, (ulong)(long)worstB)[0];
            Assert.Equal((worstProduct + modulus) % modulus, given);
            Assert.Equal(worst, (double)BigInteger.Abs(worstProduct - worstA * worstB));
        }

        for (int bit = 0; bit < wrongBits.Length; bit++)
            AssertExact(wrongBits[bit] / pairs, metrics.BitErrors[bit]);
    }

    // Products of up to 128 bits, beyond what any machine word holds.
    [Theory]
    [InlineData("array:64:columns=60:ama1")]
    [InlineData("wallace:48:vertical=40")]
    [InlineData("array:64:vertical=70:sign-magnitude")]
    [InlineData("booth:40:axa3:columns=30:signed")]
    public void Sample_OfWideOperands_IsThatOfLargeIntegers(string description)
    {
        Netlist circuit = CircuitDescription.Build(description);
        int width = circuit.Inputs[0].Width, bits = circuit.Outputs[0].Width;

        IntegerMetrics metrics = IntegerMeasurement.Sample(
            new IntegerCircuit(circuit), IntegerDistribution.Uniform, samples: 3000, seed: 5,
            cancellation: TestContext.Current.CancellationToken);

        var random = new CounterRandom(5, stream: 0);
        double absolute = 0, worst = 0, wrong = 0;
        for (int i = 0; i < 3000; i++)
        {
            ulong a = random.NextUInt64() & ulong.MaxValue >> (64 - width), b = random.NextUInt64() & ulong.MaxValue >> (64 - width);
            BigInteger error = Number(circuit.Evaluate(a, b)[0], bits) - Number(a, width) * Number(b, width);
            absolute += (double)BigInteger.Abs(error);
            worst = Math.Max(worst, (double)BigInteger.Abs(error));
            wrong += error.IsZero ? 0 : 1;
        }

        Assert.Equal(absolute / 3000, metrics.MeanAbsoluteError.Value, Rounding * absolute);
        Assert.Equal(wrong / 3000, metrics.ErrorProbability.Value, Rounding);
        Assert.Equal(worst, metrics.WorstAbsolute.Error, Rounding * worst);
        (BigInteger worstA, BigInteger worstB, BigInteger product, _) = metrics.WorstAbsolute;
        Assert.Equal(worst, (double)BigInteger.Abs(product - worstA * worstB), Rounding * worst);

        BigInteger Number(UInt128 number, int width) =>
            circuit.IsSigned && (number >> (width - 1)) != 0 ? number - (BigInteger.One << width) : number;
    }

    [Fact]
    public void AllPairs_OfACircuitOfEvoApproxLib_GivesItsPublishedNumbers()
    {
        IntegerMetrics metrics = IntegerMeasurement.AllPairs(
            new IntegerCircuit(Mul8u17MJ()), IntegerDistribution.Uniform, cancellation: TestContext.Current.CancellationToken);

        // The header of mul8u_17MJ: MAE 4276, WCE 17793, WCRE 512.50 %, EP 99.21 %, MRE 53.17 %, MSE 29320.446e3.
        Assert.Equal(4276, Math.Round(metrics.MeanAbsoluteError.Value));
        Assert.Equal(17793, metrics.WorstAbsolute.Error);
        Assert.Equal(5.125, metrics.WorstRelative.Error);
        Assert.Equal(0.9921, metrics.ErrorProbability.Value, 0.00005);
        Assert.Equal(0.5317, metrics.MeanRelativeError.Value, 0.00005);
        Assert.Equal(29320.446e3, metrics.MeanSquaredError.Value, 0.5);
        // MAE% 6.53 and WCE% 27.15 are shares of 2^16.
        Assert.Equal(0.0653, metrics.MeanAbsoluteError.Value / 65536, 0.00005);
        Assert.Equal(0.2715, metrics.WorstAbsolute.Error / 65536, 0.00005);
    }

    [Theory]
    [InlineData("array:8")]
    [InlineData("dadda:11")]
    [InlineData("booth:7")]
    [InlineData("blocks:8:block=4")]
    [InlineData("wallace:9:signed")]
    public void AllPairs_OfExactCircuits_FindsNoError(string description)
    {
        IntegerMetrics metrics = IntegerMeasurement.AllPairs(
            new IntegerCircuit(CircuitDescription.Build(description)), IntegerDistribution.Uniform,
            cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(0, metrics.ErrorProbability.Value);
        Assert.Equal(0, metrics.MeanSquaredError.Value);
        Assert.Equal(0, metrics.WorstRelative.Error);
        Assert.All(metrics.BitErrors, share => Assert.Equal(0, share.Value));
        Assert.All(metrics.Map.MeanErrors.Cast<double>(), mean => Assert.Equal(0, mean));
    }

    [Fact]
    public void Sample_OfManySeeds_CoversTheTrueValuesInNineteenOfTwentyIntervals()
    {
        const int Runs = 200;
        var circuit = new IntegerCircuit(CircuitDescription.Build("array:8:ama5:columns=11"));
        IntegerMetrics whole = IntegerMeasurement.AllPairs(
            circuit, IntegerDistribution.Uniform, cancellation: TestContext.Current.CancellationToken);
        int[] covered = new int[5];
        for (int run = 0; run < Runs; run++)
        {
            IntegerMetrics sample = IntegerMeasurement.Sample(
                circuit, IntegerDistribution.Uniform, 2000, (ulong)run, threads: 1, cancellation: TestContext.Current.CancellationToken);
            covered[0] += Covers(sample.MeanAbsoluteError, whole.MeanAbsoluteError);
            covered[1] += Covers(sample.Bias, whole.Bias);
            covered[2] += Covers(sample.ErrorProbability, whole.ErrorProbability);
            covered[3] += Covers(sample.ShareAbove, whole.ShareAbove);
            covered[4] += Covers(sample.BitErrors[9], whole.BitErrors[9]);
        }

        // 190 expected, standard deviation 3: four of them.
        Assert.All(covered, count => Assert.InRange(count, 178, Runs - 1));
    }

    [Fact]
    public void Sample_OfWideOperands_DoesNotDependOnThreadsAndIsOfTheLaw()
    {
        var circuit = new IntegerCircuit(CircuitDescription.Build("array:32:ama4:columns=20"));

        IntegerMetrics one = IntegerMeasurement.Sample(
            circuit, IntegerDistribution.Normalised, 100_001, seed: 3, threads: 1, cancellation: TestContext.Current.CancellationToken);
        IntegerMetrics three = IntegerMeasurement.Sample(
            circuit, IntegerDistribution.Normalised, 100_001, seed: 3, threads: 3, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(one.MeanAbsoluteError, three.MeanAbsoluteError);
        Assert.Equal(one.MeanRelativeError, three.MeanRelativeError);
        Assert.Equal(one.WorstRelative, three.WorstRelative);
        Assert.Equal(one.BitErrors, three.BitErrors);
        Assert.Equal(100_001, one.Samples);
        Assert.True(one.WorstAbsolute.A >= 1u << 31 && one.WorstAbsolute.B >= 1u << 31);
        // Columns from 20 on are exact: the error is below 2^20 and what carries into them.
        Assert.InRange(one.WorstAbsolute.Error, 1, 1 << 26);
    }

    [Fact]
    public void Map_WeightedByItsCells_IsTheBias()
    {
        IntegerMetrics metrics = IntegerMeasurement.AllPairs(
            new IntegerCircuit(CircuitDescription.Build("array:7:ama3:columns=9")), IntegerDistribution.Uniform,
            cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(32, metrics.Map.MeanErrors.GetLength(0));
        Assert.Equal((0, 128), metrics.Map.First);
        Assert.Equal(metrics.Bias.Value, metrics.Map.MeanErrors.Cast<double>().Average(), Rounding);
    }

    [Fact]
    public void AllPairs_OfTooManyPairsOrNoMultiplier_IsRefused()
    {
        var builder = new NetlistBuilder("one-input");
        builder.Output("p", builder.Input("a", 4));

        InputException tooMany = Assert.Throws<InputException>(
            () => IntegerMeasurement.AllPairs(new IntegerCircuit(CircuitDescription.Build("array:13")), IntegerDistribution.Uniform));
        InputException notOne = Assert.Throws<InputException>(
            () => new IntegerCircuit(builder.Build()));
        InputException mantissas = Assert.Throws<InputException>(() => IntegerMeasurement.Sample(
            new IntegerCircuit(CircuitDescription.Build("array:4:signed")), IntegerDistribution.Normalised, 10, seed: 1));

        Assert.Contains("take a sample", tooMany.Message, StringComparison.Ordinal);
        Assert.Contains("two inputs", notOne.Message, StringComparison.Ordinal);
        Assert.Contains("take uniform", mantissas.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(2048)]
    [InlineData(5000)]
    public void Interpreter_OfAnyNumberOfOperands_EqualsTheDefinition(int count)
    {
        string[] descriptions = [
            "array:24:ama4:columns=40", "blocks:24:axa1:block=4:width=49", "booth:9:inxa2", "wallace:32:tsaa:columns=7", "dadda:3",
            "array:64:columns=50", "booth:40"];
        foreach (string description in descriptions)
        {
            Netlist circuit = CircuitDescription.Build(description);
            var random = new CounterRandom(5);
            ulong mask = ulong.MaxValue >> (64 - circuit.Inputs[0].Width);
            ulong[] a = new ulong[count], b = new ulong[count];
            var results = new UInt128[count + 1];
            for (int i = 0; i < count; i++)
                (a[i], b[i]) = (random.NextUInt64() & mask, random.NextUInt64() & mask);
            results[count] = 77;

            new SlicedInterpreter(circuit).Evaluate(a, b, results.AsSpan(0, count));

            for (int i = 0; i < count; i += 1 + count / 300)
                Assert.Equal(circuit.Evaluate(a[i], b[i])[0], results[i]);
            Assert.Equal((UInt128)77, results[count]);
        }
    }

    static int Covers(Estimate estimate, Estimate truth) => estimate.Low <= truth.Value && truth.Value <= estimate.High ? 1 : 0;

    static void AssertExact(double expected, Estimate estimate)
    {
        Assert.Equal(expected, estimate.Value, Rounding * Math.Max(1, Math.Abs(expected)));
        Assert.Equal(estimate.Value, estimate.Low);
        Assert.Equal(estimate.Value, estimate.High);
    }

    /// <summary>Seven gates (EvoApproxLib, mul8u_17MJ, from its equations).</summary>
    static Netlist Mul8u17MJ()
    {
        var builder = new NetlistBuilder("mul8u_17MJ");
        int[] b = builder.Input("b", 8), a = builder.Input("a", 8);
        int low = builder.Gate(Cells.And, b[5], a[5]), top = builder.Gate(Cells.And, b[7], a[7]);
        int middle = builder.Gate(Cells.Or, builder.Gate(Cells.And, b[7], a[6]), builder.Gate(Cells.And, b[6], a[7]));
        int[] product = new int[16];
        product[7] = product[11] = product[12] = low;
        product[13] = top;
        product[14] = builder.Gate(Cells.Xor, top, middle);
        product[15] = builder.Gate(Cells.And, top, middle);
        builder.Output("p", product);
        return builder.Build();
    }
}
