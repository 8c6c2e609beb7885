using System.Globalization;
using Dapprox.Foundation;

namespace Dapprox.Search;

/// <summary>
/// NSGA-II: a population whose better half survives each generation, by the number of its front and, within a front, by
/// its crowding distance. (Deb, Pratap, Agarwal, Meyarivan, "A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II", IEEE
/// Transactions on Evolutionary Computation 6(2), 2002.) With one objective it is an elitist genetic algorithm.
/// </summary>
/// <remarks>
/// The paper's operators for real numbers do not fit choices. Parents are chosen as there, by binary tournament; a child takes
/// each choice from either parent (uniform crossover), or is a copy of the first, and each choice is redrawn with probability
/// 1 / positions. A child that is in the population already is changed until it is not, where that is possible. The first
/// population has, besides those given and random vectors, those that make one choice throughout, and those that make one choice up to
/// some position and another from there on, since in an adder the high positions count most.
/// </remarks>
/// <param name="problem">What is searched.</param>
/// <param name="population">How many candidates there are, at least 4.</param>
/// <param name="generations">How many generations follow the first population.</param>
/// <param name="seed">Determines the search.</param>
public sealed class Nsga2(SearchProblem problem, int population, int generations, ulong seed) : SearchMethod
{
    const double CrossoverProbability = 0.9;

    // Tiny spaces can be used up: then a child may be one that is there already.
    const int MaxChanges = 20;

    /// <summary>Vectors that the first population begins with, as far as there is room; the search is the same only with the same
    /// ones.</summary>
    public IReadOnlyList<byte[]> First { get; init; } = [];

    /// <inheritdoc/>
    public override long Steps => generations + 1L;

    /// <inheritdoc/>
    public override string Summary => string.Create(CultureInfo.InvariantCulture, $"NSGA-II, population {population}, seed {seed}");

    /// <inheritdoc/>
    public override SearchState Next(SearchState state, int threads = 0, CancellationToken cancellation = default)
    {
        // A stream for each generation: going on from a kept state needs no other memory of what was drawn.
        var random = new CounterRandom(seed, stream: (ulong)state.Step);
        if (state.Step == 0)
            return new SearchState(1, problem.EvaluateAll(FirstGenes(ref random), threads, cancellation));

        IReadOnlyList<Candidate> parents = state.Candidates;
        int[] ranks = ParetoFront.Ranks(parents);
        double[] distances = ParetoFront.CrowdingDistances(parents, ranks);
        var known = new HashSet<string>(parents.Select(parent => Key(parent.Genes)));
        var children = new List<byte[]>();
        while (children.Count < population)
        {
            byte[] first = parents[Tournament(ref random, ranks, distances)].Genes;
            byte[] second = parents[Tournament(ref random, ranks, distances)].Genes;
            byte[] child = Cross(ref random, first, second);
            Mutate(ref random, child);
            for (int change = 0; change < MaxChanges && known.Contains(Key(child)); change++)
                Mutate(ref random, child);
            known.Add(Key(child));
            children.Add(child);
        }

        return new SearchState(state.Step + 1, Survivors([.. parents, .. problem.EvaluateAll(children, threads, cancellation)]));
    }

    List<byte[]> FirstGenes(ref CounterRandom random)
    {
        List<byte[]> genes = [.. First.Take(population)];
        for (int choice = 0; choice < problem.Choices && genes.Count < population; choice++)
            genes.Add([.. Enumerable.Repeat((byte)choice, problem.Places)]);
        while (genes.Count < population)
        {
            byte[] vector = new byte[problem.Places];
            byte low = Choice(ref random), high = Choice(ref random);
            int step = random.NextInt32(problem.Places + 1);
            bool isStep = genes.Count % 2 == 0;
            for (int place = 0; place < vector.Length; place++)
                vector[place] = !isStep ? Choice(ref random) : place < step ? low : high;
            genes.Add(vector);
        }

        return genes;
    }

    /// <summary>The better of two candidates: that of the lower front or, within a front, of the larger crowding distance.</summary>
    static int Tournament(ref CounterRandom random, int[] ranks, double[] distances)
    {
        int one = random.NextInt32(ranks.Length), other = random.NextInt32(ranks.Length);
        bool isBetter = ranks[one] != ranks[other] ? ranks[one] < ranks[other] : distances[one] >= distances[other];
        return isBetter ? one : other;
    }

    static byte[] Cross(ref CounterRandom random, byte[] first, byte[] second)
    {
        byte[] child = [.. first];
        if (random.NextDouble() >= CrossoverProbability)
            return child;
        for (int place = 0; place < child.Length; place++)
        {
            if (random.NextInt32(2) == 1)
                child[place] = second[place];
        }

        return child;
    }

    void Mutate(ref CounterRandom random, byte[] genes)
    {
        for (int place = 0; place < genes.Length; place++)
        {
            if (random.NextInt32(genes.Length) == 0)
                genes[place] = Choice(ref random);
        }
    }

    byte Choice(ref CounterRandom random) => (byte)random.NextInt32(problem.Choices);

    /// <summary>The best half, in the order of front and crowding distance.</summary>
    Candidate[] Survivors(IReadOnlyList<Candidate> candidates)
    {
        int[] ranks = ParetoFront.Ranks(candidates);
        double[] distances = ParetoFront.CrowdingDistances(candidates, ranks);
        return [.. Enumerable.Range(0, candidates.Count)
            .OrderBy(i => ranks[i]).ThenByDescending(i => distances[i]).Take(population).Select(i => candidates[i])];
    }

    static string Key(byte[] genes) => Convert.ToHexString(genes);
}
