namespace Dapprox.Networks.Attacks;

/// <summary>The legal values of an <see cref="AttackOption"/>.</summary>
public abstract record AttackValues
{
    private protected AttackValues()
    {
    }

    /// <summary>A value as text on the command line.</summary>
    /// <param name="value">A legal value.</param>
    public virtual string Text(object value) => $"{value}";
}

/// <summary>Integers: values are <see cref="int"/>.</summary>
/// <param name="Min">The smallest legal one.</param>
public sealed record IntegerValues(int Min) : AttackValues;

/// <summary>Finite numbers: values are <see cref="double"/>.</summary>
/// <param name="IsLegal">Whether a number is legal.</param>
/// <param name="Legal">The same in words, with an example: <c>a number above 0, such as 0.02</c>.</param>
public sealed record NumberValues(Func<double, bool> IsLegal, string Legal) : AttackValues;

/// <summary>Yes or no: values are <see cref="bool"/>.</summary>
public sealed record SwitchValues : AttackValues
{
    /// <inheritdoc/>
    public override string Text(object value) => value is true ? "true" : "false";
}

/// <summary>A list of named values.</summary>
/// <param name="Choices">The names with their values.</param>
public sealed record ChoiceValues(IReadOnlyList<(string Name, object Value)> Choices) : AttackValues
{
    /// <inheritdoc/>
    public override string Text(object value) => Choices.First(choice => choice.Value.Equals(value)).Name;
}
