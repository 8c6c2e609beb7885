namespace Dapprox.Experiments.Runs;

/// <summary>A column of a Parquet file or of the answer to a query.</summary>
/// <param name="Name">Its name in SQL.</param>
/// <param name="Type">Its type in SQL; of a unit's file VARCHAR, INTEGER, BIGINT, DOUBLE, BOOLEAN or BLOB.</param>
public readonly record struct Column(string Name, string Type);

/// <summary>Rows of values, as a Parquet file or the answer to a query has them.</summary>
/// <param name="Columns">The columns, from left to right.</param>
/// <param name="Values">The rows, each with one value per column; null for NULL.</param>
public sealed record Rows(IReadOnlyList<Column> Columns, IReadOnlyList<object?[]> Values);
