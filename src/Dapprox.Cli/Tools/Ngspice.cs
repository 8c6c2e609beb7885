using System.ComponentModel;
using System.Diagnostics;
using Dapprox.Foundation;
using Dapprox.Hardware;

namespace Dapprox.Cli.Tools;

/// <summary>Runs the circuit simulator ngspice.</summary>
static class Ngspice
{
    const string Program = "ngspice";

    // A cell takes seconds; a simulation that does not converge may never end.
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    // Markers of the output lines with the cause of a failure; the last marks the line that only reports the failure.
    static readonly string[] Complaints = ["undefined", "unknown", "unrecognized", "can't", "cannot", "too small", "singular", "error"];

    /// <summary>Checks that ngspice is installed, before long work.</summary>
    /// <exception cref="InputException">It cannot be started.</exception>
    public static void Probe()
    {
        using Process process = Start(["--version"], Environment.CurrentDirectory);
        process.StandardError.Close();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
    }

    /// <summary>Measures a cell.</summary>
    /// <param name="measurement">The cell.</param>
    /// <param name="card">The transistors.</param>
    /// <param name="cancellation">Ends the simulator.</param>
    /// <exception cref="InputException">It cannot be started, or the simulation fails.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static async Task<CharacterisedCell> MeasureAsync(
        CellCharacterisation measurement, SpiceModelCard card, CancellationToken cancellation)
    {
        const string DeckFile = "deck.cir";
        DirectoryInfo folder = Directory.CreateTempSubdirectory("dapprox-");
        try
        {
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, DeckFile), measurement.Deck(card), cancellation).ConfigureAwait(false);
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, CellCharacterisation.CardFile), card.Text, cancellation).ConfigureAwait(false);
            // In batch mode, without the user's start-up commands.
            string log = await RunAsync(measurement, ["-b", "-n", DeckFile], folder.FullName, cancellation).ConfigureAwait(false);
            string waveform = Path.Combine(folder.FullName, CellCharacterisation.WaveformFile),
                rest = Path.Combine(folder.FullName, CellCharacterisation.RestFile);
            if (!File.Exists(waveform) || !File.Exists(rest))
                throw Failed(measurement, log);
            using StreamReader changes = new(waveform), states = new(rest);
            return measurement.Read(changes, states);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static async Task<string> RunAsync(CellCharacterisation measurement, string[] arguments, string folder, CancellationToken cancellation)
    {
        using Process process = Start(arguments, folder);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        end.CancelAfter(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(end.Token), error = process.StandardError.ReadToEndAsync(end.Token);
            await process.WaitForExitAsync(end.Token).ConfigureAwait(false);
            string log = await output.ConfigureAwait(false), complaints = await error.ConfigureAwait(false);
            // Ctrl-C on a terminal reaches the simulator too.
            cancellation.ThrowIfCancellationRequested();
            return process.ExitCode == 0 ? log + complaints : throw Failed(measurement, log + complaints);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new InputException(
                $"ngspice did not get through the simulation of {measurement.Cell} in {Patience.TotalMinutes:F0} minutes; give another "
                    + "model card");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    static InputException Failed(CellCharacterisation measurement, string log)
    {
        string? reason = log.Split('\n').FirstOrDefault(
            line => Complaints.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase)));
        return new InputException(
            $"ngspice could not simulate {measurement.Cell}: {reason?.Trim() ?? "it says nothing of why"}; give a model card of level 54 "
                + "(BSIM4) such as 45nm_HP.pm of the Predictive Technology Model");
    }

    static Process Start(string[] arguments, string folder)
    {
        var start = new ProcessStartInfo(Program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // One cell per processor is simulated at a time, so more threads would only wait for each other.
        start.Environment["OMP_NUM_THREADS"] = "1";
        try
        {
            Process process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception e)
        {
            throw new InputException(
                $"cannot start ngspice ({e.Message}), the circuit simulator that measures the cells; install it (Debian: apt-get install "
                    + "ngspice) and have it on the PATH",
                e);
        }
    }
}
