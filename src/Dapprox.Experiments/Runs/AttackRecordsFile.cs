using System.ComponentModel.DataAnnotations.Schema;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;

namespace Dapprox.Experiments.Runs;

/// <summary>The run of one attack whose records are saved.</summary>
/// <param name="Attack">The name of the attack.</param>
/// <param name="Settings">All its options, as text.</param>
/// <param name="Estimator">The name of the gradient estimator; null for an attack that needs no gradients.</param>
/// <param name="Epsilon">The budget; null for an attack that searches for the nearest adversarial image.</param>
/// <param name="Outcome">The records, and which other networks the adversarial images fool.</param>
public sealed record SavedAttack(string Attack, string Settings, string? Estimator, double? Epsilon, AttackOutcome Outcome)
{
    /// <summary>The rows of its records, in order.</summary>
    public IEnumerable<AttackRecordRow> Rows => Outcome.Records.Select(record => new AttackRecordRow(
        Attack, Settings, Estimator, Epsilon, record.Image, record.Label, record.Target, record.CleanPrediction, record.Prediction,
        record.Success, record.Reason, record.Distances.L0, record.Distances.L1, record.Distances.L2, record.Distances.LInf,
        record.Distances.Mse, double.IsFinite(record.Distances.Psnr) ? record.Distances.Psnr : null, record.Margin,
        record.SurvivesRounding, record.Queries, record.QueriesToBest, record.GradientCalls));
}

/// <summary>
/// An <see cref="AttackRecord"/> as a row, without the pixels; its properties and those of <see cref="Distances"/> are described there.
/// </summary>
/// <param name="Attack">The name of the attack.</param>
/// <param name="Settings">All its options, as text.</param>
/// <param name="Estimator">The name of the gradient estimator; null for an attack that needs no gradients.</param>
/// <param name="Epsilon">The budget; null for an attack that searches for the nearest adversarial image.</param>
/// <param name="Image">The position of the image in its data set.</param>
/// <param name="Label">The true class.</param>
/// <param name="Target">The class that was aimed at; null for any wrong one.</param>
/// <param name="CleanPrediction">The class of the clean image; −1 for none.</param>
/// <param name="Prediction">The class of the adversarial image; −1 for none.</param>
/// <param name="Success">Whether the adversarial image fools the victim.</param>
/// <param name="Reason">Why the attack stopped.</param>
/// <param name="L0">The number of pixels that differ, counted per channel.</param>
/// <param name="L1">The L1 distance of the images, pixels in [0, 1].</param>
/// <param name="L2">Their L2 distance.</param>
/// <param name="LInf">Their L∞ distance.</param>
/// <param name="Mse">Their mean squared error.</param>
/// <param name="Psnr">Their peak signal-to-noise ratio in dB; null for equal images.</param>
/// <param name="Margin">The lead of the wrong class; null where it was not measured.</param>
/// <param name="SurvivesRounding">Whether the image still fools the victim with pixels rounded to 8 bits; null for no success.</param>
/// <param name="Queries">How many times the victim evaluated the image.</param>
/// <param name="QueriesToBest">How many of these were made up to the adversarial image; null for no success.</param>
/// <param name="GradientCalls">How many gradients were computed.</param>
public sealed record AttackRecordRow(
    string Attack, string Settings, [property: Column("backward")] string? Estimator, double? Epsilon, int Image, int Label, int? Target,
    int CleanPrediction, int Prediction, bool Success, StopReason Reason, int L0, double L1, double L2,
    [property: Column("linf")] double LInf,
    double Mse, double? Psnr, double? Margin, bool? SurvivesRounding, long Queries, long? QueriesToBest, long GradientCalls);

/// <summary>The records of attacks as a Parquet file, one row per run and image. The same records give the same bytes.</summary>
/// <remarks>
/// The columns are those of <see cref="AttackRecordRow"/>, and <c>fools_NAME</c> for each network on which the adversarial images were
/// tried.
/// </remarks>
public static class AttackRecordsFile
{
    /// <summary>The name of the file in the folder of an attack.</summary>
    public const string Name = "records.parquet";

    sealed record Row(AttackRecordRow Record, IReadOnlyDictionary<string, bool?> Fooled);

    /// <summary>The name of the column that tells whether an adversarial image fools a network.</summary>
    /// <param name="network">The name of the network.</param>
    internal static string Fools(string network) => $"fools_{network}";

    /// <summary>Writes the file.</summary>
    /// <param name="path">The path of the file, which is replaced in one step.</param>
    /// <param name="attacks">The runs, all with records of the same images.</param>
    /// <param name="others">The names of the networks in <see cref="AttackOutcome.Fooled"/>.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Save(string path, IReadOnlyList<SavedAttack> attacks, IReadOnlyList<string> others)
    {
        ArgumentNullException.ThrowIfNull(attacks);
        var mapper = new RowMapper<Row>([new ColumnFamily<string, bool?>(nameof(Row.Fooled), others, Fools)]);
        ParquetFile.Write(path, mapper.ToRows(attacks.SelectMany(attack => attack.Rows.Select((record, i) =>
            new Row(record, others.Zip(attack.Outcome.Fooled).ToDictionary(other => other.First, other => other.Second[i]))))));
    }
}
