using Dapprox.Foundation;

namespace Dapprox.Search;

/// <summary>
/// Keeps how far a search is in a file, so that it can go on later: JSON with <c>search</c> (what is searched and how, in
/// words), <c>step</c> and <c>candidates</c>, each with <c>genes</c> in hexadecimal and <c>values</c>.
/// </summary>
public static class SearchStateFile
{
    // Some hundred thousand candidates; a larger file is not one that was written here.
    const long MaxBytes = 256 << 20;

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file; where there is none, the search begins.</param>
    /// <param name="search">What is searched and how; a file that says something else is refused.</param>
    /// <param name="problem">What is searched.</param>
    /// <param name="objectives">How many values a candidate has.</param>
    /// <exception cref="InputException">The file cannot be read, is damaged, or belongs to another search.</exception>
    public static SearchState Load(string path, string search, SearchProblem problem, int objectives)
    {
        ArgumentNullException.ThrowIfNull(problem);
        if (!File.Exists(path))
            return SearchState.Begin;
        Content content = StateJson.TryRead<Content>(path, MaxBytes) ?? throw Damaged(path, null);
        if (content.Search != search)
        {
            throw new InputException(
                $"'{path}' is the state of another search ({content.Search}), not of this one ({search}); name another file, "
                + "or delete this one");
        }

        if (content.Step < 1 || content.Candidates.Length == 0)
            throw Damaged(path, null);
        return new SearchState(content.Step, [.. content.Candidates.Select(kept => Read(path, kept, problem, objectives))]);
    }

    /// <summary>Writes the file, in one step: a reader never meets half of it.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="search">What is searched and how.</param>
    /// <param name="state">How far the search is.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Save(string path, string search, SearchState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var content = new Content(search, state.Step,
            [.. state.Candidates.Select(candidate => new Kept(Convert.ToHexString(candidate.Genes), candidate.Values))]);
        StateJson.Write(path, content);
    }

    static Candidate Read(string path, Kept? kept, SearchProblem problem, int objectives)
    {
        if (kept is null)
            throw Damaged(path, null);
        byte[] genes;
        try
        {
            genes = Convert.FromHexString(kept.Genes);
        }
        catch (FormatException e)
        {
            throw Damaged(path, e);
        }

        return genes.Length == problem.Places && genes.All(gene => gene < problem.Choices) && kept.Values.Length == objectives
            ? new Candidate(genes, kept.Values)
            : throw Damaged(path, null);
    }

    static InputException Damaged(string path, Exception? cause) =>
        new($"'{path}' is damaged: it does not hold the state of a search; delete it and begin anew", cause!);

    // The serializer lets null into arrays.
    sealed record Content(string Search, long Step, Kept?[] Candidates);

    sealed record Kept(string Genes, double[] Values);
}
