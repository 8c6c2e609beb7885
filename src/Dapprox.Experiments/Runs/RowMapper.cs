using System.ComponentModel.DataAnnotations.Schema;
using Dapprox.Foundation;

namespace Dapprox.Experiments.Runs;

/// <summary>
/// Maps records to rows and back. Each parameter of the record's constructor is a column, whose name is that of the property in snake
/// case or in its <see cref="ColumnAttribute"/>. A parameter that is a record stands for the columns of that record, a dictionary for
/// those of its <see cref="ColumnFamily"/>.
/// </summary>
/// <typeparam name="TRow">The record of a row.</typeparam>
/// <param name="families">The columns of the properties that are dictionaries.</param>
sealed class RowMapper<TRow>(IReadOnlyList<ColumnFamily> families)
    where TRow : notnull
{
    readonly RecordPart record = new(typeof(TRow), families);

    /// <summary>The records as rows.</summary>
    /// <param name="rows">The records, one per row.</param>
    public Rows ToRows(IEnumerable<TRow> rows) => new(record.Columns, [.. rows.Select(row => record.Values(row).ToArray())]);

    /// <summary>The records that <see cref="ToRows"/> made into rows; columns of other names are ignored.</summary>
    /// <param name="rows">The rows of a file.</param>
    /// <param name="path">The file that they are from, for the message.</param>
    /// <exception cref="InputException">A column is missing, has another type, or lacks a value.</exception>
    public IReadOnlyList<TRow> FromRows(Rows rows, string path)
    {
        List<Column> found = [.. rows.Columns];
        int[] indices = [.. record.Columns.Select(column => found.IndexOf(column) is int index and >= 0
            ? index
            : throw Unfit($"it has no column {column.Name} of type {column.Type}"))];
        try
        {
            return [.. rows.Values.Select(values => (TRow)record.Read(Array.ConvertAll(indices, index => values[index])))];
        }
        catch (InvalidCastException e)
        {
            throw Unfit(e.Message);
        }

        InputException Unfit(string why) =>
            new($"'{path}' is not the result of a unit: {why}; remove it, and the next run writes it again");
    }
}
