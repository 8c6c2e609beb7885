using System.Globalization;
using System.Text;
using DefensiveApproximation.Networks.Formats;

namespace DefensiveApproximation.Networks.Attacks;

/// <summary>Writes what attacks found.</summary>
public static class AttackFiles
{
    const string Header =
        "epsilon,image,label,target,cleanPrediction,prediction,success,reason,l0,l1,l2,linf,mse,psnr,margin,queries,gradientCalls";

    /// <summary>
    /// Writes a CSV file, after a line of titles one line per record: all there is but the pixels. Numbers have all their
    /// digits; a field without a value is empty; the PSNR of equal images is <c>Infinity</c>.
    /// </summary>
    /// <param name="path">Where the file goes; it is replaced in one step.</param>
    /// <param name="records">The records of the attacks, each set with its ε.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void SaveRecords(string path, IEnumerable<(double Epsilon, IReadOnlyList<AttackRecord> Records)> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        var text = new StringBuilder(Header).Append('\n');
        foreach ((double epsilon, IReadOnlyList<AttackRecord> set) in records)
        {
            foreach (AttackRecord record in set)
            {
                Distances distances = record.Distances;
                text.Append(CultureInfo.InvariantCulture, $"{epsilon},{record.Image},{record.Label},{record.Target},{record.CleanPrediction},{record.Prediction},")
                    .Append(CultureInfo.InvariantCulture, $"{(record.Success ? "true" : "false")},{record.Reason},")
                    .Append(CultureInfo.InvariantCulture, $"{distances.L0},{distances.L1},{distances.L2},{distances.LInf},{distances.Mse},{distances.Psnr},")
                    .Append(CultureInfo.InvariantCulture, $"{record.Margin},{record.Queries},{record.GradientCalls}\n");
            }
        }

        AtomicFile.WriteText(path, text.ToString());
    }

    /// <summary>
    /// Writes a safetensors file with the tensors <c>clean</c> and <c>adversarial</c>, <c>[count, channels, height, width]</c>
    /// in [0, 1], and <c>labels</c>, <c>[count]</c>.
    /// </summary>
    /// <param name="path">Where the file goes; it is replaced in one step.</param>
    /// <param name="clean">The clean images.</param>
    /// <param name="records">The record of each.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void SaveImages(string path, Tensor clean, IReadOnlyList<AttackRecord> records)
    {
        Tensor adversarial = Tensor.Zeros(clean.Shape);
        for (int i = 0; i < records.Count; i++)
            records[i].Adversarial.CopyTo(adversarial.Row(i));
        Safetensors.Save(path, new Dictionary<string, Tensor>
        {
            ["clean"] = clean,
            ["adversarial"] = adversarial,
            ["labels"] = new Tensor(records.Select(record => (float)record.Label).ToArray(), records.Count),
        });
    }
}
