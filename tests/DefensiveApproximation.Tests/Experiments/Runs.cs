using DefensiveApproximation.Experiments;

namespace DefensiveApproximation.Tests.Experiments;

/// <summary>A small run of the experiment, made once for all tests that look at one.</summary>
static class Runs
{
    static readonly Lazy<Reproduction> Cached = new(Make);

    public static ReproductionOptions Options { get; } = new() { TestImages = 80, AttackedImages = 20, Epsilons = [0.1, 0.2], Samples = 100_000 };

    public static Reproduction Small => Cached.Value;

    static Reproduction Make() => ReproductionExperiment.Run(Options);

    public static RunInfo Info { get; } = new(
        "0.1.0", "dapprox reproduce --out <somewhere>", new DateTime(2026, 11, 23, 12, 0, 0, DateTimeKind.Utc), "A processor & more", "A system");
}
