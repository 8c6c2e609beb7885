using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Dapprox.Tests.Cli;

namespace Dapprox.Tests.Documents;

/// <summary>
/// Runs the commands of a page from top to bottom in a folder of its own, as a reader would: blocks of <c>sh</c> and of
/// <c>python</c>. A block of <c>text</c> shows what the block before it prints. A <c>python</c> block whose first line is a comment with a
/// file's name is
/// saved under this name.
/// </summary>
sealed partial class Walkthrough(string folder, string? python)
{
    /// <summary>The commands that failed.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>What was printed where the page shows something else.</summary>
    public List<string> Differences { get; } = [];

    /// <summary>Runs the page.</summary>
    /// <param name="isRun">Which of its blocks are run.</param>
    /// <returns>The page with what was printed in the place of what it showed, wherever that is something else.</returns>
    public async Task<string> RunAsync(Page page, Func<Page.Block, bool> isRun)
    {
        string text = page.Text, output = "";
        bool ran = false;
        int shift = 0;
        foreach (Page.Block block in page.Blocks)
        {
            if (block.Language is "sh" or "python")
            {
                ran = isRun(block);
                if (ran)
                    output = await RunAsync(block);
            }
            else if (block.Language == "text" && ran)
            {
                if (Timeless(output) != Timeless(block.Code))
                {
                    Differences.Add($"shown:\n{block.Code}\nprinted:\n{output}");
                    text = text.Remove(block.Start + shift, block.Code.Length).Insert(block.Start + shift, output);
                    shift += output.Length - block.Code.Length;
                }

                ran = false;
            }
        }

        return text;
    }

    async Task<string> RunAsync(Page.Block block)
    {
        using var notes = new TemporaryFolder();
        string errors = notes.File("stderr.txt");
        ProcessStartInfo start;
        if (block.Language == "python")
        {
            string name = FileName().Match(block.Code) is { Success: true } named ? named.Groups[1].Value : "block.py";
            await File.WriteAllTextAsync(Path.Combine(folder, name), block.Code);
            start = Shell($"{Terminal.Quote(python!)} {name} 2>{Terminal.Quote(errors)}");
        }
        else
        {
            // What a person sees, in a terminal of the usual width; progress and notes go to stderr.
            string command = $"stty cols 80 rows 50; bash -euo pipefail -c {Terminal.Quote(block.Code)} 2>{Terminal.Quote(errors)}";
            start = Shell($"script -qec {Terminal.Quote(command)} /dev/null");
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Terminal.Screen screen = await Terminal.EndAsync(process);
        string printed = screen.Text.TrimEnd() + "\n";
        if (screen.ExitCode != 0)
            Failures.Add($"exit code {screen.ExitCode}: {block.Code}{printed}{await File.ReadAllTextAsync(errors)}");
        return printed;
    }

    ProcessStartInfo Shell(string command)
    {
        var start = new ProcessStartInfo(
            "bash",
            ["-c", command])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8
        };
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["XDG_DATA_HOME"] = DapproxRun.NoFolder;
        foreach (string variable in new[] { "DAPPROX_DATA", "CI", "COLUMNS", "LINES" })
            start.Environment[variable] = null;
        return start;
    }

    /// <summary>
    /// Times differ from run to run, and with their widths where a line is broken: what is left are the words, in no order.
    /// </summary>
    static string Timeless(string output) => string.Join(
        ' ',
        Seconds().Replace(output, "").Split((char[])[' ', '\n', '─'], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

    [GeneratedRegex(@"\d+(\.\d+)? (s|ms)\b")]
    private static partial Regex Seconds();

    [GeneratedRegex(@"^# (\w+\.py)\n")]
    private static partial Regex FileName();
}
