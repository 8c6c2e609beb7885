namespace Dapprox.Cli.Terminal;

/// <summary>Quotes words for a POSIX shell.</summary>
static class Shell
{
    /// <summary>A call of this program with these words, ready to type or paste.</summary>
    /// <param name="args">The words after the program's name.</param>
    public static string CommandLine(IEnumerable<string> args) => string.Join(' ', args.Prepend("dapprox").Select(Quoted));

    /// <summary>A word quoted for a shell.</summary>
    public static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./,=:@%+".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
