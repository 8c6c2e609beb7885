using System.IO.Compression;
using Dapprox.Foundation;
using Dapprox.Networks.Graph;

namespace Dapprox.Networks.Data;

/// <summary>
/// Images and labels as arrays of NumPy: two files <c>.npy</c>, or one <c>.npz</c> with both. Images are unsigned bytes, or floating-point
/// numbers of which each is k/255 for an integer k from 0 to 255; for images of C×H×W their shape is N×C×H×W, N×H×W×C, N×(C·H·W), or, if
/// C is 1, N×H×W. Where channels first and channels last both fit, channels are first. Labels are integers of the shape N or N×1.
/// </summary>
public static class ArrayImages
{
    // NumPy compresses images of one colour a thousand times; images worth classifying, some ten times.
    const int MostOfLength = 100, FreeBytes = 1 << 26;

    // A binary32 number nearest to k/255 is nearer than that.
    const double Tolerance = 1e-6;

    const string Legal = "uint8, or float32 or float64 of which each is k/255 with an integer k from 0 to 255";

    /// <summary>Whether a path is meant as that of such a file, by its ending.</summary>
    public static bool IsArray(string path) => IsSingle(path) || IsArchive(path);

    /// <summary>Reads images with their labels.</summary>
    /// <param name="images">
    /// The path of a <c>.npy</c> file; or of a <c>.npz</c> file that has <c>images</c> and <c>labels</c>, <c>x</c> and <c>y</c>, or those
    /// of the split: <c>x_test</c> and <c>y_test</c>, or <c>test_images</c> and <c>test_labels</c>.
    /// </param>
    /// <param name="labels">The path of a <c>.npy</c> file; null if and only if the images are in a <c>.npz</c> file.</param>
    /// <param name="network">The network that takes the images.</param>
    /// <param name="split">What the images are for.</param>
    /// <param name="first">The maximum number of images.</param>
    /// <exception cref="InputException">A file is missing or has another content, or its images do not fit the network.</exception>
    public static Dataset Load(string images, string? labels, Network network, Split split = Split.Test, int first = int.MaxValue)
    {
        if (!IsArchive(images))
        {
            if (labels is null || !IsSingle(labels))
                throw new InputException($"'{images}' holds images without labels; give their labels as an array, too: --labels FILE.npy");
            return Of(
                images, network, split, ReadFile(images, first), ReadFile(labels, int.MaxValue), $"'{images}'", $"'{labels}'",
                $"'{images}', with the labels of '{labels}'");
        }

        if (labels is not null)
            throw new InputException($"'{images}' holds the labels, too; leave out --labels");
        (string Name, NumPyArray Array)[] both = ReadArchive(images, split, first, labelled: true);
        return Of(
            images, network, split, both[0].Array, both[1].Array, Named(images, both[0].Name), Named(images, both[1].Name),
            $"'{images}' ({both[0].Name}, {both[1].Name})");
    }

    /// <summary>Reads images without labels, such as calibration needs: each counts as one of class 0.</summary>
    /// <param name="images">
    /// The path of a <c>.npy</c> file, or of a <c>.npz</c> file, whose training images are taken if it has splits.
    /// </param>
    /// <param name="network">The network that takes the images.</param>
    /// <param name="first">The maximum number of images.</param>
    /// <exception cref="InputException">The file is missing or has another content, or its images do not fit the network.</exception>
    public static Dataset LoadUnlabelled(string images, Network network, int first)
    {
        if (!IsArchive(images))
            return Of(images, network, Split.Test, ReadFile(images, first), null, $"'{images}'", "", $"'{images}'");
        (string name, NumPyArray array) = ReadArchive(images, Split.Train, first, labelled: false)[0];
        return Of(
            images, network, name.Contains("train", StringComparison.Ordinal) ? Split.Train : Split.Test, array, null,
            Named(images, name), "", $"'{images}' ({name})");
    }

    static bool IsSingle(string path) => path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase);

    static bool IsArchive(string path) => path.EndsWith(".npz", StringComparison.OrdinalIgnoreCase);

    static string Named(string archive, string name) => $"'{name}' in '{archive}'";

    static NumPyArray ReadFile(string path, int first) => InputFile.Read(
        path, stream => NumPyArray.Read($"'{path}'", stream, stream.Length, Array.MaxLength, first));

    /// <summary>The images of an archive, and behind them the labels if there are to be any.</summary>
    static (string Name, NumPyArray Array)[] ReadArchive(string path, Split split, int first, bool labelled) =>
        InputFile.Read(path, stream =>
        {
            try
            {
                using var archive = new ZipArchive(stream);
                string of = split == Split.Train ? "train" : "test";
                (string Images, string Labels)[] known =
                    [("images", "labels"), ("x", "y"), ($"x_{of}", $"y_{of}"), ($"{of}_images", $"{of}_labels")];
                (string Images, string Labels)[] there = [.. known.Where(pair => archive.GetEntry(pair.Images + ".npy") is not null)];
                if (there.Length != 1)
                {
                    string held = string.Join(", ", archive.Entries.Take(12).Select(entry => entry.FullName));
                    throw new InputException(
                        $"'{path}' holds {InputFile.OneLine(held, 160)}; give a file with one of {string.Join(", ", known)} for the {of} "
                            + "images");
                }

                long most = FreeBytes + MostOfLength * stream.Length;
                string[] names = labelled ? [there[0].Images, there[0].Labels] : [there[0].Images];
                return Array.ConvertAll(names, name =>
                {
                    ZipArchiveEntry entry = archive.GetEntry(name + ".npy")
                        ?? throw new InputException($"'{path}' holds '{there[0].Images}' and no '{name}'; save both");
                    using Stream content = entry.Open();
                    return (name, NumPyArray.Read(
                        Named(path, name), content, entry.Length, most, name == there[0].Images ? first : int.MaxValue));
                });
            }
            catch (InvalidDataException e)
            {
                throw new InputException($"'{path}' is no .npz file, or damaged: {InputFile.OneLine(e.Message, 120)}; save it with "
                    + "numpy.savez", e);
            }
        });

    static Dataset Of(
        string path, Network network, Split split, NumPyArray images, NumPyArray? labels, string imagesName, string labelsName,
        string provenance)
    {
        if (network.InputShape.Length != 3)
            throw new InputException($"{network.Name} takes inputs of shape {string.Join('×', network.InputShape.ToArray())}, and images "
                + "are channels×height×width; choose a network for images");
        (int channels, int height, int width) = (network.InputShape[0], network.InputShape[1], network.InputShape[2]);
        byte[] pixels = Pixels(imagesName, images, network.Name, channels, height, width);
        int count = pixels.Length / (channels * height * width);
        if (count == 0)
            throw new InputException($"{imagesName} has no images; give at least one");
        return new Dataset(
            Path.GetFileNameWithoutExtension(path), split, channels, height, width,
            [.. Enumerable.Range(0, network.Classes).Select(label => $"{label}")], pixels,
            labels is null ? new int[count] : Labels(labelsName, labels, imagesName, images.Shape[0], count, network),
            canonical: false, $"{count} images of {provenance}");
    }

    static byte[] Pixels(string name, NumPyArray images, string network, int channels, int height, int width)
    {
        int length = channels * height * width;
        int[] shape = [.. images.Shape.Skip(1)];
        bool isChannelsFirst = shape.AsSpan().SequenceEqual([channels, height, width]) || shape.AsSpan().SequenceEqual([length])
            || (channels == 1 && shape.AsSpan().SequenceEqual([height, width]));
        if (!isChannelsFirst && !shape.AsSpan().SequenceEqual([height, width, channels]))
        {
            throw new InputException($"{name} has the shape {NumPyArray.Shown(images.Shape)}, and {network} takes images of "
                + $"{channels}×{height}×{width}; give N×{channels}×{height}×{width}, N×{height}×{width}×{channels} or N×{length}"
                + (channels == 1 ? $", or N×{height}×{width}" : ""));
        }

        byte[] numbers = Bytes(name, images);
        if (isChannelsFirst)
            return numbers;
        byte[] planes = new byte[numbers.Length];
        int area = height * width;
        for (int i = 0; i < planes.Length; i++)
        {
            (int image, int rest) = Math.DivRem(i, length);
            planes[i] = numbers[image * length + rest % area * channels + rest / area];
        }

        return planes;
    }

    static byte[] Bytes(string name, NumPyArray images)
    {
        if (images is { Kind: 'u', Size: 1 })
            return images.Bytes.ToArray();
        if (images is not { Kind: 'f', Size: 4 or 8 })
            throw new InputException($"{name} has numbers of type {images.Type}; images are {Legal}. In NumPy: images.astype(numpy.uint8)");
        byte[] bytes = new byte[images.Count];
        for (int i = 0; i < bytes.Length; i++)
        {
            double number = images.Real(i), level = Math.Round(255 * number);
            if (!(level is >= 0 and <= 255 && Math.Abs(number - level / 255) <= Tolerance))
                throw new InputException($"{name} holds the number {number:R}; images are {Legal}. Give the pixels, and preprocessing as "
                    + "--mean and --deviation");
            bytes[i] = (byte)level;
        }

        return bytes;
    }

    /// <summary>The labels of the first images.</summary>
    static int[] Labels(string name, NumPyArray labels, string imagesName, int images, int count, Network network)
    {
        if (labels.Shape is not ([_] or [_, 1]))
            throw new InputException($"{name} has the shape {NumPyArray.Shown(labels.Shape)}; labels have N or N×1. Of one row for each "
                + "image: numpy.argmax(labels, axis=1)");
        if (!labels.IsInteger)
            throw new InputException(
                $"{name} has numbers of type {labels.Type}; labels are integers. In NumPy: labels.astype(numpy.int64)");
        if (labels.Shape[0] != images)
            throw new InputException($"{imagesName} has {images} images and {name} has {labels.Shape[0]} labels; give one for each image");
        int[] result = new int[count];
        for (int i = 0; i < count; i++)
        {
            long label = labels.Integer(i);
            result[i] = label >= 0 && label < network.Classes ? (int)label : throw new InputException(
                $"{name} has the label {label} for image {i}; {network.Name} has the classes 0 to {network.Classes - 1}");
        }

        return result;
    }
}
