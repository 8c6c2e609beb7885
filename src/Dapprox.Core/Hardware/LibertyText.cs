using System.Globalization;
using System.Text;
using Dapprox.Foundation;

namespace Dapprox.Hardware;

/// <summary>A group of a Liberty file: <c>cell ("nand2") { area : 3.75; pin ("A") { … } }</c>.</summary>
/// <param name="Kind">The word before the parenthesis.</param>
/// <param name="Name">What stands in it, without quotes.</param>
sealed record LibertyGroup(string Kind, string Name)
{
    /// <summary>The values of attributes, without quotes.</summary>
    public Dictionary<string, string> Attributes { get; } = new(StringComparer.Ordinal);

    /// <summary>The groups inside.</summary>
    public List<LibertyGroup> Inner { get; } = [];

    public string? Text(string attribute) => Attributes.GetValueOrDefault(attribute);

    public double? Number(string attribute) =>
        double.TryParse(Text(attribute), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : null;

    public IEnumerable<LibertyGroup> Groups(string kind) => Inner.Where(group => group.Kind == kind);
}

/// <summary>Reads the syntax of Liberty files; tables of timing and power are passed over.</summary>
sealed class LibertyText(string text, string path)
{
    // A large library of a process has some ten million letters.
    const int MaxLetters = 200_000_000, MaxDepth = 20;

    static readonly HashSet<string> Unused = ["timing", "internal_power", "lu_table_template", "power_lut_template", "wire_load"];

    int at;

    /// <summary>The text of a file.</summary>
    /// <exception cref="InputException">It is too long.</exception>
    public static string ReadAll(TextReader reader, string path)
    {
        var all = new StringBuilder();
        char[] part = new char[1 << 16];
        for (int count = reader.Read(part); count > 0; count = reader.Read(part))
        {
            all.Append(part, 0, count);
            if (all.Length > MaxLetters)
                throw new InputException($"'{path}' has more than {MaxLetters:N0} letters, more than a Liberty library needs");
        }

        return all.ToString();
    }

    /// <summary>Reads the group that is the file.</summary>
    /// <exception cref="InputException">It is no Liberty file.</exception>
    public LibertyGroup Read()
    {
        SkipBlanks();
        string kind = Word();
        SkipBlanks();
        if (kind.Length == 0 || !Is('('))
            throw Wrong("a group, such as library(NAME) {");
        string name = Parenthesis();
        SkipBlanks();
        if (!Is('{'))
            throw Wrong("'{'");
        return Group(kind, name, depth: 0);
    }

    LibertyGroup Group(string kind, string name, int depth)
    {
        if (depth > MaxDepth)
            throw Wrong($"at most {MaxDepth} groups inside each other");
        var group = new LibertyGroup(kind, name);
        at++;
        for (SkipBlanks(); !Is('}'); SkipBlanks())
        {
            if (Is(';'))
            {
                at++;
                continue;
            }

            string word = Word();
            SkipBlanks();
            if (word.Length > 0 && Is(':'))
            {
                at++;
                group.Attributes[word] = Value();
            }
            else if (word.Length > 0 && Is('('))
            {
                string inside = Parenthesis();
                SkipBlanks();
                if (!Is('{'))
                    group.Attributes[word] = inside;
                else if (Unused.Contains(word))
                    SkipGroup();
                else
                    group.Inner.Add(Group(word, inside, depth + 1));
            }
            else
            {
                throw Wrong("an attribute or a group");
            }
        }

        at++;
        return group;
    }

    bool Is(char letter) => at < text.Length ? text[at] == letter : throw Wrong($"'{letter}'");

    string Word()
    {
        int first = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.' or '-' or '[' or ']'))
            at++;
        return text[first..at];
    }

    /// <summary>What stands between parentheses, without quotes.</summary>
    string Parenthesis()
    {
        int first = ++at;
        while (!Is(')'))
            at++;
        return text[first..at++].Replace("\"", "", StringComparison.Ordinal).Trim();
    }

    /// <summary>The value of an attribute, to the semicolon or the end of the line.</summary>
    string Value()
    {
        while (at < text.Length && text[at] is ' ' or '\t')
            at++;
        int first = at;
        if (Is('"'))
        {
            for (at++; !Is('"'); at++)
            {
            }

            return text[(first + 1)..at++];
        }

        while (at < text.Length && text[at] is not (';' or '\n' or '}'))
            at++;
        return text[first..at].Trim();
    }

    void SkipGroup()
    {
        int depth = 0;
        do
        {
            depth += Is('{') ? 1 : Is('}') ? -1 : 0;
            at++;
        }
        while (depth > 0);
    }

    /// <summary>Blanks, line continuations and comments.</summary>
    void SkipBlanks()
    {
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]) || text[at] == '\\')
                at++;
            else if (text.AsSpan(at).StartsWith("/*", StringComparison.Ordinal))
                at = text.IndexOf("*/", at + 2, StringComparison.Ordinal) is >= 0 and int end ? end + 2 : text.Length;
            else if (text.AsSpan(at).StartsWith("//", StringComparison.Ordinal))
                at = text.IndexOf('\n', at) is >= 0 and int end ? end : text.Length;
            else
                return;
        }
    }

    InputException Wrong(string expected)
    {
        int line = text.AsSpan(0, Math.Min(at, text.Length)).Count('\n') + 1;
        return new InputException(at >= text.Length
            ? $"'{path}' ends where {expected} is expected; give a whole Liberty file"
            : $"'{path}', line {line}: {expected} is expected");
    }
}
