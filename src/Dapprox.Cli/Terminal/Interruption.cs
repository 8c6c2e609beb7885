using System.Runtime.InteropServices;

namespace Dapprox.Cli.Terminal;

/// <summary>
/// Turns Ctrl-C and a polite kill into cancellation, so that commands end with nothing half-written. What does not end soon, because
/// it is inside a long computation, is ended; files take their names only when they are whole, so nothing is half-written then, either.
/// </summary>
sealed class Interruption : IDisposable
{
    /// <summary>The exit code that shells give to a program ended by Ctrl-C: 128 + SIGINT.</summary>
    public const int ExitCode = 130;

    // One request to stop can come as two signals: timeout(1) sends its own to the process and then to the group.
    const int OneRequestMilliseconds = 1000;

    const int PatienceMilliseconds = 1600;

    const string ShowCursor = "\e[?25h";

    readonly CancellationTokenSource source = new();
    readonly PosixSignalRegistration[] registrations;
    readonly Timer end;
    string? message;
    long cancelledAt;

    public Interruption()
    {
        end = new Timer(_ => End());
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        ];
    }

    /// <summary>What is said when the command is ended from here; null while there is nothing to say.</summary>
    public string? Message { set => Volatile.Write(ref message, value); }

    /// <summary>Cancelled by the first Ctrl-C.</summary>
    public CancellationToken Token => source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
            registration.Dispose();
        end.Dispose();
        source.Dispose();
    }

    /// <summary>
    /// Waits until no second signal of the same request can come: the runtime gives the signals back to the system while it
    /// ends, and the system would kill it.
    /// </summary>
    public Task OutlastRequestAsync()
    {
        end.Change(Timeout.Infinite, Timeout.Infinite);
        return Task.Delay((int)Math.Clamp(cancelledAt + OneRequestMilliseconds - Environment.TickCount64, 0, OneRequestMilliseconds));
    }

    void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        // Each signal has a handler on a thread of its own.
        long first = Interlocked.CompareExchange(ref cancelledAt, Environment.TickCount64, 0);
        if (first == 0)
        {
            end.Change(PatienceMilliseconds, Timeout.Infinite);
            source.Cancel();
        }
        else if (Environment.TickCount64 - first >= OneRequestMilliseconds)
        {
            End();
        }
    }

    void End()
    {
        // A progress bar hides the cursor and will not get to show it again; its line stays.
        if (!Console.IsErrorRedirected)
            Console.Error.WriteLine(ShowCursor);
        if (Volatile.Read(ref message) is string line)
            Output.Note(line);
        // An orderly exit would unload LibTorch under a running training.
        if (OperatingSystem.IsWindows())
            Environment.Exit(ExitCode);
        else
            ExitAtOnce(ExitCode);
    }

    [DllImport("libc", EntryPoint = "_exit")]
    static extern void ExitAtOnce(int code);
}
