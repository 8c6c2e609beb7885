namespace Dapprox.Cli.Options;

/// <summary>A named value of an option.</summary>
/// <param name="Name">The name: <c>convolutions</c>.</param>
/// <param name="Value">The value that the name selects.</param>
readonly record struct Choice<T>(string Name, T Value)
{
    /// <summary>The name, which help shows for a default.</summary>
    public override string ToString() => Name;
}
