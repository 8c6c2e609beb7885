using System.CommandLine;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Tools;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox circuit build</c>: a circuit from its description.</summary>
static class CircuitBuildCommand
{
    public static Command Create()
    {
        string kinds = string.Join(", ", CircuitDescription.KnownKinds);
        string options = string.Join("; ", CircuitDescription.KnownOptions.Select(option => $"{option.Name}, {option.Help}"));
        string signs = string.Join("; ", CircuitDescription.KnownSigns.Select(sign => $"{sign.Name}, {sign.Help}"));
        return CircuitConversion.Create(
            "build", "Build the circuit of a multiplier from its description.",
            "The description is KIND:BITS[:CELL][:OPTION=VALUE…][:SIGN], as array:24:ama5:columns=24 or booth:8:signed. Kinds: "
                + $"{kinds}. Cells: {string.Join(", ", Cells.Adders)}; fa, the exact one, where nothing is said. Options: {options}. "
                + $"Signed: {signs}.",
            "DESCRIPTION", "The circuit, such as array:24:ama5.",
            (_, given) => new CircuitDocument(CircuitDescription.Build(given)), outputIsRequired: false);
    }
}
