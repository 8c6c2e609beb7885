namespace Dapprox.Arithmetic;

/// <summary>
/// A multiplier: of floats (<see cref="FloatMultiplier"/>), of integers (<see cref="IntegerMultiplier"/>), or one of either kind for each
/// layer of a network.
/// </summary>
/// <param name="name">The name on the command line, in lower case: <c>ax-fpm</c>.</param>
/// <param name="summary">What it computes, in one line.</param>
/// <param name="source">Where it was published.</param>
public abstract class Multiplier(string name, string summary, string source)
{
    /// <summary>The name on the command line.</summary>
    public string Name { get; private protected set; } = name;

    /// <summary>What it computes, in one line; empty where nothing is said.</summary>
    public string Summary { get; } = summary;

    /// <summary>Where it was published; empty where it was not.</summary>
    public string Source { get; } = source;

    /// <summary>Whether it multiplies integers; floats otherwise.</summary>
    public abstract bool MultipliesIntegers { get; }

    /// <summary>Whether every product is exact but for the rounding of its format, and so is every sum of integers.</summary>
    public virtual bool IsExact => false;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
