using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Experiments.Paper;

/// <summary>One of the eight attacks of the paper, with the settings of Foolbox 2.4, which the authors used.</summary>
/// <param name="Name">Its name in the paper.</param>
/// <param name="Attack">The attack, with its settings.</param>
/// <param name="Images">The number of images that it attacks.</param>
/// <param name="Seconds">An estimate of the time per image on LeNet-5 and two cores, in seconds.</param>
/// <param name="Access">The required access: gradients, scores or classes.</param>
public sealed record PaperAttack(string Name, IAttack<IGradientVictim> Attack, int Images, double Seconds, string Access)
{
    /// <summary>The eight attacks, in the paper's order.</summary>
    /// <param name="scale">Sets the numbers of images and steps.</param>
    public static IReadOnlyList<PaperAttack> All(Scale scale)
    {
        ArgumentNullException.ThrowIfNull(scale);
        return
        [
            new("FGSM", Fgsm.Released, scale.FastImages, 0.01, "gradients"),
            new("PGD", Pgd.Released, scale.FastImages, 0.4, "gradients"),
            new("JSMA", Jsma.Released, scale.FastImages, 0.1, "gradients"),
            new("C&W", CarliniWagner.Released with { Iterations = scale.CarliniWagnerIterations },
                scale.SearchImages, 0.2 + scale.CarliniWagnerIterations * 0.003, "gradients"),
            new("DeepFool", DeepFool.Released, scale.FastImages, 0.08, "gradients"),
            new("LSA", LocalSearch.Released with { Rounds = scale.LocalSearchRounds },
                scale.QueryImages, scale.LocalSearchRounds * 0.03, "scores"),
            new("Boundary", BoundaryAttack.Released with { Steps = scale.BoundarySteps },
                scale.QueryImages, 0.7 + scale.BoundarySteps * 0.003, "classes"),
            new("HopSkipJump", HopSkipJump.Released with { Iterations = scale.HopSkipJumpIterations },
                scale.QueryImages, scale.HopSkipJumpIterations * 0.08, "classes"),
        ];
    }

    /// <summary>The attack on a network.</summary>
    /// <param name="dataset">The name of the data set whose test images are attacked.</param>
    /// <param name="source">The network that is attacked.</param>
    public AttackUnit On(string dataset, ModelVariant source) => new(Attack, dataset, source, Images)
    {
        SecondsAnImage = Seconds,
        Estimator = Access == "gradients" ? GradientEstimator.StraightThrough : null,
    };
}
