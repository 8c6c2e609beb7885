using Dapprox.Foundation;

namespace Dapprox.Hardware;

/// <summary>The transistor models of a technology, in the language of SPICE.</summary>
public sealed class SpiceModelCard
{
    const int LongestText = 1 << 20;

    SpiceModelCard(string text, string nmos, string pmos) => (Text, Nmos, Pmos) = (text, nmos, pmos);

    /// <summary>The text as it was.</summary>
    public string Text { get; }

    /// <summary>The name of the NMOS model.</summary>
    public string Nmos { get; }

    /// <summary>The name of the PMOS model.</summary>
    public string Pmos { get; }

    /// <summary>Reads a model card.</summary>
    /// <param name="text">The content of the file.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="InputException">
    /// It does not have one NMOS and one PMOS model, or it has anything else: a simulator would execute commands in it.
    /// </exception>
    public static SpiceModelCard Parse(string text, string name)
    {
        if (text.Length > LongestText)
            throw new InputException($"'{name}' has {text.Length} characters; a model card has at most {LongestText}");
        string? nmos = null, pmos = null;
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line[0] is '*' or '+')
                continue;
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 3 || !words[0].Equals(".model", StringComparison.OrdinalIgnoreCase)
                || !words[1].All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.'))
            {
                throw new InputException(
                    $"'{name}', line {i + 1}: a model card has '.model NAME nmos' and '.model NAME pmos', lines that go on with '+', "
                    + "and comments with '*'; take anything else out");
            }

            if (words[2].StartsWith("nmos", StringComparison.OrdinalIgnoreCase) && nmos is null)
            {
                nmos = words[1];
            }
            else if (words[2].StartsWith("pmos", StringComparison.OrdinalIgnoreCase) && pmos is null)
            {
                pmos = words[1];
            }
            else
            {
                throw new InputException(
                    $"'{name}', line {i + 1}: the model {words[1]} is {words[2]}; a model card has one nmos and one pmos model");
            }
        }

        if (nmos is null || pmos is null)
        {
            throw new InputException(
                $"'{name}' has no {(nmos is null ? "nmos" : "pmos")} model; give a model card such as 45nm_HP.pm of the Predictive "
                + "Technology Model");
        }

        return new SpiceModelCard(text, nmos, pmos);
    }
}
