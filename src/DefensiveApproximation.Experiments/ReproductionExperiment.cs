using System.Diagnostics;
using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Experiments.Figures;
using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Attacks;
using DefensiveApproximation.Networks.Data;
using DefensiveApproximation.Networks.Models;

namespace DefensiveApproximation.Experiments;

/// <summary>How far a run is.</summary>
/// <param name="Part">What has just been done.</param>
/// <param name="Done">How many parts are done.</param>
/// <param name="Of">Of how many.</param>
public readonly record struct ReproductionProgress(string Part, int Done, int Of);

/// <summary>
/// The main experiment of "Defensive Approximation" (Guesmi et al., ASPLOS 2021) on LeNet-5: the accuracy with exact and
/// with approximate multipliers (its table 6), adversarial examples made on the exact network and tried on the approximate
/// one (its table 2, with fixed budgets), and the error of the multipliers (its figure 3 and table 9).
/// </summary>
public sealed class ReproductionExperiment
{
    /// <summary>The distance of the budgets among which the smallest sufficient step is looked for.</summary>
    public const double SmallestStepGrid = 0.005;

    const int PgdSteps = 40, LargestGridSteps = 100, ExamplesPerAttack = 3;

    // The smallest steps, and the noise of Ax-FPM.
    const int OtherParts = 2;

    static readonly Variant[] Variants =
    [
        new(ExactMultiplier.Rounded, LayerSelection.All, 0.9793),
        new(AxFpm.Released, LayerSelection.All, 0.9767),
        new(AxFpm.Released, LayerSelection.Convolutions, 0.9767),
        new(Bfloat16Multiplier.Truncated, LayerSelection.All, 0.9793),
        new(AxFpm.Wrapped, LayerSelection.All, null),
        new(AxFpm.Renormalised, LayerSelection.All, null),
        new(Ama5Flat.Instance, LayerSelection.All, null),
    ];

    // On which examples that fool the exact network are tried.
    static readonly Variant[] ApproximateVariants = Variants.Where(variant => variant.Multiplier == AxFpm.Released).ToArray();

    readonly ReproductionOptions options;
    readonly IProgress<ReproductionProgress>? progress;
    readonly CancellationToken cancellation;
    readonly Dataset data;
    readonly Network exact;
    readonly Network[] approximate;
    readonly List<Timing> timings = [];
    readonly List<AdversarialExample> examples = [];
    readonly int parts;
    int done;

    ReproductionExperiment(ReproductionOptions options, IProgress<ReproductionProgress>? progress, CancellationToken cancellation)
    {
        this.options = options;
        this.progress = progress;
        this.cancellation = cancellation;
        DatasetDefinition definition = Names.Find(
            "data set with a network of its own", options.Dataset,
            Datasets.All.Where(known => TrainedModels.Shipped.Contains(Model(known))), known => known.Name);
        exact = TrainedModels.Load(Model(definition));
        approximate = ApproximateVariants.Select(With).ToArray();
        data = Datasets.Load(definition.Name, Split.Test, options.DataFolder).First(options.TestImages);
        Evaluation.ThrowIfUnfit(exact, data);
        // Every variant is evaluated; every multiplier, one fewer, is measured; there are two attacks.
        parts = 2 * Variants.Length - 1 + 2 * options.Epsilons.Count + OtherParts;
    }

    /// <summary>Runs the experiment.</summary>
    /// <param name="options">What to run.</param>
    /// <param name="progress">Told after each part, if given.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="InputException">There is no such data set, no network for it, or its files cannot be used.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static Reproduction Run(
        ReproductionOptions options, IProgress<ReproductionProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ReproductionExperiment(options, progress, cancellation).Run();
    }

    Reproduction Run()
    {
        int[][] predictions = Variants.Select(variant => Timed($"accuracy, {variant}", () => Predict(variant))).ToArray();
        AccuracyRow[] accuracies = Variants.Zip(predictions, Accuracy).ToArray();

        int[] attacked = Enumerable.Range(0, data.Count)
            .Where(i => predictions[0][i] == data.Labels[i] && predictions[1][i] == data.Labels[i])
            .Take(options.AttackedImages)
            .ToArray();
        var attacks = new List<AttackRow>();
        foreach (double epsilon in options.Epsilons)
            attacks.Add(Timed($"fgsm, ε = {epsilon}", () => Attack(new Fgsm(epsilon), attacked)));
        attacks.Add(Timed("fgsm, smallest ε", () => SmallestStep(attacked)));
        foreach (double epsilon in options.Epsilons)
            attacks.Add(Timed($"pgd, ε = {epsilon}", () => Attack(new Pgd(epsilon) { Steps = PgdSteps, Restarts = 1 }, attacked)));

        ErrorMetrics[] metrics = Variants
            .Select(variant => variant.Multiplier)
            .Distinct()
            .Select(multiplier => Timed($"error of {multiplier}", () => ErrorMeasurement.Sample(
                multiplier, OperandLaw.Uniform01, options.Samples, options.Seed, cancellation: cancellation)))
            .ToArray();
        ErrorMetrics axFpm = metrics.Single(metric => metric.Multiplier == AxFpm.Released.Name);
        NoiseProfile noise = Timed("noise of ax-fpm", () => NoiseProfile.Measure(axFpm, AxFpm.Released, OperandLaw.Uniform01, options.Seed));

        var result = new ReproductionResult
        {
            Dataset = data.Name,
            Provenance = data.Provenance,
            Model = exact.Name,
            Seed = options.Seed,
            TestImages = data.Count,
            AttackedImages = attacked.Length,
            PgdSteps = PgdSteps,
            Findings = PaperFindings.Of(data, predictions[0], predictions[1], attacks, axFpm),
            Accuracies = accuracies,
            Attacks = attacks,
            Metrics = metrics,
        };
        return new Reproduction(result, examples, noise, timings);
    }

    static string Model(DatasetDefinition definition) => $"{LeNet5.Architecture.Name}-{definition.Name}";

    Network With(Variant variant) => exact.With(variant.Multiplier, variant.Layers);

    int[] Predict(Variant variant)
    {
        var labels = new List<int>();
        Evaluation.Of(With(variant), data, logits => labels.AddRange(Scores.Labels(logits)), cancellation);
        return [.. labels];
    }

    AccuracyRow Accuracy(Variant variant, int[] labels) => new(
        variant.Multiplier.Name, variant.LayersName,
        new Share(Enumerable.Range(0, data.Count).Count(i => labels[i] == data.Labels[i]), data.Count), variant.Paper);

    AttackRow Attack(IAttack<IGradientVictim> attack, int[] attacked) => Row(attack.Name, attack.Epsilon, Outcome(attack, attacked));

    TransferAttack Outcome(IAttack<IGradientVictim> attack, int[] places) => TransferAttack.Run(
        attack, new NetworkVictim(exact), approximate, data, places, options.Seed, cancellation: cancellation);

    /// <summary>The paper's way: FGSM with the smallest step that succeeds, image by image.</summary>
    AttackRow SmallestStep(int[] attacked)
    {
        var found = new Dictionary<int, (AttackRecord Record, bool?[] Fooled)>();
        for (int step = 1; step <= LargestGridSteps && found.Count < attacked.Length; step++)
        {
            int[] left = attacked.Where(place => !found.ContainsKey(place)).ToArray();
            TransferAttack outcome = Outcome(new Fgsm(step * SmallestStepGrid), left);
            for (int i = 0; i < left.Length; i++)
            {
                if (outcome.Records[i].Success || step == LargestGridSteps)
                    found.Add(left[i], (outcome.Records[i], [.. outcome.Fooled.Select(other => other[i])]));
            }
        }

        return Row("fgsm", null, new TransferAttack(
            [.. attacked.Select(place => found[place].Record)],
            [.. approximate.Select((_, other) => attacked.Select(place => found[place].Fooled[other]).ToArray())]));
    }

    AttackRow Row(string attack, double? epsilon, TransferAttack outcome)
    {
        AttackSummary summary = AttackSummary.Of(outcome.Records);
        // One budget of each attack is enough to see, and the smallest steps are the hardest.
        if (epsilon is null || epsilon == options.Epsilons.Order().ElementAt(options.Epsilons.Count / 2))
            AddExamples(epsilon is null ? "FGSM, smallest ε" : $"{attack.ToUpperInvariant()}, ε = {epsilon}", outcome);
        return new AttackRow(
            attack, epsilon, new Share(summary.Successes, summary.CleanCorrect), summary.MeanL2,
            [.. ApproximateVariants.Zip(outcome.Counts, (variant, count) => new TransferRow(variant.Multiplier.Name, variant.LayersName, new Share(count.Fooled, count.Of)))]);
    }

    /// <summary>The first successes of different classes, and among them the first that does not fool Ax-FPM, if there is one.</summary>
    void AddExamples(string attack, TransferAttack outcome)
    {
        IReadOnlyList<AttackRecord> records = outcome.Records;
        var victim = new NetworkVictim(approximate[0]);
        int[] successes = Enumerable.Range(0, records.Count).Where(i => records[i].Success).DistinctBy(i => records[i].Label).ToArray();
        int[] resisted = Enumerable.Range(0, records.Count).Where(i => outcome.Fooled[0][i] == false).Take(1).ToArray();
        foreach (int i in resisted.Concat(successes).Distinct().Take(ExamplesPerAttack).Order())
        {
            Tensor clean = data.Images(records[i].Image, 1);
            int label = victim.Labels(new Tensor(records[i].Adversarial, clean.Shape))[0];
            examples.Add(AdversarialExample.Of(
                attack, data, clean.Data, records[i],
                [(ExactMultiplier.Rounded.Name, records[i].Prediction), (AxFpm.Released.Name, label)]));
        }
    }

    T Timed<T>(string part, Func<T> run)
    {
        cancellation.ThrowIfCancellationRequested();
        long start = Stopwatch.GetTimestamp();
        T result = run();
        timings.Add(new Timing(part, Stopwatch.GetElapsedTime(start).TotalSeconds));
        progress?.Report(new ReproductionProgress(part, ++done, parts));
        return result;
    }

    sealed record Variant(FloatMultiplier Multiplier, LayerSelection Layers, double? Paper)
    {
        public string LayersName => Layers.Name;

        public override string ToString() => Layers == LayerSelection.All ? Multiplier.Name : $"{Multiplier.Name} in convolutions";
    }
}
