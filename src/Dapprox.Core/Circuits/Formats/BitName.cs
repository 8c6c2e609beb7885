using System.Globalization;

namespace Dapprox.Circuits.Formats;

/// <summary>Names of single bits of a bus: <c>a[3]</c>.</summary>
static class BitName
{
    // Buses are not wider than this; a longer number is part of a name.
    const int MaxDigits = 4;

    /// <summary>The bus and the index; null for a name without one.</summary>
    public static (string Bus, int Index)? Split(string name)
    {
        int open = name.LastIndexOf('[');
        return open > 0 && name.EndsWith(']') && name.Length - open - 2 is >= 1 and <= MaxDigits
            && int.TryParse(name.AsSpan(open + 1, name.Length - open - 2), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            ? (name[..open], index)
            : null;
    }

    /// <summary>The name of a bit of a bus; of a bus of one bit the bus's.</summary>
    public static string Of(string bus, int width, int bit) => width == 1 ? bus : $"{bus}[{bit}]";
}
