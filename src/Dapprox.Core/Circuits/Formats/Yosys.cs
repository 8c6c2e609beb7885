using System.ComponentModel;
using System.Diagnostics;

namespace Dapprox.Circuits.Formats;

/// <summary>What came of a script.</summary>
/// <param name="HasEnded">Whether it ended in time.</param>
/// <param name="Log">What it printed.</param>
/// <param name="Reason">Why it failed, if it did: its last complaint.</param>
sealed record YosysRun(bool HasEnded, string Log, string Reason);

/// <summary>Runs Yosys (yosyshq.net/yosys), its ABC and GHDL, open synthesis tools, where they are installed.</summary>
static class Yosys
{
    const string Program = "yosys";

    // The shell's exit code for a program that is not there.
    const int NotFound = 127;

    const int MemoryKilobytes = 4 << 20;

    /// <summary>How it is installed, for messages.</summary>
    public const string Installation = "apt-get install yosys";

    /// <summary>Runs a script.</summary>
    /// <param name="folder">The folder of its files.</param>
    /// <param name="script">The commands.</param>
    /// <param name="seconds">The time limit in seconds.</param>
    /// <param name="cancellation">Ends Yosys.</param>
    /// <returns>What came of it; null if Yosys is not installed.</returns>
    public static YosysRun? Run(string folder, string script, int seconds, CancellationToken cancellation) =>
        Run(Program, ["-p", script], folder, seconds, Complaint, cancellation);

    /// <summary>Runs the ABC of Yosys.</summary>
    /// <inheritdoc cref="Run(string, string, int, CancellationToken)"/>
    public static YosysRun? RunAbc(string folder, string script, int seconds, CancellationToken cancellation) =>
        Run("yosys-abc", ["-c", script], folder, seconds, Complaint, cancellation);

    /// <summary>Synthesises a unit of VHDL with GHDL (ghdl.github.io); the log is a module of Verilog.</summary>
    /// <param name="folder">The folder of the file.</param>
    /// <param name="file">The VHDL-2008 in it.</param>
    /// <param name="top">The unit; null for the last one.</param>
    /// <param name="seconds">The time limit in seconds.</param>
    /// <param name="cancellation">Ends GHDL.</param>
    /// <returns>What came of it; null if GHDL is not installed.</returns>
    public static YosysRun? RunGhdl(string folder, string file, string? top, int seconds, CancellationToken cancellation) => Run(
        "ghdl", ["--synth", "--std=08", "--out=verilog", file, "-e", .. top is null ? (string[])[] : [top]], folder, seconds,
        (_, error) => error.Split('\n')[0], cancellation);

    static YosysRun? Run(
        string program, string[] arguments, string folder, int seconds, Func<string, string, string> complaint,
        CancellationToken cancellation)
    {
        // A file can ask for more memory than there is, and Yosys outlives a program that is killed.
        string[] limited = ["-c", $"ulimit -v {MemoryKilobytes} && ulimit -t {seconds + 1} && exec \"$0\" \"$@\"", program, .. arguments];
        bool isLimited = !OperatingSystem.IsWindows();
        var start = new ProcessStartInfo(isLimited ? "/bin/sh" : program, isLimited ? limited : arguments)
        {
            WorkingDirectory = folder,
            Environment = { ["TMPDIR"] = folder },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            return null;
        }

        using (process)
        using (cancellation.Register(() => process.Kill(entireProcessTree: true)))
        {
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(CancellationToken.None),
                error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            bool hasEnded = process.WaitForExit(TimeSpan.FromSeconds(seconds));
            if (!hasEnded)
                process.Kill(entireProcessTree: true);
            else if (isLimited && process.ExitCode == NotFound)
                return null;
            string log = output.Result;
            cancellation.ThrowIfCancellationRequested();
            return new YosysRun(hasEnded, log, hasEnded ? complaint(log, error.Result) : $"it took more than {seconds} s");
        }
    }

    /// <summary>The last line that is a complaint, without the word; of a failed check, what it found.</summary>
    static string Complaint(string log, string error)
    {
        const string Mark = "ERROR: ", Warning = "Warning: ";
        string[] lines = error.Trim().Split('\n');
        string line = lines.LastOrDefault(line => line.Contains(Mark, StringComparison.Ordinal)) ?? lines[^1];
        if (line.Contains("problems in 'check", StringComparison.Ordinal))
            line = log.Split('\n').LastOrDefault(found => found.StartsWith(Warning, StringComparison.Ordinal), line);
        return line.Replace(Mark, "", StringComparison.Ordinal).Replace(Warning, "", StringComparison.Ordinal).TrimEnd('.', ':', '\r');
    }
}
