using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;

namespace Dapprox.Pictures;

/// <summary>
/// A user's own pictures: files in a folder (PNG, JPEG, WebP, BMP, GIF), with classes from a file or from folders. The
/// orientation that a camera notes (EXIF) is applied; a network for grey images gets the luma 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601).
/// Colour profiles are ignored.
/// </summary>
public static class PictureFolder
{
    /// <summary>Reads pictures with classes.</summary>
    /// <param name="folder">The folder of the pictures.</param>
    /// <param name="labels">
    /// A text file: on each line a path inside the folder and a class as an integer from 0, with a comma (CSV) or white space between
    /// them; a first line of two words is a header. Or WordNet ids, one a line, which number the folder's folders by their lines. Null
    /// to number the folder's folders in the ordinal order of their names, as torchvision's ImageFolder does.
    /// </param>
    /// <param name="network">The network that takes the images.</param>
    /// <param name="transform">How pictures of other sizes become images.</param>
    /// <param name="split">What the pictures are for.</param>
    /// <param name="first">The maximum number of pictures, in the order of the label file or of the folders.</param>
    /// <param name="skip">The number of pictures before these, which are listed and not read.</param>
    /// <exception cref="InputException">A file is missing, is not a picture or has another size, or the labels are invalid.</exception>
    public static Dataset Load(
        string folder, string? labels, Network network, PictureTransform transform, Split split = Split.Test, int first = int.MaxValue,
        int skip = 0) => Load(folder, network, transform, split, skip, first, () => labels is null
            ? ClassFolders.List(folder, network.Name, network.Classes)
            : LabelFile.Read(labels, folder, network.Name, network.Classes));

    /// <summary>Reads pictures without classes, such as calibration needs: each counts as one of class 0.</summary>
    /// <param name="folder">The folder of the pictures; other files in it, and folders below it, are left out.</param>
    /// <param name="network">The network that takes the images.</param>
    /// <param name="transform">As for pictures with classes.</param>
    /// <param name="first">The maximum number of pictures, in the ordinal order of their names.</param>
    /// <exception cref="InputException">The folder holds no picture, or one that cannot be read or has another size.</exception>
    public static Dataset LoadUnlabelled(string folder, Network network, PictureTransform transform, int first) =>
        Load(folder, network, transform, Split.Test, skip: 0, first, () =>
        {
            List<(string, int)> listed =
                [.. ClassFolders.Pictures(folder).Select(file => (file, 0))];
            return listed.Count > 0 ? new PictureList(listed, [], $"'{folder}' holds", "") : throw new InputException(
                $"'{folder}' holds no picture; give a folder of {PictureFile.Formats} files");
        });

    static Dataset Load(
        string folder, Network network, PictureTransform transform, Split split, int skip, int first, Func<PictureList> list)
    {
        if (network.InputShape.Length != 3 || network.InputShape[0] is not (1 or 3))
            throw new InputException($"{network.Name} takes inputs of shape {string.Join('×', network.InputShape.ToArray())}, and "
                + "pictures are 1×height×width or 3×height×width; choose a network for pictures (of height×width×channels: --layout nhwc)");
        (int channels, int height, int width) = (network.InputShape[0], network.InputShape[1], network.InputShape[2]);
        if (transform.ShorterSide < Math.Max(height, width))
            throw new InputException($"a shorter side of {transform.ShorterSide} pixels does not hold the {height}×{width} pixels of "
                + $"{network.Name}; give at least {Math.Max(height, width)}");
        if ((long)height * width > PictureFile.MaxPixels)
            throw new InputException($"{network.Name} takes {height}×{width} pixels, and pictures have at most {PictureFile.MaxPixels:N0}");
        if (!Directory.Exists(folder))
            throw new InputException($"there is no folder '{folder}'; give the one that holds the pictures");
        PictureList all = Listed(folder, list);
        (string File, int Label)[] listed = [.. all.Pictures.Skip(skip).Take(first)];
        long length = (long)channels * height * width;
        if (listed.Length * length > Array.MaxLength)
            throw new InputException($"{all.Source} {listed.Length} pictures of {channels}×{height}×{width}, more than fit into "
                + $"memory; take at most {Array.MaxLength / length} at a time");
        byte[] pixels = new byte[listed.Length * length];
        // Each picture has its own index, so the order of the work does not matter; of several invalid pictures the first is reported.
        var wrong = new InputException?[listed.Length];
        ParallelRange.OneByOne(listed.Length, ParallelRange.Threads(0), i =>
        {
            try
            {
                Decode(listed[i].File, channels, height, width, transform, pixels.AsSpan((int)(i * length), (int)length));
            }
            catch (InputException e)
            {
                wrong[i] = e;
            }
        });
        if (Array.Find(wrong, e => e is not null) is InputException earliest)
            throw earliest;
        return new Dataset(
            Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar)), split, channels, height, width,
            [.. all.ClassNames, .. Enumerable.Range(0, network.Classes).Skip(all.ClassNames.Count).Select(label => $"{label}")],
            pixels, Array.ConvertAll(listed, picture => picture.Label), canonical: false,
            $"{listed.Length} pictures of '{folder}'{all.Classes}"
            + (transform.Background == Background.Black ? "" : $", on {transform.Background.ToString().ToLowerInvariant()}")
            + (transform.ShorterSide is not int side ? "" : $", resized to a shorter side of {side} pixels "
                + $"({transform.Resampling.ToString().ToLowerInvariant()}) and cut to {height}×{width}"),
            offset: Math.Min(skip, all.Pictures.Count));
    }

    static PictureList Listed(string folder, Func<PictureList> list)
    {
        try
        {
            return list();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"cannot list '{folder}': {InputFile.OneLine(e.Message, 160)}; give a folder that you may read", e);
        }
    }

    static void Decode(string file, int channels, int height, int width, PictureTransform transform, Span<byte> planes)
    {
        using PictureFile picture = PictureFile.Open(file, channels == 1, transform.Background);
        byte[] pixels;
        if (transform.ShorterSide is int side)
        {
            pixels = PictureResizing.Crop(picture, side, height, width, transform.Resampling);
        }
        else
        {
            if (picture.Width != width || picture.Height != height)
                throw new InputException($"'{file}' has {picture.Height}×{picture.Width} pixels (height×width), and the network takes "
                    + $"{height}×{width}; give --resize N to resize the shorter side to N pixels and cut out the middle");
            pixels = new byte[PictureFile.PixelBytes * height * width];
            for (int y = 0; y < height; y++)
                picture.ReadRow(y, pixels.AsSpan(PictureFile.PixelBytes * y * width));
        }

        for (int i = 0; i < height * width; i++)
        {
            for (int channel = 0; channel < channels; channel++)
                planes[channel * height * width + i] = pixels[PictureFile.PixelBytes * i + channel];
        }
    }
}
