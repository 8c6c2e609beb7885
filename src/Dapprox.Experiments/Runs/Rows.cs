using System.Globalization;

namespace Dapprox.Experiments.Runs;

/// <summary>A column of a work unit's result.</summary>
/// <param name="Name">Its name in SQL.</param>
/// <param name="Type">Its type in SQL: VARCHAR, INTEGER, BIGINT, DOUBLE, BOOLEAN or BLOB.</param>
public readonly record struct Column(string Name, string Type);

/// <summary>What a work unit found: rows of values, each of its column's type or null.</summary>
/// <param name="columns">The columns.</param>
/// <param name="values">The rows.</param>
public sealed class Rows(IReadOnlyList<Column> columns, IReadOnlyList<object?[]> values)
{
    readonly Dictionary<string, int> places = columns.Select((column, place) => (column.Name, place)).ToDictionary(StringComparer.Ordinal);

    /// <summary>The columns.</summary>
    public IReadOnlyList<Column> Columns { get; } = columns;

    /// <summary>The rows.</summary>
    public IReadOnlyList<object?[]> Values { get; } = values;

    /// <summary>How many rows there are.</summary>
    public int Count => Values.Count;

    /// <summary>Whether there is a column of that name.</summary>
    /// <param name="column">The name.</param>
    public bool Has(string column) => places.ContainsKey(column);

    /// <summary>A number; null where there is none.</summary>
    /// <param name="row">The row's place.</param>
    /// <param name="column">The column's name.</param>
    public double? Number(int row, string column) =>
        this[row, column] is object value ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null;

    /// <summary>A whole number.</summary>
    /// <param name="row">The row's place.</param>
    /// <param name="column">The column's name.</param>
    public int Int32(int row, string column) => Convert.ToInt32(this[row, column], CultureInfo.InvariantCulture);

    /// <summary>Yes or no; null where there is neither.</summary>
    /// <param name="row">The row's place.</param>
    /// <param name="column">The column's name.</param>
    public bool? Boolean(int row, string column) => (bool?)this[row, column];

    /// <summary>A text; null where there is none.</summary>
    /// <param name="row">The row's place.</param>
    /// <param name="column">The column's name.</param>
    public string? Text(int row, string column) => (string?)this[row, column];

    /// <summary>Bytes.</summary>
    /// <param name="row">The row's place.</param>
    /// <param name="column">The column's name.</param>
    public byte[] Bytes(int row, string column) => (byte[])this[row, column]!;

    /// <summary>All numbers of a column, those that are missing left out.</summary>
    /// <param name="column">The column's name.</param>
    public IEnumerable<double> Numbers(string column) => Enumerable.Range(0, Count).Select(row => Number(row, column)).OfType<double>();

    object? this[int row, string column] => Values[row][places[column]];
}
