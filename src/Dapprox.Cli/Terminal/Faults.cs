using System.Globalization;

namespace Dapprox.Cli.Terminal;

/// <summary>
/// Handles an exception that no input should cause: one line on stderr, a file with details for developers, and a separate exit code.
/// </summary>
static class Faults
{
    /// <summary>The exit code, EX_SOFTWARE of sysexits.h.</summary>
    public const int ExitCode = 70;

    /// <summary>If this environment variable is 1, the details are also printed.</summary>
    public const string DebugVariable = "DAPPROX_DEBUG";

    /// <summary>Also reports exceptions that end a thread other than the main one, from now on.</summary>
    public static void CatchOnAllThreads() => AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
    {
        if (unhandled.ExceptionObject is not Exception fault)
            return;
        Report(fault);
        Environment.Exit(ExitCode);
    };

    /// <summary>Reports a fault and the location of its details on stderr.</summary>
    /// <param name="fault">The exception.</param>
    /// <returns>The exit code.</returns>
    public static int Report(Exception fault)
    {
        string details = $"""
            dapprox {typeof(Faults).Assembly.GetName().Version}
            {Environment.CommandLine}
            {Environment.OSVersion}

            {fault}

            """;
        Output.Note($"error: this is a fault in dapprox: {Output.OneLine(Innermost(fault).Message)}; {Saved(details)}");
        if (Environment.GetEnvironmentVariable(DebugVariable) == "1")
            Output.NoteLines(details.TrimEnd().Split('\n'));
        return ExitCode;
    }

    static Exception Innermost(Exception fault) =>
        fault is AggregateException or TypeInitializationException && fault.InnerException is Exception inner ? Innermost(inner) : fault;

    static string Saved(string details)
    {
        string file = Path.Combine(
            Path.GetTempPath(),
            string.Create(
                CultureInfo.InvariantCulture,
                $"dapprox-fault-{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}-{Environment.ProcessId}.txt"));
        try
        {
            File.WriteAllText(file, details);
            return $"details in {file}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"{DebugVariable}=1 prints details, which could not be written to {file}";
        }
    }
}
