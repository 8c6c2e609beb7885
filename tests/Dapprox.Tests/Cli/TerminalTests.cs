using System.CommandLine;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Dapprox.Cli;
using Dapprox.Tests.Experiments;
using Xunit;

namespace Dapprox.Tests.Cli;

/// <summary>Every command as a person sees it.</summary>
public sealed partial class TerminalTests : IClassFixture<TerminalTests.Files>
{
    readonly Files files;

    public TerminalTests(Files files) => this.files = files;

    /// <summary>A call of each command; RUN is a finished run, OUT a folder to write into, ROOT the repository.</summary>
    static readonly string[] Calls =
    [
        "multipliers",
        "multiply -1 1 --multiplier ax-fpm",
        "profile ax-fpm --samples 20000",
        "evaluate --first 40 --multiplier ax-fpm",
        "calibrate --first 20 --multiplier ax-fpm --out OUT/calibrated.safetensors",
        "evaluate --first 40 --quantise int8 --range-images 20 --multiplier drum:8:k=4",
        "compare bfloat16,exact-fused --first 1 --epsilon 8/255",
        "compare exact,ax-fpm,exact-int8,exact-uint8 --first 3 --quantise int8 --range-images 20 --calibrate 10",
        "corrupt --multiplier exact,ax-fpm-renormalised --only fog,gaussian-noise --first 20",
        "certify --multiplier ax-fpm --samples 20,50 --first 2",
        "attack fgsm --epsilon 0.1,8/255 --first 20 --try-on exact,ax-fpm,ax-fpm-wrapped,ax-fpm-renormalised,bfloat16",
        "attack pgd --first 1 --steps 3 --multiplier bfloat16 --gradient straight-through,gain-matched,smoothed",
        "attack jsma --first 1 --try-on exact",
        "attack cw --first 1 --iterations 20 --search-steps 1 --try-on exact",
        "attack deepfool --first 3 --try-on exact",
        "attack lsa --first 1 --rounds 3 --try-on exact",
        "attack boundary --first 1 --steps 20 --try-on exact",
        "attack hopskipjump --first 1 --iterations 1 --try-on exact",
        "attack apgd --epsilon 0.1 --first 2 --steps 3 --try-on exact",
        "attack fab --first 1 --steps 3 --restarts 1 --try-on exact",
        "attack square --epsilon 0.1 --first 2 --queries 20 --try-on exact",
        "attack mi-fgsm --epsilon 0.1 --first 2 --try-on exact",
        "attack noise --epsilon 0.1 --first 5 --try-on exact",
        "attack autoattack --epsilon 0.2 --first 1 --try-on exact",
        "attack ddn --first 1 --steps 3 --try-on exact",
        "attack fmn --norm l0 --first 1 --steps 3 --try-on exact",
        "attack pdpgd --norm l1 --first 1 --steps 3 --try-on exact",
        "attack sigma-zero --first 1 --steps 3 --try-on exact",
        "attack ead --first 1 --search-steps 1 --iterations 3 --try-on exact",
        "attack best --norm linf --budget 40 --first 1 --try-on exact",
        "attack rays --first 1 --queries 100 --try-on exact",
        "attack surfree --first 1 --steps 10 --try-on exact",
        "attack universal --epsilon 0.1 --first 2 --epochs 1 --try-on exact",
        "attack geoda --first 1 --evaluations 100 --iterations 2 --try-on exact",
        "attacks",
        "circuit build array:8:ama5",
        "circuit import OUT/a8.v",
        "circuit export array:8 --output OUT/b8.v",
        "circuit export array:8:ama1:columns=6:signed --systolic 8 --output OUT/mac8.v --test-bench OUT/bench8.v",
        "assign --quantise int8 --from array:8:vertical=8 --search-images 50 --first 50 --range-images 50 --out OUT/assigned",
        "circuit metrics array:6:ama5",
        "circuit verify array:6 dadda:6",
        "circuit cost array:6:ama5 --samples 600",
        "cells list",
        "explore array:3 --by rows --cells fa,ama5 --distribution uniform --samples 500 --objectives mred,transistors",
        "evolve array:3 --metric mae --at-most 1 --generations 2000 --out OUT/evolved",
        "multipliers --evolved",
        "datasheet evo8u-mre-0.1,drum:8:k=4 --quantise int8 --first 20",
        "reproduce --only figure-4 --out RUN",
        "audit --model OUT/own.onnx --images OUT/pictures --labels OUT/labels.csv --mean 0.5 --deviation 0.25 --out OUT/audit",
        "submit --only figure-4 --out OUT/slurm --dry-run",
        "results query SELECT+1+AS+one,+'two'+AS+two --run RUN",
        "results list --run RUN",
        "results export csv --run RUN --to OUT/export",
        "results status --run RUN",
        "train lenet5 --epochs 1 --batch-size 1000 --multiplier ax-fpm --out OUT/w.safetensors",
        "finetune --multiplier ax-fpm --first 100 --epochs 1 --calibrate 20 --out OUT/f.safetensors",
        "calibrate --multiplier ax-fpm --first 20 --out OUT/k.safetensors",
        "quantise --first 20 --out OUT/q.onnx",
        "datasets",
        "datasets fetch digits",
        "models",
        "model inspect lenet5-digits",
        "model convert ROOT/models/lenet5-digits.safetensors OUT/c.safetensors",
        "model convert lenet5-digits OUT/c.onnx",
        "completion bash",
    ];

    // Its program is not there everywhere; it has a test of its own.
    static readonly string[] Elsewhere = ["cells characterise"];

    public static TheoryData<string> AllCalls { get; } = [.. Calls];

    /// <summary>The commands that do something, the program's own name among them as "".</summary>
    public static TheoryData<string> AllNames { get; } = [.. Names(CommandLine.Root(), "")];

    static IEnumerable<string> Names(Command command, string prefix) => command.Subcommands
        .SelectMany(sub => Names(sub, $"{prefix} {sub.Name}")).Concat(
            command.Action is null && command.Subcommands.Count > 0 ? [] : [prefix.Trim()]);

    [Fact]
    public void EveryCommand_HasACallHere()
    {
        string[] missing = [.. AllNames.Select(row => row.Data)
            .Where(
                name => name.Length > 0 && !Elsewhere.Contains(name) && !Calls.Any(
                    call => call == name || call.StartsWith(name + " ", StringComparison.Ordinal)))];

        Assert.Empty(missing);
    }

    [TheoryOf(Tier.Ci)]
    [MemberData(nameof(AllNames))]
    public async Task Help_InATerminal_FitsTheWidth(string command)
    {
        Terminal.SkipWhereThereIsNone();

        Terminal.Screen screen = await new Terminal().RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);

        Assert.True(screen.ExitCode == 0, screen.Text);
        AssertFits(screen, 80, command);
    }

    [TheoryOf(Tier.Ci)]
    [MemberData(nameof(AllCalls))]
    public async Task Command_InATerminal_ShowsWholeCellsWithinTheWidth(string call)
    {
        Terminal.SkipWhereThereIsNone();
        string[] arguments = files.Arguments(call);

        Terminal.Screen narrow = await new Terminal().RunAsync(arguments);
        Terminal.Screen wide = await new Terminal { Columns = 200, Environment = new Dictionary<string, string?> { ["NO_COLOR"] = "1" } }
            .RunAsync(arguments);
        Terminal.Screen dumb = await new Terminal { Environment = new Dictionary<string, string?> { ["TERM"] = "dumb" } }
            .RunAsync(arguments);
        Terminal.Screen piped = await new Terminal { Redirection = "| cat" }.RunAsync(arguments);
        Terminal.Screen redirected = await new Terminal { Redirection = ">/dev/null 2>&1" }.RunAsync(arguments);

        Assert.All([narrow, wide, dumb, piped, redirected], screen =>
        {
            Assert.True(screen.ExitCode == 0, screen.Text);
            Assert.DoesNotContain("   at Dapprox", screen.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("…", screen.Text, StringComparison.Ordinal);
        });
        AssertFits(narrow, 80, call);
        AssertFits(wide, 200, call);
        AssertFits(dumb, 80, call);
        Assert.DoesNotMatch(Colour(), wide.Raw);
        Assert.DoesNotMatch(Movement(), dumb.Raw);
        Assert.Empty(redirected.Text.Trim());
        // In a pipe, nothing is filled up with blanks.
        Assert.All(
            piped.Raw.Split('\n'),
            line => Assert.False(
                line.TrimEnd('\r').EndsWith("  ", StringComparison.Ordinal) && !line.Contains('\e', StringComparison.Ordinal), line));
        // The words of a table are the same, however wide the screen is.
        Assert.Equal(Words(wide), Words(narrow));
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("reproduce --out OUT/interrupted", "interrupted; this resumes where it stopped: dapprox reproduce --out ")]
    [InlineData("attack boundary --first 5 --steps 100000 --resume OUT/state", "interrupted; this resumes where it stopped: dapprox "
        + "attack boundary --first 5 --steps 100000 --resume ")]
    [InlineData("attack pgd --first 50 --steps 1000000", "interrupted; nothing was kept")]
    [InlineData("explore array:24 --generations 100000 --population 4 --state "
        + "OUT/search", "interrupted; this resumes where it stopped: dapprox explore array:24 ")]
    [InlineData("evolve array:8 --metric mae --at-most 50 --generations 100000000 --out "
        + "OUT/front", "interrupted; this resumes where it stopped: dapprox evolve array:8 ")]
    [InlineData("assign --quantise int8 --from evolved --search-images 1000 --out OUT/assigned", "interrupted; nothing was kept: give "
        + "--state FILE, and the same command resumes where it stopped")]
    [InlineData("profile ax-fpm --samples 10000000000", "interrupted; nothing was kept")]
    [InlineData("circuit cost array:24 --samples 1000000000", "interrupted; nothing was kept")]
    [InlineData("compare exact,array:24:ama1 --epsilon 0.1 --first 100", "interrupted; nothing was kept")]
    [InlineData("train lenet5 --epochs 1000 --out OUT/never.safetensors", "interrupted; nothing was kept: give --checkpoint FILE, and the "
        + "same command resumes where it stopped")]
    public async Task Interrupted_ByCtrlC_EndsSoonAndSaysHowToGoOn(string call, string says)
    {
        Terminal.SkipWhereThereIsNone();
        DapproxRun.SkipWhereInterruptsAreIgnored();
        using Process process = new Terminal { Columns = 200 }.Start(files.Arguments(call));
        var output = new Reader(process);
        // A progress bar shows that the command is at work.
        await output.Until("━", TimeSpan.FromMinutes(2));
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

        var watch = Stopwatch.StartNew();
        await process.StandardInput.WriteAsync('\u0003');
        await process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        TimeSpan took = watch.Elapsed;

        Assert.Equal(130, process.ExitCode);
        Assert.Contains(says, new Terminal.Screen(process.ExitCode, await output.Rest()).Text, StringComparison.Ordinal);
        Assert.True(took < Patience, $"{took.TotalSeconds:F1} s");
    }

    // Two seconds on a machine that has time for it; tests run beside others.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    static void AssertFits(Terminal.Screen screen, int width, string call)
    {
        // A script is not for reading.
        if (call.StartsWith("completion", StringComparison.Ordinal))
            return;
        foreach (string line in screen.Lines.Where(line => line.Length > width))
        {
            // A path or a circuit's description is never broken, so it may be wider than the screen, on a line of its own or after the name
            // of its row.
            Assert.True(
                line.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries).Max(word => word.Length) > width / 2, $"{call}: {line}");
        }
    }

    /// <summary>What stands in tables and lines, in order, without times, which differ from run to run, and without rules.</summary>
    static string Words(Terminal.Screen screen) =>
        string.Join('\n', Changing().Replace(screen.Text, "").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
        .Where(word => !word.All(c => c is '─')).Distinct().Order(StringComparer.Ordinal));

    [GeneratedRegex(@"\x1b\[[0-9;]*m")]
    private static partial Regex Colour();

    [GeneratedRegex(@"\x1b\[[0-9]*[A-Z]")]
    private static partial Regex Movement();

    [GeneratedRegex(@"[0-9.,]+ s\b|\bin [0-9.,]+")]
    private static partial Regex Changing();

    /// <summary>Reads what a process writes while it runs.</summary>
    sealed class Reader
    {
        readonly System.Text.StringBuilder text = new();
        readonly Task reading;

        public Reader(Process process)
        {
            reading = Task.Run(async () =>
            {
                char[] buffer = new char[4096];
                for (int count; (count = await process.StandardOutput.ReadAsync(buffer)) > 0;)
                {
                    lock (text)
                        text.Append(buffer, 0, count);
                }
            });
        }

        public async Task Until(string part, TimeSpan patience)
        {
            var watch = Stopwatch.StartNew();
            while (watch.Elapsed < patience && !reading.IsCompleted)
            {
                lock (text)
                {
                    if (text.ToString().Contains(part, StringComparison.Ordinal))
                        return;
                }

                await Task.Delay(100);
            }

            Assert.Fail($"no '{part}' in: {text}");
        }

        public async Task<string> Rest()
        {
            await reading;
            return text.ToString();
        }
    }

    /// <summary>The folders that the calls name.</summary>
    public sealed class Files : IDisposable
    {
        readonly TemporaryFolder folder = new();

        public Files()
        {
            Directory.CreateDirectory(folder.File("out"));
            OwnNetwork.Write(folder.File("out"), classes: 4, pictures: 4);
            DapproxRun.RunAsync("circuit", "export", "array:8", "--output", folder.File("out/a8.v")).GetAwaiter().GetResult();
            DapproxRun.RunAsync("reproduce", "--only", "figure-4", "--out", folder.File("run")).GetAwaiter().GetResult();
        }

        public string[] Arguments(string call) => [.. call.Split(' ').Select(word => word
            .Replace('+', ' ').Replace("RUN", folder.File("run"), StringComparison.Ordinal).Replace(
                "OUT", folder.File("out"), StringComparison.Ordinal).Replace("ROOT", Repository.Path(""), StringComparison.Ordinal))];

        public void Dispose() => folder.Dispose();
    }
}
