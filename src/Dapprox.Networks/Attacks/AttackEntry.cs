using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks;

/// <summary>An attack of the <see cref="AttackCatalogue"/>: its description, its requirements and its factory.</summary>
public sealed class AttackEntry
{
    // A budget that every attack with a budget accepts; no property read from the example depends on it.
    const double SomeEpsilon = 1;

    readonly Func<double?, IAttack<IGradientVictim>> strong;
    readonly Func<double?, IAttack<IGradientVictim>>? foolbox24;
    readonly IAttack<IGradientVictim> example;

    /// <summary>Describes an attack.</summary>
    /// <param name="strong">Creates the attack with the preset <see cref="AttackPreset.Strong"/> and a budget, null for none.</param>
    /// <param name="foolbox24">Creates it with <see cref="AttackPreset.Foolbox24"/>; null if Foolbox 2.4 has no such attack.</param>
    internal AttackEntry(Func<double?, IAttack<IGradientVictim>> strong, Func<double?, IAttack<IGradientVictim>>? foolbox24 = null)
    {
        (this.strong, this.foolbox24) = (strong, foolbox24);
        example = strong(SomeEpsilon);
        Presets = foolbox24 is null ? [AttackPreset.Strong] : [AttackPreset.Strong, AttackPreset.Foolbox24];
    }

    /// <summary>The name on the command line.</summary>
    public string Name => example.Name;

    /// <summary>What it does, in one sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>Authors and year of its paper; a dash if it has none.</summary>
    public required string Source { get; init; }

    /// <summary>The required access to the victim.</summary>
    public Access Access => example.Access;

    /// <summary>The norms that it can bound or minimise; the first is the default.</summary>
    public IReadOnlyList<Norm> Norms =>
        Options.Select(option => option.Values).OfType<ChoiceValues>()
            .Select(values => values.Choices.Select(choice => choice.Value).OfType<Norm>().ToArray())
            .FirstOrDefault(norms => norms.Length > 0, [example.Norm]);

    /// <summary>Where it is the attack to choose, in a few words; a dash if another does better.</summary>
    public string BestFor { get; init; } = "–";

    /// <summary>Whether it takes a budget.</summary>
    public required AttackBudget Budget { get; init; }

    /// <summary>Whether it has a targeted form.</summary>
    public bool CanTarget { get; init; } = true;

    /// <summary>For a number of classes, what the attack leaves out because they are too few, in words; null for nothing.</summary>
    public Func<int, string?> LeftOut { get; init; } = _ => null;

    /// <summary>Whether it can resume from an <see cref="AttackCheckpoint"/> in the middle of an image.</summary>
    public bool CanResume { get; init; }

    /// <summary>Whether it can start from given images if noise is not adversarial.</summary>
    public bool TakesStarts => WithStarts is not null;

    /// <summary>Whether it seeks its perturbation for given images.</summary>
    public bool TakesExamples => WithExamples is not null;

    /// <summary>The settings that can be chosen individually.</summary>
    public IReadOnlyList<AttackOption> Options { get; init; } = [];

    /// <summary>The presets; the first is the default.</summary>
    public IReadOnlyList<AttackPreset> Presets { get; }

    /// <summary>The attack with images to start from.</summary>
    internal Func<IAttack<IGradientVictim>, GivenImages, IAttack<IGradientVictim>>? WithStarts { get; init; }

    /// <summary>The attack with images for which it seeks its perturbation.</summary>
    internal Func<IAttack<IGradientVictim>, GivenImages, IAttack<IGradientVictim>>? WithExamples { get; init; }

    /// <summary>The conflict between settings that are legal individually; null if there is none.</summary>
    internal Func<IAttack<IGradientVictim>, AttackSettings, string?> Conflict { get; init; } = (_, _) => null;

    /// <summary>The value of an option in a preset; null if the preset leaves it unset.</summary>
    /// <param name="option">One of <see cref="Options"/>.</param>
    /// <param name="preset">One of <see cref="Presets"/>.</param>
    public object? Default(AttackOption option, AttackPreset preset)
    {
        ArgumentNullException.ThrowIfNull(option);
        return option.Get(Preset(preset, SomeEpsilon));
    }

    /// <summary>Makes the attack.</summary>
    /// <param name="settings">The preset, budget and option values.</param>
    /// <exception cref="InputException">Two of the settings exclude each other.</exception>
    /// <exception cref="ArgumentException">
    /// There is no such preset, a budget is missing or not taken, or the attack refuses a value.
    /// </exception>
    public IAttack<IGradientVictim> Create(AttackSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (settings.Epsilon is null ? Budget == AttackBudget.Required : Budget == AttackBudget.None)
            throw new ArgumentException($"A budget is {Budget.ToString().ToLowerInvariant()} for {Name}.", nameof(settings));
        IAttack<IGradientVictim> attack = Preset(settings.Preset, settings.Epsilon);
        foreach ((AttackOption option, object value) in settings.Values)
            attack = option.With(attack, value);
        if (WithStarts is not null && (settings.Preset == AttackPreset.Strong || settings.IsTargeted))
            attack = WithStarts(attack, settings.Starts);
        if (WithExamples is not null)
            attack = WithExamples(attack, settings.Examples);
        return Conflict(attack, settings) is string conflict ? throw new InputException(conflict) : attack;
    }

    IAttack<IGradientVictim> Preset(AttackPreset preset, double? epsilon) =>
        preset == AttackPreset.Strong ? strong(epsilon)
        : foolbox24 is null ? throw new ArgumentException($"{Name} has no settings of {preset}.", nameof(preset))
        : foolbox24(epsilon);
}
