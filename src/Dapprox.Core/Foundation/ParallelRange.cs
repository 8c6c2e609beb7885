namespace Dapprox.Foundation;

/// <summary>Divides a range of work among threads. No result depends on how many there are.</summary>
static unsafe class ParallelRange
{
    /// <summary>One part of the work: its index and the whole spans. Parts write to different outputs.</summary>
    public delegate void Part(int part, ReadOnlySpan<float> input, Span<float> output);

    // Products that keep a thread busy for longer than it takes to wake it, some ten microseconds.
    const long ProductsPerThread = 1 << 19;

    // The same for plain passes over numbers.
    const int NumbersPerThread = 1 << 16;

    // Blocks whose results wait to be taken in order: bounds the memory, not the result.
    const int Wave = 512;

    /// <summary>How many threads a caller means: 0 stands for one per processor.</summary>
    public static int Threads(int asked) => asked > 0 ? asked : Environment.ProcessorCount;

    /// <summary>How many of these threads are worth it.</summary>
    /// <param name="asked">The most threads to use, 0 for one per processor.</param>
    /// <param name="products">How many products there are to compute.</param>
    public static int Threads(int asked, long products) => (int)Math.Clamp(products / ProductsPerThread, 1, Threads(asked));

    /// <summary>
    /// Runs <paramref name="body"/> for parts 0 to <paramref name="parts"/> − 1. Spans cannot cross into a lambda; the
    /// memory behind them is pinned for the duration of the call and the spans are recreated on every thread.
    /// </summary>
    public static void ForEach(ReadOnlySpan<float> input, Span<float> output, int parts, int threads, Part body)
    {
        if (threads <= 1 || parts <= 1)
        {
            for (int part = 0; part < parts; part++)
                body(part, input, output);
            return;
        }

        int inputLength = input.Length, outputLength = output.Length;
        fixed (float* firstInput = input)
        fixed (float* firstOutput = output)
        {
            nint inputAddress = (nint)firstInput, outputAddress = (nint)firstOutput;
            Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, part => body(
                part,
                new ReadOnlySpan<float>((float*)inputAddress, inputLength),
                new Span<float>((float*)outputAddress, outputLength)));
        }
    }

    /// <summary>Runs <paramref name="body"/> for ranges that together are all of 0 to <paramref name="count"/> − 1.</summary>
    /// <param name="count">How many items there are.</param>
    /// <param name="size">How many numbers an item has.</param>
    /// <param name="threads">The most threads to use.</param>
    /// <param name="body">Told the first item of a range and how many it has; ranges must write to different places.</param>
    public static void ForEach(int count, int size, int threads, Action<int, int> body)
    {
        int parts = (int)Math.Clamp((long)count * size / NumbersPerThread, 1, Math.Min(threads, Math.Max(1, count)));
        if (parts == 1)
        {
            body(0, count);
            return;
        }

        Parallel.For(0, parts, part =>
        {
            int first = (int)((long)part * count / parts), end = (int)((part + 1L) * count / parts);
            body(first, end - first);
        });
    }

    /// <summary>
    /// Computes blocks 0 to <paramref name="blocks"/> − 1 and takes in their results in order, so that sums of them do not depend on the
    /// number of threads.
    /// </summary>
    /// <param name="blocks">How many there are.</param>
    /// <param name="threads">The most threads to use, at least 1.</param>
    /// <param name="compute">Computes the block with that number, on any thread.</param>
    /// <param name="take">Takes in the results one by one, in order.</param>
    /// <param name="progress">Told what further fraction has been taken in, if given.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static void InOrder<T>(
        long blocks, int threads, Func<long, T> compute, Action<T> take, Action<double>? progress, CancellationToken cancellation)
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
