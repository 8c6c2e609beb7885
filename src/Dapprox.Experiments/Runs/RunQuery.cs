using System.Data.Common;
using System.Text.Json;
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

    /// <summary>The largest number of rows of an answer.</summary>
    public const int MaxRows = 1_000_000;

    /// <summary>The largest number of bytes of a text in an answer.</summary>
    public const int MaxTextBytes = 1_000_000;

    // What a query may take of the memory; it has no disk.
    const string MemoryLimit = "2GB";

    // The texts of an answer together: they are kept until all rows are there.
    const long MaxAnswerCharacters = 100_000_000;

    /// <summary>The types whose values have a type in C# of their own; all others become text, nested ones JSON.</summary>
    static readonly HashSet<string> PlainTypes =
    [
        "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT", "FLOAT", "DOUBLE",
        "VARCHAR", "BLOB",
    ];

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

    /// <summary>The tables with their numbers of units and rows, and their columns.</summary>
    /// <param name="folders">The folders of the runs.</param>
    /// <param name="cancellation">Stops between tables and inside a count.</param>
    /// <exception cref="InputException">There are no results, or a file cannot be read.</exception>
    public static IReadOnlyList<(string Name, long Units, long Rows, IReadOnlyList<string> Columns)> Tables(
        IReadOnlyList<RunFolder> folders, CancellationToken cancellation)
    {
        using DuckDBConnection connection = Open(folders, loads: null);
        return [.. Kinds(folders).Select(kind =>
        {
            object?[] counts = Ask($"SELECT count(DISTINCT filename), count(*) FROM {kind}").Values[0];
            return (kind, (long)counts[0]!, (long)counts[1]!,
                (IReadOnlyList<string>)[.. Ask($"SELECT * FROM {kind} LIMIT 0").Columns.Select(column => column.Name)]);
        })];

        Rows Ask(string sql)
        {
            try
            {
                return ParquetFile.Ask(connection, sql, cancellation);
            }
            catch (DbException e)
            {
                cancellation.ThrowIfCancellationRequested();
                throw new InputException($"the results cannot be read: {e.Message.Trim()}", e);
            }
        }
    }

    /// <summary>
    /// Answers a query. It sees the results and nothing else: no file, no network, no extension (DuckDB's <c>enable_external_access</c>).
    /// </summary>
    /// <param name="folders">The folders of the runs; of several, each table has a column <c>run</c> with the folder.</param>
    /// <param name="sql">One query, in DuckDB's SQL. Lists and structures become JSON; dates, intervals and decimals become text.</param>
    /// <param name="mayRead">Whether it may also read files, as <c>read_csv('x.csv')</c>.</param>
    /// <param name="cancellation">Stops the query.</param>
    /// <exception cref="InputException">
    /// There are no results, the query is invalid, or its answer has more than <see cref="MaxRows"/> rows.
    /// </exception>
    public static Rows Ask(IReadOnlyList<RunFolder> folders, string sql, bool mayRead, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(sql);
        // DuckDB's functions query and query_table take names that a text makes.
        bool makesNames = sql.Contains("query", StringComparison.OrdinalIgnoreCase);
        using DuckDBConnection connection = Open(
            folders, kind => makesNames || sql.Contains(kind, StringComparison.OrdinalIgnoreCase));
        try
        {
            if (!mayRead)
                ParquetFile.Execute(connection, "SET enable_external_access = false");
            ParquetFile.Execute(
                connection, $"SET memory_limit = '{MemoryLimit}'; SET max_temp_directory_size = '0 bytes'; SET lock_configuration = true");
            ThrowIfNoQuery(connection, sql, cancellation);
            // A comment at its end ends with the line.
            string query = $"({sql.TrimEnd().TrimEnd(';')}\n)";
            IReadOnlyList<object?[]> described = ParquetFile.Ask(connection, $"DESCRIBE SELECT * FROM {query}", cancellation).Values;
            (string Name, string Type)[] columns = [.. described.Select(row => ((string)row[0]!, (string)row[1]!))];
            string names = string.Join(", ", columns.Select((_, i) => $"c{i}"));
            string values = string.Join(", ", columns.Select((column, i) => column.Type switch
            {
                "BLOB" => Bounded($"c{i}", "octet_length"),
                "VARCHAR" => Bounded($"c{i}", "strlen"),
                string type when PlainTypes.Contains(type) => $"c{i}",
                string type when IsNested(type) => Bounded($"CAST(to_json(c{i}) AS VARCHAR)", "strlen"),
                _ => $"CAST(c{i} AS VARCHAR)",
            }));
            Rows rows = ParquetFile.Ask(
                connection, $"SELECT {values} FROM {query} AS answer({names}) LIMIT {MaxRows + 1}", cancellation, MaxAnswerCharacters);
            if (rows.Values.Count > MaxRows)
                throw new InputException($"the answer has more than {MaxRows:N0} rows; add LIMIT, or aggregate with GROUP BY");
            return new Rows([.. columns.Select(column => new Column(column.Name, column.Type))], rows.Values);
        }
        catch (DbException e)
        {
            cancellation.ThrowIfCancellationRequested();
            // What cannot stand in parentheses is no query.
            string why = e.Message.StartsWith("Parser Error", StringComparison.Ordinal) ? "it is no SELECT" : e.Message.Trim();
            throw new InputException(
                $"the query cannot be answered: {why}; tables: {string.Join(", ", Kinds(folders))} "
                + "('dapprox results list' has their columns)", e);
        }
    }

    static string Bounded(string value, string length) =>
        $"CASE WHEN {length}({value}) > {MaxTextBytes} THEN error('a text has more than {MaxTextBytes:N0} bytes') ELSE {value} END";

    /// <summary>Refuses what is not one query. DuckDB's parser says what a text is.</summary>
    static void ThrowIfNoQuery(DuckDBConnection connection, string sql, CancellationToken cancellation)
    {
        string text = (string)ParquetFile.Ask(
            connection, $"SELECT CAST(json_serialize_sql({ParquetFile.Quoted(sql)}) AS VARCHAR)", cancellation).Values[0][0]!;
        using var parsed = JsonDocument.Parse(text);
        if (!parsed.RootElement.GetProperty("error").GetBoolean())
        {
            int statements = parsed.RootElement.GetProperty("statements").GetArrayLength();
            if (statements != 1)
                throw new InputException(
                    $"the query has {(statements == 0 ? "no statement" : $"{statements} statements")}; give one SELECT");
        }
        else if (parsed.RootElement.GetProperty("error_type").GetString() == "parser")
        {
            throw new InputException(
                $"the query cannot be answered: {parsed.RootElement.GetProperty("error_message").GetString()}; give one SELECT in DuckDB's "
                    + "SQL");
        }
    }

    /// <summary>Whether a value has parts: a list, a structure, a map, a union.</summary>
    public static bool IsNested(string type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return type.EndsWith(']') || type.Contains('(', StringComparison.Ordinal) && !type.StartsWith("DECIMAL", StringComparison.Ordinal)
            && !type.StartsWith("ENUM", StringComparison.Ordinal);
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
        using DuckDBConnection connection = Open(folders, loads: null);
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

    /// <summary>A database with the tables of some runs.</summary>
    /// <param name="folders">The folders of the runs.</param>
    /// <param name="loads">Whether a table is loaded, others being empty; null for views, which read the files when they are asked.</param>
    static DuckDBConnection Open(IReadOnlyList<RunFolder> folders, Func<string, bool>? loads)
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

                if (loads is not null)
                {
                    ParquetFile.Execute(
                        connection, $"CREATE TABLE loaded AS SELECT * FROM {kind}{(loads(kind) ? "" : " LIMIT 0")}; DROP VIEW {kind}; "
                            + $"ALTER TABLE loaded RENAME TO {kind}");
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
