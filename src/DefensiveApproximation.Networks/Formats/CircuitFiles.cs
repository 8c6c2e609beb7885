using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Circuits;

namespace DefensiveApproximation.Networks.Formats;

/// <summary>Circuits, and multipliers made of them, by what a user gives: a description or a file.</summary>
public static class CircuitFiles
{
    /// <summary>The circuit that is given.</summary>
    /// <param name="given">A description as of <see cref="CircuitDescription"/>, or the path of a file.</param>
    /// <exception cref="InputException">There is no such circuit.</exception>
    public static Netlist Load(string given) => CircuitDescription.Build(given);

    /// <summary>The multiplier that is given.</summary>
    /// <param name="given">The name of one of <see cref="Multipliers"/>, or what <see cref="Load"/> takes.</param>
    /// <exception cref="InputException">There is no such multiplier, or the circuit does not multiply mantissas.</exception>
    public static FloatMultiplier FindMultiplier(string given) =>
        CircuitDescription.IsMeant(given) ? new CircuitMultiplier(Load(given)) : Multipliers.Find(given);
}
