using System.Globalization;
using System.Text.RegularExpressions;
using Dapprox.Foundation;
using nietras.SeparatedValues;

namespace Dapprox.Pictures;

/// <summary>
/// A text file with the classes of pictures. Its content says which of three kinds it is: CSV, a file and a class with a comma between
/// them; words, with white space between them, as ImageNet's val.txt; or WordNet ids, which number folders of classes.
/// </summary>
static partial class LabelFile
{
    const long MaxBytes = 1 << 28;

    // How much of a name or of a class a message shows.
    const int ShownName = 80, ShownClass = 40;

    const string HowToWrite = "give one line a picture, file and class with a comma or a space between them";

    enum Kind
    {
        Csv,
        Words,
        WordNet,
    }

    /// <summary>Lists the pictures of a folder with their classes.</summary>
    /// <param name="labels">The label file.</param>
    /// <param name="folder">The folder of the pictures.</param>
    /// <param name="network">The name of the network, for messages.</param>
    /// <param name="classes">The number of classes of the network.</param>
    /// <exception cref="InputException">The file is not what it should be; or there is no such picture.</exception>
    public static PictureList Read(string labels, string folder, string network, int classes)
    {
        Kind kind = InputFile.Read(labels, stream => stream.Length <= MaxBytes
            ? KindOf(Lines(stream).Select(line => line.Text))
            : throw new InputException($"'{labels}' has {stream.Length:N0} bytes; label files have at most {MaxBytes:N0}"));
        if (kind == Kind.WordNet)
            return ClassFolders.List(folder, labels, WordNetIds(labels, network, classes));
        List<(string File, int Label)> listed = Pictures(labels, kind, folder, classes);
        return listed.Count > 0
            ? new PictureList(listed, [], $"'{labels}' lists", $", with the classes of '{labels}'")
            : throw new InputException($"'{labels}' lists no picture; {HowToWrite}");
    }

    /// <summary>The kind that the first line with a class or an id shows; without any, the kind of the first line.</summary>
    static Kind KindOf(IEnumerable<string> lines)
    {
        string? first = null;
        foreach (string line in lines)
        {
            first ??= line;
            if (WordNetPattern().IsMatch(line))
                return Kind.WordNet;
            if (CsvPattern().IsMatch(line))
                return Kind.Csv;
            if (WordsPattern().IsMatch(line))
                return Kind.Words;
        }

        return first is null || first.Contains(',', StringComparison.Ordinal) || !first.Any(char.IsWhiteSpace) ? Kind.Csv : Kind.Words;
    }

    static List<(string File, int Label)> Pictures(string labels, Kind kind, string folder, int classes)
    {
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        var listed = new List<(string File, int Label)>();
        var seen = new Dictionary<string, int>();
        bool isFirst = true;
        InputFile.Read(labels, stream =>
        {
            foreach ((int line, string[] fields) in kind == Kind.Csv ? CsvFields(labels, stream) : WordFields(stream))
            {
                bool mayBeHeader = isFirst;
                isFirst = false;
                if (fields is not [string name, string given])
                    throw Wrong(line, $"has {fields.Length} fields; give a file and a class, with a comma or a space between them");
                string file = name.Contains('\0', StringComparison.Ordinal) ? "" : Path.GetFullPath(Path.Combine(root, name));
                if (!int.TryParse(given, NumberStyles.Integer, CultureInfo.InvariantCulture, out int label))
                {
                    if (mayBeHeader && TitlePattern().IsMatch(name) && TitlePattern().IsMatch(given) && !File.Exists(file))
                        continue;
                    throw Wrong(
                        line, $"has the class '{InputFile.OneLine(given, ShownClass)}'; give an integer from 0 to {classes - 1}");
                }

                if (label < 0 || label >= classes)
                    throw Wrong(line, $"has the class {label}; the network has the classes 0 to {classes - 1}");
                string shown = InputFile.OneLine(name, ShownName);
                if (!file.StartsWith(root, StringComparison.Ordinal))
                    throw Wrong(line, $"names '{shown}', which is not inside '{folder}'; give a path relative to it");
                if (!File.Exists(file))
                    throw Wrong(line, $"names '{shown}', and there is no such file in '{folder}'");
                if (!seen.TryAdd(file, line))
                    throw Wrong(line, $"names '{shown}', as line {seen[file]} does; list each picture once");
                listed.Add((file, label));
            }

            return true;
        });
        return listed;

        InputException Wrong(int line, string what) => new($"'{labels}', line {line}, {what}");
    }

    /// <summary>The ids in the order of their lines, each with the words behind it.</summary>
    static List<(string Id, string Words)> WordNetIds(string labels, string network, int classes)
    {
        var ids = new List<(string Id, string Words)>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        InputFile.Read(labels, stream =>
        {
            foreach ((int line, string text) in Lines(stream))
            {
                Match match = WordNetPattern().Match(text);
                string id = match.Groups["id"].Value;
                if (!match.Success)
                    throw new InputException(
                        $"'{labels}', line {line}, is '{InputFile.OneLine(text, ShownClass)}', and the first line is a WordNet id such as "
                            + "n01440764; give one on every line, with or without words behind it");
                if (!seen.TryAdd(id, line))
                    throw new InputException($"'{labels}', line {line}, has the id {id}, as line {seen[id]} does; list each class once");
                ids.Add((id, match.Groups["words"].Value.Trim()));
            }

            return true;
        });
        return ids.Count <= classes ? ids : throw new InputException(
            $"'{labels}' lists {ids.Count} WordNet ids, and {network} has {classes} classes; give the list that the network was trained "
                + "with");
    }

    static IEnumerable<(int Line, string[] Fields)> CsvFields(string labels, Stream stream)
    {
        using SepReader reader = Sep.New(',').Reader(
            options => options with { HasHeader = false, Unescape = true, DisableColCountCheck = true }).From(stream);
        while (Next())
        {
            SepReader.Row row = reader.Current;
            if (row.ColCount == 1 && row[0].Span.IsWhiteSpace())
                continue;
            string[] fields = new string[row.ColCount];
            for (int i = 0; i < fields.Length; i++)
                fields[i] = row[i].ToString();
            yield return (row.RowIndex + 1, fields);
        }

        bool Next()
        {
            try
            {
                return reader.MoveNext();
            }
            catch (Exception e) when (e is InvalidDataException or NotSupportedException)
            {
                throw new InputException($"'{labels}' is no CSV file: {InputFile.OneLine(e.Message, 120)}; {HowToWrite}", e);
            }
        }
    }

    /// <summary>The last word of a line is the class, and all before it the name, which may have spaces.</summary>
    static IEnumerable<(int Line, string[] Fields)> WordFields(Stream stream)
    {
        foreach ((int line, string text) in Lines(stream))
        {
            string trimmed = text.Trim();
            int start = trimmed.Length;
            while (start > 0 && !char.IsWhiteSpace(trimmed[start - 1]))
                start--;
            yield return (line, start == 0 ? [trimmed] : [trimmed[..start].TrimEnd(), trimmed[start..]]);
        }
    }

    /// <summary>The lines that are not empty, with their numbers.</summary>
    static IEnumerable<(int Line, string Text)> Lines(Stream stream)
    {
        using var reader = new StreamReader(stream);
        for (int line = 1; reader.ReadLine() is string text; line++)
        {
            if (!string.IsNullOrWhiteSpace(text))
                yield return (line, text);
        }
    }

    [GeneratedRegex(@"^\s*(?<id>n\d{8})(?<words>\s.*)?$")]
    private static partial Regex WordNetPattern();

    [GeneratedRegex(@",\s*""?\s*-?\d+\s*""?\s*$", RegexOptions.RightToLeft)]
    private static partial Regex CsvPattern();

    [GeneratedRegex(@"\S\s+-?\d+\s*$", RegexOptions.RightToLeft)]
    private static partial Regex WordsPattern();

    // A word of a title has no dot, as names of files have, and does not begin with a digit.
    [GeneratedRegex(@"^\s*[\p{L}_][\p{L}\d_ -]*$")]
    private static partial Regex TitlePattern();
}
