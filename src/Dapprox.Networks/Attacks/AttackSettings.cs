using Dapprox.Networks.Attacks.Engine;

namespace Dapprox.Networks.Attacks;

/// <summary>What an <see cref="AttackEntry"/> makes an attack of.</summary>
public sealed record AttackSettings
{
    /// <summary>The settings of the options that have no value.</summary>
    public AttackPreset Preset { get; init; } = AttackPreset.Strong;

    /// <summary>The budget, in input units; null for the nearest adversarial image.</summary>
    public double? Epsilon { get; init; }

    /// <summary>Whether the attack will be aimed at a class.</summary>
    public bool IsTargeted { get; init; }

    /// <summary>
    /// Images to begin at, for an attack that takes some (<see cref="AttackEntry.TakesStarts"/>). <see cref="AttackPreset.Foolbox24"/>
    /// begins at noise, and has them only where a class is aimed at, of which noise hardly ever is.
    /// </summary>
    public StartImages Starts { get; init; } = new([]);

    /// <summary>Values of options.</summary>
    public IReadOnlyDictionary<AttackOption, object> Values { get; init; } = new Dictionary<AttackOption, object>();
}
