using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dapprox.Experiments.Runs;

/// <summary>
/// Values as JSON of which there is one text for one value: no blanks, the keys of each object in ordinal order, each number as the
/// shortest decimal that reads back the same. An object consists of its public properties in camel case and, under <c>type</c>, the
/// name of its type. Properties that are null or have a <see cref="JsonIgnoreAttribute"/> are left out.
/// </summary>
static class CanonicalJson
{
    static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The text of a value.</summary>
    /// <param name="value">A number, text, truth value, enumeration, sequence, or an object of these.</param>
    /// <param name="substitute">
    /// What is written instead of a value that its properties do not determine; null to write the value itself.
    /// </param>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public static string Of(object value, Func<object, object?> substitute)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Options))
            Write(writer, value, substitute);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    static void Write(Utf8JsonWriter writer, object value, Func<object, object?> substitute)
    {
        switch (substitute(value) ?? value)
        {
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case Enum name:
                writer.WriteStringValue($"{name}");
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case ulong number:
                writer.WriteNumberValue(number);
                break;
            case float number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case IEnumerable list:
                writer.WriteStartArray();
                foreach (object item in list)
                    Write(writer, item, substitute);
                writer.WriteEndArray();
                break;
            case object record:
                writer.WriteStartObject();
                foreach ((string name, object member) in Members(record))
                {
                    writer.WritePropertyName(name);
                    Write(writer, member, substitute);
                }

                writer.WriteEndObject();
                break;
        }
    }

    static SortedDictionary<string, object> Members(object record)
    {
        var members = new SortedDictionary<string, object>(StringComparer.Ordinal);
        Type type = record.GetType();
        // An anonymous type has no name of its own.
        if (!type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
            members.Add("type", type.Name);
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            // Unlike the property's own method, this one looks at the property that is overridden as well.
            if (!Attribute.IsDefined(property, typeof(JsonIgnoreAttribute), inherit: true) && property.GetValue(record) is object member)
                members.Add(JsonNamingPolicy.CamelCase.ConvertName(property.Name), member);
        }

        return members;
    }
}
