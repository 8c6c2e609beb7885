namespace DefensiveApproximation.Cli.Attacks;

/// <summary>All attacks that <c>dapprox attack</c> knows: the paper's eight first.</summary>
static class AttackEntries
{
    /// <summary>Makes them, with new options, for one command line.</summary>
    public static IReadOnlyList<AttackEntry> Create() =>
    [
        GradientSignEntries.Fgsm(),
        GradientSignEntries.Pgd(),
        GradientSignEntries.MomentumFgsm(),
    ];
}
