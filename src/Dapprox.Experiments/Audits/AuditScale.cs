using Dapprox.Networks.Attacks.Algorithms;

namespace Dapprox.Experiments.Audits;

/// <summary>How much of an audit is run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Images">How many images are attacked by gradients.</param>
/// <param name="QueryImages">How many by queries and by Carlini and Wagner's attack.</param>
/// <param name="Estimated">For how many gradients are estimated.</param>
/// <param name="Draws">How many images of noise are tried on each.</param>
/// <param name="Queries">The queries of the square attack.</param>
/// <param name="RetrainingEpochs">For how many epochs the other network is trained whose examples are compared.</param>
public sealed record AuditScale(string Name, int Images, int QueryImages, int Estimated, int Draws, int Queries, int RetrainingEpochs)
{
    /// <summary>The iterations of HopSkipJump.</summary>
    public int HopSkipJumpIterations { get; init; } = 20;

    /// <summary>The iterations of Carlini and Wagner's attack for each constant.</summary>
    public int CarliniWagnerIterations { get; init; } = CarliniWagner.Foolbox24.Iterations;

    /// <summary>For minutes.</summary>
    public static AuditScale Quick { get; } = new("quick", 30, 6, 3, 1_000, 500, 6) { HopSkipJumpIterations = 4, CarliniWagnerIterations = 300 };

    /// <summary>For an hour or two.</summary>
    public static AuditScale Standard { get; } = new("standard", 200, 50, 20, 10_000, 5_000, 6);

    /// <summary>All, the default first.</summary>
    public static IReadOnlyList<AuditScale> All { get; } = [Quick, Standard];

    /// <inheritdoc/>
    public override string ToString() => Name;
}
