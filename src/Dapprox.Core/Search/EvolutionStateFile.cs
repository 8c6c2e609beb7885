using Dapprox.Foundation;

namespace Dapprox.Search;

/// <summary>
/// Keeps how far an evolution is in a file, so that it can go on later: JSON with <c>search</c> (its <see cref="Evolution.Summary"/>),
/// <c>epoch</c>, <c>islands</c> and <c>front</c>, circuits as numbers: 0 for an AND or 1 for an XOR and two literals for each gate, then
/// the literals of the outputs.
/// </summary>
public static class EvolutionStateFile
{
    // Some ten thousand circuits; a larger file is not one that was written here.
    const long MaxBytes = 64 << 20;

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file; where there is none, the search begins.</param>
    /// <param name="evolution">The search; a file of another one is refused.</param>
    /// <exception cref="InputException">The file cannot be read, is damaged, or belongs to another search.</exception>
    public static EvolutionState Load(string path, Evolution evolution)
    {
        ArgumentNullException.ThrowIfNull(evolution);
        if (!File.Exists(path))
            return evolution.Begin();
        Content content = StateJson.TryRead<Content>(path, MaxBytes) ?? throw Damaged(path);
        if (content.Search != evolution.Summary)
        {
            throw new InputException(
                $"'{path}' is the state of another search ({content.Search}), not of this one ({evolution.Summary}); give another file "
                + "or folder, or delete this one");
        }

        EvolvedGates[] islands = Measured(content.Islands), front = Measured(content.Front);
        return content.Epoch >= 1 && islands.Length == Evolution.Islands && front.All(evolution.IsLegal)
            ? new EvolutionState(content.Epoch, islands, front)
            : throw Damaged(path);

        // What the file does not say is measured again, so that no file can say anything wrong.
        EvolvedGates[] Measured(int[]?[] circuits) => Array.ConvertAll(
            circuits, numbers => numbers is null ? throw Damaged(path) : evolution.Measure(numbers) ?? throw Damaged(path));
    }

    /// <summary>Writes the file, in one step: a reader never meets half of it.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="evolution">The search.</param>
    /// <param name="state">How far it is.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Save(string path, Evolution evolution, EvolutionState state)
    {
        ArgumentNullException.ThrowIfNull(evolution);
        ArgumentNullException.ThrowIfNull(state);
        var content = new Content(
            evolution.Summary, state.Epoch, [.. state.Islands.Select(one => one.Gates.ToNumbers())],
            [.. state.Front.Select(one => one.Gates.ToNumbers())]);
        StateJson.Write(path, content);
    }

    static InputException Damaged(string path) =>
        new($"'{path}' is damaged: it does not hold the state of an evolution; delete it and begin anew");

    // The serializer lets null into arrays.
    sealed record Content(string Search, long Epoch, int[]?[] Islands, int[]?[] Front);
}
