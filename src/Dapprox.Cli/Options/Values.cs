using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Dapprox.Foundation;

namespace Dapprox.Cli.Options;

/// <summary>Makes options whose values are checked while parsing, each with a message that says what is legal.</summary>
static class Values
{
    /// <summary>An option whose value is converted by <paramref name="convert"/>, which throws an <see cref="InputException"/>.</summary>
    /// <param name="name">With its dashes: <c>--seed</c>.</param>
    /// <param name="valueName">What help calls the value: <c>N</c>.</param>
    /// <param name="description">For help.</param>
    /// <param name="convert">From the word on the command line.</param>
    public static Option<T> Option<T>(string name, string valueName, string description, Func<string, T> convert) => new(name)
    {
        HelpName = valueName,
        Description = description,
        Arity = ArgumentArity.ExactlyOne,
        CustomParser = result => Convert(result, convert),
    };

    /// <summary>An argument, otherwise like <see cref="Option{T}"/>.</summary>
    /// <param name="name">What help calls it.</param>
    /// <param name="description">For help.</param>
    /// <param name="convert">From the word on the command line.</param>
    public static Argument<T> Argument<T>(string name, string description, Func<string, T> convert) => new(name)
    {
        Description = description,
        CustomParser = result => Convert(result, convert),
    };

    /// <summary>One of a few values; the first is the default.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">For help.</param>
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

    /// <summary>A whole number of at least <paramref name="least"/>; null when not given.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">For help.</param>
    /// <param name="least">The smallest legal number.</param>
    public static Option<int?> Integer(string name, string description, int least) =>
        Option<int?>(name, "N", description, text => WholeNumber(name, text, least));

    /// <summary>A whole number of at least <paramref name="least"/>, with a default.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="description">For help.</param>
    /// <param name="least">The smallest legal number.</param>
    /// <param name="otherwise">The default.</param>
    public static Option<int> Integer(string name, string description, int least, int otherwise)
    {
        Option<int> option = Option(name, "N", description, text => WholeNumber(name, text, least));
        option.DefaultValueFactory = _ => otherwise;
        return option;
    }

    /// <summary>Converts a word to a finite number.</summary>
    /// <param name="name">The option, for the message.</param>
    /// <param name="text">The word.</param>
    /// <param name="isLegal">Which numbers are legal, in code.</param>
    /// <param name="legal">Which numbers are legal, in words.</param>
    public static double Number(string name, string text, Func<double, bool> isLegal, string legal) =>
        double.TryParse(
            text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) && isLegal(number)
            ? number
            : throw new InputException($"{name} is '{text}'; give {legal}");

    /// <summary>
    /// The path of a folder to write into. An unset variable of a script makes an empty one, and would fill the folder
    /// that the script is in.
    /// </summary>
    /// <param name="name">The option, for the message.</param>
    /// <param name="text">The word.</param>
    public static string Folder(string name, string text) =>
        text.Length > 0 ? text : throw new InputException($"{name} is ''; give a folder, or . for this one");

    /// <summary>Several values with commas between them; a repeated one counts once.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="valueName">What help calls the values.</param>
    /// <param name="description">For help.</param>
    /// <param name="convert">From the word between two commas.</param>
    public static Option<T[]> List<T>(string name, string valueName, string description, Func<string, T> convert) =>
        Flattened<T>(name, valueName, description, text => [convert(text)]);

    /// <summary>Several values with commas between them, of which a word can stand for more than one; a repeated one counts once.</summary>
    /// <param name="name">With its dashes.</param>
    /// <param name="valueName">What help calls the values.</param>
    /// <param name="description">For help.</param>
    /// <param name="convert">From the word between two commas.</param>
    public static Option<T[]> Flattened<T>(string name, string valueName, string description, Func<string, IReadOnlyList<T>> convert) =>
        Option(
            name, valueName, description, text => text.Split(',', StringSplitOptions.TrimEntries).SelectMany(convert).Distinct().ToArray());

    /// <summary>A whole number within limits.</summary>
    /// <param name="name">The option, for the message.</param>
    /// <param name="text">What was given.</param>
    /// <param name="least">The smallest legal number.</param>
    /// <param name="most">The largest.</param>
    /// <exception cref="InputException">It is no such number.</exception>
    public static long WholeNumber(string name, string text, long least, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : throw new InputException($"{name} is '{text}'; give an integer from {least} to {most}");

    static int WholeNumber(string name, string text, int least) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least
            ? number
            : throw new InputException($"{name} is '{text}'; give an integer from {least} to {int.MaxValue}");

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
