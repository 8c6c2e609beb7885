namespace Dapprox.Cli.Attacks;

/// <summary>All attacks that <c>dapprox attack</c> knows: the paper's eight first.</summary>
static class AttackEntries
{
    /// <summary>Makes them, with new options, for one command line.</summary>
    public static IReadOnlyList<AttackEntry> Create() =>
    [
        GradientSignEntries.Fgsm(),
        GradientSignEntries.Pgd(),
        MinimalNormEntries.Jsma(),
        MinimalNormEntries.CarliniWagner(),
        MinimalNormEntries.DeepFool(),
        BlackBoxEntries.LocalSearch(),
        BlackBoxEntries.Boundary(),
        BlackBoxEntries.HopSkipJump(),
        EnsembleEntries.Apgd(),
        MinimalNormEntries.Fab(),
        BlackBoxEntries.Square(),
        GradientSignEntries.MomentumFgsm(),
        BlackBoxEntries.Noise(),
        EnsembleEntries.AutoAttack(),
    ];
}
