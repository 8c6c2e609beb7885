using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;

namespace Dapprox.Cli.Options;

/// <summary>
/// A multiplier as it is given. A circuit or a table multiplies the mantissas of floats, and in a quantised network integers; a name says
/// what it multiplies.
/// </summary>
/// <param name="Given">The word on the command line.</param>
sealed record MultiplierChoice(string Given)
{
    /// <summary>The exact multiplier of the network that it is for.</summary>
    public static MultiplierChoice Exact { get; } = new(Multipliers.All[0].Name);

    /// <summary>Checks a name; files are read when they are used.</summary>
    /// <param name="given">What the user gave.</param>
    /// <exception cref="InputException">It is no name, description or file.</exception>
    public static MultiplierChoice Parse(string given)
    {
        if (IntegerMultipliers.IsMeant(given))
            IntegerMultipliers.Find(given);
        else if (!IsCircuit(given))
            Multipliers.Find(given);
        return new MultiplierChoice(given);
    }

    /// <summary>Finds the multiplier.</summary>
    /// <param name="isQuantised">Whether it is for a quantised network.</param>
    /// <param name="isSigned">Whether the integers of a table or circuit are signed; null for what it says.</param>
    /// <exception cref="InputException">A file cannot be read, or does not multiply such numbers.</exception>
    public Multiplier Find(bool isQuantised, bool? isSigned) =>
        IntegerMultipliers.IsMeant(Given) || (isQuantised && IsCircuit(Given)) ? CircuitFiles.FindIntegers(Given, isSigned)
        : CircuitFiles.FindMultiplier(Given);

    static bool IsCircuit(string given) => CircuitDescription.IsMeant(given) || CircuitFiles.IsFile(given);
}
