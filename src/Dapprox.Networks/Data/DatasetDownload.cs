using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Dapprox.Foundation;

namespace Dapprox.Networks.Data;

/// <summary>
/// Downloads data sets from their publishers. A file gets its final name only after its length and checksum are verified; an
/// earlier failure leaves nothing behind.
/// </summary>
public static class DatasetDownload
{
    // The time without data after which a download counts as failed.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Downloads the missing files of a data set.</summary>
    /// <param name="name">The data set's name.</param>
    /// <param name="folder">The folder for all data sets; each has its own folder in it. Null for <see cref="Datasets.Folder"/>.</param>
    /// <param name="progress">Receives the progress of each file; null for none.</param>
    /// <param name="address">The address to download from instead of the publishers'; ends with a slash.</param>
    /// <param name="cancellation">Stops the download; nothing of the current file remains.</param>
    /// <returns>The paths of the files written; empty if all existed or the data set is included with the program.</returns>
    /// <exception cref="InputException">There is no such data set, no folder or no network, or the files are not the published
    /// ones.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static Task<IReadOnlyList<string>> FetchAsync(string name, string? folder, IProgress<DownloadProgress>? progress = null,
        Uri? address = null, CancellationToken cancellation = default) =>
        FetchAsync(Datasets.Find(name), folder, progress, address, Patience, cancellation);

    internal static async Task<IReadOnlyList<string>> FetchAsync(
        DatasetDefinition definition, string? folder, IProgress<DownloadProgress>? progress,
        Uri? address, TimeSpan patience, CancellationToken cancellation)
    {
        var written = new List<string>();
        if (definition.Archives.Count == 0)
            return written;
        string target = Datasets.Folder(folder)
            ?? throw new InputException($"there is no folder to put {definition.Name} in, and the user has no home; name one with --data "
                + $"or {Datasets.FolderVariable}");
        target = Path.Combine(target, definition.Folder);
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        bool made = !Directory.Exists(target);
        try
        {
            Directory.CreateDirectory(target);
            foreach (PublishedArchive archive in definition.Archives)
            {
                if (!IsThere(definition, archive, target))
                    written.AddRange(
                        await FetchAsync(
                            client, definition, archive, target, address is null ? definition.Addresses : [address], progress, patience,
                            cancellation).ConfigureAwait(false));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                $"cannot write to '{target}': {e.Message.TrimEnd('.')}; choose a folder with room and the right to write", e);
        }
        finally
        {
            if (made && Directory.Exists(target) && !Directory.EnumerateFileSystemEntries(target).Any())
                Directory.Delete(target);
        }

        return written;
    }

    static async Task<List<string>> FetchAsync(HttpClient client, DatasetDefinition definition, PublishedArchive archive, string folder,
        IReadOnlyList<Uri> addresses, IProgress<DownloadProgress>? progress, TimeSpan patience, CancellationToken cancellation)
    {
        string temporary = Path.Combine(folder, $".{Path.GetRandomFileName()}.tmp");
        var failures = new List<string>();
        try
        {
            foreach (Uri address in addresses)
            {
                var source = new Uri(address, archive.Name);
                string? failure = await VerifiedDownload.TryAsync(
                    client, source, archive, temporary, progress, patience, cancellation).ConfigureAwait(false);
                if (failure is null)
                    return Install(definition, archive, temporary, folder, cancellation);
                failures.Add($"{source}: {failure}");
            }
        }
        finally
        {
            File.Delete(temporary);
        }

        string package = definition.SystemFolder is null ? "" : $" (Debian and Ubuntu have it as the package dataset-{definition.Name})";
        throw new InputException($"cannot download {archive.Name} of {definition.Name} ({string.Join("; ", failures)}); "
            + $"get it by other means{package} and put "
            + $"{string.Join(", ", definition.Archives.SelectMany(other => FilesFrom(definition, other)))} into '{folder}'");
    }

    static List<string> Install(
        DatasetDefinition definition, PublishedArchive archive, string temporary, string folder, CancellationToken cancellation)
    {
        if (IsTar(archive))
            return Unpack(definition, temporary, folder, cancellation);
        string path = Path.Combine(folder, archive.Name);
        File.Move(temporary, path, overwrite: true);
        return [path];
    }

    /// <summary>Extracts the data set's files from the archive by name, whatever their paths in the archive.</summary>
    static List<string> Unpack(DatasetDefinition definition, string archive, string folder, CancellationToken cancellation)
    {
        var written = new List<string>();
        var wanted = FilesOf(definition).Select(file => file.Name).ToHashSet(StringComparer.Ordinal);
        using FileStream file = File.OpenRead(archive);
        using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(unpacked);
        while (tar.GetNextEntry() is TarEntry entry)
        {
            cancellation.ThrowIfCancellationRequested();
            string name = Path.GetFileName(entry.Name);
            if (entry.DataStream is null || !wanted.Remove(name))
                continue;
            string path = Path.Combine(folder, name);
            AtomicFile.Write(path, entry.DataStream.CopyTo);
            written.Add(path);
        }

        return written;
    }

    /// <summary>Whether the complete published file, or everything extracted from it, already exists.</summary>
    static bool IsThere(DatasetDefinition definition, PublishedArchive archive, string folder)
    {
        if (IsTar(archive))
            return FilesOf(definition).All(file => IsThere(Path.Combine(folder, file.Name), file));
        var info = new FileInfo(Path.Combine(folder, archive.Name));
        if (!info.Exists || info.Length != archive.Length)
            return false;
        using FileStream stream = info.OpenRead();
        return Convert.ToHexStringLower(SHA256.HashData(stream)) == archive.Sha256;
    }

    static bool IsThere(string path, PublishedFile file) =>
        File.Exists(path) && new FileInfo(path).Length <= DatasetFiles.LongestContent && DatasetFiles.Md5(
            File.ReadAllBytes(path)) == file.Md5;

    static IEnumerable<string> FilesFrom(DatasetDefinition definition, PublishedArchive archive) =>
        IsTar(archive) ? FilesOf(definition).Select(file => file.Name) : [archive.Name];

    static IEnumerable<PublishedFile> FilesOf(DatasetDefinition definition) => definition.Train.Concat(definition.Test);

    static bool IsTar(PublishedArchive archive) => archive.Name.EndsWith(".tar.gz", StringComparison.Ordinal);
}
