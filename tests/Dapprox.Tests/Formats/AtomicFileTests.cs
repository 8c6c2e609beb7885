using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests.Formats;

public sealed class AtomicFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Write_IntoAFolderThatIsNotThere_CreatesIt()
    {
        string path = folder.File("a/b/c.txt");

        AtomicFile.WriteText(path, "grün\n");

        Assert.Equal("gr\u00FCn\n"u8, File.ReadAllBytes(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Probe_LeavesWhatIsThere_AndNothingElse()
    {
        string path = folder.File("a/x");
        AtomicFile.WriteText(path, "kept");

        AtomicFile.Probe(path);
        AtomicFile.Probe(folder.File("a/y"));

        Assert.Equal("kept", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void Probe_WhereAFileIsAFolder_SaysSo()
    {
        string file = folder.File("x");
        File.WriteAllText(file, "");

        string message = Assert.Throws<InputException>(() => AtomicFile.Probe(Path.Combine(file, "y"))).Message;

        Assert.Contains("cannot write", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_OverAFile_ReplacesItOnlyAtTheEnd()
    {
        string path = folder.File("x");
        File.WriteAllText(path, "old");

        AtomicFile.Write(path, stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(path));
        });

        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void Write_ThatFailsHalfway_LeavesTheOldFileAndNothingElse()
    {
        string path = folder.File("x");
        File.WriteAllText(path, "old");

        var thrown = Assert.Throws<InputException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half"u8);
            throw new IOException("No space left on device.");
        }));

        Assert.Contains($"'{path}': No space left on device;", thrown.Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Write_InterruptedByAnyException_LeavesNothing()
    {
        Assert.Throws<OperationCanceledException>(() => AtomicFile.Write(folder.File("x"), _ => throw new OperationCanceledException()));

        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a\0b")]
    public void Write_ToWhatIsNoFileName_SaysSoInOneLine(string path)
    {
        var thrown = Assert.Throws<InputException>(() => AtomicFile.WriteText(path, "x"));

        Assert.Contains("is not a file name", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\0', thrown.Message);
    }

    [Fact]
    public void Write_WhereAFolderIs_SaysSo()
    {
        var thrown = Assert.Throws<InputException>(() => AtomicFile.WriteText(folder.Path, "x"));

        Assert.Contains("it is a folder", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_BelowAFile_NamesThePath()
    {
        File.WriteAllText(folder.File("file"), "");

        var thrown = Assert.Throws<InputException>(() => AtomicFile.WriteText(folder.File("file/x"), "x"));

        Assert.StartsWith($"cannot write '{folder.File("file/x")}'", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_ToANullDevice_DoesNotReplaceTheDevice()
    {
        Assert.SkipUnless(File.Exists("/dev/null"), "there is no /dev/null here");

        AtomicFile.WriteText("/dev/null", "x");

        using FileStream device = File.OpenRead("/dev/null");
        Assert.Equal(-1, device.ReadByte());
    }

    [Fact]
    public void Probe_BelowADevice_SaysSo_AndOfADeviceDoesNot()
    {
        Assert.SkipUnless(File.Exists("/dev/null"), "there is no /dev/null here");

        AtomicFile.Probe("/dev/null");
        Assert.Throws<InputException>(() => AtomicFile.Probe("/dev/null/x"));
    }

    [Fact]
    public void Write_IntoSharedMemory_WritesAFile()
    {
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "there is no /dev/shm here");
        string path = $"/dev/shm/dapprox-test-{Path.GetRandomFileName()}/x";
        try
        {
            AtomicFile.Probe(path);
            AtomicFile.WriteText(path, "x");

            Assert.Equal("x", File.ReadAllText(path));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void Write_OnAFullDisk_NamesThePath()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full here");

        var thrown = Assert.Throws<InputException>(() => AtomicFile.WriteText("/dev/full", new string('x', 100_000)));

        Assert.StartsWith("cannot write '/dev/full'", thrown.Message, StringComparison.Ordinal);
    }
}
