using System.IO.Compression;
using System.Text;
using Dapprox.Foundation;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Formats;

public class PyTorchFileTests
{
    [Fact]
    public void AStateDict_IsTheNetworkItWas()
    {
        using var folder = new TemporaryFolder();
        IReadOnlyDictionary<string, Tensor> weights = TrainedModels.Weights("lenet5-digits");
        string path = folder.File("lenet.pt");
        Write(path, [.. weights.Select(named => new Entry(named.Key, named.Value.Shape.ToArray(), Bytes(named.Value.Data)))]);

        Network network = TrainedModels.Load(path);

        var images = Tensor.Zeros(2, 1, 28, 28);
        images.Data.AsSpan().Fill(0.25f);
        Assert.Equal(TrainedModels.Load("lenet5-digits").Forward(images).Data, network.Forward(images).Data);
    }

    [Fact]
    public void StridesTypesAndCounters_AreRead()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("some.pth");
        Write(path,
        [
            // A 2 × 3 matrix that is the transpose of what is stored, from the second number on.
            new Entry("turned", [2, 3], Bytes([9, 1, 2, 3, 4, 5, 6]), Offset: 1, Strides: [1, 2]),
            new Entry("half", [2], [.. BitConverter.GetBytes((Half)1.5f), .. BitConverter.GetBytes((Half)(-2))], "HalfStorage"),
            new Entry("double", [1], BitConverter.GetBytes(0.1), "DoubleStorage"),
            new Entry("bfloat", [1], [0x80, 0x3f], "BFloat16Storage"),
            new Entry("bn.num_batches_tracked", [], BitConverter.GetBytes(7L), "LongStorage"),
        ]);

        IReadOnlyDictionary<string, Tensor> tensors = PyTorchFile.Load(path);

        Assert.Equal(["turned", "half", "double", "bfloat"], tensors.Keys);
        Assert.Equal([1, 3, 5, 2, 4, 6], tensors["turned"].Data);
        Assert.Equal([1.5f, -2], tensors["half"].Data);
        Assert.Equal([0.1f], tensors["double"].Data);
        Assert.Equal([1], tensors["bfloat"].Data);
    }

    // What a pickle could make Python do stays a name in a message.
    [Fact]
    public void ACallOfTheSystem_IsRefusedByName()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("bad.pt");
        WritePickle(path, [0x80, 2, .. "}"u8, .. Text("x"), .. "cos\nsystem\n"u8, .. Text("touch owned"), 0x85, .. "Rs."u8]);

        Assert.Contains("'x' is a os.system; only tensors are read", Refused(path), StringComparison.Ordinal);
    }

    [Fact]
    public void AWholeModel_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.pt");
        WritePickle(path, [0x80, 2, .. "c__main__\nNet\n)R."u8]);

        Assert.Contains(
            "something else than a dictionary of tensors; save torch.save(model.state_dict()", Refused(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 4 }, 0)]
    [InlineData(new[] { 3 }, 1)]
    [InlineData(new[] { 65536, 65536 }, 0)]
    public void MoreNumbersThanThereAre_AreRefused(int[] shape, int offset)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("short.pt");
        Write(path, [new Entry("w", shape, Bytes([1, 2, 3]), Offset: offset)]);

        Assert.Contains("reaches beyond the 12 bytes", Refused(path), StringComparison.Ordinal);
    }

    // One number, a billion times, or a thousand tensors of the same numbers.
    [Fact]
    public void NumbersThatAreRepeated_AreBounded()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("repeated.pt");
        Write(path, [new Entry("w", [32768, 32768], Bytes([1]), Strides: [0, 0])]);

        Assert.Contains("the tensors up to 'w' have 4294967296 bytes, more than 16 times the", Refused(path), StringComparison.Ordinal);
    }

    [Fact]
    public void ACompressedMountain_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("zeros.pt");
        var entry = new Entry("w", [1 << 22], new byte[1 << 24]);
        Write(path, Dictionary([entry]), [entry.Data], CompressionLevel.Optimal);

        Assert.Contains("PyTorch does not compress; save it again", Refused(path), StringComparison.Ordinal);
    }

    [Fact]
    public void AnEmptyTensorOfManyDimensions_IsNotCounted()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("empty.pt");
        Write(path, [new Entry("w", [int.MaxValue, int.MaxValue, int.MaxValue, 0], [], Strides: [1, 1, 1, 1])]);

        Assert.Contains("'w' of the shape [2147483647, 2147483647, 2147483647, 0]", Refused(path), StringComparison.Ordinal);
    }

    [Fact]
    public void ReferencesInReferences_AreNotShown()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("deep.pt");
        WritePickle(path, [0x80, 2, .. "}"u8, .. Text("x"), .. "N"u8, .. Enumerable.Repeat((byte)'Q', 200_000), .. "s."u8]);

        Assert.Contains("'x' is 'a reference'; only tensors are read", Refused(path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NN}s.")]
    [InlineData("NKKKKs.")]
    [InlineData("ccollections\nOrderedDict\nNR.")]
    [InlineData("N]a.")]
    [InlineData("NNR.")]
    public void APickleOfNothing_IsDamaged(string pickle)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("nothing.pt");
        WritePickle(path, Encoding.ASCII.GetBytes(pickle));

        Refused(path);
    }

    [Fact]
    public void ChangedBytes_NeverCrash()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("changed.pt");
        byte[] whole = Dictionary([new Entry("a", [3], Bytes([1, 2, 3])), new Entry("b", [1, 2], Bytes([4, 5]))]);
        var random = new CounterRandom(1, 3);
        for (int i = 0; i < 500; i++)
        {
            byte[] changed = [.. whole.AsSpan(0, random.NextInt32(4) == 0 ? random.NextInt32(whole.Length) : whole.Length)];
            for (int j = 0; j < 2 && changed.Length > 0; j++)
                changed[random.NextInt32(changed.Length)] = (byte)random.NextInt32(256);
            WritePickle(path, changed);
            try
            {
                PyTorchFile.Load(path);
            }
            catch (InputException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }
    }

    [Fact]
    public void NoZip_IsRefused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("old.pt"), "not a zip archive at all");

        Assert.Contains("no file that PyTorch saved", Refused(folder.File("old.pt")), StringComparison.Ordinal);
    }

    /// <summary>What training programs save: the state dict among other things, with the prefix of a wrapper.</summary>
    [Theory]
    [InlineData("state_dict", "module.")]
    [InlineData("model_state_dict", "_orig_mod.")]
    [InlineData("model", "model.module.")]
    public void ACheckpoint_HasItsStateDictInside(string key, string prefix)
    {
        using var folder = new TemporaryFolder();
        IReadOnlyDictionary<string, Tensor> weights = TrainedModels.Weights("lenet5-digits");
        Entry[] entries = [.. weights.Select(named => new Entry(prefix + named.Key, named.Value.Shape.ToArray(), Bytes(named.Value.Data)))];
        byte[] inner = Dictionary(entries)[2..^1];
        byte[] checkpoint =
            [0x80, 2, .. "}("u8, .. Text("epoch"), .. Number(7), .. Text("arch"), .. Text("lenet"), .. Text(key), .. inner, .. "u."u8];
        foreach (string name in (string[])["last.ckpt", "model_best.pth.tar", "pytorch_model.bin", "model.pt"])
        {
            Write(folder.File(name), checkpoint, [.. entries.Select(entry => entry.Data)]);

            Assert.Equal(
                TrainedModels.Load("lenet5-digits").Parameters.Keys, TrainedModels.Load(folder.File(name)).Parameters.Keys);
        }
    }

    /// <summary>Before PyTorch 1.6: pickles of a number, a version, the machine, the object and the keys, then the numbers.</summary>
    [Fact]
    public void AFileFromBeforeZipArchives_IsRead()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("old.pth");
        Entry[] entries =
            [new("a", [3], Bytes([1, 2, 3])), new("n", [], BitConverter.GetBytes(7L), "LongStorage"), new("b", [1, 2], Bytes([4, 5]))];
        byte[] start = Legacy(entries, [0, 1, 2]);
        File.WriteAllBytes(path, [.. start, .. entries.SelectMany(entry => Stored(entry))]);

        IReadOnlyDictionary<string, Tensor> tensors = PyTorchFile.Load(path);

        Assert.Equal(["a", "b"], tensors.Keys);
        Assert.Equal([1, 2, 3], tensors["a"].Data);
        Assert.Equal([4, 5], tensors["b"].Data);
        File.WriteAllBytes(path, [.. start, .. entries.Take(2).SelectMany(entry => Stored(entry)), 9, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Contains("has 9 numbers, and 0 bytes follow; the file may be cut short", Refused(path), StringComparison.Ordinal);
        File.WriteAllBytes(path, start);
        Assert.Contains("the file may be cut short", Refused(path), StringComparison.Ordinal);

        static byte[] Stored(Entry entry) =>
            [.. BitConverter.GetBytes((long)entry.Data.Length / (entry.Storage == "LongStorage" ? 8 : 4)), .. entry.Data];

        static byte[] Legacy(Entry[] entries, int[] keys) =>
        [
            0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
            0x80, 2, (byte)'M', 0xe9, 0x03, (byte)'.',
            0x80, 2, .. "}"u8, .. Text("little_endian"), 0x88, .. "s."u8, .. Dictionary(entries),
            0x80, 2, .. "]("u8, .. keys.SelectMany(key => Text($"{key}")), .. "e."u8,
        ];
    }

    [Fact]
    public void TorchScriptAndObjects_AreRefusedWithTheWayOut()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("script.pt");
        Write(path, [new Entry("a", [3], Bytes([1, 2, 3]))]);
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Update))
            archive.CreateEntry("archive/constants.pkl");
        Assert.Contains("it is TorchScript, a program; save torch.save(model.state_dict()", Refused(path), StringComparison.Ordinal);
        WritePickle(path, [0x80, 2, .. "c__main__\nNet\n)"u8, 0x81, .. "."u8]);
        Assert.Contains("torch.onnx.export(model, images, 'model.onnx')", Refused(path), StringComparison.Ordinal);
    }

    /// <summary>A long text that a list repeats is shown cut, before it is joined.</summary>
    [Fact]
    public void ALongText_IsCutBeforeItIsShown()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("long.pt");
        IEnumerable<byte> again = Enumerable.Repeat("h\0"u8.ToArray(), 63).SelectMany(one => one);
        byte[] size = [.. "("u8, .. Text(new string('x', 8_000_000)), .. "q\0"u8, .. again, .. "t"u8];
        WritePickle(path,
        [
            0x80, 2, .. "}"u8, .. Text("w"), .. "ctorch._utils\n_rebuild_tensor_v2\n(("u8, .. Text("storage"),
            .. "ctorch\nFloatStorage\n"u8, .. Text("0"), .. Text("cpu"), .. Number(3), .. "tQ"u8, .. Number(0), .. size, .. size,
            .. "tRs."u8,
        ]);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.InRange(Refused(path).Length, 1, 1200);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 500_000_000);
    }

    sealed record Entry(string Name, int[] Shape, byte[] Data, string Storage = "FloatStorage", int Offset = 0, int[]? Strides = null);

    static string Refused(string path)
    {
        string message = Assert.Throws<InputException>(() => PyTorchFile.Load(path)).Message;
        Assert.StartsWith($"'{path}'", message, StringComparison.Ordinal);
        return message;
    }

    static byte[] Bytes(float[] numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];

    static byte[] Text(string text) =>
        [(byte)'X', .. BitConverter.GetBytes(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    static byte[] Number(int number) => [(byte)'J', .. BitConverter.GetBytes(number)];

    /// <summary>The pickle that torch.save writes of an ordered dictionary of tensors.</summary>
    static byte[] Dictionary(IReadOnlyList<Entry> entries)
    {
        var pickle = new List<byte> { 0x80, 2 };
        pickle.AddRange("ccollections\nOrderedDict\n)R("u8);
        for (int i = 0; i < entries.Count; i++)
        {
            Entry entry = entries[i];
            int[] strides = entry.Strides
                ?? [.. entry.Shape.Select((_, axis) => (int)Math.Min(int.MaxValue, Tensor.Count(entry.Shape.AsSpan(axis + 1))))];
            pickle.AddRange(Text(entry.Name));
            pickle.AddRange("ctorch._utils\n_rebuild_tensor_v2\n(("u8);
            pickle.AddRange(
                [.. Text("storage"), .. Encoding.ASCII.GetBytes($"ctorch\n{entry.Storage}\n"), .. Text($"{i}"), .. Text("cpu"),
                    .. Number(entry.Data.Length), .. "tQ"u8]);
            pickle.AddRange(
                [.. Number(entry.Offset), .. "("u8, .. entry.Shape.SelectMany(Number), .. "t("u8, .. strides.SelectMany(Number), .. "t"u8,
                    0x89]);
            pickle.AddRange("ccollections\nOrderedDict\n)RtR"u8);
        }

        pickle.AddRange("u."u8);
        return [.. pickle];
    }

    static void Write(string path, IReadOnlyList<Entry> entries) =>
        Write(path, Dictionary(entries), [.. entries.Select(entry => entry.Data)]);

    static void WritePickle(string path, byte[] pickle) => Write(path, pickle, [Bytes([1, 2, 3]), Bytes([4, 5])]);

    // PyTorch does not compress.
    static void Write(string path, byte[] pickle, byte[][] storages, CompressionLevel compression = CompressionLevel.NoCompression)
    {
        File.Delete(path);
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        IEnumerable<(string, byte[])> entries = storages.Select(
            (content, i) => ($"archive/data/{i}", content)).Prepend(("archive/data.pkl", pickle));
        foreach ((string name, byte[] content) in entries)
        {
            using Stream stream = archive.CreateEntry(name, compression).Open();
            stream.Write(content);
        }
    }
}
