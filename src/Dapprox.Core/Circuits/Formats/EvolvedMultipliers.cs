using System.Globalization;
using System.Reflection;
using Dapprox.Foundation;

namespace Dapprox.Circuits.Formats;

/// <summary>
/// The multipliers of integers that <c>dapprox evolve</c> found and that are included. <c>evo8u-mre-0.01</c> has operands of 8 bits without
/// a sign, and its MRE is at most 0.01; with <c>s</c> it is signed. The sources of their documents are the commands that made them.
/// </summary>
public static class EvolvedMultipliers
{
    const string Prefix = "multipliers/", Suffix = ".json", Beginning = "evo";

    /// <summary>Their names, in the order of width, sign, metric and bound.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^Suffix.Length])
            .OrderBy(Family, StringComparer.Ordinal).ThenBy(Bound),
    ];

    /// <summary>The names of those with operands of at most so many bits.</summary>
    public static IEnumerable<string> UpToBits(int bits) => All.Where(name => BitsOf(name) <= bits);

    /// <summary>Whether a text is meant as such a name, right or wrong: it begins with evo and a digit.</summary>
    /// <param name="given">What the user gave as a multiplier.</param>
    public static bool IsMeant(string given) =>
        given.Length > Beginning.Length && given.StartsWith(Beginning, StringComparison.OrdinalIgnoreCase)
        && char.IsAsciiDigit(given[Beginning.Length]) && CircuitFormat.Of(given) is null && !TableFiles.IsTable(given);

    /// <summary>The circuit with that name.</summary>
    /// <param name="given">One of the names in <see cref="All"/>, in any case.</param>
    /// <exception cref="InputException">There is none; the message suggests the nearest.</exception>
    public static CircuitDocument Find(string given)
    {
        string name = All.FirstOrDefault(known => string.Equals(known, given, StringComparison.OrdinalIgnoreCase))
            ?? throw Names.Unknown("evolved multiplier", given, All);
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + name + Suffix)!;
        using var reader = new StreamReader(stream);
        return CircuitJson.Read(new SourceText(name + Suffix, reader.ReadToEnd()));
    }

    static int BitsOf(string name) =>
        int.Parse(name.AsSpan(Beginning.Length, name.AsSpan(Beginning.Length).IndexOfAny('u', 's')), CultureInfo.InvariantCulture);

    // evo12u before evo8u would be the order of letters.
    static string Family(string name)
    {
        string family = name[..name.LastIndexOf('-')];
        return family[Beginning.Length..].PadLeft(16);
    }

    static double Bound(string name) =>
        double.Parse(name[(name.LastIndexOf('-') + 1)..], CultureInfo.InvariantCulture);
}
