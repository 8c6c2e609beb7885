using Dapprox.Networks.Attacks.Algorithms;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>The extent of an audit.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Images">The number of images that are attacked through gradients.</param>
/// <param name="QueryImages">The number of images for query attacks and for Carlini and Wagner's attack.</param>
/// <param name="Estimated">The number of images for which NES estimates gradients.</param>
/// <param name="Draws">The number of noisy images that random noise tries for each image.</param>
/// <param name="Queries">The number of queries of the square attack for each image.</param>
/// <param name="RetrainingEpochs">The number of epochs for which the independently trained control is trained.</param>
public sealed record AuditScale(string Name, int Images, int QueryImages, int Estimated, int Draws, int Queries, int RetrainingEpochs)
{
    /// <summary>The number of iterations of HopSkipJump.</summary>
    public int HopSkipJumpIterations { get; init; } = 20;

    /// <summary>Whether AutoAttack is among the attacks.</summary>
    public bool AutoAttack { get; init; }

    /// <summary>The number of iterations of Carlini and Wagner's attack for each constant.</summary>
    public int CarliniWagnerIterations { get; init; } = CarliniWagner.Foolbox24.Iterations;

    /// <summary>Takes minutes.</summary>
    public static AuditScale Quick { get; } = new("quick", 80, 10, 3, 1_000, 500, 6)
    {
        HopSkipJumpIterations = 4,
        CarliniWagnerIterations = 300,
    };

    /// <summary>Takes an hour or two.</summary>
    public static AuditScale Standard { get; } = new("standard", 200, 50, 20, 10_000, 5_000, 6) { AutoAttack = true };

    /// <summary>All scales, the default first.</summary>
    public static IReadOnlyList<AuditScale> All { get; } = [Quick, Standard];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
