using System.ComponentModel.DataAnnotations.Schema;
using CsCheck;
using Dapprox.Experiments.Runs;
using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Experiments;

public sealed class RowMapperTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public enum Choice
    {
        First,
        Second,
    }

    public sealed record Part(int WholeNumber, [property: Column("another name")] double? Number);

    public sealed record Row(
        string Text, Part Part, long Long, bool? Truth, Choice Choice, float[] Numbers, IReadOnlyDictionary<int, double?> ByKey);

    static readonly RowMapper<Row> Mapper = new([new ColumnFamily<int, double?>(nameof(Row.ByKey), [3, 1], key => $"key_{key}")]);

    static readonly Column[] Columns =
    [
        new("text", "VARCHAR"), new("whole_number", "INTEGER"), new("another name", "DOUBLE"), new("long", "BIGINT"),
        new("truth", "BOOLEAN"),
        new("choice", "VARCHAR"), new("numbers", "BLOB"), new("key_3", "DOUBLE"), new("key_1", "DOUBLE"),
    ];

    static readonly Gen<Row> Rows = Gen.Select(
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 0, 9], Gen.Int, Gen.Double.Nullable(), Gen.Long), Gen.Bool.Nullable(),
        Gen.Enum<Choice>(), Gen.Single.Array, Gen.Double.Nullable(), Gen.Double.Nullable(),
        (a, truth, choice, numbers, three, one) => new Row(
            a.Item1, new Part(a.Item2, a.Item3), a.Item4, truth, choice, numbers, new Dictionary<int, double?> { [1] = one, [3] = three }));

    [Fact]
    public void FromRows_OfAFile_IsWhatToRowsWasGiven() => Rows.Array[0, 9].Sample(rows =>
    {
        string path = folder.File($"{Guid.NewGuid()}.parquet");
        ParquetFile.Write(path, Mapper.ToRows(rows));

        IReadOnlyList<Row> read = Mapper.FromRows(ParquetFile.Read(path), path);

        Assert.Equal(Columns, ParquetFile.Read(path).Columns);
        Assert.Equal(rows.Length, read.Count);
        foreach ((Row expected, Row actual) in rows.Zip(read))
        {
            Assert.Equal(expected with { Numbers = actual.Numbers, ByKey = actual.ByKey }, actual);
            Assert.Equal(expected.Numbers, actual.Numbers);
            Assert.Equal(expected.ByKey, actual.ByKey);
        }
    }, iter: 20, threads: 1);

    [Fact]
    public void FromRows_OfOtherColumns_SaysWhich()
    {
        object?[] values = ["a", 1, null, 2L, null, "First", Array.Empty<byte>(), null, 1.5];
        string Refused(IReadOnlyList<Column> columns, params object?[] row) =>
            Assert.Throws<InputException>(() => Mapper.FromRows(new Rows(columns, [row]), "a file")).Message;

        Assert.Equal(
            "a", Assert.Single(Mapper.FromRows(new Rows([.. Columns, new Column("more", "DATE")], [[.. values, null]]), "a file")).Text);
        Assert.Contains("'a file'", Refused(Columns[1..], values[1..]), StringComparison.Ordinal);
        Assert.Contains("no column text of type VARCHAR", Refused(Columns[1..], values[1..]), StringComparison.Ordinal);
        Assert.Contains(
            "no column text of type VARCHAR", Refused([new Column("text", "INTEGER"), .. Columns[1..]], values), StringComparison.Ordinal);
        Assert.Contains("whole_number lacks a value", Refused(Columns, [values[0], null, .. values[2..]]), StringComparison.Ordinal);
        Assert.Contains("choice has 'Third'", Refused(Columns, [.. values[..5], "Third", .. values[6..]]), StringComparison.Ordinal);
    }
}
