using Dapprox.Arithmetic;
using Dapprox.Circuits.Formats;
using Dapprox.Experiments.Runs;
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
    readonly AssignedMultipliers? assigned;

    MultiplierChoice(string given, string? line, AssignedMultipliers? assigned)
        : this(given, line)
    {
        this.assigned = assigned;
    }

    /// <summary>Whether it assigns multipliers to layers.</summary>
    public bool IsAssignment => assigned is not null;

    /// <summary>Checks a name or a description; files of circuits and tables are read when they are used.</summary>
    /// <param name="given">What the user gave.</param>
    /// <param name="line">The file and the line of the list; null for the command line.</param>
    /// <exception cref="InputException">It is no name, description, file or assignment.</exception>
    public static MultiplierChoice Parse(string given, string? line = null) => At(line, () =>
    {
        AssignedMultipliers? assigned = AssignedLayers.Of(given);
        if (assigned is null)
            Check(given);
        return new MultiplierChoice(given, line, assigned);
    });

    /// <summary>Checks the name or the description of one multiplier; files are read when they are used.</summary>
    /// <exception cref="InputException">It is neither.</exception>
    public static void Check(string given)
    {
        if (CircuitFiles.Parted(given) is var (multiplier, accumulator))
        {
            Check(multiplier);
            CircuitFiles.FindAccumulator(accumulator);
        }
        else if (IntegerMultipliers.IsMeant(given))
            IntegerMultipliers.Find(given);
        else if (CircuitFiles.IsNamed(given))
            CircuitFiles.Open(given);
        else if (!CircuitFiles.IsFile(given))
            Names.Find<Multiplier>(
                "multiplier", given, [.. Multipliers.All, .. IntegerMultipliers.All.Select(family => family.Example)], one => one.Name);
    }

    /// <summary>Finds the multiplier, or one for each layer that an assignment names.</summary>
    /// <param name="isQuantised">Whether it is for a quantised network.</param>
    /// <param name="isSigned">Whether the integers of a table or circuit are signed; null for what it says.</param>
    /// <param name="layers">The layers that it replaces, all for an assignment.</param>
    /// <exception cref="InputException">A file cannot be read, or does not multiply such numbers; or an assignment does not go with the
    /// layers or the network.</exception>
    public Multiplier Find(bool isQuantised, bool? isSigned, LayerSelection layers) => At(Line, () => assigned is null
        ? CircuitFiles.Find(Given, isQuantised, isSigned)
        : new MultiplierAssignment(Parts(isQuantised, layers)) { Name = Given }.Find(isQuantised, isSigned));

    /// <summary>The multipliers and their layers.</summary>
    /// <param name="isQuantised">Whether they are for a quantised network.</param>
    /// <param name="layers">The layers that a single multiplier replaces, all for an assignment.</param>
    /// <exception cref="InputException">An assignment does not go with the layers or the network.</exception>
    public IReadOnlyList<(string Multiplier, string Layers)> Parts(bool isQuantised, LayerSelection layers)
    {
        if (assigned is null)
            return [(Given, layers.Name)];
        if (layers != LayerSelection.All)
            throw new InputException($"{Given} names the layers itself; leave out --layers {layers}");
        return assigned.AreIntegers is bool areIntegers && areIntegers != isQuantised
            ? throw new InputException($"'{Given}' assigns multipliers of {(areIntegers ? "integers" : "floats")}, and the network is "
                + (areIntegers ? "one of floats; quantise it: --quantise int8" : "quantised; leave out --quantise"))
            : assigned.Parts;
    }

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
