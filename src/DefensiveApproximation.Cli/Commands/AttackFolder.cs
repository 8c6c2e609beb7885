using DefensiveApproximation.Experiments.Figures;
using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Attacks;
using DefensiveApproximation.Networks.Data;
using DefensiveApproximation.Networks.Formats;

namespace DefensiveApproximation.Cli.Commands;

/// <summary>The folder that <c>dapprox attack --save</c> writes.</summary>
static class AttackFolder
{
    const int MostExamples = 8, MostNetworks = 3;

    /// <summary>Finds out before an attack whether its results can be written; makes the folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="InputException">They cannot.</exception>
    public static void Probe(string folder) => AtomicFile.Probe(Records(folder));

    /// <summary>Writes the records, the images of each ε, and a picture of some.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="attack">The attack's name.</param>
    /// <param name="data">The data the images are from.</param>
    /// <param name="places">The places of the images in it.</param>
    /// <param name="networks">The networks with their names, the attacked one first.</param>
    /// <param name="attacks">For each ε the record of each image.</param>
    public static void Save(
        string folder, string attack, Dataset data, int[] places, (string Name, Network Network)[] networks, (double Epsilon, IReadOnlyList<AttackRecord> Records)[] attacks)
    {
        Tensor clean = data.Images(places);
        AttackFiles.SaveRecords(Records(folder), attacks);
        foreach ((double epsilon, IReadOnlyList<AttackRecord> records) in attacks)
            AttackFiles.SaveImages(Path.Combine(folder, $"adversarial-{epsilon}.safetensors"), clean, records);

        int each = Math.Max(1, MostExamples / attacks.Length);
        AdversarialExample[] examples = attacks
            .SelectMany(run => Enumerable.Range(0, places.Length)
                // The successful ones first; where there are none, the attempts.
                .OrderBy(i => run.Records[i].Success ? 0 : 1)
                .Take(each)
                .Select(i => Example($"{attack.ToUpperInvariant()}, ε = {run.Epsilon}", data, clean.Row(i).ToArray(), run.Records[i], networks)))
            .Take(MostExamples)
            .ToArray();
        byte[] picture = AdversarialGrid.Draw(examples);
        AtomicFile.Write(Path.Combine(folder, "grid.png"), stream => stream.Write(picture));
    }

    static string Records(string folder) => Path.Combine(folder, "records.csv");

    static AdversarialExample Example(string caption, Dataset data, float[] clean, AttackRecord record, (string Name, Network Network)[] networks)
    {
        var image = new Tensor(record.Adversarial, 1, data.Channels, data.Height, data.Width);
        return AdversarialExample.Of(caption, data, clean, record, networks
            .DistinctBy(network => network.Name)
            .Take(MostNetworks)
            .Select(network => (network.Name, Scores.Label(network.Network.Forward(image).Row(0)))));
    }
}
