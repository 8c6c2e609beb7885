namespace DefensiveApproximation.Experiments;

/// <summary>What to run. The defaults are those of <c>dapprox reproduce</c>.</summary>
public sealed record ReproductionOptions
{
    /// <summary>The data set's name; a network trained on it has to come with the program.</summary>
    public string Dataset { get; init; } = "digits";

    /// <summary>The folder of the data sets, or null for the one that the environment names.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Determines every random number.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The budgets: the largest change of a pixel, pixels in [0, 1].</summary>
    public IReadOnlyList<double> Epsilons { get; init; } = [0.05, 0.1, 0.2, 0.3];

    /// <summary>How many images to attack at most.</summary>
    public int AttackedImages { get; init; } = 200;

    /// <summary>How many test images to look at, at most.</summary>
    public int TestImages { get; init; } = int.MaxValue;

    /// <summary>How many products the metrics of each multiplier come from.</summary>
    public long Samples { get; init; } = 4_000_000;
}
