namespace Dapprox.Networks.Attacks;

/// <summary>The source of the settings that are not given.</summary>
public sealed class AttackPreset
{
    AttackPreset(string name) => Name = name;

    /// <summary><c>strong</c>: the settings of the attacks' papers, some of them strengthened; the defaults of the attack's type.</summary>
    public static AttackPreset Strong { get; } = new("strong");

    /// <summary><c>foolbox-2.4</c>: the settings of Foolbox 2.4, which "Defensive Approximation" used.</summary>
    public static AttackPreset Foolbox24 { get; } = new("foolbox-2.4");

    /// <summary>The name on the command line and in JSON.</summary>
    public string Name { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
