namespace Dapprox.Arithmetic;

/// <summary>
/// A multiplier of two binary32 numbers, given by its scalar definition. The operands have roles: the first is the
/// activation and the second the weight, and most approximate multipliers do not commute. Derive from this class to
/// add a multiplier of your own; every kernel, network and attack accepts it.
/// </summary>
/// <remarks>
/// A definition is a pure function, free of state and safe to call from any thread. A result that is not a number
/// is always <see cref="float.NaN"/>, whatever the payloads of the operands.
/// </remarks>
/// <param name="name">The name on the command line, in lower case: <c>ax-fpm</c>.</param>
/// <param name="summary">What it computes, in one line.</param>
/// <param name="source">Where it was published.</param>
public abstract class FloatMultiplier(string name, string summary, string source) : Multiplier(name, summary, source)
{
    /// <inheritdoc/>
    public sealed override bool MultipliesIntegers => false;

    /// <summary>The product, as this hardware would give it.</summary>
    /// <param name="activation">The first operand, A.</param>
    /// <param name="weight">The second operand, B.</param>
    public abstract float Multiply(float activation, float weight);
}
