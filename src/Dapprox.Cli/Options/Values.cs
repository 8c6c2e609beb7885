using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Dapprox.Foundation;

namespace Dapprox.Cli.Options;

/// <summary>Creates options whose values are checked while parsing, with messages that state the legal values.</summary>
static class Values
{
    /// <summary>
    /// An option whose value <paramref name="convert"/> converts; it throws an <see cref="InputException"/> for an illegal value.
    /// </summary>
    /// <param name="name">The name with its dashes: <c>--seed</c>.</param>
    /// <param name="valueName">The placeholder of the value in help: <c>N</c>.</param>
    /// <param name="description">The text for help.</param>
    /// <param name="convert">Converts the word on the command line.</param>
    public static Option<T> Option<T>(string name, string valueName, string description, Func<string, T> convert) => new(name)
    {
        HelpName = valueName,
        Description = description,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result => Convert(result, convert),
    };

    /// <summary>An argument, otherwise like <see cref="Option{T}"/>.</summary>
    /// <param name="name">The placeholder in help.</param>
    /// <param name="description">The text for help.</param>
    /// <param name="convert">Converts the word on the command line.</param>
    public static Argument<T> Argument<T>(string name, string description, Func<string, T> convert) => new(name)
    {
        Description = description,
        CustomParser = result => Convert(result, convert),
    };

    /// <summary>An option with a list of values; the first is the default.</summary>
    /// <param name="name">The name with its dashes.</param>
    /// <param name="description">The text for help.</param>
    /// <param name="choices">The values with their names.</param>
    public static Option<Choice<T>> Choice<T>(string name, string description, params Choice<T>[] choices)
    {
        Option<Choice<T>> option = Option(
            name, string.Join('|', choices.Select(choice => choice.Name)), description,
            text => Names.Find($"value of {name}", text, choices, choice => choice.Name));
        option.DefaultValueFactory = _ => choices[0];
        option.CompletionSources.Add([.. choices.Select(choice => choice.Name)]);
        return option;
    }

    /// <summary>An integer of at least <paramref name="min"/>; null if not given.</summary>
    /// <param name="name">The name with its dashes.</param>
    /// <param name="description">The text for help.</param>
    /// <param name="min">The smallest legal number.</param>
    public static Option<int?> Integer(string name, string description, int min) =>
        Option<int?>(name, "N", description, text => ParseInteger(name, text, min));

    /// <summary>An integer of at least <paramref name="min"/>, with a default.</summary>
    /// <param name="name">The name with its dashes.</param>
    /// <param name="description">The text for help.</param>
    /// <param name="min">The smallest legal number.</param>
    /// <param name="otherwise">The default.</param>
    public static Option<int> Integer(string name, string description, int min, int otherwise)
    {
        Option<int> option = Option(name, "N", description, text => ParseInteger(name, text, min));
        option.DefaultValueFactory = _ => otherwise;
        return option;
    }

    /// <summary>An integer that may be left out after the name of the option; null if the option is not given.</summary>
    /// <param name="name">The name with its dashes.</param>
    /// <param name="description">The text for help.</param>
    /// <param name="min">The smallest legal number.</param>
    /// <param name="bare">The number for the name alone.</param>
    public static Option<int?> OptionalInteger(string name, string description, int min, int bare) => new(name)
    {
        HelpName = "N",
        Description = description,
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = result => result.Tokens.Count == 0 ? bare : Convert<int?>(result, text => ParseInteger(name, text, min)),
    };

    /// <summary>Converts a word to a finite number.</summary>
    /// <param name="name">The option, for the message.</param>
    /// <param name="text">The word.</param>
    /// <param name="isLegal">Whether a number is legal.</param>
    /// <param name="legal">The legal numbers as text, for the message.</param>
    public static double Number(string name, string text, Func<double, bool> isLegal, string legal) =>
        double.TryParse(
            text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) && isLegal(number)
            ? number
            : throw new InputException($"{name} is '{text}'; give {legal}");

    /// <summary>
    /// The path of a folder to write into; an empty one, as from an unset variable of a script, is an error, because it would mean
    /// the current folder.
    /// </summary>
    /// <param name="name">The option, for the message.</param>
    /// <param name="text">The word.</param>
    public static string Folder(string name, string text) =>
        text.Length > 0 ? text : throw new InputException($"{name} is ''; give a folder, or . for this one");

    /// <summary>Several values separated by commas; repeated values count once.</summary>
    /// <param name="name">The name with its dashes.</param>
    /// <param name="valueName">The placeholder of the values in help.</param>
    /// <param name="description">The text for help.</param>
    /// <param name="convert">Converts one item.</param>
    public static Option<T[]> List<T>(string name, string valueName, string description, Func<string, T> convert) =>
        Flattened<T>(name, valueName, description, text => [convert(text)]);

    /// <summary>Several items separated by commas; an item can stand for several values; repeated values count once.</summary>
    /// <param name="name">The name with its dashes.</param>
    /// <param name="valueName">The placeholder of the values in help.</param>
    /// <param name="description">The text for help.</param>
    /// <param name="convert">Converts one item.</param>
    public static Option<T[]> Flattened<T>(string name, string valueName, string description, Func<string, IReadOnlyList<T>> convert) =>
        Option(
            name, valueName, description, text => text.Split(',', StringSplitOptions.TrimEntries).SelectMany(convert).Distinct().ToArray());

    /// <summary>Parses an integer within limits.</summary>
    /// <param name="name">The option, for the message.</param>
    /// <param name="text">The word.</param>
    /// <param name="min">The smallest legal number.</param>
    /// <param name="max">The largest legal number.</param>
    /// <exception cref="InputException">The word is not an integer within the limits.</exception>
    public static long ParseInteger(string name, string text, long min, long max) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= min && number <= max
            ? number
            : throw new InputException($"{name} is '{text}'; give an integer from {min} to {max}");

    static int ParseInteger(string name, string text, int min) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= min
            ? number
            : throw new InputException($"{name} is '{text}'; give an integer from {min} to {int.MaxValue}");

    static T Convert<T>(ArgumentResult result, Func<string, T> convert)
    {
        try
        {
            return convert(result.Tokens[0].Value);
        }
        catch (InputException e)
        {
            result.AddError(e.Message);
            return default!;
        }
    }
}
