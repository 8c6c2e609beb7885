using Dapprox.Experiments.Runs;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;

namespace Dapprox.Experiments.Results;

/// <summary>The run of one attack whose records are saved.</summary>
/// <param name="Attack">The attack's name.</param>
/// <param name="Settings">All its options, as text.</param>
/// <param name="Backward">The backward rule by which it was given gradients; null for an attack that asks for none.</param>
/// <param name="Epsilon">The budget; null for an attack that looks for the nearest adversarial image.</param>
/// <param name="Outcome">The records, and whom else the adversarial images fool.</param>
public sealed record SavedAttack(string Attack, string Settings, string? Backward, double? Epsilon, AttackOutcome Outcome);

/// <summary>The records of attacks as rows, one per image and run, all there is but the pixels.</summary>
/// <remarks>
/// The columns are those of <see cref="AttackRecord"/> and <see cref="Distances"/>, and <c>fools_NAME</c> for each network
/// that the adversarial images were tried on. A value that there is none of is NULL; so is the PSNR of equal images, which
/// is infinite. The same records give the same bytes.
/// </remarks>
public static class AttackRecordsFile
{
    /// <summary>What the file is called in the folder of an attack.</summary>
    public const string Name = "records.parquet";

    static readonly Column[] Columns =
    [
        new("attack", "VARCHAR"), new("settings", "VARCHAR"), new("backward", "VARCHAR"), new("epsilon", "DOUBLE"),
        new("image", "INTEGER"), new("label", "INTEGER"), new("target", "INTEGER"), new("clean_prediction", "INTEGER"), new("prediction", "INTEGER"),
        new("success", "BOOLEAN"), new("reason", "VARCHAR"), new("l0", "INTEGER"), new("l1", "DOUBLE"), new("l2", "DOUBLE"), new("linf", "DOUBLE"),
        new("mse", "DOUBLE"), new("psnr", "DOUBLE"), new("margin", "DOUBLE"), new("survives_rounding", "BOOLEAN"),
        new("queries", "BIGINT"), new("queries_to_best", "BIGINT"), new("gradient_calls", "BIGINT"),
    ];

    /// <summary>Writes them as a Parquet file.</summary>
    /// <param name="path">Where it goes; it is replaced in one step.</param>
    /// <param name="attacks">The runs, all with records of the same images.</param>
    /// <param name="others">The names of the networks in <see cref="AttackOutcome.Fooled"/>.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Save(string path, IReadOnlyList<SavedAttack> attacks, IReadOnlyList<string> others) => ParquetFile.Write(path, Rows(attacks, others));

    /// <summary>The rows.</summary>
    /// <param name="attacks">The runs, all with records of the same images.</param>
    /// <param name="others">The names of the networks in <see cref="AttackOutcome.Fooled"/>.</param>
    public static Rows Rows(IReadOnlyList<SavedAttack> attacks, IReadOnlyList<string> others)
    {
        ArgumentNullException.ThrowIfNull(attacks);
        return new Rows(
            [.. Columns, .. others.Select(other => new Column($"fools_{other}", "BOOLEAN"))],
            [.. attacks.SelectMany(attack => attack.Outcome.Records.Select((record, i) => Row(attack, record, i)))]);
    }

    static object?[] Row(SavedAttack attack, AttackRecord record, int place)
    {
        Distances distances = record.Distances;
        return
        [
            attack.Attack, attack.Settings, attack.Backward, attack.Epsilon,
            record.Image, record.Label, record.Target, record.CleanPrediction, record.Prediction,
            record.Success, record.Reason.ToString(), distances.L0, distances.L1, distances.L2, distances.LInf,
            distances.Mse, double.IsFinite(distances.Psnr) ? distances.Psnr : null, record.Margin, record.SurvivesRounding,
            record.Queries, record.QueriesToBest, record.GradientCalls,
            .. attack.Outcome.Fooled.Select(answers => (object?)answers[place]),
        ];
    }
}
