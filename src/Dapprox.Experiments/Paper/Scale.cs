using Dapprox.Networks.Attacks.Algorithms;

namespace Dapprox.Experiments.Paper;

/// <summary>How much of an experiment is run.</summary>
public sealed record Scale
{
    /// <summary>The embedded digits in the place of MNIST, a handful of images, shortened query attacks; no estimated gradients, nothing on CIFAR-10.</summary>
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

    /// <summary>MNIST and CIFAR-10: 200 images for attacks by gradients, 50 for those by queries, 20 for estimated gradients; hours.</summary>
    public static Scale Standard { get; } = new()
    {
        Name = "standard",
        Summary = "MNIST and CIFAR-10; 200 images for attacks by gradients, 50 for those by queries, 20 for estimated gradients; hours on two cores",
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

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in a line.</summary>
    public required string Summary { get; init; }

    /// <summary>The data set in the place of the paper's MNIST.</summary>
    public required string Grey { get; init; }

    /// <summary>That in the place of CIFAR-10; null where nothing is computed on it.</summary>
    public string? Colour { get; init; }

    /// <summary>How many images are attacked by FGSM, PGD, JSMA and DeepFool.</summary>
    public required int FastImages { get; init; }

    /// <summary>How many by Carlini and Wagner's attack.</summary>
    public required int SearchImages { get; init; }

    /// <summary>How many by local search, Boundary and HopSkipJump.</summary>
    public required int QueryImages { get; init; }

    /// <summary>How many by estimated gradients; 0 leaves those out.</summary>
    public required int EstimatedImages { get; init; }

    /// <summary>How many products an error is measured on.</summary>
    public required long Samples { get; init; }

    /// <summary>How many products a price is measured on.</summary>
    public required long CostSamples { get; init; }

    /// <summary>How many images the attacker has who trains a substitute.</summary>
    public required int SubstituteImages { get; init; }

    /// <summary>How often that attacker doubles them.</summary>
    public required int SubstituteRounds { get; init; }

    /// <summary>Whether substitutes of another architecture than the victim's are trained as well.</summary>
    public bool OtherSubstitute { get; init; }

    /// <summary>The rounds of local search.</summary>
    public int LocalSearchRounds { get; init; } = LocalSearch.Foolbox24.Rounds;

    /// <summary>The steps of Boundary.</summary>
    public int BoundarySteps { get; init; } = BoundaryAttack.Foolbox24.Steps;

    /// <summary>The iterations of HopSkipJump.</summary>
    public int HopSkipJumpIterations { get; init; } = HopSkipJump.Foolbox24.Iterations;

    /// <summary>The iterations of Carlini and Wagner's attack for each constant.</summary>
    public int CarliniWagnerIterations { get; init; } = CarliniWagner.Foolbox24.Iterations;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
