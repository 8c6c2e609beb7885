namespace Dapprox.Cli.Options;

/// <summary>One of the values that an option lists, under the name that the command line gives it.</summary>
/// <param name="Name">The name: <c>convolutions</c>.</param>
/// <param name="Value">What it stands for.</param>
readonly record struct Choice<T>(string Name, T Value)
{
    /// <summary>The name, as help shows it for a default.</summary>
    public override string ToString() => Name;
}
