namespace DefensiveApproximation;

/// <summary>
/// Computes blocks of work on several threads and takes in their results in order, so that sums of them do not depend on the
/// number of threads.
/// </summary>
static class OrderedBlocks
{
    // Blocks whose results are kept before they are taken in: bounds the memory, not the result.
    const int Wave = 512;

    /// <summary>Computes blocks 0 to <paramref name="blocks"/> − 1.</summary>
    /// <param name="blocks">How many there are.</param>
    /// <param name="threads">The most threads to use, at least 1.</param>
    /// <param name="compute">Computes the block with that number, on any thread.</param>
    /// <param name="take">Takes in the results one by one, in order.</param>
    /// <param name="progress">Told what further fraction has been taken in, if given.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static void Run<T>(long blocks, int threads, Func<long, T> compute, Action<T> take, Action<double>? progress, CancellationToken cancellation)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        var results = new T[Math.Min(Wave, blocks)];
        for (long wave = 0; wave < blocks; wave += Wave)
        {
            int count = (int)Math.Min(Wave, blocks - wave);
            Parallel.For(0, count, options, i => results[i] = compute(wave + i));
            foreach (T result in results.AsSpan(0, count))
                take(result);
            progress?.Invoke((double)count / blocks);
        }
    }
}
