using Dapprox.Foundation;

namespace Dapprox.Search;

/// <summary>A vector of choices that a search has evaluated.</summary>
/// <param name="Genes">The choice at each position.</param>
/// <param name="Values">The value of each objective; all are minimised.</param>
public sealed record Candidate(byte[] Genes, double[] Values)
{
    /// <summary>Whether this candidate is at least as good in every objective, and better in one.</summary>
    /// <param name="other">A candidate of the same problem.</param>
    public bool Dominates(Candidate other)
    {
        bool better = false;
        for (int i = 0; i < Values.Length; i++)
        {
            if (Values[i] > other.Values[i])
                return false;
            better |= Values[i] < other.Values[i];
        }

        return better;
    }
}

/// <summary>A search problem: vectors of choices, each with objectives to minimise.</summary>
/// <param name="Places">The number of positions, at least 1.</param>
/// <param name="Choices">The number of choices at each position, 1 to 256.</param>
/// <param name="Evaluate">The values of a vector of choices; called from several threads.</param>
public sealed record SearchProblem(int Places, int Choices, Func<byte[], double[]> Evaluate)
{
    /// <summary>Evaluates several vectors; the result does not depend on the number of threads.</summary>
    internal Candidate[] EvaluateAll(IReadOnlyList<byte[]> genes, int threads, CancellationToken cancellation)
    {
        var candidates = new Candidate[genes.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = ParallelRange.Threads(threads), CancellationToken = cancellation };
        try
        {
            Parallel.For(0, genes.Count, options, i => candidates[i] = new Candidate(genes[i], Evaluate(genes[i])));
        }
        catch (AggregateException e) when (e.InnerException is InputException mistake)
        {
            throw mistake;
        }

        return candidates;
    }
}

/// <summary>The state of a search: all that it needs to continue.</summary>
/// <param name="Step">How many steps have been taken.</param>
/// <param name="Candidates">The population, or the Pareto front so far.</param>
public sealed record SearchState(long Step, IReadOnlyList<Candidate> Candidates)
{
    /// <summary>The state before the first step.</summary>
    public static SearchState Begin { get; } = new(0, []);
}
