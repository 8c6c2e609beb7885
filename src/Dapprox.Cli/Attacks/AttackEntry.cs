using System.CommandLine;
using Dapprox.Cli.Options;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Cli.Attacks;

/// <summary>Whose settings an attack's options have unless they are given.</summary>
enum Preset
{
    /// <summary>The settings of the attacks' papers, some of them strengthened.</summary>
    Strong,

    /// <summary>Those of Foolbox 2.4, which "Defensive Approximation" used.</summary>
    Released,
}

/// <summary>What an attacker has to see.</summary>
enum Knowledge
{
    Labels,
    Scores,
    Gradients,
}

/// <summary>Whether an attack takes a budget.</summary>
enum Budget
{
    /// <summary>It does.</summary>
    Fixed,

    /// <summary>It takes one, and without one looks for the nearest adversarial image.</summary>
    Either,

    /// <summary>It looks for the nearest adversarial image only.</summary>
    Minimal,
}

/// <summary>What an attack is made from, besides its own options.</summary>
/// <param name="Parse">The command line.</param>
/// <param name="Preset">The preset.</param>
/// <param name="Epsilon">The budget, or null.</param>
/// <param name="IsTargeted">Whether a certain class is aimed at.</param>
/// <param name="Starts">Images of all classes, for attacks that begin at an adversarial image and find none in noise.</param>
sealed record AttackSetting(ParseResult Parse, Preset Preset, double? Epsilon, bool IsTargeted, IReadOnlyList<float[]> Starts)
{
    /// <summary>The attack as the preset has it.</summary>
    public T Of<T>(T strong, T released) => Preset == Preset.Released ? released : strong;
}

/// <summary>An attack on the command line.</summary>
sealed record AttackEntry
{
    public required string Name { get; init; }

    /// <summary>One line: what it does.</summary>
    public required string Summary { get; init; }

    /// <summary>Authors and year.</summary>
    public required string Source { get; init; }

    /// <summary>The norms it can bound or make small; the first is the default.</summary>
    public required Norm[] Norms { get; init; }

    public required Knowledge Knowledge { get; init; }

    public required Budget Budget { get; init; }

    /// <summary>Whether it can aim at a class.</summary>
    public bool CanTarget { get; init; } = true;

    /// <summary>Whether Foolbox 2.4 had it.</summary>
    public bool HasReleased { get; init; } = true;

    /// <summary>Whether it can go on from a saved state.</summary>
    public bool CanResume { get; init; }

    /// <summary>Its own options.</summary>
    public Option[] Options { get; init; } = [];

    /// <summary>Makes the attack.</summary>
    public required Func<AttackSetting, IAttack<IGradientVictim>> Create { get; init; }

    /// <summary>Its presets; the first is the default.</summary>
    public IEnumerable<string> Presets => HasReleased ? ["strong", "released"] : ["strong"];

    /// <summary>A norm as the command line writes it.</summary>
    public static string NameOf(Norm norm) => norm switch
    {
        Norm.L0 => "l0",
        Norm.L2 => "l2",
        _ => "linf",
    };

    /// <summary>A norm as tables write it.</summary>
    public static string SignOf(Norm norm) => norm == Norm.LInf ? "L∞" : norm.ToString();

    /// <summary>The option for the norm of an attack that has several.</summary>
    public static Option<Choice<Norm>> NormOption(params Norm[] norms) => Values.Choice(
        "--norm", "The norm of the distance.", norms.Select(norm => new Choice<Norm>(NameOf(norm), norm)).ToArray());

    /// <summary>A number of at least 1 that the preset has a default for.</summary>
    public static Option<int?> Count(string name, string description) => Values.Integer(name, description + " [default: the preset's]", least: 1);

    /// <summary>A number that the preset has a default for.</summary>
    public static Option<double?> Number(string name, string description, Func<double, bool> isLegal, string legal) => Values.Option<double?>(
        name, "X", description + " [default: the preset's]", text => Values.Number(name, text, isLegal, legal));

    /// <summary>One of the attacks of a name, with a default of the preset's.</summary>
    public static Option<Choice<T?>> Variant<T>(string name, string description, params Choice<T>[] choices)
        where T : struct, Enum
    {
        Choice<T?>[] nullable = Array.ConvertAll(choices, choice => new Choice<T?>(choice.Name, choice.Value));
        return Values.Option(name, string.Join('|', choices.Select(choice => choice.Name)), description + " [default: the preset's]",
            text => Names.Find($"value of {name}", text, nullable, choice => choice.Name));
    }

    /// <summary>Yes or no, with a default of the preset's.</summary>
    public static Option<bool?> Switch(string name, string description) => new(name)
    {
        Description = description + " [default: the preset's]",
        Arity = ArgumentArity.ZeroOrOne,
    };
}
