using System.Diagnostics;
using System.Runtime.InteropServices;
using Dapprox.Circuits;
using Dapprox.Search;

namespace Dapprox.Benchmarks;

/// <summary>
/// How many 8 × 8 multipliers an evolution makes, prices and measures on one thread: as it begins and later, when the circuits are smaller;
/// and how many are measured on all pairs of operands without giving up at the bound.
/// </summary>
static class EvolutionBenchmark
{
    public const string Name = "evolution";

    const int Settled = 50, Rounds = 15, Whole = 100;

    static readonly (string Start, string Metric, double AtMost)[] Searches =
    [
        ("dadda:8", "mae", 5), ("dadda:8", "mae", 50), ("dadda:8", "mae", 500), ("dadda:8", "mre", 0.01), ("dadda:8", "mre", 0.1),
        ("dadda:8", "wce", 200), ("dadda:8:signed", "mae", 50),
    ];

    public static unsafe void Run(TextWriter output)
    {
        output.WriteLine("| from | bound | gates after 50,000 generations | first epoch, circuits/s | then, circuits/s | all pairs, "
            + "circuits/s |");
        output.WriteLine("|---|---|---:|---:|---:|---:|");
        foreach ((string start, string metric, double atMost) in Searches)
        {
            Netlist circuit = CircuitDescription.Build(start);
            var problem = new EvolutionProblem { Start = circuit, Metric = ErrorMetric.Find(metric), AtMost = atMost };
            var evolution = new Evolution(problem);
            EvolutionState state = evolution.Begin();
            // The just-in-time compiler.
            for (int i = 0; i < 3; i++)
                evolution.Next(state, threads: 1);
            double first = Time(() => evolution.Next(state, threads: 1));
            while (state.Epoch < Settled)
                state = evolution.Next(state, threads: 1);
            double then = Time(() => state = evolution.Next(state, threads: 1));

            GateList best = GateList.Of(evolution.Front(state)[0].Circuit);
            PairErrors errors = PairErrors.Create(problem.Pairs, problem.Pair, circuit);
            ulong* wires = PairErrors.Allocate(best.Wires);
            ErrorTerm term = problem.Metric.Term(atMost);
            double whole = Time(() =>
            {
                for (int i = 0; i < Whole; i++)
                    errors.Sum(best, term, double.PositiveInfinity, wires);
            });
            NativeMemory.AlignedFree(wires);
            double children = (double)evolution.EpochLength * Evolution.Children * Evolution.Islands;
            output.WriteLine(
                $"| `{start}` | {metric} ≤ {atMost} | {best.Count} | {children / first:N0} | {children / then:N0} | {Whole / whole:N0} |");
        }
    }

    /// <summary>The median time in seconds.</summary>
    static double Time(Action work)
    {
        double[] seconds = new double[Rounds];
        for (int i = 0; i < Rounds; i++)
        {
            long start = Stopwatch.GetTimestamp();
            work();
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        Array.Sort(seconds);
        return seconds[Rounds / 2];
    }
}
