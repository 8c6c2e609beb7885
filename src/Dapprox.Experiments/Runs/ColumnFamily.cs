namespace Dapprox.Experiments.Runs;

/// <summary>The columns of a property that is a dictionary: one column for each key.</summary>
abstract class ColumnFamily(string property) : RowPart
{
    /// <summary>The name of the property of the row.</summary>
    public string Property => property;
}

/// <summary>The columns of a property that is a dictionary: one column for each key.</summary>
/// <typeparam name="TKey">What tells the columns apart, such as a network.</typeparam>
/// <typeparam name="TValue">The type of each value.</typeparam>
/// <param name="property">The name of the property of the row.</param>
/// <param name="keys">The keys of every row's dictionary, in the order of the columns.</param>
/// <param name="name">The name of the column of a key.</param>
sealed class ColumnFamily<TKey, TValue>(string property, IReadOnlyList<TKey> keys, Func<TKey, string> name) : ColumnFamily(property)
    where TKey : notnull
{
    readonly CellPart[] cells = [.. keys.Select(key => new CellPart(name(key), typeof(TValue)))];

    public override IReadOnlyList<Column> Columns => [.. cells.SelectMany(cell => cell.Columns)];

    public override IEnumerable<object?> Values(object? value)
    {
        var dictionary = (IReadOnlyDictionary<TKey, TValue>)value!;
        return keys.Zip(cells).SelectMany(pair => pair.Second.Values(dictionary[pair.First]));
    }

    public override object Read(ReadOnlySpan<object?> values)
    {
        var dictionary = new Dictionary<TKey, TValue>(keys.Count);
        for (int i = 0; i < keys.Count; i++)
            dictionary.Add(keys[i], (TValue)cells[i].Read(values.Slice(i, 1))!);
        return dictionary;
    }
}
