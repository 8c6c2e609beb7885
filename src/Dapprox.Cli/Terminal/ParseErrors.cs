using System.CommandLine;
using System.CommandLine.Parsing;
using Dapprox.Foundation;

namespace Dapprox.Cli.Terminal;

/// <summary>Describes the first error of a command line in one line.</summary>
static class ParseErrors
{
    // What a message shows of the commands that have an option.
    const int ShownCommands = 3;

    /// <summary>The first error; null for none, or if help or the version was requested.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="all">Makes all commands of the program: an unknown option may be one of another.</param>
    public static string? First(ParseResult parse, Func<Command> all)
    {
        if (parse.Errors.Count == 0 || parse.Action?.ClearsParseErrors == true)
            return null;
        Command command = parse.CommandResult.Command;
        // An unknown command word also causes the missing-command error: name the word.
        if (parse.UnmatchedTokens.Count > 0)
            return Unmatched(parse, command, TakenForValue(parse) ?? parse.UnmatchedTokens[0], all);
        if (command.Subcommands.Count > 0 && command.Action is null)
            return $"'{FullName(parse)}' needs a command: {string.Join(", ", command.Subcommands.Select(known => known.Name))}; see "
                + $"{FullName(parse)} --help";
        ArgumentResult? missing = parse.CommandResult.Children.OfType<ArgumentResult>().FirstOrDefault(
            given => given.Tokens.Count == 0 && given.Argument.Arity.MinimumNumberOfValues > 0);
        if (missing is not null)
            return $"{missing.Argument.Name} is missing ({missing.Argument.Description?.TrimEnd('.')}); see {FullName(parse)} --help";
        OptionResult? empty = parse.CommandResult.Children.OfType<OptionResult>().FirstOrDefault(
            given => !given.Implicit && given.Tokens.Count == 0 && given.Option.Arity.MinimumNumberOfValues > 0);
        if (empty is not null)
            return $"{empty.Option.Name} has no value; give '{empty.Option.Name} {empty.Option.HelpName}'; see {FullName(parse)} --help";
        return $"{parse.Errors[0].Message.TrimEnd('.')}; see {FullName(parse)} --help";
    }

    /// <summary>An unknown option that the parser took for the value of an argument, so that another word was left over.</summary>
    static string? TakenForValue(ParseResult parse) => parse.Tokens.Any(token => token.Type == TokenType.DoubleDash)
        ? null
        : parse.CommandResult.Children.OfType<ArgumentResult>().SelectMany(given => given.Tokens).Select(token => token.Value)
            .FirstOrDefault(value => value.StartsWith("--", StringComparison.Ordinal));

    static string Unmatched(ParseResult parse, Command command, string word, Func<Command> all)
    {
        if (OptionsOf(command).Contains(word) && parse.Tokens.Any(token => token.Type == TokenType.DoubleDash))
            return $"'{word}' stands after --, which ends the options; put it before the --, or leave the -- out";
        if (word.StartsWith('-') && word.Length > 1)
        {
            if (command.Arguments.FirstOrDefault(known => $"--{Shown(known)}".Equals(word, StringComparison.OrdinalIgnoreCase)) is { } bare)
                return $"unknown option '{word}': give {Shown(bare)} without it; see {FullName(parse)} --help";
            // Commands of the same group are the likelier ones.
            string[] others = [.. CommandsWith(parse.RootCommandResult.Command, "", word).Take(ShownCommands)];
            if (others.Length == 0)
                others = [.. CommandsWith(all(), "", word).Take(ShownCommands)];
            return others.Length == 0
                ? Names.Unknown("option", word, OptionsOf(command)).Message
                : $"unknown option '{word}': it belongs to {string.Join(" and ", others.Select(name => $"'{name}'"))}; known: "
                    + string.Join(", ", OptionsOf(command));
        }

        if (command.Subcommands.Count > 0)
            return Names.Unknown("command", word, command.Subcommands.Select(known => known.Name)).Message;
        string wanted = command.Arguments.Count == 0
            ? $"'{command.Name}' takes options only: {string.Join(", ", OptionsOf(command))}"
            : $"'{command.Name}' takes {string.Join(" and ", command.Arguments.Select(Shown))}, "
                + $"and options: {string.Join(", ", OptionsOf(command))}";
        return $"'{word}' is one word too many: {wanted}";
    }

    static string Shown(Argument argument) => argument.HelpName ?? argument.Name;

    /// <summary>The full names of the commands that have an option.</summary>
    static IEnumerable<string> CommandsWith(Command command, string outer, string option)
    {
        string name = $"{outer} {command.Name}".TrimStart();
        IEnumerable<string> inner = command.Subcommands.SelectMany(known => CommandsWith(known, name, option));
        return command.Options.Any(known => known.Name == option) ? inner.Prepend(name) : inner;
    }

    static IEnumerable<string> OptionsOf(Command command) => command.Options.Select(option => option.Name).Append("--help").Distinct();

    static string FullName(ParseResult parse)
    {
        var words = new List<string>();
        for (SymbolResult? at = parse.CommandResult; at is CommandResult result; at = result.Parent)
            words.Insert(0, result.Command.Name);
        return string.Join(' ', words);
    }
}
