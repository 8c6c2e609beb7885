using System.Globalization;
using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox;

/// <summary>
/// The multipliers of integers that are defined by a formula and have a name: <c>exact-int8</c>, <c>drum:8:k=6</c>,
/// <c>mitchell:8:sign-magnitude</c>. Circuits have names of their own (<see cref="Circuits.CircuitDescription"/>); truncated and broken
/// arrays and those of approximate cells are among them.
/// </summary>
public static class IntegerMultipliers
{
    /// <summary>The families of names.</summary>
    public static IReadOnlyList<IntegerMultiplierFamily> All { get; } =
    [
        new()
        {
            Name = "exact-int",
            IsExact = true,
            Example = new ExactIntegerMultiplier(8, isSigned: true),
            Create = (bits, _, _) => new ExactIntegerMultiplier(bits, isSigned: true),
        },
        new()
        {
            Name = "exact-uint",
            IsExact = true,
            Example = new ExactIntegerMultiplier(8, isSigned: false),
            Create = (bits, _, _) => new ExactIntegerMultiplier(bits, isSigned: false),
        },
        new()
        {
            Name = "drum",
            Option = "k",
            OptionHelp = $"how many bits of an operand are multiplied, {DrumMultiplier.MinK} to BITS",
            Example = new DrumMultiplier(8, k: 6),
            Create = (bits, isSigned, k) => new DrumMultiplier(bits, k, isSigned),
        },
        new()
        {
            Name = "mitchell",
            Example = new MitchellMultiplier(8),
            Create = (bits, isSigned, _) => new MitchellMultiplier(bits, isSigned),
        },
        new()
        {
            Name = "iterative-log",
            Option = "corrections",
            OptionHelp = "the number of corrections, 0 to BITS - 1",
            Example = new IterativeLogMultiplier(8, corrections: 1),
            Create = (bits, isSigned, corrections) => new IterativeLogMultiplier(bits, corrections, isSigned),
        },
        new()
        {
            Name = "roba",
            Example = new RobaMultiplier(8),
            Create = (bits, isSigned, _) => new RobaMultiplier(bits, isSigned),
        },
        new()
        {
            Name = "kulkarni",
            Example = new KulkarniMultiplier(8),
            Create = (bits, isSigned, _) => new KulkarniMultiplier(bits, isSigned),
        },
        new()
        {
            Name = "loa",
            Option = "columns",
            OptionHelp = "how many columns are ORed, 0 to 2 x BITS",
            Example = new LowerPartOrMultiplier(8, columns: 8),
            Create = (bits, isSigned, columns) => new LowerPartOrMultiplier(bits, columns, isSigned),
        },
    ];

    /// <summary>Whether a text is meant as such a name, right or wrong: it begins with the name of a family.</summary>
    /// <param name="given">What the user gave as a multiplier.</param>
    public static bool IsMeant(string given) => FamilyOf(given.ToLowerInvariant()) is not null;

    /// <summary>The multiplier with that name.</summary>
    /// <param name="given">A name of the <see cref="IntegerMultiplierFamily.Form"/> of a family, in any case.</param>
    /// <exception cref="InputException">There is no such family, the name is not of its form, or a number is out of its range.</exception>
    public static IntegerMultiplier Find(string given)
    {
        string text = given.ToLowerInvariant();
        IntegerMultiplierFamily family = FamilyOf(text)
            ?? throw Names.Unknown("multiplier of integers", text.Split(':')[0], All.Select(family => family.Name));
        string[] words = text[Math.Min(family.Prefix.Length, text.Length)..].Split(':');
        bool isSigned = !family.IsExact && words.Contains(MagnitudeMultiplier.SignWord);
        string? value = words.FirstOrDefault(word => word.StartsWith($"{family.Option}=", StringComparison.Ordinal))?.Split('=', 2)[1];
        int count = 1 + (isSigned ? 1 : 0) + (family.Option is null ? 0 : 1), number = 0;
        return words.Length == count && IsNumber(words[0], out int bits) && (family.Option is null || IsNumber(value, out number))
            ? family.Create(bits, isSigned, number)
            : throw new InputException(
                $"the multiplier '{given}' is not of the form {family.Form}, for example {family.Example}");
    }

    static IntegerMultiplierFamily? FamilyOf(string text) =>
        All.FirstOrDefault(family => text == family.Name || text.StartsWith(family.Prefix, StringComparison.Ordinal));

    static bool IsNumber(string? word, out int number) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
