using System.Globalization;

namespace Dapprox.Foundation;

/// <summary>Opens files that users name, and says in one line why one cannot be read.</summary>
public static class InputFile
{
    // What a message shows of what another library complains of.
    const int LongestReason = 200;

    /// <summary>What comes from a file as part of a message: one line, and not longer than that.</summary>
    /// <param name="text">The text; a hostile file can hold names of several lines or a million letters.</param>
    /// <param name="most">How many letters are shown at most.</param>
    internal static string OneLine(string text, int most = LongestReason)
    {
        if (text.Length > most)
            text = string.Concat(text.AsSpan(0, most / 2), "…", text.AsSpan(text.Length - most / 2));
        return string.Concat(text.Select(letter => IsHarmless(letter) ? letter : '?'));
    }

    /// <summary>Whether a terminal shows a character where it stands: no control, and no mark that breaks or turns lines.</summary>
    internal static bool IsHarmless(char letter) => char.GetUnicodeCategory(letter)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);

    /// <summary>Opens a file, passes it on, and closes it; what goes wrong while reading is the user's line too.</summary>
    /// <param name="path">The file: no pipe and no device, which need not end.</param>
    /// <param name="read">Reads it.</param>
    /// <exception cref="InputException">There is no such file, or it cannot be read.</exception>
    public static T Read<T>(string path, Func<FileStream, T> read)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(read);
        try
        {
            if (FileKind.IsSpecial(path))
                throw new InputException($"'{path}' is a pipe, a terminal or another device; give the path of a file");
            using FileStream stream = File.OpenRead(path);
            return read(stream);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"there is no file '{path}'; check the path", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InputException(
                $"cannot read '{path}': it is a folder, or reading it is not allowed; give a file that you may read", e);
        }
        catch (IOException e)
        {
            throw new InputException($"cannot read '{path}': {e.Message.TrimEnd('.')}", e);
        }
        catch (ArgumentException e) when (string.IsNullOrEmpty(path) || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new InputException($"'{path?.Replace('\0', '?')}' is not a file name; give the path of a file", e);
        }
    }
}
