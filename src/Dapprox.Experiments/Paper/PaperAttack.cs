using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Experiments.Paper;

/// <summary>One of the eight attacks of the paper, with the settings of Foolbox 2.4, which the authors used.</summary>
/// <param name="Name">Its name in the paper.</param>
/// <param name="Entry">The attack in the catalogue.</param>
/// <param name="Attack">The attack, with the settings of the scale.</param>
/// <param name="Images">The number of images that it attacks.</param>
/// <param name="Seconds">An estimate of the time per image on LeNet-5 and two cores, in seconds.</param>
public sealed record PaperAttack(string Name, AttackEntry Entry, IAttack<IGradientVictim> Attack, int Images, double Seconds)
{
    /// <summary>The eight attacks, in the paper's order.</summary>
    /// <param name="scale">Sets the numbers of images and steps.</param>
    public static IReadOnlyList<PaperAttack> All(Scale scale)
    {
        ArgumentNullException.ThrowIfNull(scale);
        return
        [
            Of("FGSM", AttackCatalogue.Fgsm, scale.FastImages, 0.01),
            Of("PGD", AttackCatalogue.Pgd, scale.FastImages, 0.4),
            Of("JSMA", AttackCatalogue.Jsma, scale.FastImages, 0.1),
            Of<CarliniWagner>(
                "C&W", AttackCatalogue.CarliniWagner, attack => attack with { Iterations = scale.CarliniWagnerIterations },
                scale.SearchImages, 0.2 + scale.CarliniWagnerIterations * 0.003),
            Of("DeepFool", AttackCatalogue.DeepFool, scale.FastImages, 0.08),
            Of<LocalSearch>(
                "LSA", AttackCatalogue.LocalSearch, attack => attack with { Rounds = scale.LocalSearchRounds },
                scale.QueryImages, scale.LocalSearchRounds * 0.03),
            Of<BoundaryAttack>(
                "Boundary", AttackCatalogue.Boundary, attack => attack with { Steps = scale.BoundarySteps },
                scale.QueryImages, 0.7 + scale.BoundarySteps * 0.003),
            Of<HopSkipJump>(
                "HopSkipJump", AttackCatalogue.HopSkipJump, attack => attack with { Iterations = scale.HopSkipJumpIterations },
                scale.QueryImages, scale.HopSkipJumpIterations * 0.08),
        ];
    }

    /// <summary>The attack on a network.</summary>
    /// <param name="dataset">The name of the data set whose test images are attacked.</param>
    /// <param name="source">The network that is attacked.</param>
    public AttackUnit On(string dataset, ModelVariant source) => new(Attack, dataset, source, Images)
    {
        SecondsAnImage = Seconds,
        Estimator = Entry.Access == Access.Gradients ? GradientEstimator.StraightThrough : null,
    };

    static PaperAttack Of(string name, AttackEntry entry, int images, double seconds) =>
        Of<IAttack<IGradientVictim>>(name, entry, attack => attack, images, seconds);

    static PaperAttack Of<TAttack>(string name, AttackEntry entry, Func<TAttack, TAttack> scaled, int images, double seconds)
        where TAttack : IAttack<IGradientVictim> =>
        new(name, entry, scaled((TAttack)entry.Create(new AttackSettings { Preset = AttackPreset.Foolbox24 })), images, seconds);
}
