using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Xunit;

namespace Dapprox.Tests.Data;

public sealed class DatasetDownloadTests : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    static readonly byte[] Content = Enumerable.Range(0, 500_000).Select(i => (byte)(i * i >> 3)).ToArray();

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fetch_WritesTheFile_AndReportsProgressToItsEnd()
    {
        using Server server = new(Ok(Content));
        var progress = new Recorder();

        IReadOnlyList<string> written = await DatasetDownload.FetchAsync(
            OneFile(Content), folder.Path, progress, server.Address, Patience, Cancellation);

        Assert.Equal([folder.File("made-up/images.gz")], written);
        Assert.Equal(Content, File.ReadAllBytes(written[0]));
        Assert.Single(AllFiles());
        Assert.Equal(new DownloadProgress("images.gz", Content.Length, Content.Length), progress.Reports[^1]);
        Assert.Equal(progress.Reports.Select(report => report.Received).Order(), progress.Reports.Select(report => report.Received));
        Assert.Equal(["GET /images.gz HTTP/1.1"], server.Requests);
    }

    [Fact]
    public async Task Fetch_WhatIsThere_IsNotFetchedAgain_ButWhatIsWrongIsReplaced()
    {
        using Server server = new(Ok(Content));
        Directory.CreateDirectory(folder.File("made-up"));
        byte[] wrong = (byte[])Content.Clone();
        wrong[1000] ^= 1;
        File.WriteAllBytes(folder.File("made-up/images.gz"), wrong);

        IReadOnlyList<string> first = await Fetch(OneFile(Content), server);
        IReadOnlyList<string> second = await Fetch(OneFile(Content), server);

        Assert.Single(first);
        Assert.Empty(second);
        Assert.Single(server.Requests);
        Assert.Equal(Content, File.ReadAllBytes(folder.File("made-up/images.gz")));
    }

    [Fact]
    public async Task Fetch_ATar_UnpacksTheFilesOfTheSet_AndNoOthers()
    {
        byte[] tar = Tar(("made-up-bin/readme.html", "html"), ("made-up-bin/train.bin", "training"), ("../../test.bin", "testing"));
        DatasetDefinition definition = OneFile(tar, "made-up.tar.gz") with
        {
            Train = [new PublishedFile("train.bin", DatasetFiles.Md5("training"u8.ToArray()))],
            Test = [new PublishedFile("test.bin", DatasetFiles.Md5("testing"u8.ToArray()))],
        };
        using Server server = new(Ok(tar));

        IReadOnlyList<string> written = await Fetch(definition, server);
        IReadOnlyList<string> again = await Fetch(definition, server);

        Assert.Equal([folder.File("made-up/train.bin"), folder.File("made-up/test.bin")], written);
        Assert.Equal(written.Order(), AllFiles().Order());
        Assert.Equal("testing", File.ReadAllText(written[1]));
        Assert.Empty(again);
    }

    public static TheoryData<string, byte[], string> BadAnswers()
    {
        byte[] changed = (byte[])Content.Clone();
        changed[^1] ^= 1;
        return new()
        {
            { "wrong content", Ok(changed), "the checksum is not the published one" },
            { "too much", Ok([.. Content, 0]), "more came than the 500000 bytes" },
            { "too little", Ok(Content[..^1]), "only 499999 of 500000 bytes came" },
            { "a body that stops", Ok(Content)[..200_000], "images.gz: " },
            { "not found", Encoding.ASCII.GetBytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: "
                + "close\r\n\r\n"), "the server answered 404 Not Found" },
            { "no HTTP", Encoding.ASCII.GetBytes("hello\r\n\r\n"), "images.gz: " },
            { "nothing", [], "images.gz: " },
        };
    }

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task Fetch_ABadAnswer_LeavesNothing_AndSaysWhatToDo(string what, byte[] answer, string expected)
    {
        using Server server = new(answer);

        var thrown = await Assert.ThrowsAsync<InputException>(() => Fetch(OneFile(Content), server));

        Assert.True(thrown.Message.Contains(expected, StringComparison.Ordinal), $"{what}: {thrown.Message}");
        Assert.Contains($"put images.gz into '{folder.File("made-up")}'", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', thrown.Message);
        Assert.Empty(AllFiles());
    }

    [Fact]
    public async Task Fetch_ABadAnswer_LeavesTheFileThatWasThere()
    {
        using Server server = new(Ok(Content[..^1]));
        Directory.CreateDirectory(folder.File("made-up"));
        File.WriteAllText(folder.File("made-up/images.gz"), "mine");

        await Assert.ThrowsAsync<InputException>(() => Fetch(OneFile(Content), server));

        Assert.Equal("mine", File.ReadAllText(folder.File("made-up/images.gz")));
        Assert.Single(AllFiles());
    }

    [Fact]
    public async Task Fetch_WhenTheFirstAddressFails_TriesTheNext()
    {
        using Server broken = new(Ok([1, 2, 3])), good = new(Ok(Content));
        DatasetDefinition definition = OneFile(Content) with { Addresses = [broken.Address, good.Address] };

        await DatasetDownload.FetchAsync(definition, folder.Path, null, null, Patience, Cancellation);

        Assert.Equal(Content, File.ReadAllBytes(folder.File("made-up/images.gz")));
        Assert.Single(AllFiles());
    }

    [Fact]
    public async Task Fetch_Cancelled_StopsAtOnce_AndLeavesNothing()
    {
        using Server server = new(Ok(Content)[..200_000], staysOpen: true);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var progress = new Recorder(_ => cancellation.Cancel());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            DatasetDownload.FetchAsync(OneFile(Content), folder.Path, progress, server.Address, Patience, cancellation.Token));

        Assert.NotEmpty(progress.Reports);
        Assert.Empty(AllFiles());
    }

    [Fact]
    public async Task Fetch_FromAServerThatFallsSilent_GivesUp()
    {
        using Server server = new(Ok(Content)[..200_000], staysOpen: true);

        var thrown = await Assert.ThrowsAsync<InputException>(() =>
            DatasetDownload.FetchAsync(OneFile(Content), folder.Path, null, server.Address, TimeSpan.FromSeconds(0.5), Cancellation));

        Assert.Contains("nothing came for 0.5 seconds", thrown.Message, StringComparison.Ordinal);
        Assert.Empty(AllFiles());
    }

    [Fact]
    public async Task Fetch_WithoutANetwork_NamesFilesAndFolder()
    {
        using Server server = new([]);
        Uri closed = server.Address;
        server.Dispose();

        var thrown = await Assert.ThrowsAsync<InputException>(
            () => DatasetDownload.FetchAsync("cifar-10", folder.Path, address: closed, cancellation: Cancellation));

        Assert.StartsWith(
            $"cannot download cifar-10-binary.tar.gz of cifar-10 ({closed}cifar-10-binary.tar.gz: ", thrown.Message,
            StringComparison.Ordinal);
        Assert.EndsWith("get it by other means and put data_batch_1.bin, data_batch_2.bin, data_batch_3.bin, data_batch_4.bin, "
            + "data_batch_5.bin, test_batch.bin "
            + $"into '{folder.File("cifar-10-batches-bin")}'", thrown.Message, StringComparison.Ordinal);
        Assert.Empty(AllFiles());
    }

    [Fact]
    public async Task Fetch_WhereNothingCanBeWritten_NamesTheFolder()
    {
        using Server server = new(Ok(Content));
        File.WriteAllText(folder.File("file"), "");

        var thrown = await Assert.ThrowsAsync<InputException>(() =>
            DatasetDownload.FetchAsync(OneFile(Content), folder.File("file"), null, server.Address, Patience, Cancellation));

        Assert.StartsWith($"cannot write to '{folder.File("file/made-up")}'", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_TheDigitsThatComeWithTheProgram_HasNothingToDo()
    {
        Assert.Empty(await DatasetDownload.FetchAsync("digits", null, cancellation: Cancellation));
    }

    Task<IReadOnlyList<string>> Fetch(DatasetDefinition definition, Server server) =>
        DatasetDownload.FetchAsync(definition, folder.Path, null, server.Address, Patience, Cancellation);

    string[] AllFiles() =>
        Directory.GetFiles(folder.Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 });

    static DatasetDefinition OneFile(byte[] content, string name = "images.gz") => new()
    {
        Name = "made-up",
        Title = "Made up",
        Channels = 1,
        Height = 1,
        Width = 1,
        Classes = ["a"],
        TrainCount = 1,
        TestCount = 1,
        Citation = "none",
        Folder = "made-up",
        Archives = [new PublishedArchive(name, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)))],
    };

    static byte[] Ok(byte[] body) =>
        [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), .. body];

    static byte[] Tar(params (string Name, string Content)[] files)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            foreach ((string name, string content) in files)
                tar.WriteEntry(
                    new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.ASCII.GetBytes(content)) });
        }

        return stream.ToArray();
    }

    sealed class Recorder(Action<DownloadProgress>? then = null) : IProgress<DownloadProgress>
    {
        public List<DownloadProgress> Reports { get; } = [];

        public void Report(DownloadProgress value)
        {
            Reports.Add(value);
            then?.Invoke(value);
        }
    }

    /// <summary>Gives every request the same bytes for an answer, right or wrong, then closes or falls silent.</summary>
    sealed class Server : IDisposable
    {
        readonly TcpListener listener = new(IPAddress.Loopback, 0);

        public Server(byte[] answer, bool staysOpen = false)
        {
            listener.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
            _ = ServeAsync(answer, staysOpen);
        }

        public Uri Address { get; }

        public List<string> Requests { get; } = [];

        public void Dispose() => listener.Dispose();

        async Task ServeAsync(byte[] answer, bool staysOpen)
        {
            var open = new List<TcpClient>();
            try
            {
                while (true)
                {
                    TcpClient client = await listener.AcceptTcpClientAsync();
                    NetworkStream stream = client.GetStream();
                    using var reader = new StreamReader(stream, leaveOpen: true);
                    Requests.Add(await reader.ReadLineAsync() ?? "");
                    while (!string.IsNullOrEmpty(await reader.ReadLineAsync()))
                    {
                    }

                    await stream.WriteAsync(answer);
                    if (staysOpen)
                        open.Add(client);
                    else
                        client.Dispose();
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
            {
                open.ForEach(client => client.Dispose());
            }
        }
    }
}
