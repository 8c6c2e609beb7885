using System.Diagnostics;

namespace Dapprox.Benchmarks;

/// <summary>The most memory that a piece of work takes: this program does it alone in a process of its own.</summary>
static class PeakMemory
{
    /// <summary>The word before the names of the work, with which the program asks itself.</summary>
    public const string Of = "memory-of";

    /// <summary>The peak of the working set in bytes, from the start of the process to the end of the work.</summary>
    /// <param name="work">The benchmark, the side, the model.</param>
    public static double Measure(params string[] work)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Of, .. work]) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(printed, null);
    }

    /// <summary>Prints the peak of this process.</summary>
    public static void Print(TextWriter output)
    {
        using var process = Process.GetCurrentProcess();
        output.WriteLine(process.PeakWorkingSet64);
    }
}
