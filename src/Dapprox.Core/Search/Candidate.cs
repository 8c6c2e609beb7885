using Dapprox.Foundation;

namespace Dapprox.Search;

/// <summary>Something a search has looked at.</summary>
/// <param name="Genes">Which choice it makes at each place.</param>
/// <param name="Values">What is to be made small: a value for each objective.</param>
public sealed record Candidate(byte[] Genes, double[] Values)
{
    /// <summary>Whether it is at least as good in every objective, and better in one.</summary>
    /// <param name="other">What it is compared with.</param>
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

/// <summary>What is searched: vectors of choices, each with a number of values to be made small.</summary>
/// <param name="Places">How many choices there are to make, at least 1.</param>
/// <param name="Choices">Between how many things, 1 to 256, at each place.</param>
/// <param name="Evaluate">The values of a vector of choices; called from several threads.</param>
public sealed record SearchProblem(int Places, int Choices, Func<byte[], double[]> Evaluate)
{
    /// <summary>Evaluates several; the result does not depend on the number of threads.</summary>
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

/// <summary>How far a search is: all that it needs to go on.</summary>
/// <param name="Step">How many steps have been taken.</param>
/// <param name="Candidates">What is kept: the population, or the best so far.</param>
public sealed record SearchState(long Step, IReadOnlyList<Candidate> Candidates)
{
    /// <summary>Nothing done yet.</summary>
    public static SearchState Begin { get; } = new(0, []);
}
