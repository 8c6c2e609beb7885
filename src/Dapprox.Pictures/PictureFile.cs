using Dapprox.Foundation;
using SkiaSharp;

namespace Dapprox.Pictures;

/// <summary>One decoded picture, read row by row.</summary>
sealed class PictureFile : IDisposable
{
    /// <summary>The bytes of a pixel: red, green, blue and a fourth that nobody reads.</summary>
    public const int PixelBytes = 4;

    // The maximum number of pixels of a file: a decompression bomb of a few kilobytes can claim billions.
    public const long MaxPixels = 100_000_000;

    // As many bytes as the largest picture has without compression.
    const long MaxBytes = PixelBytes * MaxPixels;

    // Together 1 GiB, whatever the number of threads. A thread that waits for pixels holds the file, and one that holds pixels waits for
    // nothing, so the waiting ends.
    static readonly ByteBudget FileBudget = new(1 << 29), PixelBudget = new(1 << 29);

    readonly SKBitmap bitmap;
    readonly bool isGrey;
    readonly Background background;

    // The stored pixel of an upright one: origin + x · stepX + y · stepY.
    readonly int origin, stepX, stepY;

    PictureFile(SKBitmap bitmap, SKEncodedOrigin orientation, bool isGrey, Background background)
    {
        (this.bitmap, this.isGrey, this.background) = (bitmap, isGrey, background);
        (int width, int height) = (bitmap.Width, bitmap.Height);
        int right = width - 1, bottom = width * (height - 1);
        // Each name says where the first row and the first column of the file belong: RightTop has its first row on the right.
        (origin, stepX, stepY) = orientation switch
        {
            SKEncodedOrigin.TopRight => (right, -1, width),
            SKEncodedOrigin.BottomRight => (bottom + right, -1, -width),
            SKEncodedOrigin.BottomLeft => (bottom, 1, -width),
            SKEncodedOrigin.LeftTop => (0, width, 1),
            SKEncodedOrigin.RightTop => (bottom, -width, 1),
            SKEncodedOrigin.RightBottom => (bottom + right, -width, -1),
            SKEncodedOrigin.LeftBottom => (right, width, -1),
            _ => (0, 1, width),
        };
        (Width, Height) = orientation >= SKEncodedOrigin.LeftTop ? (height, width) : (width, height);
    }

    /// <summary>What is read, in a message.</summary>
    public const string Formats = "PNG, JPEG, WebP, BMP or GIF";

    /// <summary>The endings of the names of pictures.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"];

    // Those that others would read.
    static readonly string[] ForeignExtensions =
        [".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm", ".heic", ".heif", ".avif", ".jp2", ".jxl", ".tga"];

    /// <summary>Columns of the upright picture.</summary>
    public int Width { get; }

    /// <summary>Rows of the upright picture.</summary>
    public int Height { get; }

    /// <summary>Whether a file is meant as a picture, by the ending of its name.</summary>
    /// <exception cref="InputException">It is one of a format that is not read; left out, it would be missed.</exception>
    public static bool IsPicture(string file)
    {
        string ending = Path.GetExtension(file);
        return ForeignExtensions.Contains(ending, StringComparer.OrdinalIgnoreCase)
            ? throw new InputException($"'{file}' is a picture of a format that is not read; convert it to {Formats}, or move it elsewhere")
            : Extensions.Contains(ending, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Decodes a file; waits while other threads hold too many pixels.</summary>
    /// <param name="file">The path.</param>
    /// <param name="isGrey">Whether red, green and blue are all read as the luma.</param>
    /// <param name="background">The colour behind transparent pixels.</param>
    /// <exception cref="InputException">It cannot be read, or is no picture.</exception>
    public static PictureFile Open(string file, bool isGrey, Background background)
    {
        long taken = 0;
        try
        {
            // The decoder asks a stream for more than there is, and an exception in its callback ends the process.
            using SKData data = InputFile.Read(file, stream =>
            {
                if (stream.Length > MaxBytes)
                    throw new InputException($"'{file}' has {stream.Length:N0} bytes; pictures have at most {MaxBytes:N0}");
                FileBudget.Take(stream.Length);
                taken = stream.Length;
                return SKData.Create(stream);
            });
            return Decode(file, data, isGrey, background);
        }
        finally
        {
            FileBudget.Return(taken);
        }
    }

    /// <summary>Reads a row of the upright picture.</summary>
    /// <param name="y">The row, from the top.</param>
    /// <param name="row">Takes <see cref="PixelBytes"/> bytes a pixel.</param>
    public void ReadRow(int y, Span<byte> row)
    {
        ReadOnlySpan<byte> pixels = bitmap.GetPixelSpan();
        for (int x = 0; x < Width; x++)
        {
            ReadOnlySpan<byte> pixel = pixels.Slice(PixelBytes * (origin + x * stepX + y * stepY), PixelBytes);
            // The pixels are multiplied by their opacity, so they lie on black.
            int light = background == Background.White ? byte.MaxValue - pixel[3] : 0;
            byte red = (byte)(pixel[0] + light), green = (byte)(pixel[1] + light), blue = (byte)(pixel[2] + light);
            if (isGrey)
                red = green = blue = Luma(red, green, blue);
            (row[PixelBytes * x], row[PixelBytes * x + 1], row[PixelBytes * x + 2]) = (red, green, blue);
        }
    }

    /// <summary>Frees the pixels.</summary>
    public void Dispose()
    {
        PixelBudget.Return(bitmap.ByteCount);
        bitmap.Dispose();
    }

    static PictureFile Decode(string file, SKData data, bool isGrey, Background background)
    {
        using SKCodec? codec = SKCodec.Create(data);
        if (codec is null)
            throw new InputException($"'{file}' is no picture that can be read; give {Formats}");
        if ((long)codec.Info.Width * codec.Info.Height > MaxPixels)
            throw new InputException($"'{file}' claims {codec.Info.Height}×{codec.Info.Width} pixels; at most {MaxPixels:N0} are taken");
        var info = new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul);
        PixelBudget.Take(info.BytesSize);
        var picture = new PictureFile(new SKBitmap(info), codec.EncodedOrigin, isGrey, background);
        if (codec.GetPixels(info, picture.bitmap.GetPixels()) == SKCodecResult.Success)
            return picture;
        picture.Dispose();
        throw new InputException($"'{file}' is cut short or damaged; give the whole picture");
    }

    // 0.299 R + 0.587 G + 0.114 B in units of 2⁻¹⁶, rounded, as Pillow has it.
    static byte Luma(int red, int green, int blue) => (byte)((19595 * red + 38470 * green + 7471 * blue + (1 << 15)) >> 16);
}
