using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Circuits.Formats;

/// <summary>A circuit as a file holds it, with what a file may say of the float multiplier that it is meant for.</summary>
/// <param name="Circuit">The circuit, a mantissa multiplier where the other members are used.</param>
public sealed record CircuitDocument(Netlist Circuit)
{
    /// <summary>The name of the multiplier; null where the file says none.</summary>
    public string? Name { get; init; }

    /// <summary>The program that elaborated it; null where the file was read as it is.</summary>
    public string? ReadBy { get; init; }

    /// <summary>What was left out of it; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>What a reader of results should know of the file, a sentence each.</summary>
    public IEnumerable<string> Notes
    {
        get
        {
            if (ReadBy is not null)
                yield return $"{Circuit.Name} was read by {ReadBy}, and its gates are those that {ReadBy} made";
            if (Note is not null)
                yield return Note;
            if (Circuit.OperandsOutOfOrder is string order)
                yield return order;
        }
    }

    /// <summary>Where the circuit was published; empty where the file does not say.</summary>
    public string Source { get; init; } = "";

    /// <summary>The float format; null for that of <see cref="CircuitMultiplier"/>.</summary>
    public FloatFormat? Format { get; init; }

    /// <summary>Whether the exponent follows the position of the leading one.</summary>
    public MantissaOverflow Overflow { get; init; } = MantissaOverflow.Renormalised;

    /// <summary>The float multiplier.</summary>
    /// <param name="otherwise">Its name where the file says none.</param>
    /// <exception cref="InputException">The circuit does not multiply mantissas of that format.</exception>
    public CircuitMultiplier Multiplier(string otherwise) => new(Circuit, Format, Overflow, Name ?? otherwise, source: Source);
}
