using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Dapprox.Foundation;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Formats;

public sealed class SafetensorsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Save_ThenLoad_ReturnsEveryBit()
    {
        // A NaN with a payload, −0, an infinity, a subnormal: bits count, not values.
        float[] special = [BitConverter.UInt32BitsToSingle(0x7FC12345), -0f, float.NegativeInfinity, float.Epsilon, 1.5f, -2f];
        float[] many = Enumerable.Range(0, 50_000).Select(i => i * 0.1f).ToArray();
        var tensors = new Dictionary<string, Tensor>
        {
            ["fc.weight"] = new(special, 2, 3),
            ["Größe \"quoted\""] = new([7f]),
            ["a.empty"] = new([], 0, 5),
            ["conv"] = new(many, 50, 10, 10, 10),
        };

        Safetensors.Save(folder.File("x.safetensors"), tensors, new Dictionary<string, string> { ["seed"] = "1", ["format"] = "pt" });
        Safetensors loaded = Safetensors.Load(folder.File("x.safetensors"));

        Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), loaded.Tensors.Keys.Order(StringComparer.Ordinal));
        foreach ((string name, Tensor tensor) in tensors)
        {
            Assert.Equal(tensor.Shape, loaded.Tensors[name].Shape);
            Assert.Equal(
                tensor.Data.Select(BitConverter.SingleToUInt32Bits), loaded.Tensors[name].Data.Select(BitConverter.SingleToUInt32Bits));
        }

        Assert.Equal("1", loaded.Metadata["seed"]);
        Assert.Equal(2, loaded.Metadata.Count);
    }

    [Fact]
    public void Save_WritesExactlyTheFormat()
    {
        using var stream = new MemoryStream();

        Safetensors.Save(stream, new Dictionary<string, Tensor> { ["b"] = new([1f, -2f], 2), ["a"] = new([0.5f], 1, 1) });

        string header = """{"a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""";
        header = header.PadRight((header.Length + 7) / 8 * 8);
        Assert.Equal([.. BitConverter.GetBytes((ulong)header.Length), .. Encoding.ASCII.GetBytes(header),
            0, 0, 0, 0x3F, 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0], stream.ToArray());
    }

    [Fact]
    public void Save_InAnyOrder_GivesTheSameBytes()
    {
        Tensor one = new([1f], 1), two = new([2f], 1);
        var forth = new Dictionary<string, Tensor> { ["one"] = one, ["two"] = two };
        var back = new Dictionary<string, Tensor> { ["two"] = two, ["one"] = one };

        using MemoryStream left = new(), right = new();
        Safetensors.Save(left, forth, new Dictionary<string, string> { ["x"] = "1", ["y"] = "2" });
        Safetensors.Save(right, back, new Dictionary<string, string> { ["y"] = "2", ["x"] = "1" });

        Assert.Equal(SHA256.HashData(left.ToArray()), SHA256.HashData(right.ToArray()));
    }

    [Fact]
    public void Save_ATensorNamedLikeTheMetadata_IsRefused()
    {
        Assert.Throws<ArgumentException>(
            () => Safetensors.Save(folder.File("x"), new Dictionary<string, Tensor> { ["__metadata__"] = new([1f], 1) }));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("F64", new byte[] { 0, 0, 0, 0, 0, 0, 0xF8, 0xBF }, -1.5f)]
    [InlineData("F64", new byte[] { 0, 0, 0, 0, 0, 0, 0xF0, 0x7E }, float.PositiveInfinity)]
    [InlineData("F16", new byte[] { 0x01, 0x00 }, 5.9604645e-8f)]
    [InlineData("F16", new byte[] { 0x00, 0xC5 }, -5f)]
    [InlineData("BF16", new byte[] { 0x49, 0x40 }, 3.140625f)]
    public void Load_OtherFloats_AreConverted(string dtype, byte[] element, float expected)
    {
        Safetensors loaded = Load($$$"""{"x":{"dtype":"{{{dtype}}}","shape":[1],"data_offsets":[0,{{{element.Length}}}]}}""", element);

        Assert.Equal([expected], loaded.Tensors["x"].Data);
    }

    [Theory]
    [InlineData("""{"x":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", "'x' has the dtype I64; F32, F64, F16 and BF16 can be read")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", "needs 8 bytes, and its data_offsets give it 4")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", "shape [-1]; dimensions are integers")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", "shape [1.5]; dimensions are integers")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3000000000],"data_offsets":[0,4]}}""", "dimensions are integers from 0 to 2147483647")]
    [InlineData("""{"x":{"dtype":"F32","shape":[65536,65536,65536,65536],"data_offsets":[0,4]}}""", "at most 2147483591 numbers")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2147483647,2147483647,0],"data_offsets":[0,0]}}""", "at most 2147483591 numbers")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "'x' ends at byte 8 of the data, and 4 bytes are there")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775804,9223372036854775808]}}""", "two integers from 0 on")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", "in ascending order")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", "two integers from 0 on")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "neither overlap nor leave gaps")]
    [InlineData("""{"x":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}}""", "begins at byte 2 of the data")]
    [InlineData("""{"x":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}""", "2 bytes follow the last tensor")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "not valid JSON")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1]}}""", "'x' needs a dtype, a shape and two data_offsets")]
    [InlineData("""{"a\nb":3}""", "'a?b' needs a dtype")]
    [InlineData("""{"x":{"dtype":null,"shape":[1],"data_offsets":[0,4]}}""", "'x' needs a dtype, a shape and two data_offsets")]
    [InlineData("""{"x":3}""", "'x' needs a dtype, a shape and two data_offsets")]
    [InlineData("""{"__metadata__":{"a":1}}""", "__metadata__ has to hold text")]
    [InlineData("""{"__metadata__":{"a":"\ud800"}}""", "not valid JSON")]
    [InlineData("""{"\ud800":3}""", "not valid JSON")]
    [InlineData("""{"x":{"dtype":"\ud800","shape":[1],"data_offsets":[0,4]}}""", "not valid JSON")]
    [InlineData("[]", "header is not a JSON object")]
    [InlineData("", "not valid JSON")]
    [InlineData("{", "not valid JSON")]
    public void Load_AHeaderThatIsWrong_SaysWhatIsWrong(string header, string expected)
    {
        var thrown = Assert.Throws<InputException>(() => Load(header, [0, 0, 0, 0]));

        Assert.StartsWith("the test file", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', thrown.Message);
    }

    [Theory]
    [InlineData(ulong.MaxValue, "100000000 is the limit")]
    [InlineData(99_999_999UL, "cut short: its header has 99999999 bytes, and 16 follow")]
    public void Load_AHeaderLengthThatCannotBe_IsRefusedBeforeAllocating(ulong length, string expected)
    {
        byte[] bytes = new byte[24];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);

        long before = GC.GetAllocatedBytesForCurrentThread();
        var thrown = Assert.Throws<InputException>(() => Safetensors.Load(new MemoryStream(bytes), "x"));

        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public void Load_AFileCutAnywhere_SaysSo()
    {
        using var stream = new MemoryStream();
        Safetensors.Save(stream, new Dictionary<string, Tensor> { ["x"] = new([1f, 2f, 3f], 3) });
        byte[] whole = stream.ToArray();

        for (int length = 0; length < whole.Length; length++)
            Assert.Throws<InputException>(() => Safetensors.Load(new MemoryStream(whole[..length]), "x"));
    }

    [Fact]
    public void Load_AnyDamagedFile_EitherLoadsOrSaysWhy()
    {
        using var stream = new MemoryStream();
        Safetensors.Save(
            stream, new Dictionary<string, Tensor> { ["x"] = new([1f, 2f, 3f], 3), ["y"] = new([4f], 1) },
            new Dictionary<string, string> { ["k"] = "v" });
        byte[] whole = stream.ToArray();

        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte).Array[1, 4].Sample(changes =>
        {
            byte[] damaged = (byte[])whole.Clone();
            foreach ((int place, byte value) in changes)
                damaged[place] = value;
            try
            {
                Safetensors.Load(new MemoryStream(damaged), "x");
            }
            catch (InputException e)
            {
                return !e.Message.Contains('\n', StringComparison.Ordinal);
            }

            return true;
        });
    }

    [Fact]
    public void Load_WhatIsNotThereOrAFolder_NamesThePath()
    {
        var missing = Assert.Throws<InputException>(() => Safetensors.Load(folder.File("none")));
        var directory = Assert.Throws<InputException>(() => Safetensors.Load(folder.Path));
        var empty = Assert.Throws<InputException>(() => Safetensors.Load(""));

        Assert.Contains($"there is no file '{folder.File("none")}'", missing.Message, StringComparison.Ordinal);
        Assert.Contains($"'{folder.Path}': it is a folder", directory.Message, StringComparison.Ordinal);
        Assert.Contains("not a file name", empty.Message, StringComparison.Ordinal);
    }

    static Safetensors Load(string header, byte[] data)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        return Safetensors.Load(new MemoryStream([.. BitConverter.GetBytes((ulong)text.Length), .. text, .. data]), "the test file");
    }
}
