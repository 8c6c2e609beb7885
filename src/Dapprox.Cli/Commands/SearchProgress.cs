using System.Diagnostics;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Search;

namespace Dapprox.Cli.Commands;

/// <summary>Runs a search with progress on a terminal, and keeps its state in a file.</summary>
static class SearchProgress
{
    static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(10);

    /// <summary>Takes the steps that are left.</summary>
    /// <param name="method">The search.</param>
    /// <param name="search">What is searched and how, in words that differ where the states would.</param>
    /// <param name="problem">What is searched.</param>
    /// <param name="objectives">How many values a candidate has.</param>
    /// <param name="file">The file that keeps the state; null for none.</param>
    /// <param name="cancellation">Ends the search; the state is kept.</param>
    public static SearchState Run(
        SearchMethod method, string search, SearchProblem problem, int objectives, string? file, CancellationToken cancellation)
    {
        SearchState state = file is null ? SearchState.Begin : SearchStateFile.Load(file, search, problem, objectives);
        if (file is not null)
            AtomicFile.Probe(file);
        return Run(
            "searching", method.Steps, state, own => own.Step,
            own => own.Step < method.Steps ? method.Next(own, cancellation: cancellation) : null,
            own =>
            {
                if (file is not null)
                    SearchStateFile.Save(file, search, own);
            });
    }

    /// <summary>Goes from state to state.</summary>
    /// <param name="title">What is done, for the terminal.</param>
    /// <param name="total">The position of the last state.</param>
    /// <param name="state">The first state.</param>
    /// <param name="position">How far a state is; 0 for one that is not worth keeping.</param>
    /// <param name="next">The state after one; null for none.</param>
    /// <param name="save">Keeps a state.</param>
    /// <returns>The last state.</returns>
    public static T Run<T>(
        string title, double total, T state, Func<T, long> position, Func<T, T?> next, Action<T> save)
        where T : class => ProgressBar.While(title, total, progress =>
    {
        long saved = Stopwatch.GetTimestamp();
        progress(position(state));
        try
        {
            while (next(state) is T reached)
            {
                progress(position(reached) - position(state));
                state = reached;
                if (Stopwatch.GetElapsedTime(saved) > SaveInterval)
                {
                    save(state);
                    saved = Stopwatch.GetTimestamp();
                }
            }

            return state;
        }
        finally
        {
            // Also after Ctrl-C: the last state is valid.
            if (position(state) > 0)
                save(state);
        }
    });
}
