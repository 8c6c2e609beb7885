using Dapprox.Experiments.Paper;
using Dapprox.Experiments.Results;

namespace Dapprox.Experiments.Reports;

/// <summary>The results that a report shows.</summary>
/// <param name="Results">The results of this run.</param>
/// <param name="Shipped">
/// The results that come with the program, for what the run left out; null if there are none, or for a report of those.
/// </param>
/// <param name="Galleries">Adversarial examples, in the order in which they are shown.</param>
/// <param name="Timings">The times of the units that this run computed, in seconds.</param>
public sealed record ReportSource(
    RunResults Results, RunResults? Shipped, IReadOnlyList<AdversarialExample> Galleries,
    IReadOnlyList<(string Unit, double Seconds)> Timings)
{
    /// <summary>For each table and figure of the paper: what this run found, and what is included with the release.</summary>
    public IEnumerable<(Experiment Experiment, ExperimentResult? Here, ExperimentResult? Shipped)> Experiments =>
        AllExperiments.List.Select(experiment =>
        {
            ExperimentResult? here = Results.Results.FirstOrDefault(result => result.Id == experiment.Id);
            // An experiment without a data set has the same result at any scale.
            ExperimentResult? shipped = Shipped?.Results.FirstOrDefault(result => result.Id == experiment.Id);
            return (experiment, here, here is { Dataset: null } ? null : shipped);
        });

    /// <summary>
    /// The answer to the paper's question: by this run where it has all of it, otherwise by the results included with the release.
    /// </summary>
    public Answer Answer => Answer.Of(Results) ?? Answer.Included;

    /// <summary>What limits every number of a report.</summary>
    public static IReadOnlyList<string> Limitations { get; } =
    [
        "Low transfer is not robustness. The paper’s attacks return minimal-norm examples on the exact network’s boundary; "
            + "some are no longer adversarial after any change of the network. "
            + "The columns with a scaled perturbation show what remains beyond the boundary.",
        "White-box attacks are those of figures 8 to 11, of the robust accuracy, and of the audit. "
            + "What no attack here breaks is not proved robust.",
        "There is one set of weights for each network and data set, and the intervals cover the choice of images, but for the accuracy "
            + "over trainings. "
            + "The attacked images are the first that the networks classify correctly.",
        "At quick scale digits are a stand-in for MNIST. They are another data set; their numbers get no verdict.",
        "CIFAR-10 here went through JPEG, training and test images alike, and 40,000 of the 50,000 training images were available.",
        "Energy is that of the cells at one load, without wires. "
            + "“heap-like” was found by a search for HEAP’s published figures; it is not HEAP.",
        "Ax-FPM is the multiplier of the authors’ released code: 36 blocks of AMA5 cells, added exactly. "
            + "The paper’s text describes one flat array.",
    ];
}
