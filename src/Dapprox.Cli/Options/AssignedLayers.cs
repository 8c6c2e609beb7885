using Dapprox.Foundation;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Graph;

namespace Dapprox.Cli.Options;

/// <summary>
/// The written form of multipliers for layers: <c>drum:8:k=4:conv1+exact-int8:conv2</c>, or a file that 'dapprox assign' wrote.
/// </summary>
static class AssignedLayers
{
    /// <summary>The form, for help.</summary>
    public const string Form = "MULTIPLIER:LAYERS+MULTIPLIER:LAYERS, where LAYERS is the name of a layer, with * for any letters, or "
        + "one of the groups of --layers, or a file that 'dapprox assign' wrote";

    /// <summary>Multipliers and their layers; null where one multiplier is given.</summary>
    /// <param name="given">A word on the command line.</param>
    /// <exception cref="InputException">It is a file of an assignment that is damaged.</exception>
    public static AssignedMultipliers? Of(string given)
    {
        if (AssignmentFile.TryRead(given) is { } written)
            return written;
        if (!given.Contains(':') || IsMultiplier(given))
            return null;
        // A single part may be the mistyped description of a circuit.
        return Split(given.Split('+'), 0, []) is { } parts
            && (parts.Count > 1 || LayerSelection.Known.Any(known => known.Name == parts[0].Layers)
                || Multipliers.All.Any(known => known.Name == parts[0].Multiplier))
            ? new(parts, AreIntegers: null)
            : null;
    }

    /// <summary>The parts from a word on. A + may belong to the list of cells of a circuit, so every place is tried.</summary>
    static List<(string Multiplier, string Layers)>? Split(string[] words, int first, HashSet<int> failed)
    {
        for (int end = first + 1; end <= words.Length; end++)
        {
            string part = string.Join('+', words[first..end]);
            int colon = part.LastIndexOf(':');
            // The name of a layer has neither sign.
            if (colon <= 0 || part.LastIndexOfAny(['+', '=']) > colon || IsMultiplier(part) || !IsMultiplier(part[..colon]))
                continue;
            if (end == words.Length)
                return [(part[..colon], part[(colon + 1)..])];
            if (!failed.Contains(end) && Split(words, end, failed) is { } rest)
                return [(part[..colon], part[(colon + 1)..]), .. rest];
        }

        failed.Add(first);
        return null;
    }

    static bool IsMultiplier(string given)
    {
        try
        {
            MultiplierChoice.Check(given);
            return true;
        }
        catch (InputException)
        {
            return false;
        }
    }
}
