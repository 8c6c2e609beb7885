using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Dapprox.Pictures;

/// <summary>
/// Resizes the shorter side and crops the centre, with the sizes and offsets of torchvision's Resize and CenterCrop and the arithmetic of
/// Pillow on 8-bit pictures: all rows first, rounded to bytes, then all columns. Only pixels that the crop needs are computed.
/// </summary>
static class PictureResizing
{
    /// <summary>Makes the pixels of the crop.</summary>
    /// <param name="picture">The picture, upright and on its background.</param>
    /// <param name="side">The length of the shorter side after resizing, at least that of either side of the crop.</param>
    /// <param name="height">Rows of the crop.</param>
    /// <param name="width">Columns of the crop.</param>
    /// <param name="resampling">The filter.</param>
    /// <returns><see cref="PictureFile.PixelBytes"/> bytes a pixel, row by row.</returns>
    public static byte[] Crop(PictureFile picture, int side, int height, int width, Resampling resampling)
    {
        int shorter = Math.Min(picture.Width, picture.Height);
        Taps columns = Centre(picture.Width, width), rows = Centre(picture.Height, height);

        byte[] line = new byte[PictureFile.PixelBytes * picture.Width];
        byte[] narrow = new byte[PictureFile.PixelBytes * (rows.End - rows.Start) * width];
        for (int y = rows.Start, to = 0; y < rows.End; y++)
        {
            picture.ReadRow(y, line);
            for (int x = 0; x < width; x++, to += PictureFile.PixelBytes)
                Sum(line, columns.StartOf(x), 1, columns.WeightsOf(x), narrow.AsSpan(to));
        }

        byte[] crop = new byte[PictureFile.PixelBytes * height * width];
        for (int y = 0, to = 0; y < height; y++)
        {
            int start = (rows.StartOf(y) - rows.Start) * width;
            for (int x = 0; x < width; x++, to += PictureFile.PixelBytes)
                Sum(narrow, start + x, width, rows.WeightsOf(y), crop.AsSpan(to));
        }

        return crop;

        // The longer side keeps the ratio and is cut to an integer; halves of the offset are rounded to even, as Python does.
        Taps Centre(int length, int cropped)
        {
            long size = length == shorter ? side : (long)side * length / shorter;
            return new Taps(length, size, (long)Math.Round((size - cropped) / 2.0, MidpointRounding.ToEven), cropped, resampling);
        }
    }

    /// <summary>Computes one pixel, its four bytes together: the weighted sum of pixels at equal distances, rounded and clipped.</summary>
    static void Sum(ReadOnlySpan<byte> pixels, int start, int step, ReadOnlySpan<int> weights, Span<byte> result)
    {
        var sum = Vector128.Create(1 << (Taps.FractionBits - 1));
        int at = PictureFile.PixelBytes * start;
        foreach (int weight in weights)
        {
            Vector128<byte> bytes = Vector128.CreateScalar(BinaryPrimitives.ReadUInt32LittleEndian(pixels[at..])).AsByte();
            sum += Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32() * weight;
            at += PictureFile.PixelBytes * step;
        }

        // Bicubic weights can be negative, so that sums leave the range of bytes.
        Vector128<int> clipped = Vector128.Min(
            Vector128.Max(sum >> Taps.FractionBits, Vector128<int>.Zero), Vector128.Create((int)byte.MaxValue));
        for (int i = 0; i < PictureFile.PixelBytes; i++)
            result[i] = (byte)clipped[i];
    }
}
