using System.Globalization;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using nietras.SeparatedValues;

namespace Dapprox.Pictures;

/// <summary>
/// A user's own pictures: files in a folder (PNG, JPEG, WebP, BMP, GIF), and a CSV file with the class of each. Transparent pixels
/// are composed on black; a network for grey images gets the luma 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). Colour profiles and
/// camera orientation are ignored.
/// </summary>
public static class PictureFolder
{
    /// <summary>Reads the pictures that a CSV file lists, in its order.</summary>
    /// <param name="folder">The folder of the pictures.</param>
    /// <param name="labels">
    /// The CSV file: each line has a path inside the folder, a comma, and a class as an integer from 0. A first line without a
    /// number in its second field is a header. Fields with commas or quotation marks are quoted.
    /// </param>
    /// <param name="network">The network that takes the images.</param>
    /// <param name="transform">How pictures of other sizes become images.</param>
    /// <param name="split">What the pictures are for.</param>
    /// <exception cref="InputException">A file is missing, is not a picture or has another size, or the CSV file is invalid.</exception>
    public static Dataset Load(string folder, string labels, Network network, PictureTransform transform, Split split = Split.Test) => Load(
        folder, network, transform, split, () => ReadLabels(folder, labels, network.Classes), $"'{labels}' lists",
        $", with the classes of '{labels}'");

    /// <summary>Reads pictures without classes, such as calibration needs: each counts as one of class 0.</summary>
    /// <param name="folder">The folder of the pictures; other files in it, and folders below it, are left out.</param>
    /// <param name="network">The network that takes the images.</param>
    /// <param name="transform">As for pictures with classes.</param>
    /// <param name="first">The maximum number of pictures, in the ordinal order of their names.</param>
    /// <exception cref="InputException">The folder holds no picture, or one that cannot be read or has another size.</exception>
    public static Dataset LoadUnlabelled(string folder, Network network, PictureTransform transform, int first)
    {
        return Load(folder, network, transform, Split.Test, Listed, $"'{folder}' holds", "");

        List<(string File, int Label)> Listed()
        {
            List<(string, int)> listed = [.. Directory.EnumerateFiles(folder)
                .Where(PictureFile.IsPicture)
                .Order(StringComparer.Ordinal)
                .Take(first)
                .Select(file => (file, 0))];
            return listed.Count > 0 ? listed : throw new InputException(
                $"'{folder}' holds no picture; give a folder of PNG, JPEG, WebP, BMP or GIF files");
        }
    }

    static Dataset Load(
        string folder, Network network, PictureTransform transform, Split split, Func<List<(string File, int Label)>> list, string source,
        string classes)
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
        List<(string File, int Label)> listed = list();
        long length = (long)channels * height * width;
        if (listed.Count * length > Array.MaxLength)
            throw new InputException($"{source} {listed.Count} pictures of {channels}×{height}×{width}, more than fit into "
                + $"memory; take at most {Array.MaxLength / length} at a time");
        byte[] pixels = new byte[listed.Count * length];
        // Each picture has its own index, so the order of the work does not matter; of several invalid pictures the first is reported.
        var wrong = new InputException?[listed.Count];
        Parallel.For(0, listed.Count, i =>
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
        if (Array.Find(wrong, e => e is not null) is InputException first)
            throw first;
        return new Dataset(
            Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar)), split, channels, height, width,
            [.. Enumerable.Range(0, network.Classes).Select(label => $"{label}")], pixels, [.. listed.Select(picture => picture.Label)],
            canonical: false,
            $"{listed.Count} pictures of '{folder}'{classes}"
            + (transform.ShorterSide is not int side ? "" : $", resized to a shorter side of {side} pixels "
                + $"({transform.Resampling.ToString().ToLowerInvariant()}) and cut to {height}×{width}"));
    }

    static List<(string File, int Label)> ReadLabels(string folder, string labels, int classes)
    {
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        var listed = new List<(string File, int Label)>();
        var seen = new Dictionary<string, int>();
        InputFile.Read(labels, stream =>
        {
            try
            {
                using SepReader reader = Sep.New(',').Reader(
                    options => options with { HasHeader = false, Unescape = true, DisableColCountCheck = true }).From(stream);
                foreach (SepReader.Row row in reader)
                {
                    int line = row.RowIndex + 1;
                    if (row.ColCount == 1 && row[0].Span.IsWhiteSpace())
                        continue;
                    if (row.ColCount != 2)
                        throw Wrong(line, $"has {row.ColCount} fields; give a file and a class, with a comma between them");
                    string name = row[0].ToString(), given = row[1].ToString();
                    if (!int.TryParse(given, NumberStyles.Integer, CultureInfo.InvariantCulture, out int label))
                    {
                        if (line == 1)
                            continue;
                        throw Wrong(line, $"has the class '{InputFile.OneLine(given, 40)}'; give an integer from 0 to {classes - 1}");
                    }

                    if (label < 0 || label >= classes)
                        throw Wrong(line, $"has the class {label}; the network has the classes 0 to {classes - 1}");
                    string file = name.Contains('\0', StringComparison.Ordinal) ? "" : Path.GetFullPath(Path.Combine(root, name));
                    if (!file.StartsWith(root, StringComparison.Ordinal))
                        throw Wrong(
                            line, $"names '{InputFile.OneLine(name, 80)}', which is not inside '{folder}'; give a path relative to it");
                    if (!File.Exists(file))
                        throw Wrong(line, $"names '{InputFile.OneLine(name, 80)}', and there is no such file in '{folder}'");
                    if (!seen.TryAdd(file, line))
                        throw Wrong(line, $"names '{InputFile.OneLine(name, 80)}', as line {seen[file]} does; list each picture once");
                    listed.Add((file, label));
                }
            }
            catch (Exception e) when (e is InvalidDataException or NotSupportedException)
            {
                throw new InputException(
                    $"'{labels}' is no CSV file: {InputFile.OneLine(e.Message, 120)}; give one line a picture, file and class with a "
                        + "comma between them",
                    e);
            }

            return true;
        });
        return listed.Count > 0 ? listed : throw new InputException(
            $"'{labels}' lists no picture; give one line a picture, file and class with a comma between them");

        InputException Wrong(int line, string what) => new($"'{labels}', line {line}, {what}");
    }

    static void Decode(string file, int channels, int height, int width, PictureTransform transform, Span<byte> planes)
    {
        using PictureFile picture = PictureFile.Open(file);
        byte[] pixels;
        if (transform.ShorterSide is int side)
        {
            pixels = PictureResizing.Crop(picture, channels == 1, side, height, width, transform.Resampling);
        }
        else
        {
            if (picture.Width != width || picture.Height != height)
                throw new InputException($"'{file}' has {picture.Height}×{picture.Width} pixels (height×width), and the network takes "
                    + $"{height}×{width}; give --resize N to resize the shorter side to N pixels and cut out the middle");
            pixels = new byte[PictureFile.PixelBytes * height * width];
            for (int y = 0; y < height; y++)
                picture.ReadRow(y, channels == 1, pixels.AsSpan(PictureFile.PixelBytes * y * width));
        }

        for (int i = 0; i < height * width; i++)
        {
            for (int channel = 0; channel < channels; channel++)
                planes[channel * height * width + i] = pixels[PictureFile.PixelBytes * i + channel];
        }
    }
}
