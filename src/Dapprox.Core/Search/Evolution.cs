using System.Numerics;
using System.Runtime.InteropServices;
using Dapprox.Circuits;
using Dapprox.Foundation;

namespace Dapprox.Search;

/// <summary>A circuit that an evolution found.</summary>
/// <param name="Gates">What is left of it when simplified.</param>
/// <param name="Cost">Its cost in the search.</param>
/// <param name="Sum">What its error sums up to.</param>
sealed record EvolvedGates(GateList Gates, double Cost, double Sum);

/// <summary>A circuit that an evolution found.</summary>
/// <param name="Circuit">It has the widths and the sign of the start; its name says its place on the front.</param>
/// <param name="Cost">What the objective is for it: an AND counts 1.</param>
/// <param name="Error">
/// The metric that was bounded, on all pairs of operands, weighted where the search weights them, or on the sample of the search, to
/// five digits.
/// </param>
public sealed record EvolvedCircuit(Netlist Circuit, double Cost, double Error);

/// <summary>How far an evolution is: all that it needs to continue.</summary>
public sealed class EvolutionState
{
    internal EvolutionState(long epoch, IReadOnlyList<EvolvedGates> islands, IReadOnlyList<EvolvedGates> front) =>
        (Epoch, Islands, Front) = (epoch, islands, front);

    /// <summary>How many epochs there have been.</summary>
    public long Epoch { get; }

    /// <summary>The lowest cost of a circuit that keeps the bound; null for none yet.</summary>
    public double? LeastCost => Front.Count == 0 ? null : Front[0].Cost;

    internal IReadOnlyList<EvolvedGates> Islands { get; }

    internal IReadOnlyList<EvolvedGates> Front { get; }
}

/// <summary>
/// Finds cheap circuits whose error keeps a bound, by Cartesian genetic programming: a parent has four children a generation, each with
/// a few random changes; the cheapest that keeps the bound is the next parent, also where it costs the same.
/// </summary>
/// <remarks>
/// <para>J. F. Miller, "Cartesian Genetic Programming", 2011; Z. Vašíček, L. Sekanina, "Evolutionary Approach to Approximate Digital
/// Circuits Design", IEEE Transactions on Evolutionary Computation 19(3), 2015. Here a genome is a list of ANDs and XORs with inverted
/// edges, changes are chosen by what they compute (<see cref="GateMutation"/>), and costs and errors are those of the simplified circuit.
/// A start that does not keep the bound evolves by its error until it does.</para>
/// <para>Two islands evolve apart, from the same start; after ten epochs the better one replaces the other. An epoch shuffles the order of
/// the gates. The result does not depend on the number of threads.</para>
/// </remarks>
public sealed unsafe class Evolution
{
    /// <summary>The most generations of an epoch.</summary>
    public const int LongestEpoch = 1000;

    /// <summary>How many circuits each generation measures on each island.</summary>
    public const int Children = 4;

    /// <summary>How many populations evolve.</summary>
    public const int Islands = 2;

    // A tenth of the bound is left to the bias, and a little less, since sums are rounded.
    const double BiasPart = 0.1 * (1 - 1e-3);

    // Up to so many pairs an epoch has all its generations; it takes a second at most.
    const int EpochPairs = 1 << 16;

    // Gates that nothing needs: a fifth of the circuit, and a few.
    const int SpareGates = 16, SparePart = 5;

    const int MigrationEpochs = 10;

    // It can be spelt with three. docs/design.md has how well the area after mapping follows.
    const double AreaOfXor = 3;

    const int DelayOfXor = 2;

    // Areas are below it, so that of two circuits the faster one is always cheaper.
    const double LargestArea = 1 << 20;

    readonly PairErrors errors;
    readonly ErrorTerm term;
    readonly GateList start;
    readonly double limit, biasLimit;
    readonly int capacity;

    /// <summary>Prepares a search.</summary>
    /// <param name="problem">What is searched.</param>
    /// <exception cref="InputException">It cannot be searched.</exception>
    public Evolution(EvolutionProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        _ = new IntegerCircuit(problem.Start);
        problem.ThrowIfUnfit();
        Problem = problem;
        double weight = problem.TotalWeight;
        errors = PairErrors.Create(problem.Pairs, problem.Pair, problem.Start);
        term = problem.Metric.Term(problem.AtMost);
        limit = problem.Metric.Limit(problem.AtMost, weight);
        biasLimit = !problem.AvoidsBias ? double.PositiveInfinity
            : BiasPart * weight * (problem.Metric == ErrorMetric.Mse ? Math.Sqrt(problem.AtMost) : problem.AtMost);
        EpochLength = Math.Max(1, (int)((long)LongestEpoch * EpochPairs / Math.Max(EpochPairs, problem.Pairs)));
        start = GateList.Of(problem.Start);
        capacity = start.Count + start.Count / SparePart + SpareGates;
    }

    /// <summary>What is searched.</summary>
    public EvolutionProblem Problem { get; }

    /// <summary>How many generations an epoch has: fewer where there are more pairs of operands than those of 8 bits.</summary>
    public int EpochLength { get; }

    /// <summary>The search in words, which differ where its states would.</summary>
    public string Summary => FormattableString.Invariant(
        $"{Problem.Objective.ToString().ToLowerInvariant()} of {Problem.Start.Name} ({Fingerprint():x16}), {Problem.Metric} at most ")
        + FormattableString.Invariant($"{Problem.AtMost}{(Problem.AvoidsBias ? " without bias" : "")}, ")
        + (Problem.Weights is null ? "" : FormattableString.Invariant($"pairs weighted ({WeightFingerprint():x16}), "))
        + FormattableString.Invariant($"seed {Problem.Seed}");

    /// <summary>The state before the first epoch.</summary>
    public EvolutionState Begin()
    {
        using var worker = new Worker(this);
        EvolvedGates first = worker.Measure(start);
        return new EvolutionState(0, [.. Enumerable.Repeat(first, Islands)], IsLegal(first) ? [first] : []);
    }

    /// <summary>Evolves for an epoch.</summary>
    /// <param name="state">The state before it.</param>
    /// <param name="threads">The maximum degree of parallelism; 0 for the number of processors.</param>
    /// <param name="cancellation">Ends the epoch.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; the state before it still holds.</exception>
    public EvolutionState Next(EvolutionState state, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(state);
        var ends = new EvolvedGates[Islands];
        var found = new List<EvolvedGates>[Islands];
        ParallelRange.OneByOne(Islands, ParallelRange.Threads(threads), island =>
        {
            using var worker = new Worker(this);
            var random = new CounterRandom(Problem.Seed, (ulong)state.Epoch, (ulong)island);
            (ends[island], found[island]) = worker.Epoch(state.Islands[island], ref random, cancellation);
        });
        cancellation.ThrowIfCancellationRequested();
        if ((state.Epoch + 1) % MigrationEpochs == 0)
            Array.Fill(ends, ends.MinBy(Order)!);
        return new EvolutionState(state.Epoch + 1, ends, Front([.. state.Front, .. found.SelectMany(list => list)]));
    }

    /// <summary>The Pareto-optimal circuits of cost and error that keep the bound, the cheapest first.</summary>
    /// <param name="state">A state of this search.</param>
    public IReadOnlyList<EvolvedCircuit> Front(EvolutionState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return [.. state.Front.Select((one, i) => new EvolvedCircuit(
            one.Gates.ToNetlist(Problem.Start, $"evolved-{i + 1}"), one.Cost, Error(one.Sum)))];
    }

    /// <summary>A circuit that was kept, with its cost and error; null where the numbers are no circuit.</summary>
    internal EvolvedGates? Measure(IReadOnlyList<int> numbers)
    {
        if (GateList.FromNumbers(numbers, start.Inputs, start.Outputs.Length) is not { } gates || gates.Count > capacity)
            return null;
        using var worker = new Worker(this);
        return worker.Measure(gates);
    }

    /// <summary>Whether a circuit keeps the bound.</summary>
    internal bool IsLegal(EvolvedGates gates) => gates.Sum <= limit;

    static (double, double) Order(EvolvedGates one) => (one.Cost, one.Sum);

    static List<EvolvedGates> Front(IEnumerable<EvolvedGates> all)
    {
        var front = new List<EvolvedGates>();
        foreach (EvolvedGates one in all.OrderBy(Order))
        {
            if (front.Count == 0 || one.Sum < front[^1].Sum)
                front.Add(one);
        }

        return front;
    }

    // The search bounds the excess of a worst case, which is 0.
    double Error(double sum) => Problem.Metric == ErrorMetric.Wce ? Problem.AtMost : sum / Problem.TotalWeight;

    /// <summary>A number made of the circuit to begin with.</summary>
    ulong Fingerprint()
    {
        ulong hash = Problem.Start.IsSigned ? 1UL : 0;
        foreach (int number in start.ToNumbers())
            hash = Mixed(hash, (ulong)number);
        return hash;
    }

    /// <summary>A number made of the weights of the pairs.</summary>
    ulong WeightFingerprint() => Problem.Weights!.Aggregate(0UL, (hash, weight) => Mixed(hash, BitConverter.DoubleToUInt64Bits(weight)));

    static ulong Mixed(ulong hash, ulong number) => BitOperations.RotateLeft((hash ^ number) * 0x9E3779B97F4A7C15, 29);

    /// <summary>The memory of one thread.</summary>
    sealed class Worker : IDisposable
    {
        readonly Evolution evolution;
        readonly GateSimplifier simplifier;
        readonly ulong* wires, scratch;
        readonly bool[] needed;
        readonly int[] active, levels;
        int actives;

        public Worker(Evolution evolution)
        {
            this.evolution = evolution;
            int inputs = evolution.start.Inputs, capacity = evolution.capacity;
            simplifier = new GateSimplifier(inputs, capacity);
            wires = PairErrors.Allocate(1 + inputs + capacity);
            scratch = PairErrors.Allocate(1 + inputs + capacity);
            (needed, active, levels) = (new bool[capacity], new int[capacity], new int[1 + inputs + capacity]);
        }

        public void Dispose()
        {
            NativeMemory.AlignedFree(wires);
            NativeMemory.AlignedFree(scratch);
        }

        /// <summary>The simplified circuit with its cost and error.</summary>
        public EvolvedGates Measure(GateList list)
        {
            GateList simple = New();
            simplifier.Run(list, simple);
            return new EvolvedGates(simple.Copy(), Cost(simple), Sum(simple, double.PositiveInfinity));
        }

        public (EvolvedGates End, List<EvolvedGates> Found) Epoch(
            EvolvedGates start, ref CounterRandom random, CancellationToken cancellation)
        {
            GateList parent = New(), child = New(), next = New(), simple = New(), childSimple = New(), nextSimple = New();
            var found = new List<EvolvedGates>();
            simple.CopyFrom(start.Gates);
            start.Gates.Shuffle(ref random, parent);
            Adopt(parent);
            (double cost, double sum) = (start.Cost, start.Sum);
            for (int generation = 0; generation < evolution.EpochLength && !cancellation.IsCancellationRequested; generation++)
            {
                bool isReplaced = false;
                double least = cost, leastSum = sum;
                for (int i = 0; i < Children; i++)
                {
                    child.CopyFrom(parent);
                    GateMutation.Run(child, active.AsSpan(0, actives), wires, ref random);
                    simplifier.Run(child, childSimple);
                    double childCost = Cost(childSimple), childSum = sum;
                    bool isRepair = leastSum > evolution.limit;
                    if (childCost > least && !isRepair)
                        continue;
                    if (childCost != cost || !childSimple.IsSameAs(simple))
                    {
                        double most = isRepair ? leastSum : evolution.limit;
                        childSum = Sum(childSimple, most);
                        if (childSum > most)
                            continue;
                    }

                    (isReplaced, least, leastSum) = (true, childCost, childSum);
                    (next, child) = (child, next);
                    (nextSimple, childSimple) = (childSimple, nextSimple);
                }

                if (!isReplaced)
                    continue;
                if ((least < cost || leastSum < sum) && leastSum <= evolution.limit)
                    found.Add(new EvolvedGates(nextSimple.Copy(), least, leastSum));
                (cost, sum) = (least, leastSum);
                (parent, next) = (next, parent);
                (simple, nextSimple) = (nextSimple, simple);
                Adopt(parent);
            }

            return (new EvolvedGates(simple.Copy(), cost, sum), Front(found));
        }

        GateList New() => new(evolution.start.Inputs, evolution.capacity, evolution.start.Outputs.Length);

        /// <summary>Prepares the changes of a parent.</summary>
        void Adopt(GateList parent)
        {
            parent.Mark(needed.AsSpan(0, parent.Count));
            actives = 0;
            for (int i = 0; i < parent.Count; i++)
            {
                if (needed[i])
                    active[actives++] = i;
            }

            evolution.errors.Evaluate(parent, 0, wires);
        }

        /// <summary>The sum that the metric bounds; infinite for too much bias.</summary>
        double Sum(GateList list, double most)
        {
            double sum = evolution.errors.Sum(list, evolution.term, most, scratch);
            bool isBiased = sum <= most && double.IsFinite(evolution.biasLimit)
                && Math.Abs(evolution.errors.SignedSum(list, scratch)) > evolution.biasLimit;
            return isBiased ? double.PositiveInfinity : sum;
        }

        double Cost(GateList list)
        {
            double area = 0;
            Span<Gate> gates = list.Gates;
            switch (evolution.Problem.Objective)
            {
                case EvolutionObjective.Area:
                    foreach (Gate gate in gates)
                        area += gate.IsXor ? AreaOfXor : 1;
                    return area;
                case EvolutionObjective.Energy:
                    evolution.errors.Evaluate(list, 0, scratch);
                    for (int i = 0; i < gates.Length; i++)
                        area += (gates[i].IsXor ? AreaOfXor : 1) * Switching(list.FirstGate + i);
                    // Whole numbers: where no two costs are equal, nothing drifts.
                    return Math.Round(area);
                default:
                    Array.Clear(levels, 0, list.FirstGate);
                    for (int i = 0; i < gates.Length; i++)
                    {
                        area += gates[i].IsXor ? AreaOfXor : 1;
                        levels[list.FirstGate + i] = (gates[i].IsXor ? DelayOfXor : 1)
                            + Math.Max(levels[gates[i].Left >> 1], levels[gates[i].Right >> 1]);
                    }

                    int longest = 0;
                    foreach (int literal in list.Outputs)
                        longest = Math.Max(longest, levels[literal >> 1]);
                    return longest + area / LargestArea;
            }
        }

        /// <summary>The probability that a wire differs between two pairs of operands.</summary>
        double Switching(int wire)
        {
            int ones = 0;
            for (int i = 0; i < PairErrors.Words; i++)
                ones += BitOperations.PopCount(scratch[wire * PairErrors.Words + i]);
            double probability = (double)ones / PairErrors.BlockPairs;
            return 2 * probability * (1 - probability);
        }
    }
}
