using System.Buffers.Binary;
using Dapprox.Foundation;

namespace Dapprox.Networks.Data;

/// <summary>
/// The format of MNIST and its successors: a big-endian header (two zero bytes, 8 for unsigned bytes, the number of dimensions,
/// each dimension in 32 bits), then the bytes, the last index fastest.
/// </summary>
static class IdxFiles
{
    public static Dataset Load(DatasetDefinition definition, Split split, string[] paths)
    {
        IReadOnlyList<PublishedFile> files = definition.Files(split);
        (byte[] images, int[] shape) = Read(paths[0], dimensions: 3);
        (byte[] labels, int[] count) = Read(paths[1], dimensions: 1);
        if (shape[1] != definition.Height || shape[2] != definition.Width)
            throw new InputException(
                $"'{paths[0]}' has images of {shape[1]}×{shape[2]} pixels; {definition.Name} has {definition.Height}×{definition.Width}");
        if (shape[0] != count[0])
            throw new InputException(
                $"'{paths[0]}' has {shape[0]} images and '{paths[1]}' has {count[0]} labels; the files do not belong together");
        if (shape[0] == 0)
            throw new InputException($"'{paths[0]}' has no images");
        string[] differing = new[] { (files[0], paths[0], images), (files[1], paths[1], labels) }
            .Where(file => !DatasetFiles.IsPublished(definition, file.Item1, file.Item2, file.Item3))
            .Select(file => file.Item1.Name)
            .ToArray();

        int[] classes = Array.ConvertAll(labels[HeaderLength(1)..], label => (int)label);
        int wrong = Array.FindIndex(classes, label => label >= definition.Classes.Count);
        if (wrong >= 0)
            throw new InputException($"'{paths[1]}': the label of image {wrong} is {classes[wrong]}; {definition.Name} has the labels 0 "
                + $"to {definition.Classes.Count - 1}");
        return new Dataset(definition.Name, split, definition.Channels, definition.Height, definition.Width, definition.Classes,
            images.AsMemory(HeaderLength(3)), classes, differing.Length == 0,
            DatasetFiles.Provenance(definition, split, classes.Length, differing));
    }

    /// <summary>The content, header included, and its verified dimensions.</summary>
    static (byte[] Content, int[] Shape) Read(string path, int dimensions)
    {
        int[] shape = new int[dimensions];
        byte[] content = DatasetFiles.ReadClaimed(path, HeaderLength(dimensions), header =>
        {
            uint magic = BinaryPrimitives.ReadUInt32BigEndian(header);
            if (magic != 0x0800 + dimensions)
                throw new InputException(
                    $"'{path}' is not the IDX file it should be: it begins with the number {magic}, not {0x0800 + dimensions}");
            Int128 length = 1;
            for (int i = 0; i < dimensions; i++)
            {
                uint dimension = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4 * (i + 1)));
                shape[i] = (int)Math.Min(dimension, int.MaxValue);
                length *= dimension;
            }

            return (long)Int128.Min(length + header.Length, long.MaxValue);
        });
        return (content, shape);
    }

    static int HeaderLength(int dimensions) => 4 + 4 * dimensions;
}
