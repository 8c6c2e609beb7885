using Xunit;

namespace Dapprox.Tests.Data;

/// <summary>The folders of the data sets that are too large to come with the program, and of what others measured.</summary>
static class DataFolder
{
    /// <summary>The folder that DAPPROX_REFERENCE names; the test is skipped without it.</summary>
    public static string Reference
    {
        get
        {
            string? folder = Environment.GetEnvironmentVariable("DAPPROX_REFERENCE");
            Assert.SkipWhen(string.IsNullOrEmpty(folder), "DAPPROX_REFERENCE is not set");
            return folder;
        }
    }

    /// <summary>The folder that DAPPROX_DATA names, if it has the given folder in it; the test is skipped otherwise.</summary>
    public static string With(string dataset)
    {
        string? folder = Environment.GetEnvironmentVariable("DAPPROX_DATA");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "DAPPROX_DATA is not set");
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, dataset)), $"DAPPROX_DATA has no folder {dataset}");
        return folder;
    }
}
