using System.CommandLine;
using System.Text;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;

namespace Dapprox.Cli.Options;

/// <summary>
/// Several multipliers on the command line: names, circuits and files, separated by commas, and files that list them.
/// </summary>
static class MultiplierList
{
    const long MaxBytes = 1 << 20;

    /// <summary>The legal items, for help.</summary>
    public const string Given = "names ('dapprox multipliers'), circuits such as array:24:ama1:columns=20, circuit files, and @FILE for a "
        + "file with one of these a line (empty lines and comments after # are ignored)";

    // Tables and figures replace longer names by a number and list them below.
    const int LongestName = 24;

    /// <summary>The word for all evolved multipliers of at most <see cref="EvolvedBits"/> bits, where a command takes it.</summary>
    public const string Evolved = "evolved";

    /// <summary>The most bits of those that <see cref="Evolved"/> stands for.</summary>
    public const int EvolvedBits = 8;

    /// <summary>The words, with the names that <see cref="Evolved"/> stands for.</summary>
    /// <param name="words">The words, with commas between items.</param>
    public static IEnumerable<string> WithEvolved(IEnumerable<string> words) => words
        .SelectMany(word => word.Split(',', StringSplitOptions.TrimEntries))
        .SelectMany(item => item == Evolved ? EvolvedMultipliers.UpToBits(EvolvedBits) : [item]);

    /// <summary>The option that names the multipliers of a command.</summary>
    public static Option<IReadOnlyList<MultiplierChoice>?> Option() =>
        Values.Option<IReadOnlyList<MultiplierChoice>?>(
            "--multiplier", "NAME,…", $"The multipliers: {Given}. [default: the exact one]", text => Parse([text]));

    /// <summary>A name for a narrow column.</summary>
    /// <param name="names">The multipliers as given.</param>
    /// <param name="index">Which of them.</param>
    public static string Short(IReadOnlyList<string> names, int index) =>
        names[index].Length <= LongestName ? names[index] : $"#{index + 1}";

    /// <summary>The names that <see cref="Short"/> replaces, with what replaces them.</summary>
    /// <param name="names">The multipliers as given.</param>
    public static IEnumerable<(string Short, string Name)> Key(IReadOnlyList<string> names) =>
        Enumerable.Range(0, names.Count).Where(i => names[i].Length > LongestName).Select(i => (Short(names, i), names[i]));

    /// <summary>The multipliers as they are given; repeated ones count once.</summary>
    /// <param name="words">The words; commas end an item, but not in the lines of a file.</param>
    /// <exception cref="InputException">An item is not a multiplier, or a list cannot be read.</exception>
    public static IReadOnlyList<MultiplierChoice> Parse(IEnumerable<string> words)
    {
        IEnumerable<(string Given, string? Line)> items = words
            .SelectMany(word => word.Split(',', StringSplitOptions.TrimEntries))
            .SelectMany(item => item.StartsWith('@') ? Lines(item[1..]) : [(item, null)]);
        return [.. items.DistinctBy(item => item.Given).Select(item => MultiplierChoice.Parse(item.Given, item.Line))];
    }

    static (string Given, string? Line)[] Lines(string path)
    {
        string[] lines = InputFile.Read(path, stream =>
        {
            if (stream.Length > MaxBytes)
                throw new InputException($"'{path}' has {stream.Length} bytes; a list of multipliers has at most {MaxBytes}");
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return reader.ReadToEnd().Split('\n');
        });
        (string Given, string? Line)[] items = [.. lines
            .Select((line, i) => (Given: WithoutComment(line), Line: (string?)$"{path}, line {i + 1}"))
            .Where(item => item.Given.Length > 0)];
        return items.Length > 0 ? items : throw new InputException($"'{path}' lists no multiplier; write one a line");
    }

    /// <summary>A # within a word can be part of a file name.</summary>
    static string WithoutComment(string line)
    {
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '#' && (i == 0 || char.IsWhiteSpace(line[i - 1])))
                return line[..i].Trim();
        }

        return line.Trim();
    }
}
