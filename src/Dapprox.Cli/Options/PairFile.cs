using System.Globalization;
using Dapprox.Foundation;

namespace Dapprox.Cli.Options;

/// <summary>
/// Reads pairs of operands: lines <c>a b</c>, each a binary32 bit pattern as eight hexadecimal digits, with or without 0x.
/// Further columns, empty lines, and lines that begin with # are ignored.
/// </summary>
static class PairFile
{
    const int LongestLine = 4096;
    const int BlockSize = 4096;

    /// <summary>Reads the pairs in blocks of some thousands.</summary>
    /// <param name="path">The file.</param>
    /// <param name="block">Receives the first and the second operands of each block, equally many.</param>
    /// <param name="cancellation">Stops between two blocks.</param>
    /// <exception cref="InputException">The file cannot be read, or a line is not a pair.</exception>
    public static void Read(string path, Action<float[], float[]> block, CancellationToken cancellation) => InputFile.Read(path, stream =>
    {
        using var reader = new StreamReader(stream);
        var left = new List<float>(BlockSize);
        var right = new List<float>(BlockSize);
        int number = 0;
        while (ReadLine(reader, path, ++number) is string line)
        {
            string[] words = line.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0].StartsWith('#'))
                continue;
            if (words.Length < 2)
                throw new InputException($"line {number} of '{path}' has one column; give two operands, such as '3f5b22d1 3ef126e9'");
            left.Add(Operand(words[0], path, number));
            right.Add(Operand(words[1], path, number));
            if (left.Count == BlockSize)
                Flush();
        }

        Flush();
        return left.Count;

        void Flush()
        {
            cancellation.ThrowIfCancellationRequested();
            block([.. left], [.. right]);
            left.Clear();
            right.Clear();
        }
    });

    static float Operand(string word, string path, int number)
    {
        string digits = word.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? word[2..] : word;
        return digits.Length == 8 && uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint bits)
            ? BitConverter.UInt32BitsToSingle(bits)
            : throw new InputException(
                $"line {number} of '{path}' has '{word}'; give a binary32 bit pattern as eight hexadecimal digits, such as 3f5b22d1");
    }

    /// <summary>Limits the length of a line, since the file may not be text.</summary>
    static string? ReadLine(StreamReader reader, string path, int number)
    {
        var line = new System.Text.StringBuilder();
        while (reader.Read() is int c and >= 0)
        {
            if (c == '\n')
                return line.ToString();
            if (line.Length == LongestLine)
                throw new InputException(
                    $"line {number} of '{path}' is longer than {LongestLine} characters; give lines of two operands in hexadecimal");
            line.Append((char)c);
        }

        return line.Length == 0 ? null : line.ToString();
    }
}
