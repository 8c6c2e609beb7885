using Dapprox.Foundation;

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

/// <summary>
/// Goes through Verilog piece by piece: comments, attributes and harmless directives are left out.
/// </summary>
sealed class VerilogTokens
{
    /// <summary>Symbols of several characters, the longest first.</summary>
    static readonly string[] Symbols =
    [
        ">>>", "<<<", "===", "!==", "~^", "^~", "~&", "~|", "&&", "||", "==", "!=", "<=", ">=", "<<", ">>", "**", "+:", "-:",
    ];

    static readonly string[] HarmlessDirectives = ["timescale", "default_nettype", "resetall", "celldefine", "endcelldefine"];

    readonly SourceText text;
    readonly string content;
    int place;
    int line = 1;

    public VerilogTokens(SourceText text)
    {
        (this.text, content) = (text, text.Content);
        Advance();
    }

    /// <summary>The piece that is read next.</summary>
    public VerilogToken Current { get; private set; }

    /// <summary>The piece behind the current one.</summary>
    public VerilogToken Following
    {
        get
        {
            (int here, int at) = (place, line);
            VerilogToken following = Next();
            (place, line) = (here, at);
            return following;
        }
    }

    /// <summary>Goes to the next piece.</summary>
    public void Advance() => Current = Next();

    /// <summary>Whether the piece is a certain symbol or word; if so, it is taken.</summary>
    public bool Take(string wanted)
    {
        if (!IsAt(wanted))
            return false;
        Advance();
        return true;
    }

    /// <summary>Whether the piece is a certain symbol or word.</summary>
    public bool IsAt(string wanted) => Current.Kind is VerilogTokenKind.Symbol or VerilogTokenKind.Word && Current.Text == wanted;

    /// <summary>Takes a certain symbol or word.</summary>
    public void Expect(string wanted)
    {
        if (!Take(wanted))
            throw Unexpected($"'{wanted}'");
    }

    /// <summary>Takes a name.</summary>
    /// <param name="wanted">What it is the name of, for the message.</param>
    public string Word(string wanted)
    {
        if (Current.Kind != VerilogTokenKind.Word)
            throw Unexpected(wanted);
        string word = Current.Text;
        Advance();
        return word;
    }

    /// <summary>The message for a piece that is not what has to stand there.</summary>
    public InputException Unexpected(string wanted) => Current.Kind == VerilogTokenKind.End
        ? text.Wrong(Current.Line, $"the file ends where {wanted} is wanted; it may be cut short")
        : text.Wrong(Current.Line, $"'{SourceText.Shown(Current.Text)}' is where {wanted} is wanted");

    VerilogToken Next()
    {
        SkipBlanks();
        if (place >= content.Length)
            return new VerilogToken(VerilogTokenKind.End, "the end of the file", line);
        char first = content[place];
        int start = place;
        if (char.IsAsciiLetter(first) || first is '_' or '$')
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

        place += Symbols.FirstOrDefault(At)?.Length ?? 1;
        return new VerilogToken(VerilogTokenKind.Symbol, content[start..place], line);
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
            else if (At("(*") && !At("(*)"))
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
        Skip(character => char.IsAsciiLetter(character) || character == '_');
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
