namespace Dapprox.Networks.Tensors;

/// <summary>
/// The memory of the tensors between the layers of a network, reused from pass to pass: allocating an array of a megabyte takes
/// longer than most layers take to fill it. Used by one thread at a time.
/// </summary>
sealed class Workspace
{
    // Long enough for batches with a smaller last chunk, short enough to release sizes that do not recur.
    const int PassesKept = 8;

    [ThreadStatic]
    static Workspace? current;

    readonly List<(float[] Memory, int LastPass)> free = [];
    readonly HashSet<float[]> lent = [];
    int pass;

    /// <summary>
    /// An array with arbitrary contents: from the workspace of this thread's current pass, or a new one without such a pass.
    /// </summary>
    /// <param name="length">The exact length.</param>
    public static float[] Lend(int length) => current?.Take(length) ?? GC.AllocateUninitializedArray<float>(length);

    /// <summary>
    /// Returns the memory of a tensor that is no longer needed; has no effect on memory that was not rented or is already returned.
    /// </summary>
    public static void Return(Tensor tensor) => Return(tensor.Data);

    /// <inheritdoc cref="Return(Tensor)"/>
    /// <param name="memory">The tensor's memory.</param>
    public static void Return(float[] memory)
    {
        if (current is { } workspace && workspace.lent.Remove(memory))
            workspace.free.Add((memory, workspace.pass));
    }

    /// <summary>Runs one pass, or a part of one; its tensors on this thread take their memory from this workspace.</summary>
    /// <param name="body">The pass. The garbage collector frees memory that the pass does not return.</param>
    /// <param name="ends">Whether the pass ends here; if not, the next part can return what this one took.</param>
    public void Run(Action body, bool ends = true)
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
            if (ends)
            {
                lent.Clear();
                pass++;
                free.RemoveAll(array => pass - array.LastPass > PassesKept);
            }
        }
    }

    float[] Take(int length)
    {
        // From the end: the last returned array is still in the cache.
        int index = free.FindLastIndex(array => array.Memory.Length == length);
        float[] memory;
        if (index < 0)
        {
            memory = GC.AllocateUninitializedArray<float>(length);
        }
        else
        {
            memory = free[index].Memory;
            free.RemoveAt(index);
        }

        lent.Add(memory);
        return memory;
    }
}
