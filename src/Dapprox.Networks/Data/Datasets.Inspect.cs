using Dapprox.Foundation;

namespace Dapprox.Networks.Data;

/// <summary>The status of one split of a data set.</summary>
/// <param name="Definition">The data set.</param>
/// <param name="Found">Whether the split can be used.</param>
/// <param name="Place">The folder of its files; <c>built in</c> if it is included with the program; empty if not found.</param>
/// <param name="Count">The number of images; 0 if the split cannot be used.</param>
/// <param name="Canonical">Whether the checksums are those of the published data.</param>
/// <param name="Remark">One sentence on the data, or on why it cannot be used.</param>
public sealed record DatasetStatus(
    DatasetDefinition Definition, Split Split, bool Found, string Place, int Count, bool Canonical, string Remark);

public static partial class Datasets
{
    /// <summary>Searches every split of every data set, and reads and verifies the files found.</summary>
    /// <param name="folder">The folder to search; null for the one that DAPPROX_DATA names.</param>
    /// <param name="cancellation">Stops between two splits.</param>
    public static IReadOnlyList<DatasetStatus> Inspect(string? folder = null, CancellationToken cancellation = default)
    {
        var states = new List<DatasetStatus>();
        foreach (DatasetDefinition definition in All)
        {
            foreach (Split split in new[] { Split.Train, Split.Test })
            {
                cancellation.ThrowIfCancellationRequested();
                states.Add(Inspect(definition, split, folder));
            }
        }

        return states;
    }

    static DatasetStatus Inspect(DatasetDefinition definition, Split split, string? folder)
    {
        string place = "";
        try
        {
            place = definition.Folder.Length == 0
                ? "built in"
                : Path.GetDirectoryName(DatasetFiles.Locate(definition, split, Folder(folder))[0])!;
            Dataset data = Load(definition, split, folder);
            return new DatasetStatus(definition, split, Found: true, place, data.Count, data.Canonical, data.Provenance);
        }
        catch (InputException e)
        {
            return new DatasetStatus(definition, split, Found: false, place, Count: 0, Canonical: false, e.Message);
        }
    }
}
