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

    /// <summary>The degree of parallelism that a caller asks for: 0 stands for the number of processors.</summary>
    public static int Threads(int asked) => asked > 0 ? asked : Environment.ProcessorCount;

    /// <summary>The degree of parallelism that pays off for so much work.</summary>
    /// <param name="asked">The maximum degree of parallelism; 0 for the number of processors.</param>
    /// <param name="products">The number of products to compute.</param>
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
    /// <param name="size">The amount of numbers per item.</param>
    /// <param name="threads">The maximum degree of parallelism.</param>
    /// <param name="body">Takes the first item of a range and the number of its items; ranges must write to different memory.</param>
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
    /// Runs <paramref name="body"/> for items 0 to <paramref name="count"/> − 1; a thread takes the next item when it has finished one,
    /// so that few items of unequal size keep all threads busy.
    /// </summary>
    /// <param name="count">How many items there are.</param>
    /// <param name="threads">The maximum degree of parallelism, at least 1.</param>
    /// <param name="body">Takes the index of an item; items must write to different memory.</param>
    public static void OneByOne(int count, int threads, Action<int> body)
    {
        int next = -1;
        Parallel.For(0, Math.Min(threads, count), _ =>
        {
            for (int item = Interlocked.Increment(ref next); item < count; item = Interlocked.Increment(ref next))
                body(item);
        });
    }

    /// <summary>
    /// Computes blocks 0 to <paramref name="blocks"/> − 1 and takes in their results in order, so that sums of them do not depend on the
    /// number of threads.
    /// </summary>
    /// <param name="blocks">How many there are.</param>
    /// <param name="threads">The maximum degree of parallelism, at least 1.</param>
    /// <param name="compute">Computes the block with that number, on any thread.</param>
    /// <param name="take">Takes in the results one by one, in order.</param>
    /// <param name="progress">Called with the fraction of the work taken in since the last call, if given.</param>
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
