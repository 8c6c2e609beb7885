namespace Dapprox.Arithmetic;

/// <summary>A multiplier: of floats (<see cref="FloatMultiplier"/>) or of integers (<see cref="IntegerMultiplier"/>).</summary>
/// <param name="name">The name on the command line, in lower case: <c>ax-fpm</c>.</param>
/// <param name="summary">What it computes, in one line.</param>
/// <param name="source">Where it was published.</param>
public abstract class Multiplier(string name, string summary, string source)
{
    /// <summary>The name on the command line.</summary>
    public string Name { get; } = name;

    /// <summary>What it computes, in one line; empty where nothing is said.</summary>
    public string Summary { get; } = summary;

    /// <summary>Where it was published; empty where it was not.</summary>
    public string Source { get; } = source;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
