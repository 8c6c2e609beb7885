using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace Dapprox.Tests.Cli;

/// <summary>
/// Runs the program as a person does, in a pseudo-terminal, which util-linux <c>script</c> opens. What the terminal shows is
/// stdout and stderr together, so a command that is to have only one of them there redirects the other.
/// </summary>
sealed partial class Terminal
{
    const int TabWidth = 8;

    // Far more than any of these runs takes; a program that hangs must not hang the tests.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>How wide the terminal is, in characters.</summary>
    public int Columns { get; init; } = 80;

    /// <summary>Further environment variables; a null takes one away.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>What follows the command's words in the shell: <c>2&gt;errors.txt</c>, <c>| cat</c>.</summary>
    public string Redirection { get; init; } = "";

    /// <summary>The folder that the program runs in; null for the one of the tests.</summary>
    public string? Folder { get; init; }

    /// <summary>Skips the test where no pseudo-terminal can be had.</summary>
    public static void SkipWhereThereIsNone() =>
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "util-linux script is not installed: no pseudo-terminal.");

    /// <summary>Runs the program to its end.</summary>
    /// <param name="arguments">The words after the program's name.</param>
    /// <returns>The exit code, and what the terminal showed.</returns>
    public async Task<Screen> RunAsync(params string[] arguments)
    {
        using Process process = Start(arguments);
        return await EndAsync(process);
    }

    /// <summary>Starts the program; what is written to the process's input is typed at the terminal.</summary>
    /// <param name="arguments">The words after the program's name.</param>
    public Process Start(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "dapprox");
        // The shell's own exit code is that of the program, not that of what it is piped to.
        string command = $"set -o pipefail; stty cols {Columns} rows 50; {string.Join(' ', arguments.Prepend(program).Select(Quote))} "
            + $"{Redirection}";
        var start = new ProcessStartInfo("/usr/bin/script", ["-qec", $"bash -c {Quote(command)}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = Folder ?? AppContext.BaseDirectory,
        };
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["DAPPROX_DATA"] = null;
        start.Environment["XDG_DATA_HOME"] = DapproxRun.NoFolder;
        // A terminal of a person's is none of a build server's, in which progress bars stand still.
        foreach (string variable in new[] { "CI", "NO_COLOR", "COLUMNS", "LINES" })
            start.Environment[variable] = null;
        foreach ((string name, string? value) in Environment)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Waits for the end of a program that was started.</summary>
    /// <param name="process">What <see cref="Start"/> gave.</param>
    public static async Task<Screen> EndAsync(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        return new Screen(process.ExitCode, await output);
    }

    /// <summary>A word that a shell takes as it is.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>What a terminal was told to show, and how the program ended.</summary>
    /// <param name="ExitCode">The program's exit code.</param>
    /// <param name="Raw">All bytes that went to the terminal.</param>
    public sealed record Screen(int ExitCode, string Raw)
    {
        /// <summary>
        /// The lines that are left when the program has ended, without colours; longer ones than the terminal is wide are not broken.
        /// </summary>
        public IReadOnlyList<string> Lines { get; } = Shown(Raw);

        /// <summary>The lines as one text.</summary>
        public string Text => string.Join('\n', Lines);
    }

    /// <summary>Moves the cursor and deletes as a terminal does (ECMA-48), on a screen without right end.</summary>
    static string[] Shown(string raw)
    {
        var rows = new List<StringBuilder> { new() };
        int row = 0, column = 0;
        for (int at = 0; at < raw.Length; at++)
        {
            char next = raw[at];
            if (next == '\e')
            {
                Match sequence = EscapeSequence().Match(raw, at);
                at += Math.Max(sequence.Length, 1) - 1;
                Move(sequence.Groups["command"].Value, int.TryParse(sequence.Groups["number"].Value, out int number) ? number : null);
            }
            else if (next == '\r')
            {
                column = 0;
            }
            else if (next == '\t')
            {
                column = (column / TabWidth + 1) * TabWidth;
            }
            else if (next == '\n')
            {
                row++;
                if (row == rows.Count)
                    rows.Add(new StringBuilder());
            }
            else if (!char.IsControl(next))
            {
                StringBuilder line = rows[row];
                line.Append(' ', Math.Max(0, column + 1 - line.Length));
                line[column++] = next;
            }
        }

        return [.. rows.Select(line => line.ToString().TrimEnd())];

        void Move(string command, int? number)
        {
            switch (command)
            {
                case "A": row = Math.Max(0, row - (number ?? 1)); break;
                case "B": row = Math.Min(rows.Count - 1, row + (number ?? 1)); break;
                case "C": column += number ?? 1; break;
                case "D": column = Math.Max(0, column - (number ?? 1)); break;
                case "G": column = (number ?? 1) - 1; break;
                case "K" when number == 2: rows[row].Clear(); break;
                case "K" when number is null or 0: rows[row].Length = Math.Min(rows[row].Length, column); break;
                case "m" or "h" or "l" or "": break;
                default: throw new InvalidOperationException($"A terminal was told '{number}{command}', which this one does not know.");
            }
        }
    }

    [GeneratedRegex(@"\G\x1b(\[\??(?<number>[0-9]*)[0-9;]*(?<command>[A-Za-z])|\][^\a]*\a|[()][A-Z0-9]|[=>])")]
    private static partial Regex EscapeSequence();
}
