using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Tests.Attacks;

/// <summary>The attacks with gradients, with settings that take little time, by name.</summary>
static class GradientAttacks
{
    static readonly CarliniWagner ShortCarliniWagner = new() { SearchSteps = 3, Iterations = 12, LearningRate = 0.1, InitialConstant = 1 };
    static readonly Fab ShortFab = new() { Steps = 5, Restarts = 2 };

    /// <summary>Those without a budget of distance.</summary>
    public static Dictionary<string, IAttack<IGradientVictim>> Minimal { get; } = new()
    {
        ["deepfool"] = new DeepFool { Steps = 8 },
        ["deepfool foolbox-2.4"] = DeepFool.Foolbox24 with { Steps = 8 },
        ["cw"] = ShortCarliniWagner,
        ["cw confident"] = ShortCarliniWagner with { Confidence = 0.3, AbortEarly = false },
        ["jsma"] = new Jsma { Gamma = 0.5 },
        ["jsma down"] = new Jsma { Gamma = 0.5, Theta = -0.3 },
        ["jsma art"] = new Jsma { Variant = JsmaVariant.ArtTargetGradient, Gamma = 0.5, Theta = 0.4 },
        ["jsma foolbox-2.4"] = Jsma.Foolbox24 with { Steps = 30 },
        ["fab"] = ShortFab,
        ["fab l2"] = ShortFab with { BallNorm = Norm.L2 },
        ["fab l1"] = ShortFab with { BallNorm = Norm.L1 },
        ["fab targeted l2"] = ShortFab with { BallNorm = Norm.L2, Targets = 9 },
        ["apgd search"] = new Apgd { Steps = 5, Restarts = 1 },
        ["apgd search l1"] = new Apgd { Steps = 7, Restarts = 1, BallNorm = Norm.L1 },
        ["ddn"] = new Ddn { Steps = 12 },
        ["fmn"] = new Fmn { Steps = 12 },
        ["fmn l0"] = new Fmn { Steps = 15, BallNorm = Norm.L0 },
        ["fmn l1"] = new Fmn { Steps = 12, BallNorm = Norm.L1 },
        ["fmn linf"] = new Fmn { Steps = 12, BallNorm = Norm.LInf },
        ["pdpgd"] = new Pdpgd { Steps = 12 },
        ["pdpgd l1"] = new Pdpgd { Steps = 12, BallNorm = Norm.L1 },
        ["pdpgd linf"] = new Pdpgd { Steps = 12, BallNorm = Norm.LInf },
        ["sigma-zero"] = new SigmaZero { Steps = 12 },
        ["best"] = new Strongest { Gradients = 40 },
        ["best l0"] = new Strongest { Gradients = 40, BallNorm = Norm.L0 },
        ["ead"] = new Ead { SearchSteps = 3, Iterations = 10, InitialConstant = 10 },
    };

    /// <summary>The names of those with a budget.</summary>
    public static string[] Bounded { get; } =
    [
        "apgd", "apgd l1", "apgd l2", "apgd dlr", "apgd first", "fab", "fab l1", "fab l2", "autoattack", "autoattack l1",
        "autoattack l2",
    ];

    /// <summary>One with a budget.</summary>
    public static IAttack<IGradientVictim> Within(string name, double epsilon) => name switch
    {
        "apgd" => new Apgd(epsilon) { Steps = 6, Restarts = 2 },
        // In L1 images are further apart.
        "apgd l1" => new Apgd(3 * epsilon) { Steps = 8, Restarts = 2, BallNorm = Norm.L1 },
        "apgd l2" => new Apgd(epsilon) { Steps = 6, Restarts = 2, BallNorm = Norm.L2 },
        "apgd dlr" => new Apgd(epsilon) { Steps = 9, Restarts = 1, Loss = ApgdLoss.Dlr },
        "apgd first" => new Apgd(epsilon) { Steps = 6, Restarts = 2, StopsAtSuccess = true },
        "fab" => ShortFab with { Epsilon = epsilon },
        "fab l1" => ShortFab with { Epsilon = 3 * epsilon, BallNorm = Norm.L1 },
        "fab l2" => ShortFab with { Epsilon = epsilon, BallNorm = Norm.L2 },
        "autoattack" => new AutoAttack(epsilon) { Steps = 5, Queries = 20 },
        "autoattack l1" => new AutoAttack(3 * epsilon) { Steps = 5, Queries = 20, BallNorm = Norm.L1 },
        "autoattack l2" => new AutoAttack(epsilon) { Steps = 5, Queries = 20, BallNorm = Norm.L2 },
        _ => throw new ArgumentException(name),
    };

    /// <summary>Any of them, those with a budget by their names and "ε".</summary>
    public static IAttack<IGradientVictim> Named(string name, double epsilon) =>
        name.StartsWith("ε ", StringComparison.Ordinal) ? Within(name[2..], epsilon) : Minimal[name];

    /// <summary>All names.</summary>
    public static string[] Names { get; } = [.. Minimal.Keys, .. Bounded.Select(name => "ε " + name)];

    /// <summary>Whether the attack can aim at a certain class.</summary>
    public static bool CanAim(string name) => !name.StartsWith("deepfool", StringComparison.Ordinal);
}
