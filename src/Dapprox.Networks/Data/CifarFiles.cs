using Dapprox.Foundation;

namespace Dapprox.Networks.Data;

/// <summary>
/// The binary files of CIFAR-10: records without a header, each a label and then the red, the green and the blue
/// plane row by row. The length of a file gives the number of its records, so subsets can be read too.
/// </summary>
static class CifarFiles
{
    // Large enough for all 50,000 training images in a single file.
    const int MaxRecords = 50_000;

    public static Dataset Load(DatasetDefinition definition, Split split, string[] paths)
    {
        int imageLength = definition.Channels * definition.Height * definition.Width;
        int recordLength = 1 + imageLength;
        IReadOnlyList<PublishedFile> files = definition.Files(split);
        byte[][] contents = new byte[paths.Length][];
        var differing = new List<string>();
        for (int i = 0; i < paths.Length; i++)
        {
            byte[] content = DatasetFiles.ReadAll(paths[i], MaxRecords * recordLength);
            if (content.Length == 0 || content.Length % recordLength != 0)
                throw new InputException($"'{paths[i]}' is cut short or not a file of {definition.Name}: {content.Length} bytes are not a "
                    + $"multiple of the {recordLength} bytes of a record");
            if (!DatasetFiles.IsPublished(definition, files[i], paths[i], content))
                differing.Add(files[i].Name);
            contents[i] = content;
        }

        int count = contents.Sum(content => content.Length / recordLength);
        byte[] pixels = new byte[count * imageLength];
        int[] labels = new int[count];
        int image = 0;
        for (int i = 0; i < paths.Length; i++)
        {
            for (int start = 0; start < contents[i].Length; start += recordLength, image++)
            {
                labels[image] = contents[i][start];
                if (labels[image] >= definition.Classes.Count)
                    throw new InputException($"'{paths[i]}': record {start / recordLength} has the label {labels[image]}; "
                        + $"{definition.Name} has the labels 0 to {definition.Classes.Count - 1}");
                contents[i].AsSpan(start + 1, imageLength).CopyTo(pixels.AsSpan(image * imageLength));
            }
        }

        return new Dataset(definition.Name, split, definition.Channels, definition.Height, definition.Width, definition.Classes,
            pixels, labels, differing.Count == 0, DatasetFiles.Provenance(definition, split, count, differing));
    }
}
