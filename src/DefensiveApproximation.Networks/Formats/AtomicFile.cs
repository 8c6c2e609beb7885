namespace DefensiveApproximation.Networks.Formats;

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
        string target = FullPath(path);
        try
        {
            Replace(target, write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"cannot write '{path}': {e.Message.TrimEnd('.')}; choose a place with room and the right to write", e);
        }
    }

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

    static void Replace(string target, Action<Stream> write)
    {
        // Renaming over a device would replace the device itself: /dev/null would become a file.
        if (target.StartsWith("/dev/", StringComparison.Ordinal))
        {
            using FileStream device = new(target, FileMode.Open, FileAccess.Write);
            write(device);
            return;
        }

        if (Directory.Exists(target))
            throw new IOException("it is a folder");
        string folder = Path.GetDirectoryName(target) ?? target;
        Directory.CreateDirectory(folder);
        // A short name of its own, since the target's may already be as long as the file system allows.
        string temporary = Path.Combine(folder, $".{Path.GetRandomFileName()}.tmp");
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
