using System.Text;
using System.Text.RegularExpressions;
using DefensiveApproximation.Tests.Cli;

namespace DefensiveApproximation.Tests.Documents;

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

        | environment variable | meaning |
        |---|---|
        | `DAPPROX_DATA` | folder of the data sets; default `$XDG_DATA_HOME/dapprox`, else `~/.local/share/dapprox` |
        | `DAPPROX_KERNEL` | instruction set of the kernels: `avx512`, `avx2`, `vector128`, `scalar`; results are bit-identical |
        | `NO_COLOR` | no colours |


        """;

    /// <summary>The page.</summary>
    public static async Task<string> MakeAsync()
    {
        var text = new StringBuilder(Head);
        await AddAsync([], text);
        return text.ToString().TrimEnd('\n') + "\n";
    }

    static async Task AddAsync(string[] words, StringBuilder text)
    {
        Dapprox run = await Dapprox.RunAsync([.. words, "--help"]);
        if (run.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', words)} --help: {run.Error}");
        Dictionary<string, string[]> sections = Sections(run.Output);

        text.Append($"## {string.Join(' ', words.Prepend("dapprox"))}\n\n{Escape(Paragraphs(sections["Description"]))}\n\n    {string.Join(' ', sections["Usage"]).Trim()}\n\n");
        foreach ((string section, string column) in ((string, string)[])[("Arguments", "argument"), ("Options", "option"), ("Commands", "command")])
        {
            if (!sections.TryGetValue(section, out string[]? lines))
                continue;
            (string Name, string Meaning)[] rows = [.. lines.Select(line => Row().Match(line)).Where(row => row.Success).Select(row => (row.Groups[1].Value, row.Groups[2].Value))];
            if (section == "Options")
                rows = [.. rows.Where(row => !row.Name.StartsWith("-?", StringComparison.Ordinal))];
            if (rows.Length == 0)
                continue;
            text.Append($"| {column} | meaning |\n|---|---|\n");
            foreach ((string name, string meaning) in rows)
                text.Append($"| {Cell(section, words, name)} | {Escape(meaning)} |\n");
            text.Append('\n');
        }

        // Whatever else the help has, in its own words.
        foreach ((string section, string[] lines) in sections.Where(section => section.Key is not ("Description" or "Usage" or "Arguments" or "Options" or "Commands")))
            text.Append($"{(section == "Details" ? "" : $"{section}: ")}{Escape(Paragraphs(lines))}\n\n");

        foreach (string line in sections.GetValueOrDefault("Commands", []))
        {
            if (Row().Match(line) is { Success: true } row)
                await AddAsync([.. words, row.Groups[1].Value.Split(' ')[0]], text);
        }
    }

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

    static string Cell(string section, string[] words, string name)
    {
        string code = $"`{name.Replace("|", @"\|", StringComparison.Ordinal)}`";
        return section == "Commands" ? $"[{code}](#{string.Join('-', ["dapprox", .. words, name.Split(' ')[0]])})" : code;
    }

    static string Paragraphs(string[] lines) =>
        string.Join("\n\n", string.Join('\n', lines.Select(line => line.Trim())).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(paragraph => paragraph.Trim())).Trim();

    /// <summary>The characters that mean something to Markdown.</summary>
    static string Escape(string words) => Special().Replace(words, @"\$0");

    [GeneratedRegex(@"^([A-Z][a-z]+):$")]
    private static partial Regex Title();

    [GeneratedRegex(@"^  (\S.*?)(?:  +(.*))?$")]
    private static partial Regex Row();

    [GeneratedRegex(@"[\\`*<|\[\]]")]
    private static partial Regex Special();
}
