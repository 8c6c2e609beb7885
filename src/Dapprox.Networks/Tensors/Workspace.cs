namespace Dapprox.Networks.Tensors;

/// <summary>
/// The memory of the tensors between the layers of a network, used again from pass to pass: the system and the garbage
/// collector take longer over a fresh array of a megabyte than most layers take to fill it. One thread at a time.
/// </summary>
sealed class Workspace
{
    // Long enough for batches whose last chunk is smaller, short enough to forget sizes that do not come again.
    const int PassesKept = 8;

    [ThreadStatic]
    static Workspace? current;

    readonly List<(float[] Memory, int LastPass)> free = [];
    readonly HashSet<float[]> lent = [];
    int pass;

    /// <summary>
    /// An array whose contents are arbitrary: from the workspace of this thread's current pass, or a new one where there is none.
    /// </summary>
    /// <param name="length">The exact length.</param>
    public static float[] Lend(int length) => current?.Take(length) ?? GC.AllocateUninitializedArray<float>(length);

    /// <summary>Takes back the memory of a tensor that nobody needs any more; does nothing where it was not lent, or is back.</summary>
    public static void Return(Tensor tensor) => Return(tensor.Data);

    /// <inheritdoc cref="Return(Tensor)"/>
    /// <param name="memory">The tensor's memory.</param>
    public static void Return(float[] memory)
    {
        if (current is { } workspace && workspace.lent.Remove(memory))
            workspace.free.Add((memory, workspace.pass));
    }

    /// <summary>Runs one pass, whose tensors on this thread take their memory from here.</summary>
    /// <param name="body">The pass. What it does not return is left to the garbage collector.</param>
    public void Run(Action body)
    {
        Workspace? outer = current;
        current = this;
        try
        {
            body();
        }
        finally
        {
            current = outer;
            lent.Clear();
            pass++;
            free.RemoveAll(array => pass - array.LastPass > PassesKept);
        }
    }

    float[] Take(int length)
    {
        // From the end: what came back last is still in the cache.
        int place = free.FindLastIndex(array => array.Memory.Length == length);
        float[] memory;
        if (place < 0)
        {
            memory = GC.AllocateUninitializedArray<float>(length);
        }
        else
        {
            memory = free[place].Memory;
            free.RemoveAt(place);
        }

        lent.Add(memory);
        return memory;
    }
}
