namespace Dapprox.Search;

/// <summary>
/// A search in steps, each of which computes the next state from the last one alone: a search that was stopped and continues
/// from its last state ends as one that was never stopped.
/// </summary>
public abstract class SearchMethod
{
    /// <summary>How many steps there are.</summary>
    public abstract long Steps { get; }

    /// <summary>The search in words, which differ where its states would.</summary>
    public abstract string Summary { get; }

    /// <summary>Takes the next step.</summary>
    /// <param name="state">The state before it.</param>
    /// <param name="threads">The maximum degree of parallelism; 0 for the number of processors. The result does not depend on it.</param>
    /// <param name="cancellation">Ends the step.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; the state before it still holds.</exception>
    public abstract SearchState Next(SearchState state, int threads = 0, CancellationToken cancellation = default);

    /// <summary>Takes all steps that are left.</summary>
    /// <param name="state">Where to begin: <see cref="SearchState.Begin"/>, or a state that was kept.</param>
    /// <param name="reached">Called with each new state.</param>
    /// <param name="threads">The maximum degree of parallelism; 0 for the number of processors.</param>
    /// <param name="cancellation">Ends the search.</param>
    /// <returns>The last state.</returns>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public SearchState Run(
        SearchState state, Action<SearchState>? reached = null, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(state);
        while (state.Step < Steps)
        {
            state = Next(state, threads, cancellation);
            reached?.Invoke(state);
        }

        return state;
    }
}
