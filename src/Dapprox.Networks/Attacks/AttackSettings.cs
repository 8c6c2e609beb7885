using Dapprox.Networks.Attacks.Engine;

namespace Dapprox.Networks.Attacks;

/// <summary>The settings from which an <see cref="AttackEntry"/> creates an attack.</summary>
public sealed record AttackSettings
{
    /// <summary>The preset, which gives the options without a value.</summary>
    public AttackPreset Preset { get; init; } = AttackPreset.Strong;

    /// <summary>The budget, in input units; null for the nearest adversarial image.</summary>
    public double? Epsilon { get; init; }

    /// <summary>Whether the attack will be targeted.</summary>
    public bool IsTargeted { get; init; }

    /// <summary>
    /// Images to start from, for an attack that takes them (<see cref="AttackEntry.TakesStarts"/>).
    /// <see cref="AttackPreset.Foolbox24"/> starts from noise, and uses them only in a targeted attack, since noise is rarely of
    /// the target class.
    /// </summary>
    public GivenImages Starts { get; init; } = new([]);

    /// <summary>
    /// Images for which the attack seeks a perturbation, for one that takes them (<see cref="AttackEntry.TakesExamples"/>): not the
    /// attacked ones.
    /// </summary>
    public GivenImages Examples { get; init; } = new([]);

    /// <summary>Values of options.</summary>
    public IReadOnlyDictionary<AttackOption, object> Values { get; init; } = new Dictionary<AttackOption, object>();
}
