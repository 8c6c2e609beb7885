using Dapprox.Cli.Options;
using Dapprox.Experiments.Figures;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;

namespace Dapprox.Cli.Commands;

/// <summary>The folder that <c>dapprox attack --save</c> writes.</summary>
static class AttackFolder
{
    const int MaxExamples = 8, MaxNetworks = 3;

    /// <summary>Checks before an attack that its results can be written; creates the folder.</summary>
    /// <param name="folder">The path of the folder.</param>
    /// <exception cref="InputException">The results cannot be written, or the folder has results.</exception>
    public static void Probe(string folder)
    {
        if (File.Exists(Records(folder)))
            throw new InputException($"'{folder}' holds the results of an attack; name another folder with --save, or remove this one");
        AtomicFile.Probe(Records(folder));
    }

    /// <summary>Writes the records, the images of each ε, a picture of some, and the curve.</summary>
    /// <param name="folder">The path of the folder.</param>
    /// <param name="report">The results.</param>
    /// <param name="data">The data set of the images.</param>
    /// <param name="indices">The indices of the images in the data set.</param>
    /// <param name="networks">The networks with their names, the attacked one first.</param>
    /// <returns>The files.</returns>
    public static IReadOnlyList<string> Save(
        string folder, AttackReport report, Dataset data, int[] indices, (string Name, Network Network)[] networks)
    {
        Tensor clean = data.Images(indices);
        var files = new List<string> { Records(folder) };
        AttackRecordsFile.Save(
            files[0],
            [.. report.Results.SelectMany(result => result.Campaign.ByEstimator.Select(run => new SavedAttack(
                report.Entry.Name, $"{result.Attack}", run.Estimator?.Name, result.Epsilon?.Value, run.Outcome)))],
            report.Others);
        foreach (AttackResult result in report.Results)
        {
            string budget = result.Epsilon is Epsilon epsilon ? $"-{epsilon.Text.Replace('/', '-')}" : "";
            files.Add(Path.Combine(folder, $"adversarial{budget}.safetensors"));
            AttackFiles.SaveImages(files[^1], clean, result.Worst.Records);
        }

        int each = Math.Max(1, MaxExamples / report.Results.Count);
        AdversarialExample[] examples = report.Results
            .SelectMany(result => Enumerable.Range(0, indices.Length)
                // Adversarial images first; without any, the candidates.
                .OrderBy(i => result.Worst.Records[i].Success ? 0 : 1)
                .Take(each)
                .Select(i => Example(
                    report.Entry.Name.ToUpperInvariant() + (result.Epsilon is Epsilon epsilon ? $", ε = {epsilon}" : ""),
                    data, clean.Row(i).ToArray(), result.Worst.Records[i], networks)))
            .Take(MaxExamples)
            .ToArray();
        // An attack with a budget does not search for the nearest example and does not measure smaller budgets.
        bool isMinimal = report.Results[0].Epsilon is null;
        (double, double)[] measured =
        [
            report.Curve[0],
            .. report.Results
                .Where(result => result.Epsilon is not null)
                .Select(result => (result.Epsilon!.Value.Value, RobustnessCurve.Of([result.Worst.Records], report.Norm)[^1].Accuracy))
                .Order(),
        ];
        Write("grid.png", AdversarialGrid.Draw(examples));
        Write("curve.png", CurveFigure.Draw(report.Title, report.Norm.Symbol(), isMinimal ? report.Curve : measured, isMinimal));

        return files;

        void Write(string name, byte[] picture)
        {
            files.Add(Path.Combine(folder, name));
            AtomicFile.Write(files[^1], stream => stream.Write(picture));
        }
    }

    static string Records(string folder) => Path.Combine(folder, AttackRecordsFile.Name);

    static AdversarialExample Example(
        string caption, Dataset data, float[] clean, AttackRecord record, (string Name, Network Network)[] networks)
    {
        var image = new Tensor(record.Adversarial, 1, data.Channels, data.Height, data.Width);
        return AdversarialExample.Of(caption, data, clean, record, networks
            .DistinctBy(network => network.Name)
            .Take(MaxNetworks)
            .Select(network => (network.Name, Scores.Label(network.Network.Forward(image).Row(0)))));
    }
}
