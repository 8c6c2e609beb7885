using System.Text;
using System.Text.RegularExpressions;
using Dapprox.Tests.Cli;

namespace Dapprox.Tests.Documents;

/// <summary>The page of all commands, made from what each prints with <c>--help</c>.</summary>
static partial class CommandReference
{
    const string Head = """
        # Commands

        This page is made from the help of the program: `dapprox COMMAND --help` prints the same. [how-to.md](how-to.md) shows the commands by job.

        | exit code | meaning |
        |---:|---|
        | 0 | success |
        | 1 | error in the input or the environment: one line on stderr says what was given, what is legal and what to do |
        | 2 | `circuit verify` found a difference |
        | 70 | fault in dapprox: one line on stderr names a file with the details; with `DAPPROX_DEBUG=1` they are printed |
        | 130 | interrupted by Ctrl-C |
        | 143 | ended by SIGTERM |

        | environment variable | meaning |
        |---|---|
        | `DAPPROX_DATA` | folder of the data sets; default `$XDG_DATA_HOME/dapprox`, else `~/.local/share/dapprox` |
        | `DAPPROX_KERNEL` | instruction set of the kernels: `avx512`, `avx2`, `vector128`, `scalar`; results are bit-identical |
        | `NO_COLOR` | no colours |


        """;

    // Of so many commands of a kind, what all of them take is said once.
    const int LeastForCommon = 3;

    /// <summary>The page.</summary>
    public static async Task<string> MakeAsync()
    {
        var text = new StringBuilder(Head);
        Write(await ReadAsync([]), [], text);
        return text.ToString().TrimEnd('\n') + "\n";
    }

    static async Task<Entry> ReadAsync(string[] words)
    {
        DapproxRun run = await DapproxRun.RunAsync([.. words, "--help"]);
        if (run.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', words)} --help: {run.Error}");
        Dictionary<string, string[]> sections = Sections(run.Output);
        var commands = new List<Entry>();
        foreach ((string name, _) in Rows(sections, "Commands"))
            commands.Add(await ReadAsync([.. words, name.Split(' ')[0]]));
        return new Entry(words, sections, commands);
    }

    /// <summary>Writes a command and those below it.</summary>
    /// <param name="entry">The command.</param>
    /// <param name="known">What has been said of all commands of its kind.</param>
    /// <param name="text">The page.</param>
    static void Write(Entry entry, HashSet<string> known, StringBuilder text)
    {
        text.Append(
            $"## {string.Join(' ', entry.Words.Prepend("dapprox"))}\n\n{Escape(Paragraphs(entry.Sections["Description"]))}\n\n    "
                + $"{string.Join(' ', entry.Sections["Usage"]).Trim()}\n\n");
        (string, string)[] sections = [("Arguments", "argument"), ("Options", "option"), ("Commands", "command")];
        foreach ((string section, string column) in sections)
        {
            WriteTable(
                column,
                Rows(entry.Sections, section).Where(
                    row => !row.Name.StartsWith("-?", StringComparison.Ordinal) && !known.Contains(row.Name + row.Meaning)),
                name => section == "Commands"
                    ? $"[{Code(name)}](#{string.Join('-', ["dapprox", .. entry.Words, name.Split(' ')[0]])})"
                    : Code(name));
        }

        string details = Details(entry);
        if (details.Length > 0 && !known.Contains(details))
            text.Append($"{Escape(details)}\n\n");

        HashSet<string> common = [];
        if (entry.Commands.Count >= LeastForCommon)
        {
            (
                string Name,
                string Meaning)[] shared = [.. entry.Commands.Select(command => Rows(command.Sections, "Options")).Aggregate(
                    (some, more) => some.Intersect(more)).Where(row => !row.Name.StartsWith("-?", StringComparison.Ordinal))];
            string[] spoken = [.. entry.Commands.Select(Details).Distinct()];
            if (shared.Length > 0)
                text.Append("All of these commands take:\n\n");
            WriteTable("option", shared, Code);
            if (spoken is [{ Length: > 0 } same])
                text.Append($"{Escape(same)}\n\n");
            common = [.. shared.Select(row => row.Name + row.Meaning), .. spoken.Length == 1 ? spoken : []];
        }

        foreach (Entry command in entry.Commands)
            Write(command, common, text);

        void WriteTable(string column, IEnumerable<(string Name, string Meaning)> rows, Func<string, string> cell)
        {
            string lines = string.Concat(rows.Select(row => $"| {cell(row.Name)} | {Escape(row.Meaning)} |\n"));
            if (lines.Length > 0)
                text.Append($"| {column} | meaning |\n|---|---|\n{lines}\n");
        }
    }

    static IEnumerable<(string Name, string Meaning)> Rows(Dictionary<string, string[]> sections, string section) =>
        sections.GetValueOrDefault(section, []).Select(
            line => Row().Match(line)).Where(row => row.Success).Select(row => (row.Groups[1].Value, row.Groups[2].Value));

    /// <summary>Whatever else the help has, in its own words.</summary>
    static string Details(Entry entry) => string.Join("\n\n", entry.Sections
        .Where(section => section.Key is not ("Description" or "Usage" or "Arguments" or "Options" or "Commands"))
        .Select(section => (section.Key == "Details" ? "" : $"{section.Key}: ") + Paragraphs(section.Value)));

    static Dictionary<string, string[]> Sections(string help)
    {
        var sections = new Dictionary<string, List<string>>();
        List<string>? lines = null;
        foreach (string line in help.Split('\n').Select(line => line.TrimEnd()))
        {
            if (Title().Match(line) is { Success: true } title)
                sections.Add(title.Groups[1].Value, lines = []);
            else
                lines!.Add(line);
        }

        return sections.ToDictionary(section => section.Key, section => section.Value.ToArray());
    }

    static string Code(string name) => $"`{name.Replace("|", @"\|", StringComparison.Ordinal)}`";

    static string Paragraphs(string[] lines) =>
        string.Join(
            "\n\n",
            string.Join('\n', lines.Select(line => line.Trim())).Split(
                "\n\n", StringSplitOptions.RemoveEmptyEntries).Select(paragraph => paragraph.Trim())).Trim();

    /// <summary>The characters that mean something to Markdown.</summary>
    static string Escape(string words) => Special().Replace(words, @"\$0");

    sealed record Entry(string[] Words, Dictionary<string, string[]> Sections, IReadOnlyList<Entry> Commands);

    [GeneratedRegex(@"^([A-Z][a-z]+):$")]
    private static partial Regex Title();

    [GeneratedRegex(@"^  (\S.*?)(?:  +(.*))?$")]
    private static partial Regex Row();

    [GeneratedRegex(@"[\\`*<|]")]
    private static partial Regex Special();
}
