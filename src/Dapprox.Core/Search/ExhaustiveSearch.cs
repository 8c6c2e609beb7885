namespace Dapprox.Search;

/// <summary>Evaluates all vectors of choices and keeps the Pareto front. A step evaluates a thousand.</summary>
/// <param name="problem">What is searched; not more than <see cref="MaxVectors"/>.</param>
public sealed class ExhaustiveSearch(SearchProblem problem) : SearchMethod
{
    /// <summary>The largest number of vectors that can be searched.</summary>
    public const long MaxVectors = 1L << 32;

    const int Chunk = 1000;

    readonly long count = Count(problem) is long vectors and <= MaxVectors
        ? vectors
        : throw new ArgumentException(
            $"There are more than {MaxVectors} vectors of {problem.Places} choices out of {problem.Choices}.", nameof(problem));

    /// <inheritdoc/>
    public override long Steps => (count + Chunk - 1) / Chunk;

    /// <inheritdoc/>
    public override string Summary => "exhaustive";

    /// <summary>How many vectors there are; <see cref="long.MaxValue"/> where they cannot be counted.</summary>
    /// <param name="problem">What is searched.</param>
    public static long Count(SearchProblem problem)
    {
        double count = Math.Pow(problem.Choices, problem.Places);
        return count < 1L << 52 ? (long)count : long.MaxValue;
    }

    /// <inheritdoc/>
    public override SearchState Next(SearchState state, int threads = 0, CancellationToken cancellation = default)
    {
        long first = state.Step * Chunk;
        byte[][] genes = [.. Enumerable.Range(0, (int)Math.Min(Chunk, count - first)).Select(i => Vector(first + i))];
        return new SearchState(state.Step + 1, ParetoFront.Of([.. state.Candidates, .. problem.EvaluateAll(genes, threads, cancellation)]));
    }

    /// <summary>The number's digits, the lowest first.</summary>
    byte[] Vector(long number)
    {
        byte[] genes = new byte[problem.Places];
        for (int place = 0; place < genes.Length; place++, number /= problem.Choices)
            genes[place] = (byte)(number % problem.Choices);
        return genes;
    }
}
