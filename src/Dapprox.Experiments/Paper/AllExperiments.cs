using Dapprox.Experiments.Runs;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Models;

namespace Dapprox.Experiments.Paper;

/// <summary>The tables and figures of the paper.</summary>
public static class AllExperiments
{
    static readonly double[] Table2 = [0.12, 0.28, 0.09, 0.01, 0.17, 0.18, 0.17, 0.02];
    static readonly double[] Table3 = [0.38, 0.31, 0.32, 0.17, 0.35, 0.36, 0.37, 0.12];
    static readonly MultiplierAssignment[] Transferred =
        [MultiplierAssignment.AxFpm, MultiplierAssignment.AxFpmConvolutions, MultiplierAssignment.Bfloat16];

    static readonly double[] Table10 = [0.16, 0.30, 0.42, 0.06, 0.18, 0.41, 0.22, 0.04];

    // Carlini and Wagner's attack takes thousands of steps, and a gradient by queries thousands of queries.
    static readonly GradientEstimator[] WithoutQueries =
        [GradientEstimator.StraightThrough, GradientEstimator.GainMatched, GradientEstimator.Smoothed];

    /// <summary>Whether these are all experiments.</summary>
    /// <param name="experiments">Experiments of <see cref="List"/>.</param>
    public static bool AreAll(IEnumerable<Experiment> experiments) => List.All(experiments.Contains);

    /// <summary>All experiments, in the order of a report.</summary>
    public static IReadOnlyList<Experiment> List { get; } =
    [
        new AttackListExperiment(),
        new TransferExperiment(
            "table-2", "Transfer from the exact to the approximate network, MNIST", "table 2", ImageDomain.Grey, Transferred, Table2),
        new TransferExperiment(
            "table-3", "Transfer from the exact to the approximate network, CIFAR-10", "table 3", ImageDomain.Colour, Transferred, Table3),
        new BlackBoxExperiment(),
        new QuantisationExperiment(),
        new AccuracyExperiment("table-6-mnist", "Accuracy without retraining, MNIST", ImageDomain.Grey),
        new AccuracyExperiment("table-6-cifar-10", "Accuracy without retraining, CIFAR-10", ImageDomain.Colour),
        new HardwareExperiment(7, "Energy and delay of float multipliers"),
        new NoiseExperiment(
            "table-8", "Error of mantissa multipliers, and LeNet-5’s accuracy", "table 8", ImageDomain.Grey,
            new PaperNoise("exact", Accuracy: 0.9793), new PaperNoise("heap-like", null, 0.12, 0.03, 0.9786),
            new PaperNoise("ax-fpm", null, 0.33, 0.08, 0.9767)),
        new HardwareExperiment(9, "Energy and delay of mantissa multipliers"),
        new TransferExperiment(
            "table-10", "Transfer from the exact network to one with HEAP", "table 10", ImageDomain.Grey,
            [MultiplierAssignment.HeapLike], Table10),
        new QuantisedLayersExperiment(),
        new NoiseExperiment("figure-3", "Noise of Ax-FPM", "figure 3", ImageDomain.None, new PaperNoise("ax-fpm", 0.96)),
        new ResponseExperiment(),
        new DistanceExperiment(
            "figures-8-10", "DeepFool", "figures 8 and 10", (5.12, 3, 7.8),
            [.. WithoutQueries, GradientEstimator.FiniteDifference, GradientEstimator.Nes, GradientEstimator.Spsa]),
        new DistanceExperiment("figures-9-11", "C&W", "figures 9 and 11", (1.23, 6, 4), WithoutQueries)
        {
            Longer = scale => new CarliniWagner { Iterations = scale.CarliniWagnerIterations },
        },
        new ConfidenceExperiment(),
        new NoiseExperiment(
            "figure-13", "Noise of bfloat16", "figure 13", ImageDomain.None,
            new PaperNoise("bfloat16", 0), new PaperNoise("bfloat16-nearest")),
        new NoiseExperiment(
            "figure-15", "Noise of Ax-FPM and of HEAP", "figure 15", ImageDomain.None,
            new PaperNoise("ax-fpm", 0.96), new PaperNoise("heap-like", 0.34)),
        new FeatureMapExperiment(),
        new BudgetExperiment(),
        new TrainingsExperiment("trainings-mnist", ImageDomain.Grey, LeNet5.Architecture.Name, secondsAnEpoch: 20, paperLoss: 0.26),
        new TrainingsExperiment("trainings-cifar-10", ImageDomain.Colour, AlexNet.Colour.Name, secondsAnEpoch: 30, paperLoss: 1),
    ];

    /// <summary>The experiment of that name, or all experiments that belong to that table or figure of the paper.</summary>
    /// <param name="id">
    /// For example <c>table-2</c>; <c>table-6</c>, which is on two data sets; <c>figure-8</c>, which is part of <c>figures-8-10</c>.
    /// </param>
    /// <exception cref="InputException">There is no such experiment.</exception>
    public static IReadOnlyList<Experiment> Find(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        Experiment[] named = id.Split('-') is [string kind, string number]
            ? [.. List.Where(experiment => experiment.Id.Split('-') is [string its, .. string[] rest]
                && ((its == kind && rest[0] == number) || (its == kind + "s" && rest.Contains(number))))]
            : [];
        return named.Length > 0 ? named : [Names.Find("table or figure", id, List, experiment => experiment.Id)];
    }
}
