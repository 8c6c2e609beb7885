namespace Dapprox.Cli.Terminal;

/// <summary>Hears of progress at once and in order, which <see cref="Progress{T}"/> does not promise.</summary>
/// <param name="report">What to do with a report.</param>
sealed class Listener<T>(Action<T> report) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => report(value);
}
