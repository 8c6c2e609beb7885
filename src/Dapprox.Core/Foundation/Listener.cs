namespace Dapprox.Foundation;

/// <summary>Reports progress synchronously and in order, which <see cref="Progress{T}"/> does not guarantee.</summary>
/// <param name="report">Handles a report.</param>
sealed class Listener<T>(Action<T> report) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => report(value);
}
