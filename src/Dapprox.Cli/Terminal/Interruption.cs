using System.Runtime.InteropServices;

namespace Dapprox.Cli.Terminal;

/// <summary>
/// Turns Ctrl-C and SIGTERM into cancellation, so that commands end without partial files. A command inside a long computation is
/// ended after a delay; files get their names only when complete, so no partial file remains then either.
/// </summary>
sealed class Interruption : IDisposable
{
    const int AfterInterrupt = 130, AfterTermination = 143;

    // One request to stop can arrive as two signals: timeout(1) signals the process and then the group.
    const int OneRequestMilliseconds = 1000;

    const int PatienceMilliseconds = 1600;

    const string ShowCursor = "\e[?25h";

    readonly CancellationTokenSource source = new();
    readonly PosixSignalRegistration[] registrations;
    readonly Timer end;
    string? message;
    long cancelledAt;
    int exitCode = AfterInterrupt;

    public Interruption()
    {
        end = new Timer(_ => End());
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        ];
    }

    /// <summary>The message when this class ends the command; null for none.</summary>
    public string? Message { set => Volatile.Write(ref message, value); }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>The exit code of a program ended by the first signal, by the convention of shells: 128 and the signal's number.</summary>
    public int ExitCode => Volatile.Read(ref exitCode);

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
            registration.Dispose();
        end.Dispose();
        source.Dispose();
    }

    /// <summary>
    /// Waits until no second signal of the same request can arrive: the runtime returns the signals to the system while it ends,
    /// and the system would kill the process.
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
            Volatile.Write(ref exitCode, context.Signal == PosixSignal.SIGTERM ? AfterTermination : AfterInterrupt);
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
        // A progress bar hides the cursor and cannot show it again; its line stays.
        if (!Console.IsErrorRedirected)
            Console.Error.WriteLine(ShowCursor);
        if (Volatile.Read(ref message) is string line)
            Output.Note(line);
        // An orderly exit would unload native libraries under threads that use them.
        if (OperatingSystem.IsWindows())
            Environment.Exit(ExitCode);
        else
            ExitAtOnce(ExitCode);
    }

    [DllImport("libc", EntryPoint = "_exit")]
    static extern void ExitAtOnce(int code);
}
