using System.Diagnostics;
using Xunit;

namespace Dapprox.Tests;

/// <summary>The Python of the machine, for tests against its libraries.</summary>
static class Python
{
    static IEnumerable<string> All => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "python3"))
        .Where(File.Exists);

    /// <summary>The first python3 on the PATH that has some modules; the test is skipped without one.</summary>
    /// <param name="modules">Their names, with commas between them.</param>
    public static string With(string modules)
    {
        string? python = All.FirstOrDefault(candidate => Imports(candidate, modules));
        Assert.SkipWhen(python is null, $"No python3 on the PATH has {modules}.");
        return python;
    }

    /// <summary>Whether a Python has some modules.</summary>
    /// <param name="python">The path of the program.</param>
    /// <param name="modules">Their names, with commas between them.</param>
    public static bool Imports(string python, string modules)
    {
        using Process process = Process.Start(new ProcessStartInfo(python, ["-c", $"import {modules}"]) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
