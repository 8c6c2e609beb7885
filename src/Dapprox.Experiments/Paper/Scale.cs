using Dapprox.Networks.Attacks.Algorithms;

namespace Dapprox.Experiments.Paper;

/// <summary>The extent of the experiments.</summary>
public sealed record Scale
{
    /// <summary>
    /// The embedded digits in the place of MNIST, a handful of images, shortened query attacks; no estimated gradients, nothing on
    /// CIFAR-10.
    /// </summary>
    public static Scale Quick { get; } = new()
    {
        Name = "quick",
        Summary = "embedded digits, a handful of images, no estimated gradients; two to three minutes on two cores",
        Grey = "digits",
        FastImages = 12,
        SearchImages = 4,
        QueryImages = 2,
        EstimatedImages = 0,
        Samples = 2_000_000,
        CostSamples = 2_000,
        SubstituteImages = 100,
        SubstituteRounds = 2,
        LocalSearchRounds = 30,
        BoundarySteps = 150,
        HopSkipJumpIterations = 6,
        CarliniWagnerIterations = 150,
    };

    /// <summary>
    /// MNIST and CIFAR-10: 200 images for attacks by gradients, 50 for those by queries, 20 for estimated gradients; hours.
    /// </summary>
    public static Scale Standard { get; } = new()
    {
        Name = "standard",
        Summary = "MNIST and CIFAR-10; 200 images for attacks by gradients, 50 for those by queries, 20 for estimated gradients; "
            + "hours on two cores",
        Grey = "mnist",
        Colour = "cifar-10",
        FastImages = 200,
        SearchImages = 200,
        QueryImages = 50,
        EstimatedImages = 20,
        Samples = 100_000_000,
        CostSamples = 20_000,
        SubstituteImages = 150,
        SubstituteRounds = 5,
        OtherSubstitute = true,
        Trainings = 3,
    };

    /// <summary>1,000 images for every attack and full budgets; for a cluster.</summary>
    public static Scale Paper { get; } = Standard with
    {
        Name = "paper",
        Summary = "MNIST and CIFAR-10; 1,000 images for every attack; for a cluster",
        FastImages = 1000,
        SearchImages = 1000,
        QueryImages = 1000,
        EstimatedImages = 1000,
        SubstituteRounds = 6,
    };

    /// <summary>All scales, the default first.</summary>
    public static IReadOnlyList<Scale> All { get; } = [Quick, Standard, Paper];

    /// <summary>The name on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>A description in one line.</summary>
    public required string Summary { get; init; }

    /// <summary>The data set used as the paper's MNIST.</summary>
    public required string Grey { get; init; }

    /// <summary>The data set used as the paper's CIFAR-10; null where its experiments are left out.</summary>
    public string? Colour { get; init; }

    /// <summary>The number of images for FGSM, PGD, JSMA and DeepFool.</summary>
    public required int FastImages { get; init; }

    /// <summary>The number of images for Carlini and Wagner's attack.</summary>
    public required int SearchImages { get; init; }

    /// <summary>The number of images for local search, Boundary and HopSkipJump.</summary>
    public required int QueryImages { get; init; }

    /// <summary>The number of images for gradients by queries; 0 leaves these out.</summary>
    public required int EstimatedImages { get; init; }

    /// <summary>The number of products on which errors are measured.</summary>
    public required long Samples { get; init; }

    /// <summary>The number of products on which switching activity is measured.</summary>
    public required long CostSamples { get; init; }

    /// <summary>The number of images of the attacker who trains a substitute.</summary>
    public required int SubstituteImages { get; init; }

    /// <summary>The number of times that this attacker doubles them.</summary>
    public required int SubstituteRounds { get; init; }

    /// <summary>Whether substitutes with another architecture than the victim's are trained as well.</summary>
    public bool OtherSubstitute { get; init; }

    /// <summary>The number of times that networks are trained anew, with seeds from 1 on; 0 for none.</summary>
    public int Trainings { get; init; }

    /// <summary>The number of rounds of local search.</summary>
    public int LocalSearchRounds { get; init; } = LocalSearch.Foolbox24.Rounds;

    /// <summary>The number of steps of Boundary.</summary>
    public int BoundarySteps { get; init; } = BoundaryAttack.Foolbox24.Steps;

    /// <summary>The number of iterations of HopSkipJump.</summary>
    public int HopSkipJumpIterations { get; init; } = HopSkipJump.Foolbox24.Iterations;

    /// <summary>The number of iterations of Carlini and Wagner's attack for each constant.</summary>
    public int CarliniWagnerIterations { get; init; } = CarliniWagner.Foolbox24.Iterations;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
