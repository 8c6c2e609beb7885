using System.Globalization;
using System.IO.Compression;
using System.Text;
using CsCheck;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Tests.Circuits.Formats;
using Xunit;

namespace Dapprox.Tests.Data;

public sealed class ArrayImagesTests : IDisposable
{
    // Two images of 2 × 2 × 3 with the numbers 0 to 23, channels first.
    static readonly Network Colour = Flat(2, 2, 3), Grey = Flat(1, 2, 3);

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("2, 2, 2, 3", false)]
    [InlineData("2, 12", false)]
    [InlineData("2, 2, 3, 2", true)]
    public void Load_EveryOrderOfChannels_GivesChannelsFirst(string shape, bool isChannelsLast)
    {
        byte[] planes = [.. Enumerable.Range(0, 24).Select(i => (byte)i)];
        byte[] stored = isChannelsLast
            ? [.. from image in Enumerable.Range(0, 2)
                  from pixel in Enumerable.Range(0, 6)
                  from channel in Enumerable.Range(0, 2)
                  select planes[image * 12 + channel * 6 + pixel]]
            : planes;

        Dataset images = ArrayImages.Load(Write("x.npy", "|u1", shape, stored), Write("y.npy", "|u1", "2,", [3, 11]), Colour);

        Assert.Equal(planes, images.Pixels.ToArray());
        Assert.Equal([3, 11], images.Labels);
        Assert.Equal("x", images.Name);
        Assert.StartsWith("2 images of '", images.Provenance, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_GreyImagesWithoutChannels_AreRead()
    {
        Dataset images = ArrayImages.Load(
            Write("x.npy", "|u1", "1, 2, 3", [0, 1, 2, 3, 4, 5]), Write("y.npy", "|i1", "1, 1", [2]), Grey);

        Assert.Equal([0, 1, 2, 3, 4, 5], images.Pixels.ToArray());
        Assert.Equal([2], images.Labels);
    }

    [Fact]
    public void Load_AnArrayInFortranOrder_IsReadInCOrder()
    {
        Dataset images = ArrayImages.Load(
            Write("x.npy", "|u1", "1, 2, 3", [0, 3, 1, 4, 2, 5], isByColumns: true), Write("y.npy", "|u1", "1,", [0]), Grey);

        Assert.Equal([0, 1, 2, 3, 4, 5], images.Pixels.ToArray());
    }

    [Theory]
    [InlineData("<f4")]
    [InlineData(">f4")]
    [InlineData("<f8")]
    public void Load_MultiplesOf255th_AreTheirLevels(string type)
    {
        byte[] levels = [.. Enumerable.Range(0, 252).Select(i => (byte)(255 - i))];
        byte[] stored = [.. levels.SelectMany(level => type switch
        {
            "<f4" => BitConverter.GetBytes(level / 255f),
            ">f4" => [.. BitConverter.GetBytes(level / 255f).Reverse()],
            _ => BitConverter.GetBytes(level / 255.0),
        })];

        Dataset images = ArrayImages.Load(Write("x.npy", type, "42, 6", stored), Write("y.npy", "|u1", "42,", new byte[42]), Grey);

        Assert.Equal(levels, images.Pixels.ToArray());
    }

    [Theory]
    [InlineData("<i8", 8)]
    [InlineData("<u4", 4)]
    [InlineData("<i2", 2)]
    public void Load_LabelsOfEveryWidth_AreRead(string type, int bytes)
    {
        byte[] label = new byte[bytes];
        label[0] = 5;

        Assert.Equal([5], ArrayImages.Load(Write("x.npy", "|u1", "1, 6", new byte[6]), Write("y.npy", type, "1,", label), Grey).Labels);
    }

    [Theory]
    [InlineData("images", "labels")]
    [InlineData("x", "y")]
    [InlineData("x_test", "y_test")]
    [InlineData("test_images", "test_labels")]
    public void Load_AnArchive_HasBoth(string images, string labels)
    {
        string path = Archive(
            (images, Npy("|u1", "2, 6", [.. Enumerable.Range(0, 12).Select(i => (byte)i)])), (labels, Npy("<i8", "2,", Longs(4, 1))),
            ("x_train", Npy("|u1", "1, 6", new byte[6])), ("y_train", Npy("|u1", "1,", [0])));

        Dataset both = ArrayImages.Load(path, null, Grey), one = ArrayImages.Load(path, null, Grey, first: 1);

        Assert.Equal([4, 1], both.Labels);
        Assert.Equal(11, both.Pixels.Span[^1]);
        Assert.Equal([4], one.Labels);
        Assert.Equal(6, one.Pixels.Length);
        Assert.EndsWith($"({images}, {labels})", both.Provenance, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TheTrainingSplitOfAnArchive_IsThatOfItsName()
    {
        string path = Archive(
            ("x_train", Npy("|u1", "1, 6", [9, 9, 9, 9, 9, 9])), ("y_train", Npy("|u1", "1,", [3])),
            ("x_test", Npy("|u1", "1, 6", new byte[6])), ("y_test", Npy("|u1", "1,", [0])));

        Assert.Equal([3], ArrayImages.Load(path, null, Grey, Split.Train).Labels);
        Assert.Equal(9, ArrayImages.LoadUnlabelled(path, Grey, 5).Pixels.Span[0]);
    }

    [Theory]
    [InlineData("|u1", "1, 3, 3", 9, "has the shape 1×3×3, and flat takes images of 1×2×3; give N×1×2×3, N×2×3×1 or N×6, or N×2×3")]
    [InlineData("|u1", "6,", 6, "has the shape 6, and")]
    [InlineData("|u1", "", 1, "has the shape (), and")]
    [InlineData("|u1", "0, 6", 0, "has no images")]
    [InlineData("<i8", "1, 6", 48, "numbers of type <i8; images are uint8")]
    [InlineData("<f2", "1, 6", 12, "numbers of type <f2; images are uint8")]
    [InlineData("|b1", "1, 6", 6, "numbers of type |b1; integers")]
    [InlineData("<U3", "1, 6", 72, "numbers of type <U3; integers")]
    [InlineData("|u1", "2, 6", 6, "array of the shape 2×6 and 6 bytes for it")]
    [InlineData("|u1", "99999999999, 6", 6, "the length '99999999999'")]
    [InlineData("|u1", "2147483647, 2147483647, 2147483647, 2147483647, 2147483647", 6, "bytes for it")]
    [InlineData("|u1", "-1, 6", 6, "the length '-1'")]
    public void Load_OtherImages_AreRefusedInOneLine(string type, string shape, int bytes, string part) => AssertRefused(
        part, () => ArrayImages.Load(Write("x.npy", type, shape, new byte[bytes]), Write("y.npy", "|u1", "1,", [0]), Grey));

    [Theory]
    [InlineData(0.5)]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Load_NumbersThatAreNoPixels_AreRefused(double number)
    {
        byte[] stored = [.. Enumerable.Repeat(number, 6).SelectMany(BitConverter.GetBytes)];

        AssertRefused(
            $"holds the number {number.ToString("R", CultureInfo.InvariantCulture)}; images are uint8",
            () => ArrayImages.Load(Write("x.npy", "<f8", "1, 6", stored), Write("y.npy", "|u1", "1,", [0]), Grey));
    }

    [Theory]
    [InlineData("|u1", "1,", "6", "has the label 6 for image 0; flat has the classes 0 to 5")]
    [InlineData("|i1", "1,", "255", "has the label -1 for image 0")]
    [InlineData("|u1", "2,", "0 0", "has 1 images and")]
    [InlineData("|u1", "1, 6", "0 0 0 0 0 1", "numpy.argmax(labels, axis=1)")]
    [InlineData("<f4", "1, 3", "0 0 0 0 0 0 0 0 0 0 0 0", "numpy.argmax(labels, axis=1)")]
    [InlineData("<f4", "1,", "0 0 0 0", "labels are integers")]
    public void Load_OtherLabels_AreRefusedInOneLine(string type, string shape, string bytes, string part) => AssertRefused(
        part, () => ArrayImages.Load(
            Write("x.npy", "|u1", "1, 6", new byte[6]),
            Write("y.npy", type, shape, [.. bytes.Split(' ').Select(one => byte.Parse(one, CultureInfo.InvariantCulture))]), Grey));

    [Fact]
    public void Load_ArchivesWithoutBoth_AreRefused()
    {
        byte[] image = Npy("|u1", "1, 6", new byte[6]), label = Npy("|u1", "1,", [0]);

        AssertRefused("holds a.npy; give a file with one of", () => ArrayImages.Load(Archive(("a", image)), null, Grey));
        AssertRefused("holds 'x' and no 'y'; save both", () => ArrayImages.Load(Archive(("x", image)), null, Grey));
        AssertRefused(
            "give a file with one of",
            () => ArrayImages.Load(Archive(("x", image), ("y", label), ("images", image), ("labels", label)), null, Grey));
        string text = folder.File("text.npz");
        File.WriteAllText(text, "no archive");
        AssertRefused("is no .npz file", () => ArrayImages.Load(text, null, Grey));
    }

    /// <summary>A file of a few kilobytes with a gigabyte of zeros.</summary>
    [Fact]
    public void Load_ABomb_IsRefusedBeforeItIsRead()
    {
        string path = folder.File("bomb.npz");
        using (ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            using Stream stream = archive.CreateEntry("x.npy").Open();
            stream.Write(Npy("|u1", $"{1 << 25}, 6", []));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 6 * 32; i++)
                stream.Write(zeros);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused("bytes; at most", () => ArrayImages.LoadUnlabelled(path, Grey, int.MaxValue));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 22);
    }

    [Fact]
    public void Load_DamagedFiles_NeverFailsOtherwise()
    {
        string images = folder.File("x.npy"), archive = folder.File("x.npz"), labels = Write("y.npy", "|u1", "1,", [0]);
        byte[] npy = Npy("|u1", "1, 6", new byte[6]);
        byte[] npz = File.ReadAllBytes(Archive(("x", npy), ("y", Npy("|u1", "1,", [0]))));
        Gen.Select(Gen.Bool, Gen.Double[0, 1], Gen.Byte, Gen.Double[0, 1]).Sample((isNpy, at, value, length) =>
        {
            byte[] damaged = [.. isNpy ? npy : npz];
            damaged[(int)(at * (damaged.Length - 1))] = value;
            File.WriteAllBytes(isNpy ? images : archive, damaged[..(int)(damaged.Length * Math.Min(1, 2 * length))]);
            try
            {
                ArrayImages.Load(isNpy ? images : archive, isNpy ? labels : null, Grey);
            }
            catch (InputException e)
            {
                Assert.DoesNotContain('\n', e.Message);
            }
        }, iter: 1000, threads: 1);
    }

    [FactOf(Tier.Ci)]
    public async Task Load_WhatNumPyWrites_IsRead()
    {
        string python = Python.With("numpy");
        const string Script = """
            import numpy
            x = numpy.arange(24, dtype=numpy.uint8).reshape(2, 2, 2, 3)
            numpy.save('x.npy', x)
            numpy.save('f.npy', numpy.asfortranarray(x))
            numpy.save('l.npy', x.transpose(0, 2, 3, 1))
            numpy.save('r.npy', (x / 255).astype(numpy.float32))
            numpy.save('y.npy', numpy.array([3, 1]))
            numpy.savez('z.npz', x_test=x, y_test=numpy.array([[3], [1]]), x_train=x[:1], y_train=numpy.array([0]))
            numpy.savez_compressed('c.npz', images=x, labels=numpy.array([3, 1], numpy.uint64))
            """;

        await Tool.RunAsync(folder.Path, python, "-c", Script);

        byte[] expected = [.. Enumerable.Range(0, 24).Select(i => (byte)i)];
        foreach (string name in (string[])["x.npy", "f.npy", "l.npy", "r.npy", "z.npz", "c.npz"])
        {
            Dataset images = ArrayImages.Load(folder.File(name), name.EndsWith('y') ? folder.File("y.npy") : null, Colour);
            Assert.Equal(expected, images.Pixels.ToArray());
            Assert.Equal([3, 1], images.Labels);
        }
    }

    static void AssertRefused(string part, Action load)
    {
        string message = Assert.Throws<InputException>(load).Message;
        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    static Network Flat(int channels, int height, int width) =>
        new("flat", [channels, height, width], channels * height * width, [new Flatten("flatten")]);

    static byte[] Longs(params long[] numbers) => [.. numbers.SelectMany(BitConverter.GetBytes)];

    static byte[] Npy(string type, string shape, byte[] numbers, bool isByColumns = false)
    {
        string header = $"{{'descr': '{type}', 'fortran_order': {(isByColumns ? "True" : "False")}, 'shape': ({shape}), }}".PadRight(117);
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)(header.Length + 1), 0, .. Encoding.ASCII.GetBytes(header), (byte)'\n', .. numbers];
    }

    string Write(string name, string type, string shape, byte[] numbers, bool isByColumns = false)
    {
        File.WriteAllBytes(folder.File(name), Npy(type, shape, numbers, isByColumns));
        return folder.File(name);
    }

    string Archive(params (string Name, byte[] Content)[] entries)
    {
        string path = folder.File("archive.npz");
        File.Delete(path);
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string name, byte[] content) in entries)
        {
            using Stream stream = archive.CreateEntry(name + ".npy").Open();
            stream.Write(content);
        }

        return path;
    }
}
