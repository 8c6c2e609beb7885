using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Experiments.Figures;

namespace DefensiveApproximation.Experiments;

/// <summary>The accuracy of the network on one multiplier.</summary>
/// <param name="Multiplier">The multiplier's name.</param>
/// <param name="Layers">Which layers multiply with it: <c>all</c> or <c>convolutions</c>.</param>
/// <param name="Accuracy">The share of the test images classified correctly.</param>
/// <param name="Paper">What the paper's table 6 has for MNIST, or null.</param>
public sealed record AccuracyRow(string Multiplier, string Layers, Share Accuracy, double? Paper);

/// <summary>How adversarial examples made on the exact network fare on another one.</summary>
/// <param name="Multiplier">The other network's multiplier.</param>
/// <param name="Layers">Which of its layers multiply with it.</param>
/// <param name="Transfer">Of the successful examples whose clean image it classifies right, those that fool it too.</param>
public sealed record TransferRow(string Multiplier, string Layers, Share Transfer);

/// <summary>One attack at one budget.</summary>
/// <param name="Attack">The attack's name: <c>fgsm</c>, <c>pgd</c>.</param>
/// <param name="Epsilon">
/// The largest change of a pixel, pixels in [0, 1]; null where each image got the smallest ε that succeeds, on a grid of
/// <see cref="ReproductionExperiment.SmallestStepGrid"/>.
/// </param>
/// <param name="Success">Of the attacked images, those that it turned on the exact network.</param>
/// <param name="MeanL2">The mean L2 distance of the successful ones; null of none.</param>
/// <param name="Transfers">The same examples on other networks.</param>
public sealed record AttackRow(string Attack, double? Epsilon, Share Success, double? MeanL2, IReadOnlyList<TransferRow> Transfers);

/// <summary>How a number of the paper compares with ours.</summary>
public enum Agreement
{
    /// <summary>The paper's number lies inside our interval, or the claim holds with room to spare.</summary>
    Agrees,

    /// <summary>In some of the settings.</summary>
    Partly,

    /// <summary>It does not.</summary>
    Differs,

    /// <summary>Too few examples to say.</summary>
    Open,
}

/// <summary>A claim of the paper, with what came out here.</summary>
/// <param name="Claim">The claim, in short.</param>
/// <param name="Paper">The paper's number.</param>
/// <param name="Here">Ours.</param>
/// <param name="Agreement">How they compare.</param>
/// <param name="Sentence">What to make of it, in one or two sentences.</param>
public sealed record Finding(string Claim, string Paper, string Here, Agreement Agreement, string Sentence);

/// <summary>How long a part of the experiment took.</summary>
/// <param name="Part">The part.</param>
/// <param name="Seconds">Wall time in seconds.</param>
public sealed record Timing(string Part, double Seconds);

/// <summary>What the experiment found. The same options give the same numbers, to the last bit, whatever the number of threads and the instruction set.</summary>
public sealed record ReproductionResult
{
    /// <summary>The data set's name.</summary>
    public required string Dataset { get; init; }

    /// <summary>One sentence: what this data is.</summary>
    public required string Provenance { get; init; }

    /// <summary>The name of the network.</summary>
    public required string Model { get; init; }

    /// <summary>Determined every random number.</summary>
    public required ulong Seed { get; init; }

    /// <summary>How many images the accuracies are of.</summary>
    public required int TestImages { get; init; }

    /// <summary>How many images were attacked: the first that both the exact and the Ax-FPM network get right.</summary>
    public required int AttackedImages { get; init; }

    /// <summary>How many steps PGD made; each is ε/30 long, and the start is random.</summary>
    public required int PgdSteps { get; init; }

    /// <summary>The paper's claims beside what came out.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>The accuracies.</summary>
    public required IReadOnlyList<AccuracyRow> Accuracies { get; init; }

    /// <summary>The attacks.</summary>
    public required IReadOnlyList<AttackRow> Attacks { get; init; }

    /// <summary>The error of the multipliers.</summary>
    public required IReadOnlyList<ErrorMetrics> Metrics { get; init; }
}

/// <summary>A finished run: the numbers, what the pictures show, and, apart because it never repeats, the time it took.</summary>
/// <param name="Result">The numbers.</param>
/// <param name="Examples">Adversarial examples to show; none when no attack succeeded.</param>
/// <param name="Noise">The noise of Ax-FPM.</param>
/// <param name="Timings">How long the parts took.</param>
public sealed record Reproduction(
    ReproductionResult Result, IReadOnlyList<AdversarialExample> Examples, NoiseProfile Noise, IReadOnlyList<Timing> Timings);
