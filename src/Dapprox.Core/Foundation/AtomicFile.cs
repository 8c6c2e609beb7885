namespace Dapprox.Foundation;

/// <summary>
/// Writes a file so that a reader, a crash or a full disk never meets half of it: the bytes go to a temporary name
/// in the same folder, are flushed to the disk, and then take the wanted name in one step.
/// </summary>
public static class AtomicFile
{
    /// <summary>Writes the file, replacing one of that name; creates its folder when there is none.</summary>
    /// <param name="path">Where the file goes.</param>
    /// <param name="write">Writes the whole content to the stream it is given. When it throws, nothing is left behind.</param>
    /// <exception cref="InputException">The file cannot be written: no right to, no room, or not a file's name.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        Run(path, target => Replace(target, write));
    }

    /// <summary>
    /// Finds out before long work whether its result can be written: makes the folder and, in it, a file that it removes
    /// again.
    /// </summary>
    /// <param name="path">Where the file will go; one that is there is left as it is.</param>
    /// <exception cref="InputException">The file cannot be written: no right to, or not a file's name.</exception>
    public static void Probe(string path) => Run(path, target =>
    {
        // A pipe waits for its reader.
        if (FileKind.IsSpecial(target))
            return;

        string temporary = TemporaryName(target);
        using (new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose))
        {
        }
    });

    /// <summary>Writes text as UTF-8 without a byte-order mark, otherwise like <see cref="Write"/>.</summary>
    /// <param name="path">Where the file goes.</param>
    /// <param name="text">Its content; line ends are written as they are.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void WriteText(string path, string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(path, stream =>
        {
            using var writer = new StreamWriter(stream, leaveOpen: true);
            writer.Write(text);
        });
    }

    static void Run(string path, Action<string> write)
    {
        string target = FullPath(path);
        try
        {
            write(target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                $"cannot write '{path}': {e.Message.TrimEnd('.')}; choose a place with room and the right to write", e);
        }
    }

    static void Replace(string target, Action<Stream> write)
    {
        // Renaming over a device would replace the device itself: /dev/null would become a file.
        if (FileKind.IsSpecial(target))
        {
            using FileStream device = new(target, FileMode.Open, FileAccess.Write);
            write(device);
            return;
        }

        string temporary = TemporaryName(target);
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>A name in the target's folder, which is made when there is none.</summary>
    static string TemporaryName(string target)
    {
        if (Directory.Exists(target))
            throw new IOException("it is a folder");
        string folder = Path.GetDirectoryName(target) ?? target;
        for (string? above = folder; above is not null; above = Path.GetDirectoryName(above))
        {
            if (File.Exists(above))
                throw new IOException($"'{above}' is a file, not a folder");
        }

        Directory.CreateDirectory(folder);
        // A short name of its own, since the target's may already be as long as the file system allows.
        return Path.Combine(folder, $".{Path.GetRandomFileName()}.tmp");
    }

    static string FullPath(string path)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (ArgumentException e)
        {
            throw new InputException($"'{path.Replace('\0', '?')}' is not a file name; give a path such as results/run.json", e);
        }
    }
}
