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
        long saved = Stopwatch.GetTimestamp();
        return ProgressBar.While("searching", method.Steps, progress =>
        {
            progress(state.Step);
            try
            {
                return method.Run(state, Reached, cancellation: cancellation);
            }
            finally
            {
                // Also after Ctrl-C: the last state is valid.
                if (file is not null && state.Step > 0)
                    SearchStateFile.Save(file, search, state);
            }

            void Reached(SearchState reached)
            {
                state = reached;
                progress(1);
                if (file is not null && Stopwatch.GetElapsedTime(saved) > SaveInterval)
                {
                    SearchStateFile.Save(file, search, state);
                    saved = Stopwatch.GetTimestamp();
                }
            }
        });
    }
}
