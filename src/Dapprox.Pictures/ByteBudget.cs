namespace Dapprox.Pictures;

/// <summary>Bounds the memory that threads use at once; those that would exceed it wait.</summary>
/// <param name="most">The number of bytes; one thread alone may use more.</param>
sealed class ByteBudget(long most)
{
    readonly object gate = new();
    long used;

    /// <summary>Waits until so many bytes are left, and takes them.</summary>
    public void Take(long bytes)
    {
        lock (gate)
        {
            while (used > 0 && used + bytes > most)
                Monitor.Wait(gate);
            used += bytes;
        }
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(long bytes)
    {
        lock (gate)
        {
            used -= bytes;
            Monitor.PulseAll(gate);
        }
    }
}
