using System.Buffers.Binary;
using System.IO.Compression;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Xunit;

namespace Dapprox.Tests.Data;

public sealed class DatasetFilesTests : IDisposable
{
    const string TestImages = "t10k-images-idx3-ubyte", TestLabels = "t10k-labels-idx1-ubyte";
    const int Record = 3073;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData("", ".gz")]
    [InlineData("mnist/", "")]
    [InlineData("mnist/", ".gz")]
    public void Load_IdxFiles_FindsThemInEitherFolder_CompressedOrNot(string subfolder, string extension)
    {
        byte[] pixels = Pixels(3 * 784);
        Write(subfolder + TestImages + extension, Images(3, pixels));
        Write(subfolder + TestLabels + extension, Labels(7, 0, 9));

        Dataset data = Datasets.Load("mnist", Split.Test, folder.Path);

        Assert.Equal((3, 1, 28, 28), (data.Count, data.Channels, data.Height, data.Width));
        Assert.Equal(pixels, data.Pixels.ToArray());
        Assert.Equal([7, 0, 9], data.Labels);
        Assert.False(data.Canonical);
        Assert.Equal(
            "MNIST (test), 3 images, not the published files: the checksum of t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte differs",
            data.Provenance);
    }

    [Fact]
    public void Load_AGzipFileUnderTheUnpackedName_IsStillRead()
    {
        WriteMnist(Gzip(Images(1, Pixels(784))), Labels(5));

        Assert.Equal(Pixels(784), Datasets.Load("mnist", Split.Test, folder.Path).Pixels.ToArray());
    }

    [Fact]
    public void Load_CifarFiles_SeparatesLabelsAndPlanes_AndCountsFromTheLength()
    {
        for (int batch = 1; batch <= 5; batch++)
            Write(
                $"cifar-10-batches-bin/data_batch_{batch}.bin{(batch % 2 == 0 ? ".gz" : "")}",
                [.. Enumerable.Range(0, batch).SelectMany(i => CifarRecord(batch, i))]);

        Dataset data = Datasets.Load("cifar-10", Split.Train, folder.Path);

        Assert.Equal((15, 3, 32, 32), (data.Count, data.Channels, data.Height, data.Width));
        Assert.Equal([1, 2, 2, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 5], data.Labels);
        // Image 9 is the last record of batch 4.
        Assert.Equal(CifarRecord(4, 3)[1..], data.Pixels.Slice(9 * 3072, 3072).ToArray());
        Assert.Equal(CifarRecord(4, 3)[1 + 1024 + 33] / 255f, data.Images(9, 1).Data[1024 + 33]);
        Assert.False(data.Canonical);
    }

    [Fact]
    public void Load_NothingThere_SaysWhatItLookedForWhereAndWhatToDo()
    {
        var thrown = Assert.Throws<InputException>(() => Datasets.Load("mnist", Split.Test, folder.Path));

        Assert.Equal($"mnist (test) was not found: {TestImages}, {TestLabels}, with or without .gz; "
            + $"looked in '{folder.File("mnist")}', '{folder.Path}'; "
            + "run 'dapprox datasets fetch mnist', or name the folder with --data or DAPPROX_DATA", thrown.Message);
    }

    [Fact]
    public void Load_AnIncompleteSet_NamesTheMissingFiles()
    {
        Write("cifar-10-batches-bin/data_batch_1.bin", CifarRecord(1, 0));
        Write("cifar-10-batches-bin/data_batch_3.bin.gz", CifarRecord(1, 0));

        var thrown = Assert.Throws<InputException>(() => Datasets.Load("cifar-10", Split.Train, folder.Path));

        Assert.Contains(
            $"not complete in '{folder.File("cifar-10-batches-bin")}': data_batch_2.bin, data_batch_4.bin, data_batch_5.bin missing",
            thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AnUnknownName_SuggestsTheNearest()
    {
        var thrown = Assert.Throws<InputException>(() => Datasets.Load("cifar10", Split.Test, folder.Path));

        Assert.Equal("unknown data set 'cifar10': did you mean 'cifar-10'? known: digits, mnist, fashion-mnist, cifar-10", thrown.Message);
    }

    public static TheoryData<string, byte[], byte[], string> BadIdxFiles() => new()
    {
        { "no bytes", [], Labels(1), $"{TestImages}' is cut short: it has 0 bytes" },
        { "half a header", [0, 0, 8, 3, 0], Labels(1), "it has 5 bytes, and its header alone takes 16" },
        { "labels for images", [.. Labels(1, 2), .. new byte[20]], Labels(1), "begins with the number 2049, not 2051" },
        { "images for labels", Images(1, Pixels(784)), Images(1, Pixels(784)), "begins with the number 2051, not 2049" },
        { "one image of two", Images(2, Pixels(784)), Labels(1, 2), "claims 1584 bytes, and it can hold 800 at most" },
        { "one image too many", Images(1, Pixels(1568)), Labels(1), "longer than the 800 bytes" },
        { "a claim of terabytes", Header(2051, uint.MaxValue, uint.MaxValue, uint.MaxValue), Labels(1), "1000000000 is the limit" },
        { "a claim of no images of any size", Header(2051, 0, uint.MaxValue, uint.MaxValue), Labels(),
            "images of 2147483647×2147483647 pixels" },
        { "no images", Header(2051, 0, 28, 28), Labels(), "has no images" },
        { "other size", [.. Header(2051, 1, 20, 20), .. Pixels(400)], Labels(1), "has images of 20×20 pixels; mnist has 28×28" },
        { "fewer labels", Images(2, Pixels(1568)), Labels(1), "2 images and" },
        { "label 10", Images(2, Pixels(1568)), Labels(1, 10), "the label of image 1 is 10; mnist has the labels 0 to 9" },
        { "cut gzip", Gzip(Images(1, Pixels(784)))[..^20], Labels(1), "cut short" },
        { "cut gzip end", Gzip(Images(1, Pixels(784)))[..^1], Labels(1), "it unpacks to 800 bytes, and its end tells of" },
        { "cut gzip header", [0x1F, 0x8B, 8], Labels(1), "cut short" },
        { "gzip with a wrong checksum", Damaged(Gzip(Images(1, Pixels(784))), ^6), Labels(1), "does not unpack" },
        { "a gzip that claims more than it can hold", Gzip(Header(2051, 1_000_000, 28, 28)), Labels(1), "its header claims 784000016 "
            + "bytes, and it can hold" },
    };

    [Theory]
    [MemberData(nameof(BadIdxFiles))]
    public void Load_ABadIdxFile_SaysInOneLineWhichAndWhy(string what, byte[] images, byte[] labels, string expected)
    {
        WriteMnist(images, labels);

        long before = GC.GetAllocatedBytesForCurrentThread();
        var thrown = Assert.Throws<InputException>(() => Datasets.Load("mnist", Split.Test, folder.Path));

        Assert.True(thrown.Message.Contains(expected, StringComparison.Ordinal), $"{what}: {thrown.Message}");
        Assert.Contains(folder.Path, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', thrown.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    public static TheoryData<string, byte[], string> BadCifarFiles() => new()
    {
        { "no bytes", [], "0 bytes are not a multiple of the 3073 bytes of a record" },
        { "a cut record", CifarRecord(1, 0)[..^1], "3072 bytes are not a multiple" },
        { "label 10", [.. CifarRecord(1, 0), .. CifarRecord(10, 0)], "record 1 has the label 10; cifar-10 has the labels 0 to 9" },
        { "cut gzip", Gzip(CifarRecord(1, 0))[..^4], "is cut short" },
        { "gzip cut after a whole record", Gzip([.. CifarRecord(1, 0), .. new byte[Record]])[..^12], "is cut short" },
        { "a gzip bomb", Gzip(new byte[50_001 * Record]), "holds more than 153650000 bytes" },
    };

    [Theory]
    [MemberData(nameof(BadCifarFiles))]
    public void Load_ABadCifarFile_SaysInOneLineWhichAndWhy(string what, byte[] content, string expected)
    {
        File.WriteAllBytes(folder.File("test_batch.bin"), content);

        var thrown = Assert.Throws<InputException>(() => Datasets.Load("cifar-10", Split.Test, folder.Path));

        Assert.True(thrown.Message.Contains(expected, StringComparison.Ordinal), $"{what}: {thrown.Message}");
        Assert.Contains("test_batch.bin'", thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', thrown.Message);
    }

    [Theory]
    [InlineData(Split.Test, 10_000, new[] { 980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009 })]
    [InlineData(Split.Train, 60_000, new[] { 5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949 })]
    public void Load_PublishedMnist_IsCanonicalAndComplete(Split split, int count, int[] perClass)
    {
        Dataset data = Datasets.Load("mnist", split, DataFolder.With("mnist"));

        Assert.Equal(count, data.Count);
        Assert.True(data.Canonical, data.Provenance);
        Assert.Equal(perClass, Enumerable.Range(0, 10).Select(digit => data.Labels.Count(label => label == digit)));
    }

    [Fact]
    public void Load_CifarTest_HasAThousandOfEachClass()
    {
        Dataset data = Datasets.Load("cifar-10", Split.Test, DataFolder.With("cifar-10-batches-bin"));

        Assert.Equal((10_000, 3, 32, 32), (data.Count, data.Channels, data.Height, data.Width));
        Assert.All(Enumerable.Range(0, 10), label => Assert.Equal(1000, data.Labels.Count(other => other == label)));
        Assert.Contains(data.Canonical ? "as published" : "not the published files", data.Provenance, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FashionMnistOfTheSystem_IsFoundWithoutAnyFolder()
    {
        Assert.SkipUnless(
            File.Exists("/usr/share/datasets/fashion-mnist/t10k-labels-idx1-ubyte.gz"),
            "the package dataset-fashion-mnist is not installed");

        Dataset data = Datasets.Load("fashion-mnist", Split.Test, folder.Path);

        Assert.Equal(10_000, data.Count);
        Assert.True(data.Canonical, data.Provenance);
        Assert.All(Enumerable.Range(0, 10), label => Assert.Equal(1000, data.Labels.Count(other => other == label)));
    }

    [Fact]
    public void Load_MnistUnderTheNameOfFashionMnist_IsNotTakenForIt()
    {
        string mnist = Path.Combine(DataFolder.With("mnist"), "mnist");
        Directory.CreateDirectory(folder.File("fashion-mnist"));
        foreach (string file in new[] { TestImages + ".gz", TestLabels + ".gz" })
            File.Copy(Path.Combine(mnist, file), folder.File("fashion-mnist/" + file));

        var thrown = Assert.Throws<InputException>(() => Datasets.Load("fashion-mnist", Split.Test, folder.Path));

        Assert.Contains("is a file of mnist, not of fashion-mnist", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("digits", null)]
    [InlineData("mnist", "mnist")]
    [InlineData("fashion-mnist", "fashion-mnist")]
    [InlineData("cifar-10", "cifar-10-batches-bin")]
    public void Definition_HasTheNumbersOfImages(string name, string? folder)
    {
        string? data = folder is null ? null : DataFolder.With(folder);

        DatasetDefinition definition = Datasets.Find(name);

        Dataset test = Datasets.Load(name, Split.Test, data), train = Datasets.Load(name, Split.Train, data);
        Assert.SkipUnless(test.Canonical && train.Canonical, "The files are not those that were published.");
        Assert.Equal((definition.TestCount, definition.TrainCount), (test.Count, train.Count));
    }

    [Fact]
    public void Inspect_SaysOfEverySplitWhatIsThere()
    {
        WriteMnist(Images(1, Pixels(784)), Labels(5));
        Write("cifar-10-batches-bin/test_batch.bin", CifarRecord(1, 0)[1..]);

        IReadOnlyList<DatasetStatus> states = Datasets.Inspect(folder.Path, TestContext.Current.CancellationToken);

        Assert.Equal(Datasets.All.Count * 2, states.Count);
        Assert.Equal((true, "built in", 1000, true), Of("digits", Split.Test));
        Assert.Equal((true, folder.Path, 1, false), Of("mnist", Split.Test));
        Assert.Equal((false, "", 0, false), Of("mnist", Split.Train));
        Assert.Equal((false, folder.File("cifar-10-batches-bin"), 0, false), Of("cifar-10", Split.Test));
        Assert.Contains(
            "not a multiple of the 3073 bytes of a record",
            states.Single(state => (state.Definition.Name, state.Split) == ("cifar-10", Split.Test)).Remark, StringComparison.Ordinal);

        (bool, string, int, bool) Of(string name, Split split)
        {
            DatasetStatus state = states.Single(state => state.Definition.Name == name && state.Split == split);
            return (state.Found, state.Place, state.Count, state.Canonical);
        }
    }

    internal static byte[] Gzip(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
            gzip.Write(content);
        return stream.ToArray();
    }

    static byte[] Header(uint magic, params uint[] dimensions)
    {
        byte[] header = new byte[4 + 4 * dimensions.Length];
        BinaryPrimitives.WriteUInt32BigEndian(header, magic);
        for (int i = 0; i < dimensions.Length; i++)
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4 + 4 * i), dimensions[i]);
        return header;
    }

    static byte[] Images(uint count, byte[] pixels) => [.. Header(2051, count, 28, 28), .. pixels];

    static byte[] Labels(params byte[] labels) => [.. Header(2049, (uint)labels.Length), .. labels];

    static byte[] Pixels(int count) => Enumerable.Range(0, count).Select(i => (byte)(i * 7)).ToArray();

    static byte[] CifarRecord(int label, int seed) =>
        [(byte)label, .. Enumerable.Range(0, Record - 1).Select(i => (byte)(i * 3 + i / 1024 + seed))];

    static byte[] Damaged(byte[] content, Index place)
    {
        content[place] ^= 1;
        return content;
    }

    void WriteMnist(byte[] images, byte[] labels)
    {
        File.WriteAllBytes(folder.File(TestImages), images);
        File.WriteAllBytes(folder.File(TestLabels), labels);
    }

    void Write(string name, byte[] content)
    {
        string path = folder.File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, name.EndsWith(".gz", StringComparison.Ordinal) ? Gzip(content) : content);
    }
}
