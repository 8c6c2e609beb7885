using CsCheck;
using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Measurement;
using Dapprox.Search;
using Dapprox.Tests.Circuits.Formats;
using Xunit;

namespace Dapprox.Tests.Search;

public sealed class EvolutionTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public void GateList_OfAnyCircuit_ComputesTheSameSimplifiedShuffledAndAsNumbers() => Gen.Select(
        RandomNetlists.Operands, Gen.ULong).Sample((circuit, seed) =>
    {
        GateList list = GateList.Of(circuit), simple = Room(list, 0), shuffled = Room(list, 9), again = Room(list, 9);
        var random = new CounterRandom(seed);
        new GateSimplifier(list.Inputs, list.Capacity).Run(list, simple);
        simple.Shuffle(ref random, shuffled);
        new GateSimplifier(list.Inputs, shuffled.Capacity).Run(shuffled, again);
        GateList numbers = GateList.FromNumbers(shuffled.ToNumbers(), list.Inputs, list.Outputs.Length)!;

        return ((GateList[])[list, simple, shuffled, again, numbers]).All(other => IsSame(circuit, other.ToNetlist(circuit, "other")))
            && simple.Needed().All(needed => needed) && again.Count <= simple.Count;

        static GateList Room(GateList like, int more) => new(like.Inputs, like.Count + more, like.Outputs.Length);
    });

    [Fact]
    public void GateSimplifier_OfRandomGates_KeepsTheFunction() => Gen.ULong.Sample(seed =>
    {
        // Few inputs and many gates: constants, repeated gates and every rule of the algebra.
        var random = new CounterRandom(seed);
        Netlist like = CircuitDescription.Build("array:2");
        var list = new GateList(4, 40, 4);
        while (list.Count < list.Capacity)
            list.Add(new Gate(random.NextInt32(2 * list.Wires), random.NextInt32(2 * list.Wires), random.NextInt32(2) == 0));
        for (int i = 0; i < 4; i++)
            list.Outputs[i] = random.NextInt32(2 * list.Wires);
        var simple = new GateList(4, 40, 4);
        new GateSimplifier(4, 40).Run(list, simple);
        return IsSame(list.ToNetlist(like, "all"), simple.ToNetlist(like, "simple"));
    });

    // 16-bit and 32-bit lanes; an output that is narrower or wider than the product.
    [Theory]
    [InlineData("array:4:ama5")]
    [InlineData("array:4:ama5:signed")]
    [InlineData("array:8:vertical=7")]
    [InlineData("array:8:ama2:columns=6:signed")]
    [InlineData("blocks:8:ama5:block=4:width=17")]
    [InlineData("blocks:8:ama5:block=4:width=12")]
    [InlineData("array:9:ama1:columns=9")]
    [InlineData("dadda:9:ama3:columns=8:signed")]
    public void Error_OfEveryMetric_IsThatOfTheMeasurement(string description)
    {
        Netlist circuit = CircuitDescription.Build(description);
        IntegerMetrics expected = Measure(circuit);
        foreach (ErrorMetric metric in ErrorMetric.All.Where(metric => metric != ErrorMetric.Wce))
        {
            var evolution = new Evolution(Problem(circuit, metric, 1e12));

            Assert.Equal(metric.Of(expected), evolution.Front(evolution.Begin())[0].Error, metric.Of(expected) * 1e-5);
        }

        // The worst case keeps its value as a bound, and no lower one.
        double worst = expected.WorstAbsolute.Error;
        Assert.NotNull(new Evolution(Problem(circuit, ErrorMetric.Wce, worst)).Begin().LeastCost);
        Assert.Null(new Evolution(Problem(circuit, ErrorMetric.Wce, worst - 1)).Begin().LeastCost);
    }

    [Theory]
    [InlineData("mae", 3)]
    [InlineData("wce", 12)]
    [InlineData("mre", 0.05)]
    [InlineData("mse", 10)]
    [InlineData("ep", 0.4)]
    public void Front_OfEveryMetric_KeepsTheBoundAndGetsCheaper(string name, double bound)
    {
        ErrorMetric metric = ErrorMetric.Find(name);
        string[] starts = ["array:4", "dadda:4:signed"];
        Gen.Select(Gen.ULong, Gen.Int[0, 1].Select(index => starts[index])).Sample(
            (seed, start) =>
            {
                var evolution = new Evolution(Problem(CircuitDescription.Build(start), metric, bound) with { Seed = seed });
                IReadOnlyList<EvolvedCircuit> front = evolution.Front(Run(evolution, 3));
                Assert.NotEmpty(front);
                Assert.All(front, one =>
                {
                    double error = metric.Of(Measure(one.Circuit));
                    Assert.True(error <= bound, $"{error} > {bound}");
                    Assert.True(metric == ErrorMetric.Wce || Math.Abs(error - one.Error) <= 1e-5 * error);
                });
                Assert.Equal(front.OrderBy(one => one.Cost).ThenByDescending(one => one.Error), front);
                Assert.True(front[0].Cost < evolution.Front(new Evolution(evolution.Problem).Begin())[0].Cost);
            },
            iter: 6);
    }

    [Fact]
    public void Front_FromACircuitThatExceedsTheBound_KeepsIt()
    {
        Netlist start = CircuitDescription.Build("array:6:ama5:columns=6");
        double bound = 0.9 * Measure(start).MeanAbsoluteError.Value;
        var evolution = new Evolution(Problem(start, ErrorMetric.Mae, bound));

        Assert.Empty(evolution.Front(evolution.Begin()));
        IReadOnlyList<EvolvedCircuit> front = evolution.Front(Run(evolution, 8));
        Assert.NotEmpty(front);
        Assert.All(front, one => Assert.InRange(Measure(one.Circuit).MeanAbsoluteError.Value, 0, bound));
    }

    [Fact]
    public void Front_AtABoundOfZero_IsExact()
    {
        var evolution = new Evolution(Problem(CircuitDescription.Build("array:4"), ErrorMetric.Mae, 0));

        Assert.All(evolution.Front(Run(evolution, 4)), one => Assert.Equal(0, Measure(one.Circuit).WorstAbsolute.Error));
    }

    [Theory]
    [InlineData("mae", 4)]
    [InlineData("mre", 0.1)]
    [InlineData("mse", 40)]
    [InlineData("wce", 20)]
    public void Front_WithoutBias_HasNone(string name, double bound)
    {
        var evolution = new Evolution(
            Problem(CircuitDescription.Build("array:5"), ErrorMetric.Find(name), bound) with { AvoidsBias = true });
        IReadOnlyList<EvolvedCircuit> front = evolution.Front(Run(evolution, 3));

        Assert.NotEmpty(front);
        Assert.All(front, one =>
        {
            double bias = 0;
            for (ulong a = 0; a < 32; a++)
            {
                for (ulong b = 0; b < 32; b++)
                    bias += ((double)one.Circuit.Evaluate(a, b)[0] - a * b) / (name == "mre" ? Math.Max(1, a * b) : 1);
            }

            Assert.True(Math.Abs(bias / 1024) <= 0.1 * (name == "mse" ? Math.Sqrt(bound) : bound));
        });
    }

    [TheoryOf(Tier.Ci)]
    [InlineData(EvolutionObjective.Energy)]
    [InlineData(EvolutionObjective.Delay)]
    public void Front_OfAnotherObjective_IsBetterInItThanThatOfTheArea(EvolutionObjective objective)
    {
        EvolutionProblem problem = Problem(CircuitDescription.Build("array:5"), ErrorMetric.Mae, 6);
        double own = 0, ofSmallest = 0;
        for (ulong seed = 1; seed <= 3; seed++)
        {
            EvolutionProblem area = problem with { Seed = seed }, other = area with { Objective = objective };
            own += Best(other).Cost;
            ofSmallest += new Evolution(other with { Start = Best(area).Circuit }).Begin().LeastCost!.Value;
        }

        Assert.True(own < ofSmallest, $"{own} {ofSmallest}");

        static EvolvedCircuit Best(EvolutionProblem problem)
        {
            var evolution = new Evolution(problem);
            return evolution.Front(Run(evolution, 25))[0];
        }
    }

    [Fact]
    public void Front_OfWeightedOperands_IsCheaperWhereOnlyThoseCount()
    {
        // Half of the first operands never occur.
        double[] weights = [.. Enumerable.Range(0, 256).Select(pair => pair >> 4 < 8 ? 1.0 : 0)];
        EvolutionProblem problem = Problem(CircuitDescription.Build("array:4"), ErrorMetric.Mae, 0);
        var evolution = new Evolution(problem with { Weights = weights });
        EvolvedCircuit best = evolution.Front(Run(evolution, 6))[0];

        Assert.True(best.Cost < new Evolution(problem).Begin().LeastCost - 10);
        for (ulong pair = 0; pair < 128; pair++)
            Assert.Equal((pair >> 4) * (pair & 15), (ulong)best.Circuit.Evaluate(pair >> 4, pair & 15)[0]);
    }

    [Theory]
    [InlineData("mae", 2)]
    [InlineData("mre", 0.04)]
    [InlineData("mse", 12)]
    [InlineData("ep", 0.3)]
    public void Front_OfWeightedOperands_KeepsTheWeightedBound(string name, double bound)
    {
        ErrorMetric metric = ErrorMetric.Find(name);
        string[] starts = ["array:5", "dadda:5:signed"];
        Gen.Select(Gen.ULong, Gen.Int[0, 1].Select(index => starts[index])).Sample(
            (seed, start) =>
            {
                // Some pairs never occur; the others' counts differ by orders of magnitude.
                var random = new CounterRandom(seed);
                double[] weights = [.. Enumerable.Range(0, 1024).Select(
                    _ => Math.Max(0, Math.Floor(Math.Exp(random.NextSingle(-8, 16)))))];
                var evolution = new Evolution(
                    Problem(CircuitDescription.Build(start), metric, bound) with { Seed = seed, Weights = weights });
                IReadOnlyList<EvolvedCircuit> front = evolution.Front(Run(evolution, 2));
                Assert.True(front[0].Cost < evolution.Front(evolution.Begin())[0].Cost);
                Assert.All(front, one =>
                {
                    double error = Weighted(one.Circuit, metric, weights);
                    Assert.True(error <= bound, $"{error} > {bound}");
                    Assert.Equal(error, one.Error, 1e-5 * error);
                });
            },
            iter: 6);
    }

    [Fact]
    public void Evolution_WithOtherWeights_IsAnotherSearch_AndWithoutAnyTheSameAsBefore()
    {
        EvolutionProblem problem = Problem(CircuitDescription.Build("array:4"), ErrorMetric.Mae, 1);
        double[] weights = [.. Enumerable.Range(0, 256).Select(pair => (double)(pair % 7))];
        double[] others = [.. weights[..255], 1e3];
        Evolution plain = new(problem), evolution = new(problem with { Weights = weights }), other = new(problem with { Weights = others });
        string file = folder.File("state.json");
        EvolutionStateFile.Save(file, evolution, Run(evolution, 1));

        Assert.Equal(1, EvolutionStateFile.Load(file, new Evolution(problem with { Weights = [.. weights] })).Epoch);
        Assert.Contains("another search", Assert.Throws<InputException>(() => EvolutionStateFile.Load(file, other)).Message);
        Assert.Contains("another search", Assert.Throws<InputException>(() => EvolutionStateFile.Load(file, plain)).Message);
        Assert.DoesNotContain("weighted", plain.Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(0.0)]
    public void Evolution_WithWeightsThatAreNone_IsRefused(double weight)
    {
        double[] weights = new double[256];
        weights[17] = weight;
        EvolutionProblem problem = Problem(CircuitDescription.Build("array:4"), ErrorMetric.Mae, 1);

        Assert.Contains(
            "a weight", Assert.Throws<InputException>(() => new Evolution(problem with { Weights = weights })).Message);
        Assert.Contains(
            "a metric that is a mean",
            Assert.Throws<InputException>(() => new Evolution(problem with { Weights = weights, Metric = ErrorMetric.Wce })).Message);
    }

    [Fact]
    public void Run_WithAnyNumberOfThreadsOrStopped_EndsTheSame()
    {
        var evolution = new Evolution(Problem(CircuitDescription.Build("array:5"), ErrorMetric.Mre, 0.05));
        EvolutionState one = Run(evolution, 12, threads: 1), kept = evolution.Begin();
        string file = folder.File("state.json");
        while (kept.Epoch < 12)
        {
            kept = evolution.Next(kept, threads: 3, Cancellation);
            EvolutionStateFile.Save(file, evolution, kept);
            kept = EvolutionStateFile.Load(file, evolution);
        }

        byte[] resumed = File.ReadAllBytes(file);
        EvolutionStateFile.Save(file, evolution, one);
        var other = new Evolution(evolution.Problem with { Seed = 2 });

        Assert.Equal(File.ReadAllBytes(file), resumed);
        Assert.Equal(
            evolution.Front(one).Select(circuit => (circuit.Cost, circuit.Error)),
            evolution.Front(kept).Select(circuit => (circuit.Cost, circuit.Error)));
        Assert.NotEqual(
            evolution.Front(one).Select(circuit => (circuit.Cost, circuit.Error)),
            other.Front(Run(other, 12)).Select(circuit => (circuit.Cost, circuit.Error)));
        Assert.Contains("another search", Assert.Throws<InputException>(() => EvolutionStateFile.Load(file, other)).Message);
    }

    [Fact]
    public void Load_OfAChangedFile_SaysThatItIsDamagedOrReadsCircuitsThatKeepTheBound()
    {
        var evolution = new Evolution(Problem(CircuitDescription.Build("array:3"), ErrorMetric.Mae, 1));
        string file = folder.File("state.json");
        EvolutionStateFile.Save(file, evolution, Run(evolution, 1));
        string text = File.ReadAllText(file);
        int start = text.IndexOf("epoch", StringComparison.Ordinal);
        Gen.Select(Gen.Int[start, text.Length - 1], Gen.Char["0123456789[],-nul "]).Sample((at, letter) =>
        {
            File.WriteAllText(file, text[..at] + letter + text[(at + 1)..]);
            try
            {
                EvolutionState state = EvolutionStateFile.Load(file, evolution);
                return evolution.Front(state).All(one => Measure(one.Circuit).MeanAbsoluteError.Value <= 1);
            }
            catch (InputException e)
            {
                return e.Message.Contains("damaged", StringComparison.Ordinal);
            }
        }, iter: 300, threads: 1);
    }

    [Theory]
    [InlineData("array:17", "at most 32 bits evolve")]
    [InlineData("blocks:16:ama5:width=33", "at most 32 bits evolve")]
    public void Evolution_OfWideCircuits_IsRefused(string description, string says) => Assert.Contains(
        says,
        Assert.Throws<InputException>(() => new Evolution(Problem(CircuitDescription.Build(description), ErrorMetric.Mae, 1))).Message);

    [Fact]
    public void Evolution_OfASampledWidth_SaysSo()
    {
        EvolutionProblem problem = Problem(CircuitDescription.Build("array:13"), ErrorMetric.Mre, 0.01);
        var evolution = new Evolution(problem);

        Assert.True(problem.IsSampled);
        Assert.False(Problem(CircuitDescription.Build("array:12"), ErrorMetric.Mae, 1).IsSampled);
        // The bound holds on the sample of the search, and nearly on another.
        EvolvedCircuit found = evolution.Front(evolution.Next(evolution.Begin(), cancellation: Cancellation))[0];
        Assert.True(found.Error <= 0.01);
        double error = IntegerMeasurement.Sample(
            new IntegerCircuit(found.Circuit), IntegerDistribution.Uniform, 1 << 18, seed: 5, cancellation: Cancellation)
            .MeanRelativeErrorWithZeros.Value;
        Assert.InRange(error, 0.5 * found.Error, 2 * found.Error);
    }

    static EvolutionProblem Problem(Netlist start, ErrorMetric metric, double bound) =>
        new() { Start = start, Metric = metric, AtMost = bound };

    static EvolutionState Run(Evolution evolution, int epochs, int threads = 0)
    {
        EvolutionState state = evolution.Begin();
        while (state.Epoch < epochs)
            state = evolution.Next(state, threads, Cancellation);
        return state;
    }

    static double Weighted(Netlist circuit, ErrorMetric metric, double[] weights)
    {
        int width = circuit.Inputs[0].Width, product = circuit.Outputs[0].Width;
        double sum = 0;
        for (int pair = 0; pair < weights.Length; pair++)
        {
            (int a, int b) = (pair >> width, pair & ((1 << width) - 1));
            long exact = Number(a, width) * Number(b, width);
            double error = Math.Abs(Number((long)circuit.Evaluate((ulong)a, (ulong)b)[0], product) - exact);
            sum += weights[pair] * metric.Name switch
            {
                "mre" => error / Math.Max(1, Math.Abs(exact)),
                "mse" => error * error,
                "ep" => error > 0 ? 1 : 0,
                _ => error,
            };
        }

        return sum / weights.Sum();

        long Number(long bits, int bitCount) => circuit.IsSigned ? bits << (64 - bitCount) >> (64 - bitCount) : bits;
    }

    static IntegerMetrics Measure(Netlist circuit) =>
        IntegerMeasurement.AllPairs(new IntegerCircuit(circuit), IntegerDistribution.Uniform, threads: 1, cancellation: Cancellation);

    static bool IsSame(Netlist one, Netlist other)
    {
        int width = one.Inputs[0].Width;
        for (ulong pair = 0; pair < 1UL << (2 * width); pair++)
        {
            (ulong a, ulong b) = (pair >> width, pair & ((1UL << width) - 1));
            if (one.Evaluate(a, b)[0] != other.Evaluate(a, b)[0])
                return false;
        }

        return true;
    }
}
