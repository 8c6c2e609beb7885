using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Pictures;
using Dapprox.Tests.Circuits.Formats;
using SkiaSharp;
using Xunit;

namespace Dapprox.Tests.Data;

/// <summary>Resizing compared with its definition, and with PyTorch's antialiased interpolation, which is Pillow's.</summary>
public sealed class PictureResizingTests : IDisposable
{
    // Weights in units of 2⁻²² decide a tie of the rounding otherwise than numbers in binary64 or binary32 do.
    const int Tolerance = 1;

    const int Height = 20, Width = 24;

    readonly TemporaryFolder folder = new();

    public static TheoryData<int, int, int, Resampling> Sizes { get; } = new(
        from size in new[] { (97, 61), (61, 97), (40, 40), (24, 200), (500, 375), (7, 5), (24, 24), (25, 24), (1, 300) }
        from side in new[] { 24, 29 }
        from resampling in Enum.GetValues<Resampling>()
        select (size.Item1, size.Item2, side, resampling));

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Load_AResizedPicture_IsTheDefinition(int width, int height, int side, Resampling resampling)
    {
        byte[] pixels = Pixels(width, height);

        byte[] resized = Resized(pixels, width, height, side, resampling);

        AssertNear(Definition(pixels, width, height, side, resampling), resized);
    }

    [FactOf(Tier.Ci)]
    public async Task Load_AResizedPicture_IsPyTorchs()
    {
        string python = Python.With("numpy, torch");
        const string Script = """
            import sys, numpy, torch
            for line in open('cases'):
                index, width, height, side, mode = line.split()
                width, height, side = int(width), int(height), int(side)
                x = torch.from_numpy(numpy.fromfile(index + '.in', numpy.uint8).reshape(1, height, width, 3))
                x = x.permute(0, 3, 1, 2).double()
                short, long = min(width, height), max(width, height)
                size = int(side * long / short)
                w, h = (side, size) if width <= height else (size, side)
                for to in ((height, w), (h, w)):
                    if tuple(x.shape[2:]) != to:
                        x = torch.nn.functional.interpolate(x, size=to, mode=mode, antialias=True, align_corners=False)
                        x = x.clamp(0, 255).round()
                top, left = int(round((h - 20) / 2.0)), int(round((w - 24) / 2.0))
                x = x[0, :, top:top + 20, left:left + 24].permute(1, 2, 0).contiguous()
                x.numpy().astype(numpy.uint8).tofile(index + '.out')
            """;
        (int Width, int Height, int Side, Resampling Resampling)[] cases =
            [.. Sizes.Select(row => row.Data)];
        for (int i = 0; i < cases.Length; i++)
            await File.WriteAllBytesAsync(folder.File($"{i}.in"), Pixels(cases[i].Width, cases[i].Height), Cancel);
        await File.WriteAllLinesAsync(folder.File("cases"), cases.Select((one, i) =>
            $"{i} {one.Width} {one.Height} {one.Side} {one.Resampling.ToString().ToLowerInvariant()}"), Cancel);

        await Tool.RunAsync(folder.Path, python, "-c", Script);

        for (int i = 0; i < cases.Length; i++)
        {
            (int width, int height, int side, Resampling resampling) = cases[i];
            AssertNear(
                await File.ReadAllBytesAsync(folder.File($"{i}.out"), Cancel),
                Resized(Pixels(width, height), width, height, side, resampling));
        }
    }

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static void AssertNear(byte[] expected, byte[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.First - pair.Second, -Tolerance, Tolerance));
    }

    /// <summary>Noise, a ramp and a fine pattern in the three channels: pixels in rows, three bytes each.</summary>
    static byte[] Pixels(int width, int height)
    {
        byte[] pixels = new byte[3 * width * height];
        for (int i = 0; i < width * height; i++)
        {
            (int x, int y) = (i % width, i / width);
            pixels[3 * i] = (byte)((x * 2654435761L + y * 40503L + (x * (long)y * 2246822519L)) >> 7);
            pixels[3 * i + 1] = (byte)(255 * (x + y) / (width + height));
            pixels[3 * i + 2] = (byte)((x + y) % 2 * 255);
        }

        return pixels;
    }

    /// <summary>A channel of the definition in binary64: every pixel of the whole picture, rows first, and then cut.</summary>
    static byte[] Definition(byte[] pixels, int width, int height, int side, Resampling resampling)
    {
        int shorter = Math.Min(width, height), longer = (int)((double)side * Math.Max(width, height) / shorter);
        (int newWidth, int newHeight) = width <= height ? (side, longer) : (longer, side);
        int left = (int)Math.Round((newWidth - Width) / 2.0), top = (int)Math.Round((newHeight - Height) / 2.0);
        byte[] result = new byte[3 * Width * Height];
        for (int channel = 0; channel < 3; channel++)
        {
            double[] rows = new double[height * newWidth];
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < newWidth; x++)
                    rows[y * newWidth + x] = At(x, newWidth, width, k => pixels[3 * (y * width + k) + channel]);
            }

            for (int y = 0; y < Height; y++)
            {
                for (int x = 0; x < Width; x++)
                {
                    result[3 * (y * Width + x) + channel] =
                        (byte)At(top + y, newHeight, height, k => rows[k * newWidth + left + x]);
                }
            }
        }

        return result;

        // The mean of a line, weighted by the filter around the output's centre.
        double At(int to, int size, int length, Func<int, double> source)
        {
            double scale = Math.Max(1, (double)length / size), centre = (to + 0.5) * length / size, sum = 0, weights = 0;
            for (int k = 0; k < length; k++)
            {
                double x = Math.Abs((k + 0.5 - centre) / scale);
                double weight = resampling == Resampling.Bilinear ? Math.Max(0, 1 - x)
                    : x < 1 ? 1.5 * x * x * x - 2.5 * x * x + 1
                    : x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0;
                sum += weight * source(k);
                weights += weight;
            }

            return Math.Clamp(Math.Round(sum / weights), 0, 255);
        }
    }

    byte[] Resized(byte[] pixels, int width, int height, int side, Resampling resampling)
    {
        using (var bitmap = new SKBitmap(width, height))
        {
            for (int i = 0; i < width * height; i++)
                bitmap.SetPixel(i % width, i / width, new SKColor(pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]));
            using FileStream file = File.Create(folder.File("a.png"));
            bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
        }

        File.WriteAllText(folder.File("labels.csv"), "a.png,0\n");
        byte[] planes = PictureFolder.Load(
            folder.Path, folder.File("labels.csv"), Network, new() { ShorterSide = side, Resampling = resampling }).Pixels.ToArray();
        return [.. Enumerable.Range(0, Height * Width).SelectMany(i => (byte[])
            [planes[i], planes[Height * Width + i], planes[2 * Height * Width + i]])];
    }

    static Network Network { get; } = new("network", [3, Height, Width], 3 * Height * Width, [new Flatten("flatten")]);
}
