using System.CommandLine;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks;

namespace Dapprox.Cli.Options;

/// <summary>An option of an attack on the command line.</summary>
/// <param name="Setting">The option in the catalogue.</param>
/// <param name="Option">The option on the command line.</param>
/// <param name="Value">Its value on the command line; null if it is not given.</param>
sealed record AttackInput(AttackOption Setting, Option Option, Func<ParseResult, object?> Value)
{
    /// <summary>Creates the options of an attack.</summary>
    /// <param name="entry">The attack.</param>
    public static AttackInput[] Of(AttackEntry entry) =>
    [
        .. entry.Options.Select(setting => Of(setting, $"--{setting.Name}", $"{setting.Meaning} [default: {Default(entry, setting)}]")),
    ];

    static AttackInput Of(AttackOption setting, string name, string description) => setting.Values switch
    {
        IntegerValues integers => Of(setting, Values.Integer(name, description, integers.Min)),
        NumberValues numbers => Of(
            setting, Values.Option<double?>(name, "X", description, text => Values.Number(name, text, numbers.IsLegal, numbers.Legal))),
        ChoiceValues choices => Of(setting, Choice(name, description, choices)),
        _ => Of(setting, new Option<bool?>(name) { Description = description, Arity = ArgumentArity.ZeroOrOne }),
    };

    static AttackInput Of<T>(AttackOption setting, Option<T> option) => new(setting, option, parse => parse.GetValue(option));

    static Option<object?> Choice(string name, string description, ChoiceValues values)
    {
        string[] names = [.. values.Choices.Select(choice => choice.Name)];
        Option<object?> option = Values.Option<object?>(
            name, string.Join('|', names), description,
            text => Names.Find($"value of {name}", text, values.Choices, choice => choice.Name).Value);
        option.CompletionSources.Add(names);
        return option;
    }

    /// <summary>The default as text: once if the presets agree, otherwise once per preset.</summary>
    static string Default(AttackEntry entry, AttackOption setting)
    {
        string[] defaults =
        [
            .. entry.Presets.Select(preset => entry.Default(setting, preset) is object value ? setting.Values.Text(value) : setting.Unset),
        ];
        return string.Join("; ", defaults
            .Select((text, i) => i == 0 ? text : $"{text} with {entry.Presets[i]}")
            .Where((_, i) => i == 0 || defaults[i] != defaults[0]));
    }
}
