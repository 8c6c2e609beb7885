using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Experiments.Paper;

/// <summary>One of the eight attacks of the paper, as it was released in Foolbox 2.4, which the authors used.</summary>
/// <param name="Name">Its name in the paper.</param>
/// <param name="Attack">The attack.</param>
/// <param name="Images">On how many images.</param>
/// <param name="Seconds">About how long one takes on LeNet-5.</param>
/// <param name="Access">What the attacker sees: gradients, scores or classes.</param>
public sealed record PaperAttack(string Name, IAttack<IGradientVictim> Attack, int Images, double Seconds, string Access)
{
    /// <summary>The eight, in the paper's order.</summary>
    /// <param name="scale">At which scale.</param>
    public static IReadOnlyList<PaperAttack> All(Scale scale)
    {
        ArgumentNullException.ThrowIfNull(scale);
        return
        [
            new("FGSM", Fgsm.Foolbox24, scale.FastImages, 0.01, "gradients"),
            new("PGD", Pgd.Foolbox24, scale.FastImages, 0.4, "gradients"),
            new("JSMA", Jsma.Foolbox24, scale.FastImages, 0.1, "gradients"),
            new("C&W", CarliniWagner.Foolbox24 with { Iterations = scale.CarliniWagnerIterations }, scale.SearchImages, 0.2 + scale.CarliniWagnerIterations * 0.003, "gradients"),
            new("DeepFool", DeepFool.Foolbox24, scale.FastImages, 0.08, "gradients"),
            new("LSA", LocalSearch.Foolbox24 with { Rounds = scale.LocalSearchRounds }, scale.QueryImages, scale.LocalSearchRounds * 0.03, "scores"),
            new("Boundary", BoundaryAttack.Foolbox24 with { Steps = scale.BoundarySteps }, scale.QueryImages, 0.7 + scale.BoundarySteps * 0.003, "classes"),
            new("HopSkipJump", HopSkipJump.Foolbox24 with { Iterations = scale.HopSkipJumpIterations }, scale.QueryImages, scale.HopSkipJumpIterations * 0.08, "classes"),
        ];
    }

    /// <summary>The attack on a network.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="source">The network.</param>
    public AttackUnit On(string dataset, ModelVariant source) => new(Attack, dataset, source, Images)
    {
        SecondsAnImage = Seconds,
        Backward = Access == "gradients" ? GradientEstimator.StraightThrough : null,
    };
}
