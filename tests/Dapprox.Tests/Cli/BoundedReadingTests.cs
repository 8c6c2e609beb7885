using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Xunit;

namespace Dapprox.Tests.Cli;

/// <summary>
/// Whatever 16 megabytes hold, reading them takes less than a gigabyte and a few seconds: measured on the program as a process.
/// </summary>
public sealed class BoundedReadingTests : IDisposable
{
    // Circuit files have at most 16,000,000 bytes.
    const int Size = 15_990_000;

    const long MostKilobytes = 1 << 20;

    // Five seconds of a machine that does nothing else.
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    /// <summary>Files that repeat what costs a reader most, by name: the command, and the content.</summary>
    static readonly Dictionary<string, (string[] Command, Func<byte[]> Content)> Files = new()
    {
        // ONNX: nodes of two bytes, a chain of layers, tensors and attributes without content, one node with millions of inputs.
        ["nodes.onnx"] = (Inspect, () => Onnx(Field(1, []), Size / 2)),
        ["chain.onnx"] = (Inspect, () => Graph([.. Enumerable.Range(0, 60_000).SelectMany(i => Field(1, Relu(i)))])),
        ["tensors.onnx"] = (Inspect, () => Onnx(Field(5, [8, 0, 16, 1, .. Field(8, "c"u8)]), Size / 9)),
        ["attributes.onnx"] = (Inspect, () => Graph(Field(1, [.. Relu(0), .. Repeat(Field(5, Field(1, "q"u8)), Size / 5)]))),
        ["inputs.onnx"] = (Inspect, () => Graph(Field(1, [.. Repeat(Field(1, "x"u8), Size / 3), .. Relu(0)]))),
        ["name.onnx"] = (Inspect, () => Graph(Field(1, [.. Field(1, "x"u8), .. Field(4, Repeat("A"u8, Size))]))),
        ["dimensions.onnx"] = (Inspect, () => Graph(Field(5, [.. Repeat([8, 1], Size / 2), 16, 1, .. Field(8, "c"u8)]))),

        // Safetensors: tensors without numbers, a deep header, a tensor of millions of dimensions.
        ["tensors.safetensors"] = (Inspect, () => Safetensors("{" + string.Join(
            ',', Enumerable.Range(0, 250_000).Select(i => $$""" "{{i}}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}""")) + "}")),
        ["deep.safetensors"] = (Inspect, () => Safetensors("{\"a\":" + new string('[', Size) + "}")),
        ["shape.safetensors"] = (Inspect, () => Safetensors(
            $$$"""{"a":{"dtype":"F32","shape":[{{{string.Concat(Enumerable.Repeat("1,", Size / 2 - 50))}}}1],"data_offsets":[0,4]}}""")),

        // State dicts: stacks, nesting, lists within themselves, and a file that unpacks to half a gigabyte.
        ["marks.pt"] = (Inspect, () => StateDict(Repeat("("u8, Size))),
        ["tuples.pt"] = (Inspect, () => StateDict([(byte)'N', .. Repeat([0x85], Size)])),
        ["lists.pt"] = (Inspect, () => StateDict(Repeat("]"u8, Size))),
        ["again.pt"] = (Inspect, () => StateDict([(byte)']', (byte)'q', 0, .. Repeat([(byte)'h', 0, (byte)'a'], Size / 3)])),
        ["bomb.pt"] = (Inspect, () => StateDict(new byte[500_000_000], CompressionLevel.Optimal)),

        // Tables.
        ["line.csv"] = (Metrics, () => Repeat("1,"u8, Size / 2)),
        ["lines.csv"] = (Metrics, () => Repeat("1\n"u8, Size / 2)),
        ["numbers.txt"] = (Metrics, () => Repeat("1 "u8, Size / 2)),
        ["header.npy"] = (Metrics, () => Npy("{'descr': '<u1', 'fortran_order': False, 'shape': (" + new string('1', Size) + ",1), }")),

        // Circuits: brackets, sums, wires, wide wires, replications, modules that double, one cover of millions of lines.
        ["brackets.json"] = (Cost, () => Repeat("["u8, Size)),
        ["inputs.json"] = (Cost, () => Encoding.UTF8.GetBytes("{\"name\":\"a\",\"inputs\":[" + string.Join(
            ',', Enumerable.Range(0, 400_000).Select(i => $$"""{"name":"a{{i}}","width":1}""")) + "]}")),
        ["sums.v"] = (Cost, () => Verilog($"assign p = a{string.Concat(Enumerable.Repeat("+a", Size / 2 - 100))};")),
        ["wide.v"] = (Cost, () => Verilog(string.Concat(Enumerable.Range(0, 500_000).Select(i => $"wire [2000000:0] x{i};")))),
        ["replication.v"] = (Cost, () => Verilog("assign p = {1000{1'b0,{1000{{1000{{1000{a}}}}}}}};")),
        ["modules.v"] = (Cost, () => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 60).Select(i =>
            $"module m{i}(input a, output y); wire w; m{i + 1} u(.a(a),.y(w)); m{i + 1} v(.a(w),.y(y)); endmodule\n"))
            + "module m60(input a, output y); assign y = ~a; endmodule")),
        ["cover.blif"] = (Cost, () => Encoding.UTF8.GetBytes(
            $".model m\n.inputs a b\n.outputs p\n.names a b p\n{string.Concat(Enumerable.Repeat("11 1\n", Size / 5 - 100))}.end\n")),
        ["nodes.cgp"] = (Cost, () => Encoding.UTF8.GetBytes(
            "{8,8,1,1000000,1,1,0}" + string.Concat(Enumerable.Repeat("([10]1,2,3)", Size / 11 - 10)))),
        ["deep.json"] = (["circuit", "cost", "array:4", "--library"], () => Repeat("{\"a\":"u8, Size / 5)),
        ["cells.lib"] = (["circuit", "cost", "array:4", "--liberty"], () => [.. "library(x){"u8, .. Repeat("cell(a){"u8, Size / 8 - 10)]),

        // Lists of pictures.
        ["labels.csv"] = (Labels, () => Repeat("a.png,0\n"u8, Size / 8)),
        ["quote.csv"] = (Labels, () => [(byte)'"', .. Repeat("a"u8, Size)]),
    };

    readonly TemporaryFolder folder = new();

    public static TheoryData<string> Names => [.. Files.Keys];

    static string[] Inspect => ["model", "inspect"];

    static string[] Cost => ["circuit", "cost"];

    static string[] Metrics => ["circuit", "metrics"];

    static string[] Labels => ["evaluate", "--model", "lenet5-digits", "--images", ".", "--labels"];

    public void Dispose() => folder.Dispose();

    [TheoryOf(Tier.Long)]
    [MemberData(nameof(Names))]
    public Task SixteenMegabytes_TakeLittleMemoryAndTime(string name) => Read(name);

    [TheoryOf(Tier.Ci)]
    [InlineData("nodes.onnx")]
    [InlineData("chain.onnx")]
    [InlineData("tuples.pt")]
    [InlineData("replication.v")]
    public Task SixteenMegabytesThatOnceTookMore_TakeLittleMemoryAndTime(string name) => Read(name);

    async Task Read(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Linux tells a process's peak of memory in /proc.");
        (string[] command, Func<byte[]> content) = Files[name];
        await File.WriteAllBytesAsync(folder.File(name), content(), TestContext.Current.CancellationToken);

        using Process process = DapproxRun.Start(null, [.. command, folder.File(name)]);
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var watch = Stopwatch.StartNew();
        long peak = 0;
        try
        {
            while (!process.HasExited && watch.Elapsed < Soon)
            {
                peak = Math.Max(peak, PeakKilobytes(process));
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.True(watch.Elapsed < Soon, $"{name} took more than {Soon.TotalSeconds} s");
        Assert.InRange(peak, 1, MostKilobytes);
        Assert.True(process.ExitCode is 0 or 1, await error);
        Assert.True(process.ExitCode == 0 || !(await error).TrimEnd().Contains('\n', StringComparison.Ordinal), await error);
        _ = await output;
    }

    /// <summary>The most memory that a process had so far; 0 where it has ended.</summary>
    static long PeakKilobytes(Process process)
    {
        const string Peak = "VmHWM:";
        try
        {
            string? line = File.ReadLines($"/proc/{process.Id}/status")
                .FirstOrDefault(line => line.StartsWith(Peak, StringComparison.Ordinal));
            return line is null
                ? 0
                : long.Parse(line[Peak.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    static byte[] Repeat(ReadOnlySpan<byte> part, int times)
    {
        byte[] all = new byte[part.Length * times];
        for (int i = 0; i < times; i++)
            part.CopyTo(all.AsSpan(i * part.Length));
        return all;
    }

    /// <summary>A field of protobuf with bytes, a text or a message.</summary>
    static byte[] Field(int number, ReadOnlySpan<byte> content) => [.. Varint((number << 3) | 2), .. Varint(content.Length), .. content];

    static IEnumerable<byte> Varint(int number)
    {
        for (; number >= 0x80; number >>= 7)
            yield return (byte)(number | 0x80);
        yield return (byte)number;
    }

    static byte[] Relu(int index) =>
    [
        .. Field(1, index == 0 ? "x"u8 : Encoding.UTF8.GetBytes($"a{index - 1}")), .. Field(2, Encoding.UTF8.GetBytes($"a{index}")),
        .. Field(4, "Relu"u8),
    ];

    static byte[] Onnx(byte[] part, int times) => Graph(Repeat(part, times));

    /// <summary>A model with images of ten numbers, some parts of a graph, and the output that 60,000 layers lead to.</summary>
    static byte[] Graph(byte[] parts)
    {
        byte[] Value(ReadOnlySpan<byte> name) =>
            [.. Field(1, name), .. Field(2, Field(1, [8, 1, .. Field(2, [.. Field(1, Field(2, "N"u8)), .. Field(1, [8, 10])])]))];
        return [8, 8, .. Field(7, [.. parts, .. Field(11, Value("x"u8)), .. Field(12, Value("a59999"u8))]), .. Field(8, [16, 13])];
    }

    static byte[] Safetensors(string header)
    {
        byte[] text = Encoding.UTF8.GetBytes(header), length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, 0, 0, 0, 0];
    }

    static byte[] StateDict(byte[] pickle, CompressionLevel level = CompressionLevel.NoCompression)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            using Stream entry = archive.CreateEntry("archive/data.pkl", level).Open();
            entry.Write([0x80, 2]);
            entry.Write(pickle);
        }

        return stream.ToArray();
    }

    static byte[] Npy(string header)
    {
        byte[] text = Encoding.ASCII.GetBytes(header), length = new byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        return [0x93, .. "NUMPY"u8, 2, 0, .. length, .. text];
    }

    static byte[] Verilog(string body) =>
        Encoding.UTF8.GetBytes($"module m(input [7:0] a, input [7:0] b, output [15:0] p); {body} endmodule");
}
