using System.Data.Common;
using System.Globalization;
using DuckDB.NET.Data;

namespace Dapprox.Tests;

/// <summary>Reads Parquet files.</summary>
static class Parquet
{
    /// <summary>The rows of a file, values with bars between them.</summary>
    public static string[] Rows(string file, string columns = "*")
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT {columns} FROM '{file}'";
        using DbDataReader reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(
                string.Join(
                    '|',
                    Enumerable.Range(
                        0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        return [.. rows];
    }
}
