using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Options;
using Dapprox.Experiments.Runs;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Data;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Pictures;
using Dapprox.Tests.Attacks;
using Dapprox.Tests.Formats.Onnx;
using SkiaSharp;
using Xunit;

namespace Dapprox.Tests.Formats;

/// <summary>
/// Damaged files of every kind are read or refused in one line: nothing else happens, and soon. Circuits have such a test of their own,
/// and databases of results are read by DuckDB.
/// </summary>
public sealed class MutatedFileTests : IDisposable
{
    /// <summary>Pieces that mean something to some reader.</summary>
    static readonly byte[][] Pieces =
    [
        [0], [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0x7f], [0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
        .. ((string[])
        [
            "\n", "\"", "{", "}", "[", "]", "(", ")", ",", ":", "null", "1e999", "-1", "99999999999999999999", "\\ud800", "NaN", "true",
            "'<f8'", "(65536, 65536)", "F32", "a0",
        ]).Select(Encoding.UTF8.GetBytes),
    ];

    /// <summary>By the name of the file: what writes one, and what reads it.</summary>
    static readonly Dictionary<string, (Action<string> Write, Action<string> Read)> Kinds = new()
    {
        ["network.onnx"] = (
            path => OnnxModels.Save(path, SmallNetwork.Create(Multipliers.Find("exact"))), path => OnnxModels.Load(path)),
        ["branches.onnx"] = (path => File.WriteAllBytes(path, OnnxBranchTests.Small()), path => OnnxModels.Load(path)),
        ["quantised.onnx"] = (
            path => OnnxModels.Save(
                path, new PostTrainingQuantisation { WeightBits = 4 }.Run(
                    Network, Tensor.Zeros([1, .. Network.InputShape]))),
            path => OnnxModels.Load(path)),
        ["weights.safetensors"] = (
            path => Safetensors.Save(
                path, new Dictionary<string, Tensor> { ["x"] = new([1, 2, 3], 3) }, new Dictionary<string, string> { ["k"] = "v" }),
            path => TrainedModels.Load(path)),
        ["weights.pt"] = (WriteStateDict, path => PyTorchFile.Load(path)),
        ["legacy.pt"] = (
            path => File.WriteAllBytes(path, Pickled(
                "\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.", "M\u00e9\u0003.",
                "}q\0(X\u0001\0\0\0aq\u0001K\u0001u.", "}q\0.", "]q\0.")),
            path => PyTorchFile.Load(path)),
        ["t10k-images-idx3-ubyte"] = (
            path =>
            {
                File.WriteAllBytes(path, [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28, .. new byte[28 * 28]]);
                File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(path)!, "t10k-labels-idx1-ubyte"), [0, 0, 8, 1, 0, 0, 0, 1, 3]);
            },
            path => Datasets.Load("mnist", Split.Test, Path.GetDirectoryName(path))),
        ["test_batch.bin"] = (
            path => File.WriteAllBytes(path, new byte[1 + 3 * 32 * 32]),
            path => Datasets.Load("cifar-10", Split.Test, Path.GetDirectoryName(path))),
        ["table.npy"] = (WriteTable, path => TableFiles.Read(path, isSigned: false)),
        ["table.csv"] = (WriteTable, path => TableFiles.Read(path, isSigned: false)),
        ["table.txt"] = (WriteTable, path => TableFiles.Read(path, isSigned: false)),
        ["cells.json"] = (path => CellLibraryFiles.Save(path, CellLibrary.Shipped), path => CellLibraryFiles.Load(path)),
        ["state"] = (
            path => Safetensors.Save(
                path, new Dictionary<string, Tensor> { ["7.point"] = new([0.5f], 1), ["7.best"] = new([0.5f], 1) },
                new Dictionary<string, string>
                {
                    ["attack"] = "an attack",
                    ["7"] = """{"Iteration":0,"State":[],"Ended":null,"Queries":1,"GradientCalls":0,"QueriesToBest":0}""",
                }),
            path => AttackCheckpoint.Open(path, "an attack")),
        ["plan.json"] = (
            path =>
            {
                var run = new RunFolder(Path.GetDirectoryName(path)!);
                run.Probe();
                run.Plan(1, [new PlannedUnit("a.parquet", "a"), new PlannedUnit("b.parquet", "b")]);
            },
            path => new RunFolder(Path.GetDirectoryName(path)!).Planned()),
        ["attack-1.parquet"] = (
            path => ParquetFile.Write(
                path, new Rows([new Column("image", "INTEGER"), new Column("name", "VARCHAR")], [[1, "a"], [2, null]])),
            path => ParquetFile.Read(path)),
        ["figures.csv"] = (path => File.WriteAllText(path, "name,area,power\na,1,2\nb,3.5,\n"), path => FigureFile.Load(path)),
        ["pairs.txt"] = (
            path => File.WriteAllText(path, "# pairs\n3f800000 40000000\n0xbf800000 0x7f7fffff 1\n"),
            path => PairFile.Read(path, (_, _) => { }, CancellationToken.None)),
        ["multipliers.txt"] = (
            path => File.WriteAllText(path, "exact\nax-fpm\n\narray:8:ama1\n"), path => MultiplierList.Parse(["@" + path])),
        ["labels.csv"] = (
            path =>
            {
                WritePicture(Path.Combine(Path.GetDirectoryName(path)!, "a.png"), SKEncodedImageFormat.Png);
                File.WriteAllText(path, "file,class\na.png,1\n");
            },
            path => PictureFolder.Load(Path.GetDirectoryName(path)!, path, Network, new PictureTransform { ShorterSide = 4 })),
        ["a.png"] = (path => WritePicture(path, SKEncodedImageFormat.Png), ReadPicture),
        ["a.jpg"] = (path => WritePicture(path, SKEncodedImageFormat.Jpeg), ReadPicture),
        ["a.webp"] = (path => WritePicture(path, SKEncodedImageFormat.Webp), ReadPicture),
        ["a.bmp"] = (path => File.WriteAllBytes(path, Bitmap()), ReadPicture),
        ["a.gif"] = (
            path => File.WriteAllBytes(path, [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0,
                0, 2, 2, 0x44, 1, 0, 0x3b]),
            ReadPicture),
    };

    readonly TemporaryFolder folder = new();

    public static TheoryData<string> Names => [.. Kinds.Keys];

    static Network Network => SmallNetwork.Create(Multipliers.Find("exact"));

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void AFewMutants_AreReadOrRefused(string name) => Try(name, 300);

    [TheoryOf(Tier.Long)]
    [MemberData(nameof(Names))]
    public void AHundredThousandMutants_AreReadOrRefused(string name) => Try(name, 100_000);

    void Try(string name, int mutants)
    {
        (Action<string> write, Action<string> read) = Kinds[name];
        string path = folder.File(name);
        write(path);
        byte[] whole = File.ReadAllBytes(path);
        int refused = 0;
        for (int seed = 0; seed < mutants; seed++)
        {
            File.WriteAllBytes(path, Mutation.Of(whole, new Random(seed), Pieces));
            var watch = Stopwatch.StartNew();
            try
            {
                read(path);
            }
            catch (InputException refusal)
            {
                Assert.False(refusal.Message.Contains('\n', StringComparison.Ordinal), $"seed {seed}: {refusal.Message}");
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}, {name}: {e}");
            }

            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"seed {seed}, {name}: {watch.Elapsed}");
        }

        Assert.True(refused > 0, $"none of {mutants} damaged files of the kind {name} was refused");
    }

    static void WriteTable(string path) => TableFiles.Write(new IntegerCircuit(CircuitDescription.Build("array:2")), path);

    static void WriteStateDict(string path)
    {
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        using (Stream pickle = archive.CreateEntry("archive/data.pkl", CompressionLevel.NoCompression).Open())
        {
            pickle.Write(Pickled(
                "}q\0X\u0001\0\0\0aq\u0001ctorch._utils\n_rebuild_tensor_v2\nq\u0002((X\u0007\0\0\0storageq\u0003"
                    + "ctorch\nFloatStorage\nq\u0004X\u0001\0\0\u00000q\u0005X\u0003\0\0\0cpuq\u0006K\u0002tq\u0007QK\0K\u0002\u0085"
                    + "q\u0008K\u0001\u0085q\u0009\u0089ccollections\nOrderedDict\nq\u000a)Rq\u000btq\u000cRq\u000ds."));
        }

        using Stream storage = archive.CreateEntry("archive/data/0", CompressionLevel.NoCompression).Open();
        storage.Write(new byte[8]);
    }

    /// <summary>Pickles of protocol 2, one behind the other; a character is a byte.</summary>
    static byte[] Pickled(params string[] pickles) =>
        Encoding.Latin1.GetBytes(string.Concat(pickles.Select(pickle => "\u0080\u0002" + pickle)));

    static void WritePicture(string path, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(5, 4, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (int x = 0; x < bitmap.Width; x++)
            bitmap.SetPixel(x, x % bitmap.Height, new SKColor((byte)(40 * x), 100, 200));
        using FileStream stream = File.Create(path);
        bitmap.Encode(stream, format, quality: 90);
    }

    /// <summary>Two by two pixels of 24 bits.</summary>
    static byte[] Bitmap() =>
    [
        .. "BM"u8, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 16, 0, 0, 0,
        .. new byte[16], .. Enumerable.Range(0, 16).Select(i => (byte)(16 * i)),
    ];

    static void ReadPicture(string path)
    {
        string labels = path + ".csv";
        File.WriteAllText(labels, $"{Path.GetFileName(path)},0\n");
        PictureFolder.Load(Path.GetDirectoryName(path)!, labels, Network, new PictureTransform { ShorterSide = 4 });
    }
}
