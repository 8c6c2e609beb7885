namespace DefensiveApproximation.Kernels;

/// <summary>Runs a loop over parts of two spans on several threads.</summary>
static unsafe class Spans
{
    /// <summary>One part of the work: its number and the whole spans; parts write to different outputs.</summary>
    public delegate void Part(int part, ReadOnlySpan<float> input, Span<float> output);

    // Products that keep a thread busy for longer than it takes to wake it, some ten microseconds.
    const long ProductsPerThread = 1 << 19;

    /// <summary>How many threads a caller means: 0 stands for one per processor.</summary>
    public static int Threads(int asked) => asked > 0 ? asked : Environment.ProcessorCount;

    /// <summary>How many of these threads are worth it.</summary>
    /// <param name="asked">The most threads to use, 0 for one per processor.</param>
    /// <param name="products">How many products there are to compute.</param>
    public static int Threads(int asked, long products) => (int)Math.Clamp(products / ProductsPerThread, 1, Threads(asked));

    /// <summary>
    /// Runs <paramref name="body"/> for parts 0 to <paramref name="parts"/> − 1. Spans cannot cross into a lambda; the
    /// memory behind them is pinned for the duration of the call and the spans are made anew on every thread.
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
}
