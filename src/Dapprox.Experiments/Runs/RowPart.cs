using System.ComponentModel.DataAnnotations.Schema;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Dapprox.Experiments.Runs;

/// <summary>A part of a row: some columns beside each other that stand for one value.</summary>
abstract class RowPart
{
    /// <summary>The columns, from left to right.</summary>
    public abstract IReadOnlyList<Column> Columns { get; }

    /// <summary>What the columns have for a value.</summary>
    public abstract IEnumerable<object?> Values(object? value);

    /// <summary>The value for which the columns have <paramref name="values"/>.</summary>
    /// <exception cref="InvalidCastException">There is no such value.</exception>
    public abstract object? Read(ReadOnlySpan<object?> values);
}

/// <summary>One column.</summary>
/// <param name="name">The name of the column in SQL.</param>
/// <param name="type">The type of its values in C#.</param>
sealed class CellPart(string name, Type type) : RowPart
{
    static readonly Dictionary<Type, string> SqlTypes = new()
    {
        [typeof(string)] = "VARCHAR",
        [typeof(int)] = "INTEGER",
        [typeof(long)] = "BIGINT",
        [typeof(double)] = "DOUBLE",
        [typeof(bool)] = "BOOLEAN",
        // binary32, little-endian
        [typeof(float[])] = "BLOB",
    };

    readonly Type underlying = Nullable.GetUnderlyingType(type) ?? type;

    public override IReadOnlyList<Column> Columns { get; } = [new(name, SqlType(type)!)];

    /// <summary>Whether values of a type fit into one column.</summary>
    public static bool Holds(Type type) => SqlType(type) is not null;

    public override IEnumerable<object?> Values(object? value) =>
    [
        value switch
        {
            Enum choice => $"{choice}",
            float[] numbers => MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray(),
            _ => value,
        },
    ];

    public override object? Read(ReadOnlySpan<object?> values) => values[0] switch
    {
        null when type.IsValueType && underlying == type => throw new InvalidCastException($"column {name} lacks a value"),
        string text when underlying.IsEnum => Enum.TryParse(underlying, text, out object? choice)
            ? choice : throw new InvalidCastException($"column {name} has '{text}'"),
        byte[] bytes => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
        var value => value,
    };

    static string? SqlType(Type type)
    {
        Type underlying = Nullable.GetUnderlyingType(type) ?? type;
        return underlying.IsEnum ? "VARCHAR" : SqlTypes.GetValueOrDefault(underlying);
    }
}

/// <summary>The columns of a record.</summary>
sealed class RecordPart : RowPart
{
    readonly ConstructorInfo constructor;
    readonly (PropertyInfo Property, RowPart Part)[] parts;

    /// <summary>Finds the columns.</summary>
    /// <param name="type">A record whose constructor has a parameter for each column.</param>
    /// <param name="families">The columns of the properties that are dictionaries.</param>
    public RecordPart(Type type, IReadOnlyList<ColumnFamily> families)
    {
        // A record's other constructor, which copies, is not public.
        constructor = type.GetConstructors().Single();
        parts = [.. constructor.GetParameters()
            .Select(parameter => type.GetProperty(parameter.Name!)!)
            .Select(property => (property, Part(property, families)))];
        Columns = [.. parts.SelectMany(part => part.Part.Columns)];
    }

    public override IReadOnlyList<Column> Columns { get; }

    public override IEnumerable<object?> Values(object? value) => parts.SelectMany(part => part.Part.Values(part.Property.GetValue(value)));

    public override object Read(ReadOnlySpan<object?> values)
    {
        object?[] arguments = new object?[parts.Length];
        int first = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            int count = parts[i].Part.Columns.Count;
            arguments[i] = parts[i].Part.Read(values.Slice(first, count));
            first += count;
        }

        return constructor.Invoke(arguments);
    }

    static RowPart Part(PropertyInfo property, IReadOnlyList<ColumnFamily> families) =>
        families.FirstOrDefault(family => family.Property == property.Name)
        ?? (CellPart.Holds(property.PropertyType)
            ? new CellPart(Name(property), property.PropertyType)
            : (RowPart)new RecordPart(property.PropertyType, families));

    static string Name(PropertyInfo property) =>
        property.GetCustomAttribute<ColumnAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
}
