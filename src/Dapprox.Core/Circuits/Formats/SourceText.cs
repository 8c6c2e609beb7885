using Dapprox.Foundation;

namespace Dapprox.Circuits.Formats;

/// <summary>A text that describes a circuit, with the name that messages call it by.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Content">The characters, line ends included.</param>
public sealed record SourceText(string Name, string Content)
{
    /// <summary>The longest text that is read, in characters: a flat array of 32 by 32 bits has less than a hundredth of it.</summary>
    public const int MaxCharacters = 16_000_000;

    /// <summary>The largest number of cells that a circuit file may have.</summary>
    public const int MaxElements = 100_000;

    // What a message repeats of the text.
    const int ShownCharacters = 60;

    /// <summary>Creates the exception for a line of the text.</summary>
    /// <param name="line">The line, from 1.</param>
    /// <param name="reason">What is wrong, and what is legal.</param>
    internal InputException Wrong(int line, string reason) => new($"'{Name}', line {line}: {reason}");

    /// <summary>Creates the exception for a text that goes beyond what is read.</summary>
    /// <inheritdoc cref="Wrong"/>
    internal InputException TooLarge(int line, string reason) => new($"'{Name}', line {line}: {reason}") { IsTooLarge = true };

    /// <summary>The message for circuits of more than <see cref="MaxElements"/> cells.</summary>
    internal InputException TooManyElements(int line) =>
        TooLarge(line, $"the circuit has more than {MaxElements} cells, the most that are read");

    /// <summary>A word of the text as messages show it: cut, and without control characters.</summary>
    internal static string Shown(string word) => InputFile.OneLine(word, ShownCharacters);
}
