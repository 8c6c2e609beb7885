using System.Data.Common;
using System.Text.RegularExpressions;
using Dapprox.Foundation;
using DuckDB.NET.Data;

namespace Dapprox.Experiments.Runs;

/// <summary>Reads and writes Parquet files through DuckDB. The same rows give the same bytes.</summary>
public static partial class ParquetFile
{
    /// <summary>Writes the file.</summary>
    /// <param name="path">The path of the file, which is replaced in one step.</param>
    /// <param name="rows">Rows of texts, whole numbers of 32 and 64 bits, binary64 numbers, truth values and bytes.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Write(string path, Rows rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using DuckDBConnection connection = Open();
        static string Name(Column column) => $"\"{column.Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        Execute(connection, $"CREATE TABLE rows ({string.Join(", ", rows.Columns.Select(column => $"{Name(column)} {column.Type}"))})");
        using (DuckDBAppender appender = connection.CreateAppender("rows"))
        {
            foreach (object?[] values in rows.Values)
            {
                IDuckDBAppenderRow row = appender.CreateRow();
                foreach (object? value in values)
                    Append(row, value);
                row.EndRow();
            }
        }

        Copy(connection, "rows", path, "FORMAT parquet, COMPRESSION zstd");
    }

    /// <summary>Reads a file that <see cref="Write"/> wrote.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="InputException">The file cannot be read, or is not a Parquet file.</exception>
    public static Rows Read(string path)
    {
        try
        {
            using DuckDBConnection connection = Open();
            return Ask(connection, $"SELECT * FROM read_parquet({Quoted(Literal(path))})", CancellationToken.None);
        }
        catch (DbException e)
        {
            // DuckDB's first line says what is wrong, the others where in the query.
            string reason = InputFile.OneLine(e.Message.Split('\n')[0]);
            throw new InputException($"'{path}' cannot be read as Parquet: {reason}; remove it, and the next run writes it again", e);
        }
    }

    /// <summary>The answer to a query. Where columns have the same name, a number is appended to the later ones.</summary>
    /// <exception cref="InputException">The texts of the answer are longer than the most characters together.</exception>
    internal static Rows Ask(
        DuckDBConnection connection, string sql, CancellationToken cancellation, long mostCharacters = long.MaxValue)
    {
        using DuckDBCommand command = Command(connection, sql);
        using CancellationTokenRegistration registration = cancellation.Register(command.Cancel);
        using DuckDBDataReader reader = command.ExecuteReader();
        var names = new HashSet<string>(StringComparer.Ordinal);
        Column[] columns = [.. Enumerable.Range(0, reader.FieldCount)
            .Select(i => new Column(Unused(reader.GetName(i)), reader.GetDataTypeName(i).ToUpperInvariant()))];
        var values = new List<object?[]>();
        while (reader.Read())
        {
            object?[] row = [.. columns.Select((_, i) => Value(reader, i))];
            mostCharacters -= row.Sum(value => value is string text ? text.Length : value is byte[] bytes ? bytes.LongLength : 0);
            if (mostCharacters < 0)
                throw new InputException("the answer is too long to be shown; ask for fewer rows or columns");
            values.Add(row);
        }

        return new Rows(columns, values);

        string Unused(string name)
        {
            string free = name;
            for (int number = 2; !names.Add(free); number++)
                free = $"{name}_{number}";
            return free;
        }
    }

    /// <summary>A value in C#: null for NULL, an array for bytes.</summary>
    static object? Value(DuckDBDataReader reader, int column)
    {
        if (reader.IsDBNull(column))
            return null;
        object value = reader.GetValue(column);
        if (value is not Stream stream)
            return value;
        using (stream)
        {
            byte[] bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
    }

    /// <summary>A connection to a database in memory, with one thread, so that rows keep their order and files their bytes.</summary>
    internal static DuckDBConnection Open()
    {
        var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        Execute(connection, "SET threads = 1");
        return connection;
    }

    /// <summary>Writes a table as a file, in one step.</summary>
    /// <param name="connection">The database that has the table.</param>
    /// <param name="table">The name of the table, or a query in parentheses.</param>
    /// <param name="path">The path of the file.</param>
    /// <param name="options">The options of the COPY statement, with the format.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    internal static void Copy(DuckDBConnection connection, string table, string path, string options)
    {
        // DuckDB writes to a temporary path; the bytes are then moved to the requested path in one step.
        DirectoryInfo folder = TemporaryFolder();
        try
        {
            string temporary = Path.Combine(folder.FullName, "rows");
            Execute(connection, $"COPY {table} TO {Quoted(temporary)} ({options})");
            AtomicFile.Write(path, stream =>
            {
                using FileStream written = File.OpenRead(temporary);
                written.CopyTo(stream);
            });
        }
        catch (DbException e)
        {
            throw new InputException($"cannot write '{path}': {e.Message.Trim()}; make room in {Path.GetTempPath()}", e);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    internal static void Execute(DuckDBConnection connection, string sql)
    {
        using DuckDBCommand command = Command(connection, sql);
        command.ExecuteNonQuery();
    }

    internal static DuckDBCommand Command(DuckDBConnection connection, string sql)
    {
        DuckDBCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // Names in it are quoted; DuckDB takes no parameters there.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    /// <summary>A path for read_parquet, with *, ? and [ quoted, which are wildcards there.</summary>
    internal static string Literal(string path) => Wildcard().Replace(path, "[$0]");

    [GeneratedRegex(@"[*?\[]")]
    private static partial Regex Wildcard();

    /// <summary>A text as an SQL literal.</summary>
    internal static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    static void Append(IDuckDBAppenderRow row, object? value) => _ = value switch
    {
        null => row.AppendNullValue(),
        string text => row.AppendValue(text),
        int number => row.AppendValue(number),
        long number => row.AppendValue(number),
        double number => row.AppendValue(number),
        bool truth => row.AppendValue(truth),
        byte[] bytes => row.AppendValue(bytes),
        _ => throw new ArgumentException($"A {value.GetType().Name} has no column.", nameof(value)),
    };

    static DirectoryInfo TemporaryFolder()
    {
        try
        {
            return Directory.CreateTempSubdirectory("dapprox-");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                $"cannot make a folder in {Path.GetTempPath()}: {e.Message.TrimEnd('.')}; "
                + "make room, or set TMPDIR to a folder with room", e);
        }
    }
}
