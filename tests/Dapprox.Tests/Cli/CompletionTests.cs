using System.Diagnostics;
using Xunit;

namespace Dapprox.Tests.Cli;

public class CompletionTests
{
    [Theory]
    [InlineData("eval", "evaluate")]
    [InlineData("attack dee", "deepfool")]
    [InlineData("evaluate --multiplier ax-fpm-w", "ax-fpm-wrapped")]
    [InlineData("evaluate --accum", "--accumulate")]
    public async Task Bash_HalfAWord_IsCompleted(string typed, string expected)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no bash.");
        const string Script = """
            dapprox() { "$PROGRAM" "$@"; }
            eval "$(dapprox completion bash)"
            COMP_LINE="dapprox $1" COMP_WORDS=(dapprox $1)
            COMP_POINT=${#COMP_LINE} COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
            _dapprox
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var start = new ProcessStartInfo("/bin/bash", ["-c", Script, "bash", typed]) { RedirectStandardOutput = true };
        start.Environment["PROGRAM"] = Path.Combine(AppContext.BaseDirectory, "dapprox");
        using Process shell = Process.Start(start)!;

        string output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Contains(expected, output.Split('\n'));
    }
}
