namespace Dapprox.Tests;

/// <summary>The checkout in which the tests were built.</summary>
static class Repository
{
    /// <summary>The path of a file of the repository.</summary>
    /// <param name="relative">Its path from the repository's root.</param>
    public static string Path(string relative)
    {
        // Not the compiler's source paths: those of a deterministic build are not real.
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder, "Dapprox.slnx")))
            folder = System.IO.Path.GetDirectoryName(folder);
        return System.IO.Path.Combine(folder ?? throw new InvalidOperationException("The tests do not run inside a checkout."), relative);
    }
}
