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

    readonly SKBitmap bitmap;

    PictureFile(SKBitmap bitmap) => this.bitmap = bitmap;

    /// <summary>The endings of the names of pictures.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif"];

    /// <summary>Columns.</summary>
    public int Width => bitmap.Width;

    /// <summary>Rows.</summary>
    public int Height => bitmap.Height;

    /// <summary>Whether a file is meant as a picture, by the ending of its name.</summary>
    public static bool IsPicture(string file) => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase);

    /// <summary>Decodes a file.</summary>
    /// <param name="file">The path.</param>
    /// <exception cref="InputException">It cannot be read, or is no picture.</exception>
    public static PictureFile Open(string file)
    {
        // The decoder asks a stream for more than there is, and an exception in its callback ends the process.
        using SKData data = InputFile.Read(file, stream => stream.Length <= MaxBytes
            ? SKData.Create(stream)
            : throw new InputException($"'{file}' has {stream.Length:N0} bytes; pictures have at most {MaxBytes:N0}"));
        using SKCodec? codec = SKCodec.Create(data);
        if (codec is null)
            throw new InputException($"'{file}' is no picture that can be read; give PNG, JPEG, WebP, BMP or GIF");
        if ((long)codec.Info.Width * codec.Info.Height > MaxPixels)
            throw new InputException($"'{file}' claims {codec.Info.Height}×{codec.Info.Width} pixels; at most {MaxPixels:N0} are taken");
        // Premultiplied alpha composes transparent pixels on black.
        var bitmap = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) == SKCodecResult.Success)
            return new PictureFile(bitmap);
        bitmap.Dispose();
        throw new InputException($"'{file}' is cut short or damaged; give the whole picture");
    }

    /// <summary>Reads a row.</summary>
    /// <param name="y">The row, from the top.</param>
    /// <param name="isGrey">Whether red, green and blue become the luma.</param>
    /// <param name="row">Takes <see cref="PixelBytes"/> bytes a pixel.</param>
    public void ReadRow(int y, bool isGrey, Span<byte> row)
    {
        bitmap.GetPixelSpan().Slice(y * bitmap.RowBytes, PixelBytes * Width).CopyTo(row);
        if (!isGrey)
            return;
        for (int i = 0; i < PixelBytes * Width; i += PixelBytes)
            row[i] = row[i + 1] = row[i + 2] = Luma(row[i], row[i + 1], row[i + 2]);
    }

    /// <summary>Frees the pixels.</summary>
    public void Dispose() => bitmap.Dispose();

    // 0.299 R + 0.587 G + 0.114 B in units of 2⁻¹⁶, rounded, as Pillow has it.
    static byte Luma(int red, int green, int blue) => (byte)((19595 * red + 38470 * green + 7471 * blue + (1 << 15)) >> 16);
}
