using System.Data.Common;
using System.Text.RegularExpressions;
using Dapprox.Foundation;
using DuckDB.NET.Data;

namespace Dapprox.Experiments.Runs;

/// <summary>
/// Queries the results of runs with SQL. Each kind of unit is a table of that name; its column <c>filename</c> has the file of the unit.
/// </summary>
public static partial class RunQuery
{
    const string UnitGlob = "????????????????.parquet";

    // The message of an exception that has none of its own; DuckDB.NET throws one where a text has no statement.
    const string NoMessage = "External component has thrown an exception.";

    [GeneratedRegex(@"^([a-z]+)-[0-9a-f]{16}\.parquet$")]
    private static partial Regex UnitFile();

    /// <summary>The kinds of units that are done, in alphabetical order.</summary>
    /// <param name="folders">The folders of the runs.</param>
    /// <exception cref="InputException">One of them has no results.</exception>
    public static IReadOnlyList<string> Kinds(IReadOnlyList<RunFolder> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        return [.. folders.SelectMany(Kinds).Distinct().Order(StringComparer.Ordinal)];
    }

    static IReadOnlyList<string> Kinds(RunFolder folder)
    {
        string[] kinds = Directory.Exists(folder.Units)
            ? [.. Directory.GetFiles(folder.Units)
                .Select(file => UnitFile().Match(Path.GetFileName(file)))
                .Where(match => match.Success)
                .Select(match => match.Groups[1].Value)
                .Distinct()]
            : File.Exists(Saved(folder)) ? ["attack"]
            : [];
        return kinds.Length > 0 ? kinds : throw new InputException(
            $"'{folder.Path}' holds no results; give the folder of a run, which 'dapprox reproduce --out DIR', 'dapprox audit --out DIR' "
            + "or 'dapprox attack NAME --save DIR' writes");
    }

    /// <summary>The file with the records of an attack that was run by itself.</summary>
    static string Saved(RunFolder folder) => Path.Combine(folder.Path, AttackRecordsFile.Name);

    /// <summary>The files of a table, as read_parquet takes them.</summary>
    static string Files(RunFolder folder, string kind) => Directory.Exists(folder.Units)
        ? Path.Combine(ParquetFile.Literal(folder.Units), $"{kind}-{UnitGlob}")
        : ParquetFile.Literal(Saved(folder));

    /// <summary>Answers a query.</summary>
    /// <param name="folders">The folders of the runs; of several, each table has a column <c>run</c> with the folder.</param>
    /// <param name="sql">The query, in DuckDB's SQL.</param>
    /// <param name="cancellation">Stops the query.</param>
    /// <exception cref="InputException">There are no results, or the query is invalid.</exception>
    public static Rows Ask(IReadOnlyList<RunFolder> folders, string sql, CancellationToken cancellation)
    {
        using DuckDBConnection connection = Open(folders);
        try
        {
            return ParquetFile.Ask(connection, sql, cancellation);
        }
        catch (DbException e)
        {
            cancellation.ThrowIfCancellationRequested();
            string why = e.Message == NoMessage ? "it has no statement" : e.Message.Trim();
            throw new InputException(
                $"the query cannot be answered: {why}; tables: {string.Join(", ", Kinds(folders))} "
                + "('dapprox results list' has their columns)", e);
        }
    }

    /// <summary>The formats of <see cref="Export"/>.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["csv", "parquet", "json"];

    /// <summary>Writes each kind of unit as one file, with rows in the order of the units' files.</summary>
    /// <param name="folders">The folders of the runs; of several, each file has a column <c>run</c> with the folder.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="to">The folder to which the files are written.</param>
    /// <param name="cancellation">Stops the export; files that are complete remain.</param>
    /// <returns>The paths of the files.</returns>
    /// <exception cref="InputException">There are no results, or a file cannot be written.</exception>
    public static IReadOnlyList<string> Export(IReadOnlyList<RunFolder> folders, string format, string to, CancellationToken cancellation)
    {
        using DuckDBConnection connection = Open(folders);
        var files = new List<string>();
        foreach (string kind in Kinds(folders))
        {
            cancellation.ThrowIfCancellationRequested();
            string file = Path.Combine(to, $"{kind}.{format}");
            AtomicFile.Probe(file);
            ParquetFile.Copy(connection, $"(SELECT * FROM {kind})", file, $"FORMAT {format}");
            files.Add(file);
        }

        return files;
    }

    static DuckDBConnection Open(IReadOnlyList<RunFolder> folders)
    {
        IReadOnlyList<string> kinds = Kinds(folders);
        DuckDBConnection connection = ParquetFile.Open();
        RunFolder reading = folders[0];
        try
        {
            foreach (string kind in kinds)
            {
                var tables = new List<string>();
                foreach (RunFolder folder in folders.Where(folder => Kinds(folder).Contains(kind)))
                {
                    reading = folder;
                    string files = ParquetFile.Quoted(Files(folder, kind));
                    string run = folders.Count > 1 ? $"{ParquetFile.Quoted(folder.Path)} AS run, " : "";
                    tables.Add($"SELECT {run}* FROM read_parquet({files}, union_by_name = true, filename = true)");
                    ParquetFile.Execute(connection, $"CREATE OR REPLACE VIEW {kind} AS {string.Join(" UNION ALL BY NAME ", tables)}");
                }
            }

            return connection;
        }
        catch (DbException e)
        {
            connection.Dispose();
            throw new InputException(
                $"the results in '{reading.Path}' cannot be read: {e.Message.Trim()}; "
                + "remove the file it names, and the next run writes it again", e);
        }
    }
}
