using System.Globalization;

namespace Dapprox.Circuits.Formats;

/// <summary>Names that Verilog and C take, made of any: letters, digits and underlines, each name once.</summary>
sealed class Identifiers
{
    static readonly string[] Reserved =
    [
        "and", "or", "xor", "nand", "nor", "xnor", "not", "buf", "module", "endmodule", "input", "output", "inout", "wire", "reg", "assign",
        "always", "begin", "end", "initial", "if", "else", "case", "for", "while", "repeat", "forever", "task", "function", "signed",
        "integer",
        "real", "time", "table", "supply0", "supply1", "tri", "wand", "wor", "parameter", "edge", "event", "force", "release", "wait",
        "strong0", "strong1", "pull0", "pull1", "small", "medium", "large", "default", "generate", "logic", "bit", "byte", "int",
        "auto", "break", "char", "const", "continue", "do", "double", "enum", "extern", "float", "goto", "inline", "long", "register",
        "restrict",
        "return", "short", "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "main", "uint64_t",
    ];

    readonly HashSet<string> used = new(Reserved, StringComparer.Ordinal);

    /// <summary>
    /// The names of wires, cells, netlists inside and open outputs: one of these with a number. No other name looks like that.
    /// </summary>
    static readonly string[] Numbered = ["n", "cell_", "block_", "open_"];

    /// <summary>A name that is legal and new, and that given name where it is both.</summary>
    /// <param name="name">The name that is wanted.</param>
    public string Unique(string name)
    {
        string plain = string.Concat(name.Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_'));
        if (plain.Length == 0 || char.IsAsciiDigit(plain[0]) || IsNumbered(plain))
            plain = "_" + plain;
        string free = plain;
        for (int i = 2; !used.Add(free); i++)
            free = string.Create(CultureInfo.InvariantCulture, $"{plain}_{i}");
        return free;
    }

    static bool IsNumbered(string name) => Numbered.Any(start => name.StartsWith(start, StringComparison.Ordinal)
        && name.Length > start.Length && name.AsSpan(start.Length).IndexOfAnyExceptInRange('0', '9') < 0);
}
