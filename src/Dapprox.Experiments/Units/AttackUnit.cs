using System.Text.Json.Serialization;
using Dapprox.Experiments.Runs;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;

namespace Dapprox.Experiments.Units;

/// <summary>
/// An attack on some images, and which other networks the adversarial images fool: as the attack returns them, and with the perturbation
/// scaled. Boundary and HopSkipJump continue from a checkpoint within an image; other attacks keep the images that are done.
/// </summary>
/// <param name="Attack">The attack, with its settings.</param>
/// <param name="DatasetName">The data set whose test images are attacked.</param>
/// <param name="Source">The network that is attacked.</param>
/// <param name="Images">
/// The largest number of images: the first that <paramref name="Source"/> and <see cref="CorrectOn"/> classify correctly.
/// </param>
public sealed record AttackUnit(IAttack<IGradientVictim> Attack, string DatasetName, ModelVariant Source, int Images) : WorkUnit<AttackRow>
{
    /// <summary>The standard deviation of the noise of <see cref="NoiseSamples"/>.</summary>
    internal const double NoiseStandardDeviation = 0.02;

    /// <summary>What the attacker uses as the gradient; null for an attack that needs none.</summary>
    public GradientEstimator? Estimator { get; init; } = GradientEstimator.StraightThrough;

    /// <summary>The networks on which the adversarial images are tried.</summary>
    public IReadOnlyList<ModelVariant> TriedOn { get; init; } = [];

    /// <summary>Further networks that must classify an image correctly for it to be attacked.</summary>
    public IReadOnlyList<ModelVariant> CorrectOn { get; init; } = [];

    /// <summary>
    /// Networks that are attacked together with the source, through the mean of the logits. A network whose multiplier changes at random
    /// is attacked in this way.
    /// </summary>
    public IReadOnlyList<ModelVariant> TogetherWith { get; init; } = [];

    /// <summary>Whether the attack aims at the class after the true one.</summary>
    public bool Targeted { get; init; }

    /// <summary>The number of noisy copies of an image over which the attacked mean is taken; 0 for the image itself.</summary>
    public int NoiseSamples { get; init; }

    /// <summary>The factors by which the perturbations are scaled to try the images once more.</summary>
    public IReadOnlyList<double> ExtrapolationFactors { get; init; } = [];

    /// <summary>An estimate of the time that the attack of one image takes on LeNet-5 and two cores, in seconds.</summary>
    [JsonIgnore]
    public double SecondsAnImage { get; init; } = 0.05;

    /// <inheritdoc/>
    public override string Kind => "attack";

    /// <inheritdoc/>
    public override string? Dataset => DatasetName;

    /// <inheritdoc/>
    public override double Seconds => 0.2 + Images * Effort(DatasetName) * (SecondsAnImage
        + CorrectOn.Sum(variant => variant.SecondsAnImage)
        + (2 + ExtrapolationFactors.Count) * TriedOn.Sum(variant => variant.SecondsAnImage));

    /// <inheritdoc/>
    public override string Title => $"{Attack.Name} on {Source.Title}, {DatasetName}"
        + (TriedOn.Count > 0 && TriedOn.All(network => network.CalibrationImages > 0) ? ", tried on calibrated networks" : "");

    private protected override IReadOnlyList<ModelVariant> Variants => [Source, .. TogetherWith, .. TriedOn, .. CorrectOn];

    private protected override IReadOnlyList<Split> Splits => Estimator?.Measures == true ? [Split.Test, Split.Train] : base.Splits;

    IReadOnlyList<Trial> Trials =>
    [
        .. TriedOn.Select(network => new Trial(network)),
        .. ExtrapolationFactors.SelectMany(factor => TriedOn.Select(network => new Trial(network, factor))),
    ];

    // The networks of an attacked mean.
    IReadOnlyList<ModelVariant> Averaged => TogetherWith.Count > 0 || NoiseSamples > 0 ? [Source, .. TogetherWith] : [];

    private protected override IReadOnlyList<ColumnFamily> Families(RunContext context) =>
    [
        new ColumnFamily<Trial, bool?>(nameof(AttackRow.Fooled), Trials, trial => trial.Column),
        new ColumnFamily<ModelVariant, bool>(nameof(AttackRow.Wrong), Averaged, network => $"wrong_{network.Title}"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<AttackRow> Compute(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(progress);
        Dataset data = context.Data(DatasetName);
        Network source = Network(Source);
        Network[] others = [.. TriedOn.Select(Network)];
        var campaign = new Campaign(data, source)
        {
            Estimators = [Estimator ?? GradientEstimator.StraightThrough],
            Calibration = () => context.Calibration(DatasetName),
            TogetherWith = [.. TogetherWith.Select(Network)],
            Averaged = NoiseSamples > 0 ? (new GaussianNoise(NoiseStandardDeviation), NoiseSamples) : null,
            CorrectOn = [source, .. CorrectOn.Select(Network)],
            First = Images,
            TriedOn = others,
            Targets = Targeted ? TargetChoice.Next : null,
            Seed = context.Seed,
        };
        AttackCheckpoint checkpoint = AttackCheckpoint.Open(context.Folder.Checkpoint(context.FileOf(this)), Identity(context));
        AttackOutcome outcome = campaign.Run(Attack, checkpoint, progress, cancellation).Worst;
        int[] indices = campaign.Select(cancellation);

        bool?[][] fooled =
        [
            .. outcome.Fooled.Select(answers => answers.ToArray()),
            .. ExtrapolationFactors.SelectMany(factor => others.Select((other, i) => Scaled(data, indices, outcome, i, other, factor))),
        ];
        bool[][] wrong = [.. Averaged.Select(variant => Wrong(data, indices, outcome, Network(variant)))];
        var saved = new SavedAttack(Attack.Name, Attack.ToString()!, Estimator?.Name, Attack.Epsilon, outcome);
        return
        [
            .. saved.Rows.Select((record, i) => new AttackRow(
                DatasetName, Source.Title, record,
                Trials.Zip(fooled).ToDictionary(trial => trial.First, trial => trial.Second[i]),
                Averaged.Zip(wrong).ToDictionary(network => network.First, network => network.Second[i]))),
        ];

        Network Network(ModelVariant variant) => context.Network(variant, DatasetName);
    }

    /// <summary>
    /// Whether the successful images fool a network with their perturbations scaled; null where the unscaled trial is null.
    /// </summary>
    static bool?[] Scaled(Dataset data, int[] indices, AttackOutcome outcome, int other, Network network, double factor)
    {
        int[] tried = [.. Enumerable.Range(0, indices.Length).Where(i => outcome.Fooled[other][i] is not null)];
        Tensor logits = Logits(data, indices, outcome, tried, network, factor);
        bool?[] answers = new bool?[indices.Length];
        for (int i = 0; i < tried.Length; i++)
            answers[tried[i]] = Scores.AreFooled(logits.Row(i), data.Labels[indices[tried[i]]]);
        return answers;
    }

    /// <summary>Whether a network misclassifies the last images of the attack, also those without success.</summary>
    static bool[] Wrong(Dataset data, int[] indices, AttackOutcome outcome, Network network)
    {
        Tensor logits = Logits(data, indices, outcome, [.. Enumerable.Range(0, indices.Length)], network, 1);
        return [.. indices.Select((index, i) => Scores.AreFooled(logits.Row(i), data.Labels[index]))];
    }

    /// <summary>The logits that a network gives to some of the images, with their perturbations scaled.</summary>
    static Tensor Logits(Dataset data, int[] indices, AttackOutcome outcome, int[] some, Network network, double factor)
    {
        Tensor images = data.Images([.. some.Select(i => indices[i])]);
        for (int i = 0; i < some.Length; i++)
        {
            Span<float> image = images.Row(i);
            float[] adversarial = outcome.Records[some[i]].Adversarial;
            for (int pixel = 0; pixel < image.Length; pixel++)
                image[pixel] = (float)Math.Clamp(image[pixel] + factor * ((double)adversarial[pixel] - image[pixel]), 0, 1);
        }

        return network.Forward(images);
    }
}
