using System.Diagnostics;
using Xunit;

namespace Dapprox.Tests.Cli;

/// <summary>Files that are no files, and files that are made to do harm: each is one line, and soon.</summary>
public sealed class HostileFileTests : IDisposable
{
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("circuit", "cost", "pipe.v")]
    [InlineData("circuit", "cost", "zero.v")]
    [InlineData("circuit", "cost", "array:4", "--library", "zero.json")]
    [InlineData("evaluate", "--dataset", "digits", "--model", "pipe.onnx")]
    [InlineData("evaluate", "--dataset", "digits", "--model", "zero.onnx")]
    [InlineData("evaluate", "--dataset", "digits", "--model", "pipe.safetensors")]
    [InlineData("evaluate", "--dataset", "digits", "--model", "zero.pt")]
    [InlineData("circuit", "metrics", "pipe.npy")]
    public async Task PipesAndDevices_AreToldByTheirKind(params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes and devices have names on Linux.");
        string file = folder.File(arguments[^1]);
        if (arguments[^1].StartsWith("pipe", StringComparison.Ordinal))
        {
            using Process made = Process.Start("mkfifo", file);
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        else
            File.CreateSymbolicLink(file, "/dev/zero");

        DapproxRun run = await DapproxRun.RunAsync([.. arguments[..^1], file]).WaitAsync(Soon, TestContext.Current.CancellationToken);

        run.AssertRefused("is a pipe, a terminal or another device; give the path of a file");
    }

    [Fact]
    public async Task OutputInAPipe_IsForItsReader()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes have names on Linux.");
        string pipe = folder.File("pipe.v");
        using (Process made = Process.Start("mkfifo", pipe))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);

        // Opening a pipe waits for its other end.
        Task<string> read = Task.Run(() => File.ReadAllText(pipe), TestContext.Current.CancellationToken);
        DapproxRun run = await DapproxRun.RunAsync("circuit", "export", "array:2", "--output", pipe)
            .WaitAsync(Soon, TestContext.Current.CancellationToken);

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("module array_2", await read, StringComparison.Ordinal);
        Assert.False(new FileInfo(pipe).Attributes.HasFlag(FileAttributes.Directory));
    }

    [Fact]
    public async Task ALibraryWithHalfACharacter_IsOneLine()
    {
        string library = folder.File("library.json");
        await File.WriteAllTextAsync(library, """{"\ud800":1}""", TestContext.Current.CancellationToken);

        (await DapproxRun.RunAsync("circuit", "cost", "array:4", "--library", library)).AssertRefused("not JSON");
    }

    [Theory]
    [InlineData("""{"Seed":1,"Units":[null]}""")]
    [InlineData("""{"Seed":1,"Units":[{"File":null,"Title":"x"}]}""")]
    [InlineData("""{"Seed":1e999,"Units":[]}""")]
    [InlineData("""{"Seed":1,"Units":[{"File":"\ud800","Title":"x"}]}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task ADamagedPlan_IsOneLine(string plan)
    {
        await File.WriteAllTextAsync(folder.File("plan.json"), plan, TestContext.Current.CancellationToken);

        (await DapproxRun.RunAsync("results", "status", "--run", folder.Path)).AssertRefused("is not the folder of a run");
    }

    /// <summary>A bitmap whose palette is said to go on behind its end: the decoder asks for more than there is.</summary>
    [Fact]
    public async Task APictureThatPromisesMore_IsOneLine()
    {
        byte[] bitmap = new byte[102];
        (bitmap[0], bitmap[1], bitmap[2], bitmap[10], bitmap[14]) = ((byte)'B', (byte)'M', 102, 54, 0xff);
        (bitmap[14], bitmap[15], bitmap[18], bitmap[22], bitmap[26], bitmap[28]) = (0xff, 0x28, 4, 4, 1, 24);
        await File.WriteAllBytesAsync(folder.File("a.bmp"), bitmap, TestContext.Current.CancellationToken);
        string labels = folder.File("labels.csv");
        await File.WriteAllTextAsync(labels, "a.bmp,1\n", TestContext.Current.CancellationToken);

        (await DapproxRun.RunAsync("evaluate", "--model", "lenet5-digits", "--images", folder.Path, "--labels", labels, "--resize", "28"))
            .AssertRefused("a.bmp'");
    }

    [Theory]
    [InlineData("--shift", "2147483647", "give an integer from 0 to 4096")]
    [InlineData("--cut-out", "2147483647", "give an integer from 0 to 4096")]
    [InlineData("--learning-rate", "1e999", "give a number above 0")]
    public async Task ExtremeOptions_AreOneLine(string option, string value, string legal) =>
        (await DapproxRun.RunAsync("train", "lenet5", "--dataset", "digits", "--out", folder.File("w.safetensors"), option, value))
            .AssertRefused(legal);
}
