using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks;

/// <summary>The result of one attack of a <see cref="Campaign"/>.</summary>
/// <param name="Attack">The attack that was run, with its settings and budget.</param>
/// <param name="ByEstimator">
/// The outcome under each gradient estimator; a single one, without estimator, for an attack without gradients.
/// </param>
public sealed record CampaignResult(
    IAttack<IGradientVictim> Attack, IReadOnlyList<(GradientEstimator? Estimator, AttackOutcome Outcome)> ByEstimator)
{
    /// <summary>The adaptive result: for each image the nearest success under any estimator.</summary>
    public AttackOutcome Worst { get; } = ByEstimator.Count == 1
        ? ByEstimator[0].Outcome
        : AttackOutcome.Worst([.. ByEstimator.Select(run => run.Outcome)], Attack.Norm);
}
