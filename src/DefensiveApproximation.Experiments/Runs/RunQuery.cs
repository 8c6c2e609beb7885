using System.Data.Common;
using System.Text.RegularExpressions;
using DefensiveApproximation.Networks.Formats;
using DuckDB.NET.Data;

namespace DefensiveApproximation.Experiments.Runs;

/// <summary>Asks the results of a run by SQL: each kind of unit is a table of its name, with the unit's file in the column <c>filename</c>.</summary>
public static partial class RunQuery
{
    const string UnitGlob = "????????????????.parquet";

    // .NET's words for an exception without any; DuckDB.NET throws one where a text has no statement.
    const string NoMessage = "External component has thrown an exception.";

    [GeneratedRegex(@"^([a-z]+)-[0-9a-f]{16}\.parquet$")]
    private static partial Regex UnitFile();

    /// <summary>The kinds of units that are done.</summary>
    /// <param name="folder">The run.</param>
    /// <exception cref="InputException">There are none.</exception>
    public static IReadOnlyList<string> Kinds(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string[] kinds = Directory.Exists(folder.Units)
            ? [.. Directory.GetFiles(folder.Units).Select(file => UnitFile().Match(Path.GetFileName(file))).Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal)]
            : [];
        return kinds.Length > 0 ? kinds : throw new InputException($"'{folder.Path}' holds no results; give the folder of a run, which 'dapprox reproduce --out DIR' writes");
    }

    /// <summary>The answer to a query.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="sql">The query, in DuckDB's SQL.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InputException">There are no results, or the query cannot be answered.</exception>
    public static Rows Ask(RunFolder folder, string sql, CancellationToken cancellation)
    {
        using DuckDBConnection connection = Open(folder);
        try
        {
            return ParquetFile.Ask(connection, sql, cancellation);
        }
        catch (DbException e)
        {
            cancellation.ThrowIfCancellationRequested();
            string why = e.Message == NoMessage ? "it has no statement" : e.Message.Trim();
            throw new InputException($"the query cannot be answered: {why}; tables: {string.Join(", ", Kinds(folder))} ('dapprox results list' has their columns)", e);
        }
    }

    /// <summary>The formats of <see cref="Export"/>.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["csv", "parquet", "json"];

    /// <summary>Writes each kind of unit as one file, its rows in the order of the units' files.</summary>
    /// <param name="folder">The run.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="to">The folder to write to.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The files.</returns>
    /// <exception cref="InputException">There are no results, or a file cannot be written.</exception>
    public static IReadOnlyList<string> Export(RunFolder folder, string format, string to, CancellationToken cancellation)
    {
        using DuckDBConnection connection = Open(folder);
        var files = new List<string>();
        foreach (string kind in Kinds(folder))
        {
            cancellation.ThrowIfCancellationRequested();
            string file = Path.Combine(to, $"{kind}.{format}");
            AtomicFile.Probe(file);
            ParquetFile.Copy(connection, $"(SELECT * FROM {kind})", file, $"FORMAT {format}");
            files.Add(file);
        }

        return files;
    }

    static DuckDBConnection Open(RunFolder folder)
    {
        IReadOnlyList<string> kinds = Kinds(folder);
        DuckDBConnection connection = ParquetFile.Open();
        try
        {
            foreach (string kind in kinds)
                ParquetFile.Execute(connection, $"CREATE VIEW {kind} AS SELECT * FROM read_parquet({ParquetFile.Quoted(Path.Combine(ParquetFile.Literal(folder.Units), $"{kind}-{UnitGlob}"))}, union_by_name = true, filename = true)");
            return connection;
        }
        catch (DbException e)
        {
            connection.Dispose();
            throw new InputException($"the results in '{folder.Path}' cannot be read: {e.Message.Trim()}; remove the file it names, and the next run writes it anew", e);
        }
    }
}
