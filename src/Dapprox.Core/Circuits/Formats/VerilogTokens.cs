namespace Dapprox.Circuits.Formats;

/// <summary>What a piece of Verilog is.</summary>
enum VerilogTokenKind
{
    /// <summary>A name or a keyword.</summary>
    Word,

    /// <summary>A number, with its base if it has one: <c>4'b0101</c>.</summary>
    Number,

    /// <summary>A character, or two for an operator of two.</summary>
    Symbol,

    /// <summary>After the last.</summary>
    End,
}

/// <summary>A piece of Verilog.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">How it is written.</param>
/// <param name="Line">Where.</param>
readonly record struct VerilogToken(VerilogTokenKind Kind, string Text, int Line);

/// <summary>Cuts Verilog into its pieces: comments, attributes and harmless directives are left out.</summary>
sealed class VerilogTokens(SourceText text)
{
    static readonly string[] Pairs = ["~^", "^~", "&&", "||"];

    static readonly string[] HarmlessDirectives = ["timescale", "default_nettype", "resetall", "celldefine", "endcelldefine"];

    readonly string content = text.Content;
    int place;
    int line = 1;

    /// <summary>The next piece.</summary>
    public VerilogToken Next()
    {
        SkipBlanks();
        if (place >= content.Length)
            return new VerilogToken(VerilogTokenKind.End, "the end of the file", line);
        char first = content[place];
        int start = place;
        if (char.IsAsciiLetter(first) || first == '_')
        {
            Skip(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '$');
            return new VerilogToken(VerilogTokenKind.Word, content[start..place], line);
        }

        if (first == '\\')
        {
            // An escaped name goes to the next blank.
            Skip(character => !char.IsWhiteSpace(character));
            return new VerilogToken(VerilogTokenKind.Word, content[(start + 1)..place], line);
        }

        if (char.IsAsciiDigit(first) || first == '\'')
        {
            Skip(character => char.IsAsciiDigit(character) || character == '_');
            if (place < content.Length && content[place] == '\'')
            {
                place++;
                Skip(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '?');
            }

            return new VerilogToken(VerilogTokenKind.Number, content[start..place], line);
        }

        string? pair = Pairs.FirstOrDefault(known => string.CompareOrdinal(content, place, known, 0, 2) == 0);
        place += pair?.Length ?? 1;
        return new VerilogToken(VerilogTokenKind.Symbol, pair ?? content[start..place], line);
    }

    void SkipBlanks()
    {
        while (place < content.Length)
        {
            if (char.IsWhiteSpace(content[place]))
                Skip(char.IsWhiteSpace);
            else if (At("//"))
                Skip(character => character != '\n');
            else if (At("/*"))
                SkipTo("*/", "comment");
            else if (At("(*"))
                SkipTo("*)", "attribute");
            else if (content[place] == '`')
                SkipDirective();
            else
                return;
        }
    }

    void SkipDirective()
    {
        int start = ++place;
        Skip(char.IsAsciiLetter);
        string word = content[start..place];
        if (!HarmlessDirectives.Contains(word))
            throw text.Wrong(line, $"the directive `{SourceText.Shown(word)} is not read; run the file through a preprocessor first");
        Skip(character => character != '\n');
    }

    void SkipTo(string end, string what)
    {
        int began = line, found = content.IndexOf(end, place + 2, StringComparison.Ordinal);
        if (found < 0)
            throw text.Wrong(began, $"the {what} that begins here has no end; the file may be cut short");
        while (place < found + end.Length)
            Step();
    }

    void Skip(Func<char, bool> wanted)
    {
        while (place < content.Length && wanted(content[place]))
            Step();
    }

    void Step()
    {
        if (content[place] == '\n')
            line++;
        place++;
    }

    bool At(string what) => string.CompareOrdinal(content, place, what, 0, what.Length) == 0;
}
