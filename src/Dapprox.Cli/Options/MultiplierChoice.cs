using Dapprox.Arithmetic;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Graph;

namespace Dapprox.Cli.Options;

/// <summary>
/// A multiplier as it is given, or an assignment of multipliers to layers. A circuit or a table multiplies the mantissas of floats, and
/// in a quantised network integers; a name says what it multiplies.
/// </summary>
/// <param name="Given">The word on the command line, or in a list.</param>
/// <param name="Line">The file and the line of the list, for messages; null for the command line.</param>
sealed record MultiplierChoice(string Given, string? Line = null)
{
    /// <summary>Checks a name or a description; files are read when they are used.</summary>
    /// <param name="given">What the user gave.</param>
    /// <param name="line">The file and the line of the list; null for the command line.</param>
    /// <exception cref="InputException">It is no name, description, file or assignment.</exception>
    public static MultiplierChoice Parse(string given, string? line = null) => At(line, () =>
    {
        if (AssignedLayers.Of(given) is null)
            Check(given);
        return new MultiplierChoice(given, line);
    });

    /// <summary>Checks the name or the description of one multiplier; files are read when they are used.</summary>
    /// <exception cref="InputException">It is neither.</exception>
    public static void Check(string given)
    {
        if (IntegerMultipliers.IsMeant(given))
            IntegerMultipliers.Find(given);
        else if (CircuitFiles.IsNamed(given))
            CircuitFiles.Open(given);
        else if (!CircuitFiles.IsFile(given))
            Multipliers.Find(given);
    }

    /// <summary>Finds the multiplier.</summary>
    /// <param name="isQuantised">Whether it is for a quantised network.</param>
    /// <param name="isSigned">Whether the integers of a table or circuit are signed; null for what it says.</param>
    /// <exception cref="InputException">A file cannot be read, or does not multiply such numbers.</exception>
    public Multiplier Find(bool isQuantised, bool? isSigned) => At(Line, () =>
    {
        if (AssignedLayers.Of(Given) is not { } parts)
            return CircuitFiles.Find(Given, isQuantised, isSigned);
        if (AssignmentFile.AreIntegers(Given) is bool areIntegers && areIntegers != isQuantised)
        {
            throw new InputException($"'{Given}' assigns multipliers of {(areIntegers ? "integers" : "floats")}, and the network is "
                + (areIntegers ? "one of floats; quantise it: --quantise int8" : "quantised; leave out --quantise"));
        }

        // Layers with the same multiplier share its products.
        Dictionary<string, Multiplier> found = parts.Select(part => part.Multiplier).Distinct()
            .ToDictionary(given => given, given => CircuitFiles.Find(given, isQuantised, isSigned));
        return new LayerMultipliers(
            Given, [.. parts.Select(part => (found[part.Multiplier], LayerSelection.Parse(part.Layers)))]);
    });

    static T At<T>(string? line, Func<T> find)
    {
        try
        {
            return find();
        }
        catch (InputException e) when (line is not null)
        {
            throw new InputException($"{line}: {e.Message}", e);
        }
    }
}
