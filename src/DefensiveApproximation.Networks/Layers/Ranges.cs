namespace DefensiveApproximation.Networks.Layers;

/// <summary>Divides work on many numbers among threads.</summary>
static class Ranges
{
    // Numbers that keep a thread busy for longer than it takes to wake it.
    const int NumbersPerThread = 1 << 16;

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
}
