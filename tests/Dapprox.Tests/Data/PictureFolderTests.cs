using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Pictures;
using SkiaSharp;
using Xunit;

namespace Dapprox.Tests.Data;

public sealed class PictureFolderTests : IDisposable
{
    static readonly Network Grey = TrainedModels.Load("lenet5-digits");

    static readonly Network Colour = AlexNet.Colour.Build(
        "colour", AlexNet.Colour.Tensors.ToDictionary(named => named.Key, named => Tensor.Zeros(named.Value)));

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_PicturesOfDigits_AreTheDigits()
    {
        Dataset digits = Datasets.Load("digits", Split.Test).First(20);
        WriteDigits(folder, digits);

        Dataset pictures = PictureFolder.Load(folder.Path, folder.File("labels.csv"), Grey, new());

        Assert.Equal(digits.Labels, pictures.Labels);
        Assert.Equal(digits.Pixels.ToArray(), pictures.Pixels.ToArray());
    }

    [Fact]
    public void Load_Colours_BecomePlanes_AndTransparencyLiesOnBlack()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(32, 32, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        bitmap.Erase(new SKColor(10, 20, 30));
        bitmap.SetPixel(1, 0, new SKColor(200, 100, 50, 0));
        Save(bitmap, "a, \"b\".png");
        Labels("file,class", "\"a, \"\"b\"\".png\", 3", "");

        Dataset pictures = PictureFolder.Load(folder.Path, folder.File("labels.csv"), Colour, new());

        byte[] pixels = pictures.Pixels.ToArray();
        Assert.Equal([3], pictures.Labels);
        Assert.Equal([10, 0, 10], pixels[..3]);
        Assert.Equal([20, 0, 20], pixels[1024..1027]);
        Assert.Equal([30, 0, 30], pixels[2048..2051]);
    }

    [Theory]
    [InlineData(0, 255)]
    [InlineData(255, 50)]
    [InlineData(51, 214)]
    public void Load_Transparency_LiesOnWhiteOnRequest(byte alpha, int blue)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(32, 32, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        bitmap.Erase(new SKColor(200, 100, 50, alpha));
        Save(bitmap, "a.png");
        Labels("a.png,0");

        Dataset pictures = PictureFolder.Load(
            folder.Path, folder.File("labels.csv"), Colour, new() { Background = Background.White });

        Assert.Equal(blue, pictures.Pixels.Span[^1]);
    }

    // EXIF says at which side of the upright picture the first row and the first column of the file are.
    [Theory]
    [InlineData(1, "top left")]
    [InlineData(2, "top right")]
    [InlineData(3, "bottom right")]
    [InlineData(4, "bottom left")]
    [InlineData(5, "left top")]
    [InlineData(6, "right top")]
    [InlineData(7, "right bottom")]
    [InlineData(8, "left bottom")]
    public void Load_EveryOrientation_IsUpright(byte orientation, string sides)
    {
        // Blocks of eight pixels with different levels; JPEG codes each as its mean.
        const int Width = 48, Height = 32;
        string row = sides.Split(' ')[0], column = sides.Split(' ')[1];
        bool isTurned = row is "left" or "right";
        using var stored = new SKBitmap(isTurned ? Height : Width, isTurned ? Width : Height);
        for (int r = 0; r < stored.Height; r++)
        {
            for (int c = 0; c < stored.Width; c++)
            {
                int fromRow = row is "top" or "left" ? r : stored.Height - 1 - r;
                int fromColumn = column is "top" or "left" ? c : stored.Width - 1 - c;
                byte level = isTurned ? Level(fromRow, fromColumn) : Level(fromColumn, fromRow);
                stored.SetPixel(c, r, new SKColor(level, level, level));
            }
        }

        using SKData jpeg = stored.Encode(SKEncodedImageFormat.Jpeg, 100);
        byte[] bytes = jpeg.ToArray();
        File.WriteAllBytes(folder.File("a.jpg"),
        [
            .. bytes[..2], 0xff, 0xe1, 0, 34, .. "Exif\0\0MM\0*\0\0\0\x08"u8,
            0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0, .. bytes[2..],
        ]);
        Labels("a.jpg,0");

        // The middle 32 × 32 of the upright picture.
        Dataset pictures = PictureFolder.Load(folder.Path, folder.File("labels.csv"), Colour, new() { ShorterSide = Height });

        for (int i = 0; i < 32 * 32; i++)
            Assert.InRange(pictures.Pixels.Span[i] - Level(8 + i % 32, i / 32), -2, 2);

        static byte Level(int x, int y) => (byte)(x / 8 * 20 + y / 8 * 40);
    }

    // 0.299 · 200 + 0.587 · 100 + 0.114 · 50 = 124.2
    [Fact]
    public void Load_ColoursForAGreyNetwork_BecomeTheirLuma()
    {
        using var bitmap = new SKBitmap(28, 28);
        bitmap.Erase(new SKColor(200, 100, 50));
        Save(bitmap, "a.png");
        Labels("a.png,0");

        Dataset pictures = PictureFolder.Load(folder.Path, folder.File("labels.csv"), Grey, new());

        Assert.All(pictures.Pixels.ToArray(), pixel => Assert.Equal(124, pixel));
    }

    [Fact]
    public void Load_WithAShorterSide_CutsTheMiddleOut()
    {
        // Red, green and blue thirds, from the left; the middle is green.
        using var bitmap = new SKBitmap(192, 64);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(new SKColor(255, 0, 0));
            canvas.DrawRect(64, 0, 64, 64, new SKPaint { Color = new SKColor(0, 255, 0) });
            canvas.DrawRect(128, 0, 64, 64, new SKPaint { Color = new SKColor(0, 0, 255) });
        }

        Save(bitmap, "a.png");
        Labels("a.png,0");

        Dataset pictures = PictureFolder.Load(folder.Path, folder.File("labels.csv"), Colour, new() { ShorterSide = 34 });

        byte[] pixels = pictures.Pixels.ToArray();
        Assert.All(pixels[..1024], red => Assert.Equal(0, red));
        Assert.All(pixels[1024..2048], green => Assert.Equal(255, green));
        Assert.Contains(
            "resized to a shorter side of 34 pixels (bilinear) and cut to 32×32", pictures.Provenance, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.png,0\n../b.png,1", "line 2, names '../b.png', which is not inside")]
    [InlineData("/etc/passwd,0", "which is not inside")]
    [InlineData("a.png,10", "line 1, has the class 10; the network has the classes 0 to 9")]
    [InlineData("a.png,0\nno.png,1", "line 2, names 'no.png', and there is no such file")]
    [InlineData("a.png,0\na.png,1", "line 2, names 'a.png', as line 1 does; list each picture once")]
    [InlineData("file,class\na.png,cat", "line 2, has the class 'cat'; give an integer from 0 to 9")]
    [InlineData("a.png,cat", "line 1, has the class 'cat'; give an integer from 0 to 9")]
    [InlineData("no.png,cat\na.png,1", "line 1, has the class 'cat'")]
    [InlineData("a,b\nfile,class\na.png,1", "line 2, has the class 'class'")]
    [InlineData("no.png,3\na.png,1", "line 1, names 'no.png', and there is no such file")]
    [InlineData("a.png cat", "line 1, has the class 'cat'")]
    [InlineData("a.png 1\nb.png 2", "line 2, names 'b.png', and there is no such file")]
    [InlineData("a.png 1\nb.png", "line 2, has 1 fields")]
    [InlineData("n01440764\nn01440764", "line 2, has the id n01440764, as line 1 does")]
    [InlineData("n01440764 tench\na.png,1", "line 2, is 'a.png,1', and the first line is a WordNet id")]
    [InlineData("n01440764 tench, Tinca tinca", "lists WordNet ids, which number folders of classes, and")]
    [InlineData("a.png,-1", "has the class -1; the network has the classes 0 to 9")]
    [InlineData("a.png", "has 1 fields")]
    [InlineData("file,class", "lists no picture")]
    [InlineData("", "lists no picture")]
    [InlineData("text.png,0", "text.png' is no picture that can be read")]
    [InlineData("small.png,0", "small.png' has 8×9 pixels (height×width), and the network takes 28×28; give --resize N")]
    [InlineData("cut.png,0", "cut.png' is")]
    [InlineData("bomb.png,0", "bomb.png' claims 60000×60000 pixels")]
    public void Load_WhatIsWrong_IsSaidInOneLine(string csv, string part)
    {
        using var bitmap = new SKBitmap(28, 28);
        bitmap.Erase(new SKColor(9, 9, 9));
        Save(bitmap, "a.png");
        using var small = new SKBitmap(9, 8);
        Save(small, "small.png");
        File.WriteAllText(folder.File("text.png"), "no picture");
        byte[] whole = File.ReadAllBytes(folder.File("a.png"));
        File.WriteAllBytes(folder.File("cut.png"), whole[..(whole.Length / 2)]);
        File.WriteAllBytes(folder.File("bomb.png"), Claiming(whole, 60_000));
        Labels(csv);

        string message = Assert.Throws<InputException>(
            () => PictureFolder.Load(folder.Path, folder.File("labels.csv"), Grey, new())).Message;

        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Theory]
    [InlineData("a.png 3\nof b.png\t4\n")]
    [InlineData("name class\na.png 3\nof b.png 4")]
    [InlineData("a.png, 3\r\n\r\nof b.png,4\r\n")]
    [InlineData("image_path,class id\na.png,3\nof b.png,4")]
    public void Load_AListOfEitherKind_IsRead(string text)
    {
        Picture("a.png", 1);
        Picture("of b.png", 2);
        Labels(text);

        Dataset pictures = PictureFolder.Load(folder.Path, folder.File("labels.csv"), Grey, new());

        Assert.Equal([3, 4], pictures.Labels);
        Assert.Equal([1, 2], Levels(pictures));
    }

    [Fact]
    public void Load_FoldersOfClasses_AreNumberedInTheOrderOfTheirNames()
    {
        Picture("zebra/1.png", 5);
        Picture("Cat/b.PNG", 2);
        Picture("Cat/a.png", 1);
        Picture("Cat/more/0.png", 3);
        Picture("ape/2.png", 4);
        File.WriteAllText(folder.File("Cat/notes.txt"), "no picture");

        Dataset pictures = PictureFolder.Load(folder.Path, null, Grey, new());

        Assert.Equal([0, 0, 0, 1, 2], pictures.Labels);
        Assert.Equal([1, 2, 3, 4, 5], Levels(pictures));
        Assert.Equal(["Cat", "ape", "zebra", "3", "4", "5", "6", "7", "8", "9"], pictures.Classes);
        Assert.Contains(
            "with its 3 folders as the classes from 0 in the order of their names", pictures.Provenance, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OnlyTheFirst_ReadsNoMore()
    {
        Picture("a/1.png", 1);
        Picture("b/1.png", 2);
        File.WriteAllText(folder.File("b/2.png"), "no picture");

        Assert.Equal([1, 2], Levels(PictureFolder.Load(folder.Path, null, Grey, new(), first: 2)));
        Assert.Throws<InputException>(() => PictureFolder.Load(folder.Path, null, Grey, new()));
    }

    [Fact]
    public void Load_SkippedPictures_AreNotRead()
    {
        File.WriteAllText(PathOf("a/1.png"), "no picture");
        Picture("a/2.png", 2);
        Picture("b/1.png", 3);
        File.WriteAllText(folder.File("b/2.png"), "no picture");

        Dataset pictures = PictureFolder.Load(folder.Path, null, Grey, new(), first: 2, skip: 1);

        Assert.Equal([2, 3], Levels(pictures));
        Assert.Equal([0, 1], pictures.Labels);
        Assert.Equal(1, pictures.Offset);
        Dataset none = PictureFolder.Load(folder.Path, null, Grey, new(), skip: 9);
        Assert.Equal((0, 4), (none.Count, none.Offset));
    }

    // Left out without a word, they would be missed.
    [Theory]
    [InlineData("0/b.tif")]
    [InlineData("0/b.PPM")]
    [InlineData("b.pgm")]
    public void Load_PicturesOfOtherFormats_AreRefused(string name)
    {
        Picture("0/a.png", 1);
        File.WriteAllText(folder.File(name), "P2 1 1 1 0");

        string message = Assert.Throws<InputException>(() => PictureFolder.Load(folder.Path, null, Grey, new())).Message;

        Assert.Equal(
            $"'{folder.File(name)}' is a picture of a format that is not read; convert it to PNG, JPEG, WebP, BMP or GIF, or move it "
                + "elsewhere",
            message);
        Labels($"{name},0");
        Assert.Contains(
            "is no picture that can be read; give PNG, JPEG, WebP, BMP or GIF",
            Assert.Throws<InputException>(() => PictureFolder.Load(folder.Path, folder.File("labels.csv"), Grey, new())).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("n00000003\nn00000001\nn00000002\n")]
    [InlineData("n00000003 tench, Tinca tinca\nn00000001 goldfish\nn00000002\n")]
    public void Load_FoldersWithAListOfWordNetIds_AreNumberedByItsLines(string text)
    {
        Picture("n00000001/a.png", 7);
        Picture("n00000003/a.png", 8);
        string labels = folder.File("synsets.txt");
        File.WriteAllText(labels, text);

        Dataset pictures = PictureFolder.Load(folder.Path, labels, Grey, new());

        Assert.Equal([1, 0], pictures.Labels);
        Assert.Equal([7, 8], Levels(pictures));
        Assert.Equal(text.Contains("tench") ? "tench, Tinca tinca" : "n00000003", pictures.Classes[0]);
    }

    [Theory]
    [InlineData("", "holds neither pictures nor folders of classes")]
    [InlineData("a.png", "holds pictures and no folders of classes; give --labels FILE")]
    [InlineData("a.png 0/a.png", "holds folders, and pictures beside them ('a.png')")]
    [InlineData("0/a.png 1/", "of a class holds no picture")]
    [InlineData("0/a.png 1/a.png 2/a.png 3/a.png 4/a.png 5/a.png 6/a.png 7/a.png 8/a.png 9/a.png x/a.png",
        "holds 11 folders of classes, and lenet5-digits has 10 classes; give --labels FILE")]
    public void Load_FoldersThatAreNoClasses_AreRefusedInOneLine(string files, string part)
    {
        foreach (string file in files.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (file.EndsWith('/'))
                Directory.CreateDirectory(folder.File(file));
            else
                Picture(file, 0);
        }

        string message = Assert.Throws<InputException>(() => PictureFolder.Load(folder.Path, null, Grey, new())).Message;

        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Load_AFolderThatLinksToItself_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights on Windows.");
        Picture("0/a.png", 0);
        Directory.CreateSymbolicLink(folder.File("0/again"), folder.File("0"));

        Assert.Contains(
            "is a link to a folder",
            Assert.Throws<InputException>(() => PictureFolder.Load(folder.Path, null, Grey, new())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AFolderThatTheListOfWordNetIdsLacks_IsRefused()
    {
        Picture("n00000001/a.png", 7);
        Labels("n00000002");

        Assert.Contains(
            "holds the folder 'n00000001', which",
            Assert.Throws<InputException>(() => PictureFolder.Load(folder.Path, folder.File("labels.csv"), Grey, new())).Message,
            StringComparison.Ordinal);
    }

    /// <summary>Writes digits as pictures, with a list of their classes.</summary>
    internal static void WriteDigits(TemporaryFolder folder, Dataset digits)
    {
        for (int i = 0; i < digits.Count; i++)
        {
            using var bitmap = new SKBitmap(new SKImageInfo(28, 28, SKColorType.Gray8));
            for (int y = 0; y < 28; y++)
            {
                for (int x = 0; x < 28; x++)
                {
                    byte grey = digits.Pixels.Span[(i * 28 + y) * 28 + x];
                    bitmap.SetPixel(x, y, new SKColor(grey, grey, grey));
                }
            }

            using FileStream file = File.Create(folder.File($"{i}.png"));
            bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
        }

        File.WriteAllLines(folder.File("labels.csv"), digits.Labels.Select((label, i) => $"{i}.png,{label}"));
    }

    /// <summary>A PNG whose header claims another size: the checksum is that of the header, so that readers believe it.</summary>
    static byte[] Claiming(byte[] png, uint side)
    {
        byte[] result = [.. png];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(16), side);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(20), side);
        uint crc = uint.MaxValue;
        foreach (byte one in result.AsSpan(12, 17))
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB8_8320);
        }

        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(29), ~crc);
        return result;
    }

    /// <summary>The first pixel of each image.</summary>
    static IEnumerable<int> Levels(Dataset pictures) =>
        Enumerable.Range(0, pictures.Count).Select(i => (int)pictures.Pixels.Span[i * 784]);

    /// <summary>A picture for the grey network, of one level.</summary>
    void Picture(string name, byte level)
    {
        using var bitmap = new SKBitmap(28, 28);
        bitmap.Erase(new SKColor(level, level, level));
        Save(bitmap, name);
    }

    /// <summary>The path of a file, whose folder is there then.</summary>
    string PathOf(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder.File(name))!);
        return folder.File(name);
    }

    void Save(SKBitmap bitmap, string name)
    {
        using FileStream file = File.Create(PathOf(name));
        bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
    }

    void Labels(params string[] lines) => File.WriteAllText(folder.File("labels.csv"), string.Join('\n', lines));
}
