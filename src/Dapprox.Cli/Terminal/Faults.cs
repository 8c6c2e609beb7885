using System.Globalization;

namespace Dapprox.Cli.Terminal;

/// <summary>
/// What becomes of an exception that no input should cause: one line that says so, a file with what a developer needs, and an
/// exit code of its own.
/// </summary>
static class Faults
{
    /// <summary>The exit code, EX_SOFTWARE of sysexits.h.</summary>
    public const int ExitCode = 70;

    /// <summary>When this environment variable is 1, the details are printed too.</summary>
    public const string DebugVariable = "DAPPROX_DEBUG";

    /// <summary>From now on, an exception that ends a thread other than the main one is reported, too.</summary>
    public static void CatchOnAllThreads() => AppDomain.CurrentDomain.UnhandledException += (_, unhandled) =>
    {
        if (unhandled.ExceptionObject is not Exception fault)
            return;
        Report(fault);
        Environment.Exit(ExitCode);
    };

    /// <summary>Says on stderr that there is a fault, and where its details are.</summary>
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
            Console.Error.Write(details);
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
