using System.Runtime.InteropServices;

namespace DefensiveApproximation.Cli;

/// <summary>
/// Turns Ctrl-C and a polite kill into cancellation, so that commands end with nothing half-written. A second one, some
/// time later, ends the process at once.
/// </summary>
sealed class Interruption : IDisposable
{
    /// <summary>The exit code that shells give to a program ended by Ctrl-C: 128 + SIGINT.</summary>
    public const int ExitCode = 130;

    // One request to stop can come as two signals: timeout(1) sends its own to the process and then to the group.
    const int OneRequestMilliseconds = 1000;

    const string ShowCursor = "\e[?25h";

    readonly CancellationTokenSource source = new();
    readonly PosixSignalRegistration[] registrations;
    long cancelledAt;

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

    /// <summary>
    /// Waits until no second signal of the same request can come: the runtime gives the signals back to the system while it
    /// ends, and the system would kill it.
    /// </summary>
    public Task OutlastRequestAsync() =>
        Task.Delay((int)Math.Clamp(cancelledAt + OneRequestMilliseconds - Environment.TickCount64, 0, OneRequestMilliseconds));

    void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        // Each signal has a handler on a thread of its own.
        long first = Interlocked.CompareExchange(ref cancelledAt, Environment.TickCount64, 0);
        if (first == 0)
        {
            source.Cancel();
            return;
        }

        if (Environment.TickCount64 - first < OneRequestMilliseconds)
            return;

        // A progress bar hides the cursor and will not get to show it again.
        if (!Console.IsErrorRedirected)
            Console.Error.Write(ShowCursor);
        // The system's own way to end a process: an orderly exit would unload LibTorch under a running training.
        context.Cancel = false;
    }
}
