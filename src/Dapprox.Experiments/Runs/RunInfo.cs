using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Dapprox.Experiments.Runs;

/// <summary>The program and the machine that judged results. The units may be older.</summary>
/// <param name="Version">The version of the program, with the commit of its build where that is known.</param>
/// <param name="CommandLine">The command as it was given.</param>
/// <param name="Date">The time of the judgement, in UTC.</param>
/// <param name="Processor">The name of the processor, its vector width and its number of threads.</param>
/// <param name="System">The names of the operating system and the runtime.</param>
public sealed record RunInfo(string Version, string CommandLine, DateTime Date, string Processor, string System)
{
    /// <summary>Describes this machine and this program.</summary>
    /// <param name="commandLine">The command as it was given.</param>
    /// <param name="date">The time of the judgement.</param>
    public static RunInfo Here(string commandLine, DateTimeOffset date)
    {
        string vectors = Vector512.IsHardwareAccelerated ? "512-bit vectors"
            : Vector256.IsHardwareAccelerated ? "256-bit vectors"
            : Vector128.IsHardwareAccelerated ? "128-bit vectors" : "no vectors";
        return new RunInfo(
            ProgramVersion(),
            commandLine,
            date.UtcDateTime,
            $"{ProcessorName()}, {vectors}, {Environment.ProcessorCount} threads",
            $"{RuntimeInformation.OSDescription.Trim()}, {RuntimeInformation.FrameworkDescription}");
    }

    static string ProgramVersion()
    {
        const int CommitDigits = 10;
        string version =
            typeof(RunInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        int plus = version.IndexOf('+', StringComparison.Ordinal);
        return plus < 0 ? version : version[..Math.Min(version.Length, plus + 1 + CommitDigits)];
    }

    static string ProcessorName()
    {
        const string LinuxFile = "/proc/cpuinfo";
        string architecture = $"{RuntimeInformation.ProcessArchitecture} processor";
        if (!OperatingSystem.IsLinux())
            return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? architecture;
        try
        {
            string? line = File.ReadLines(LinuxFile).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal));
            return line is null ? architecture : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return architecture;
        }
    }
}
