using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using Dapprox.Foundation;

namespace Dapprox.Networks.Data;

/// <summary>Finds the files of a data set and reads them, compressed or not.</summary>
static class DatasetFiles
{
    /// <summary>Far above the size of every file of these data sets; stops a hostile file.</summary>
    public const int LongestContent = 1_000_000_000;

    // The best compression of deflate: a run of 258 bytes in 2 bits.
    const int BestCompression = 1032;

    /// <summary>The paths of a split's files, in the order of the definition, all from one folder.</summary>
    public static string[] Locate(DatasetDefinition definition, Split split, string? folder)
    {
        string[] folders = Folders(definition, folder).ToArray();
        string[] wanted = definition.Files(split).Select(file => file.Name).ToArray();
        foreach (string candidate in folders)
        {
            string[] found = wanted.Select(file => Find(candidate, file)).OfType<string>().ToArray();
            if (found.Length == wanted.Length)
                return found;
            if (found.Length > 0)
            {
                IEnumerable<string> missing = wanted.Where(file => Find(candidate, file) is null);
                throw new InputException(
                    $"{definition.Name} ({Text(split)}) is not complete in '{candidate}': {string.Join(", ", missing)} missing, with or "
                        + $"without .gz; {Advice(definition)}");
            }
        }

        string where = folders.Length == 0
            ? "there is no folder to look in"
            : $"looked in {string.Join(", ", folders.Select(path => $"'{path}'"))}";
        throw new InputException(
            $"{definition.Name} ({Text(split)}) was not found: {string.Join(", ", wanted)}, with or without .gz; {where}; "
                + $"{Advice(definition)}");
    }

    /// <summary>The content of a file, decompressed if it is gzip.</summary>
    /// <param name="path">The file.</param>
    /// <param name="longest">The maximum number of bytes; more are an error.</param>
    public static byte[] ReadAll(string path, int longest) => Read(path, (stream, maxLength) =>
    {
        int limit = (int)Math.Min(longest, maxLength);
        // Grows as bytes arrive, because a compressed file does not state the length of its content.
        byte[] content = new byte[Math.Min(limit, 1 << 20) + 1];
        int length = 0;
        while (true)
        {
            length += stream.ReadAtLeast(content.AsSpan(length), content.Length - length, throwOnEndOfStream: false);
            if (length < content.Length)
                return content[..length];
            if (length > limit)
                throw new InputException($"'{path}' holds more than {limit} bytes, and no file of this data set is that long");
            Array.Resize(ref content, (int)Math.Min((long)length * 2, (long)limit + 1));
        }
    });

    /// <summary>The content of a file whose header states its length, decompressed if it is gzip.</summary>
    /// <param name="path">The file.</param>
    /// <param name="headerLength">The number of header bytes that determine the length.</param>
    /// <param name="length">Computes the claimed length of the content, header included, from the header.</param>
    public static byte[] ReadClaimed(string path, int headerLength, Func<byte[], long> length) => Read(path, (stream, maxLength) =>
    {
        byte[] header = new byte[headerLength];
        int got = stream.ReadAtLeast(header, headerLength, throwOnEndOfStream: false);
        if (got < headerLength)
            throw new InputException(
                $"'{path}' is cut short: it has {got} bytes, and its header alone takes {headerLength}; get the file again");
        long claimed = length(header);
        if (claimed > LongestContent)
            throw new InputException($"'{path}' claims to hold {claimed} bytes, and {LongestContent} is the limit");
        if (claimed > maxLength)
            throw new InputException(
                $"'{path}' is cut short: its header claims {claimed} bytes, and it can hold {maxLength} at most; get the file again");

        byte[] content = new byte[claimed];
        header.CopyTo(content, 0);
        got += stream.ReadAtLeast(content.AsSpan(headerLength), content.Length - headerLength, throwOnEndOfStream: false);
        if (got < content.Length)
            throw new InputException($"'{path}' is cut short: its header claims {claimed} bytes, and it holds {got}; get the file again");
        if (stream.ReadByte() >= 0)
            throw new InputException($"'{path}' is longer than the {claimed} bytes that its header claims; the file is damaged");
        return content;
    });

    /// <summary>Whether the content is the published one; content of another data set under the same name is an error.</summary>
    public static bool IsPublished(DatasetDefinition definition, PublishedFile file, string path, byte[] content)
    {
        string md5 = Md5(content);
        foreach (DatasetDefinition other in Datasets.All)
        {
            if (other.Name != definition.Name && other.Train.Concat(other.Test).Any(known => known.Md5 == md5))
                throw new InputException($"'{path}' is a file of {other.Name}, not of {definition.Name}; keep each data set in a folder "
                    + $"of its own, here {definition.Folder}/");
        }

        return md5 == file.Md5;
    }

    public static string Md5(byte[] content)
    {
#pragma warning disable CA5351 // MD5 identifies published files; it is not a security measure.
        return Convert.ToHexStringLower(MD5.HashData(content));
#pragma warning restore CA5351
    }

    /// <summary>One sentence on whether this is the published data.</summary>
    public static string Provenance(DatasetDefinition definition, Split split, int count, IReadOnlyList<string> differing) =>
        differing.Count == 0
            ? $"{definition.Title} ({Text(split)}), {count} images, as published (checksums match)"
            : $"{definition.Title} ({Text(split)}), {count} images, not the published files: the checksum of "
                + $"{string.Join(", ", differing)} differs";

    public static string Text(Split split) => split == Split.Train ? "train" : "test";

    public static string Advice(DatasetDefinition definition) =>
        $"run 'dapprox datasets fetch {definition.Name}', or name the folder with --data or {Datasets.FolderVariable}";

    /// <summary>The folders to search, the most specific first.</summary>
    static IEnumerable<string> Folders(DatasetDefinition definition, string? folder)
    {
        if (folder is not null)
        {
            yield return Path.Combine(folder, definition.Folder);
            // MNIST and Fashion-MNIST use the same file names: a folder with the other's name holds the other data set.
            string own = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
            bool isOthers = Datasets.All.Any(
                other => other.Name != definition.Name && string.Equals(other.Folder, own, StringComparison.OrdinalIgnoreCase));
            if (!isOthers)
                yield return folder;
        }

        if (definition.SystemFolder is not null)
            yield return definition.SystemFolder;
    }

    static string? Find(string folder, string file)
    {
        string path = Path.Combine(folder, file);
        return File.Exists(path) ? path : File.Exists(path + ".gz") ? path + ".gz" : null;
    }

    /// <summary>Opens the file; <paramref name="read"/> also gets the maximum length of its content.</summary>
    static byte[] Read(string path, Func<Stream, long, byte[]> read) => InputFile.Read(path, file =>
    {
        // Recognised by its first bytes, not by its name: files get decompressed and renamed.
        bool compressed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        if (!compressed)
            return read(file, file.Length);
        uint length = LastWord(file);
        try
        {
            using var unpacked = new GZipStream(file, CompressionMode.Decompress);
            byte[] content = read(unpacked, file.Length * BestCompression);
            // GZipStream accepts a truncated file as complete; the trailer of the format has the length of the content.
            return length == content.Length ? content
                : throw new InputException($"'{path}' is cut short, or joined from several: it unpacks to {content.Length} bytes, and "
                    + $"its end tells of {length}; get the file again");
        }
        catch (InvalidDataException e)
        {
            throw new InputException(
                $"'{path}' is damaged or cut short: it does not unpack ({e.Message.TrimEnd('.')}); get the file again", e);
        }
    });

    static uint LastWord(FileStream file)
    {
        Span<byte> word = stackalloc byte[sizeof(uint)];
        file.Position = Math.Max(0, file.Length - word.Length);
        int got = file.ReadAtLeast(word, word.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return got == word.Length ? BinaryPrimitives.ReadUInt32LittleEndian(word) : 0;
    }
}
