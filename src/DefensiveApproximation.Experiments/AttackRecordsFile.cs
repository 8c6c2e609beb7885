using System.Data.Common;
using DefensiveApproximation.Networks.Attacks;
using DefensiveApproximation.Networks.Formats;
using DuckDB.NET.Data;

namespace DefensiveApproximation.Experiments;

/// <summary>The run of one attack whose records are saved.</summary>
/// <param name="Attack">The attack's name.</param>
/// <param name="Settings">All its options, as text.</param>
/// <param name="Backward">The backward rule by which it was given gradients; null for an attack that asks for none.</param>
/// <param name="Epsilon">The budget; null for an attack that looks for the nearest adversarial image.</param>
/// <param name="Outcome">The records, and whom else the adversarial images fool.</param>
public sealed record SavedAttack(string Attack, string Settings, string? Backward, double? Epsilon, TransferAttack Outcome);

/// <summary>Writes the records of attacks as a Parquet file, one row per image and run, all there is but the pixels.</summary>
/// <remarks>
/// The columns are those of <see cref="AttackRecord"/> and <see cref="Distances"/>, and <c>fools_NAME</c> for each network
/// that the adversarial images were tried on. A value that there is none of is NULL; so is the PSNR of equal images, which
/// is infinite. The same records give the same bytes.
/// </remarks>
public static class AttackRecordsFile
{
    const string Columns = """
        attack VARCHAR, settings VARCHAR, backward VARCHAR, epsilon DOUBLE, image INTEGER, label INTEGER, target INTEGER,
        clean_prediction INTEGER, prediction INTEGER, success BOOLEAN, reason VARCHAR, l0 INTEGER, l1 DOUBLE, l2 DOUBLE, linf DOUBLE,
        mse DOUBLE, psnr DOUBLE, margin DOUBLE, survives_rounding BOOLEAN, queries BIGINT, queries_to_best BIGINT, gradient_calls BIGINT
        """;

    /// <summary>Writes the file.</summary>
    /// <param name="path">Where it goes; it is replaced in one step.</param>
    /// <param name="attacks">The runs, all with records of the same images.</param>
    /// <param name="others">The names of the networks in <see cref="TransferAttack.Fooled"/>.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Save(string path, IReadOnlyList<SavedAttack> attacks, IReadOnlyList<string> others)
    {
        ArgumentNullException.ThrowIfNull(attacks);
        // DuckDB writes to a path of its own; the bytes take the wanted name in one step.
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dapprox-");
        try
        {
            string temporary = Path.Combine(folder.FullName, "records.parquet");
            Write(temporary, attacks, others);
            AtomicFile.Write(path, stream =>
            {
                using FileStream written = File.OpenRead(temporary);
                written.CopyTo(stream);
            });
        }
        catch (DbException e)
        {
            throw new InputException($"cannot write '{path}': {e.Message}; make room in {Path.GetTempPath()}", e);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static void Write(string path, IReadOnlyList<SavedAttack> attacks, IReadOnlyList<string> others)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        // One thread, so that rows keep their order and the file its bytes.
        Execute(connection, "SET threads = 1");
        Execute(connection, $"CREATE TABLE records ({Columns}{string.Concat(others.Select(other => $", \"fools_{other.Replace("\"", "\"\"", StringComparison.Ordinal)}\" BOOLEAN"))})");
        using (DuckDBAppender appender = connection.CreateAppender("records"))
        {
            foreach (SavedAttack attack in attacks)
            {
                for (int i = 0; i < attack.Outcome.Records.Count; i++)
                    Append(appender.CreateRow(), attack, i);
            }
        }

        Execute(connection, $"COPY records TO '{path.Replace("'", "''", StringComparison.Ordinal)}' (FORMAT parquet)");
    }

    static void Append(IDuckDBAppenderRow row, SavedAttack attack, int i)
    {
        AttackRecord record = attack.Outcome.Records[i];
        Distances distances = record.Distances;
        row.AppendValue(attack.Attack).AppendValue(attack.Settings).AppendValue(attack.Backward).AppendValue(attack.Epsilon)
            .AppendValue(record.Image).AppendValue(record.Label).AppendValue(record.Target)
            .AppendValue(record.CleanPrediction).AppendValue(record.Prediction).AppendValue(record.Success).AppendValue(record.Reason.ToString())
            .AppendValue(distances.L0).AppendValue(distances.L1).AppendValue(distances.L2).AppendValue(distances.LInf).AppendValue(distances.Mse)
            .AppendValue(double.IsFinite(distances.Psnr) ? distances.Psnr : null)
            .AppendValue(record.Margin).AppendValue(record.SurvivesRounding)
            .AppendValue(record.Queries).AppendValue(record.QueriesToBest).AppendValue(record.GradientCalls);
        foreach (IReadOnlyList<bool?> answers in attack.Outcome.Fooled)
            row.AppendValue(answers[i]);
        row.EndRow();
    }

    static void Execute(DuckDBConnection connection, string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // The names in it are quoted; DuckDB takes no parameters there.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
