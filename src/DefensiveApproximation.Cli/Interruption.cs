using System.Runtime.InteropServices;

namespace DefensiveApproximation.Cli;

/// <summary>
/// Turns Ctrl-C and a polite kill into cancellation, so that commands end with nothing half-written. A second Ctrl-C
/// ends the process at once.
/// </summary>
sealed class Interruption : IDisposable
{
    /// <summary>The exit code that shells give to a program ended by Ctrl-C: 128 + SIGINT.</summary>
    public const int ExitCode = 130;

    const string ShowCursor = "\e[?25h";

    readonly CancellationTokenSource source = new();
    readonly PosixSignalRegistration[] registrations;

    public Interruption()
    {
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        ];
    }

    /// <summary>Cancelled by the first Ctrl-C.</summary>
    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
            registration.Dispose();
        source.Dispose();
    }

    void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!source.IsCancellationRequested)
        {
            source.Cancel();
            return;
        }

        // A progress bar hides the cursor and will not get to show it again.
        if (!Console.IsErrorRedirected)
            Console.Error.Write(ShowCursor);
        Environment.Exit(ExitCode);
    }
}
