using DefensiveApproximation.Experiments.Figures;
using DefensiveApproximation.Experiments.Paper;
using DefensiveApproximation.Experiments.Results;

namespace DefensiveApproximation.Experiments.Reports;

/// <summary>What a report shows.</summary>
/// <param name="Results">What was measured in this run.</param>
/// <param name="Shipped">The results that come with the program, for what the run left out; null if there are none, or for a report of those.</param>
/// <param name="Galleries">Adversarial examples.</param>
/// <param name="Timings">How long the units took that were computed, in seconds.</param>
public sealed record ReportSource(RunResults Results, RunResults? Shipped, IReadOnlyList<AdversarialExample> Galleries, IReadOnlyList<(string Unit, double Seconds)> Timings)
{
    /// <summary>For each table and figure of the paper: what this run found, and what comes with the program.</summary>
    public IEnumerable<(Experiment Experiment, ExperimentResult? Here, ExperimentResult? Shipped)> Experiments => AllExperiments.List.Select(experiment =>
        (experiment, Results.Results.FirstOrDefault(result => result.Id == experiment.Id), Shipped?.Results.FirstOrDefault(result => result.Id == experiment.Id)));

    /// <summary>What every reader has to know before the numbers.</summary>
    public static IReadOnlyList<string> Limitations { get; } =
    [
        "Low transfer is not robustness. The paper’s attacks stop at the exact network’s boundary, where any change of the network turns some examples back; the columns “as far” show what is left of it beyond the boundary.",
        "An attacker who knows the multiplier attacks it directly: figures 8 to 11 do, by several gradients, and “dapprox audit” goes further. What no attack here breaks is not proved robust.",
        "One set of weights for each network and data set, trained here; the intervals cover the choice of images, not of weights. The attacked images are the first that the networks get right.",
        "The digits stand for MNIST at quick scale. They are another data set, and their numbers are not MNIST’s.",
        "CIFAR-10 here went through JPEG, training and test images alike, and 40,000 of the 50,000 training images were there.",
        "Energy is that of the cells at one load; wires are left out. “heap-like” was searched to have HEAP’s published figures, and is not HEAP.",
        "The mantissa multiplier is that of the authors’ released code, 36 blocks of AMA5 cells added exactly; their text describes another.",
    ];
}
