using Dapprox.Experiments.Results;
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
/// An attack on some images, and whom else the adversarial images fool: at their place, and further along the line from the
/// clean image through them. Columns: those of <see cref="AttackRecordsFile"/>, <c>fools_NAME_at_FACTOR</c> for each further place,
/// <c>wrong_NAME</c> for each network of which a mean is attacked, of several together or of one over noise, whether or not that mean was
/// fooled, and the networks in <c>source</c> and <c>dataset</c>. Boundary and HopSkipJump go on from a checkpoint within an image; other
/// attacks keep the images that they are done with.
/// </summary>
/// <param name="Attack">The attack, with its settings.</param>
/// <param name="DatasetName">The data set, whose test images are attacked.</param>
/// <param name="Source">The network that is attacked.</param>
/// <param name="Images">How many images at most: the first that <paramref name="Source"/> and <see cref="CorrectOn"/> classify right.</param>
public sealed record AttackUnit(IAttack<IGradientVictim> Attack, string DatasetName, ModelVariant Source, int Images) : WorkUnit
{
    /// <summary>What the attacker takes for the gradient; null for an attack that asks for none.</summary>
    public GradientEstimator? Backward { get; init; } = GradientEstimator.StraightThrough;

    /// <summary>The networks that the adversarial images are tried on.</summary>
    public IReadOnlyList<ModelVariant> TriedOn { get; init; } = [];

    /// <summary>Further networks that have to classify an image right for it to be attacked.</summary>
    public IReadOnlyList<ModelVariant> CorrectOn { get; init; } = [];

    /// <summary>The attack is on the mean of the logits of these and the source, which is how one attacks a network whose multiplier changes at random.</summary>
    public IReadOnlyList<ModelVariant> TogetherWith { get; init; } = [];

    /// <summary>Whether the class after the true one is aimed at.</summary>
    public bool Targeted { get; init; }

    /// <summary>The attack is on the mean over this many images with normal noise added, of the deviation <see cref="NoiseStandardDeviation"/>; 0 for none.</summary>
    public int NoiseSamples { get; init; }

    /// <summary>The deviation of that noise.</summary>
    internal const double NoiseStandardDeviation = 0.02;

    /// <summary>How many times as far as the adversarial image the networks are tried as well.</summary>
    public IReadOnlyList<double> ExtrapolationFactors { get; init; } = [];

    /// <summary>About how long the attack of one image takes on LeNet-5, in seconds of two cores.</summary>
    public double SecondsAnImage { get; init; } = 0.05;

    /// <inheritdoc/>
    public override string Kind => "attack";

    /// <inheritdoc/>
    public override string? Dataset => DatasetName;

    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Needs =>
        [.. Networks.SelectMany(subject => subject.Needs).Distinct()];

    IEnumerable<ModelVariant> Networks => [Source, .. TogetherWith, .. TriedOn, .. CorrectOn];

    /// <inheritdoc/>
    public override double Seconds => 0.2 + Images * Effort(DatasetName) * (SecondsAnImage
        + CorrectOn.Sum(subject => subject.Assignment.SecondsAnImage) + (2 + ExtrapolationFactors.Count) * TriedOn.Sum(subject => subject.Assignment.SecondsAnImage));

    /// <inheritdoc/>
    public override string Title => $"{Attack.Name} on {Source.Title}, {DatasetName}";

    /// <inheritdoc/>
    public override string Describe(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        bool measures = Backward?.Measures == true || Networks.Any(subject => subject.Perturbation != Perturbation.None);
        return $"{Attack}; {context.DescribeData(DatasetName)}; {Images} images; on {Source.Describe(context)}; by {Backward}; with {List(TogetherWith)}; tried on {List(TriedOn)} at {string.Join(',', ExtrapolationFactors)}; right on {List(CorrectOn)}; seed {context.Seed}"
            + (Targeted ? "; targeted" : "") + (TogetherWith.Count > 0 ? "; each alone" : "") + (NoiseSamples > 0 ? $"; mean of {NoiseSamples} with noise {NoiseStandardDeviation}{(TogetherWith.Count > 0 ? "" : "; alone as well")}" : "")
            + (measures ? $"; {context.DescribeData(DatasetName, Split.Train)}" : "");

        string List(IReadOnlyList<ModelVariant> subjects) => string.Join(" / ", subjects.Select(subject => subject.Describe(context)));
    }

    /// <summary>The name of the column that says whom else an adversarial image fools.</summary>
    /// <param name="other">The other network.</param>
    /// <param name="overshoot">How many times as far.</param>
    public static string Fools(ModelVariant other, double overshoot = 1)
    {
        ArgumentNullException.ThrowIfNull(other);
        return overshoot == 1 ? $"fools_{other.Title}" : $"fools_{other.Title}_at_{overshoot}";
    }

    /// <summary>The name of the column that says whether a network of which a mean was attacked gets the last image wrong by itself.</summary>
    /// <param name="one">The network.</param>
    public static string Wrong(ModelVariant one)
    {
        ArgumentNullException.ThrowIfNull(one);
        return $"wrong_{one.Title}";
    }

    /// <inheritdoc/>
    public override Rows Run(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(progress);
        Dataset data = context.Data(DatasetName);
        Network source = Network(Source);
        Network[] others = [.. TriedOn.Select(Network)];
        var campaign = new Campaign(data, source)
        {
            Estimators = [Backward ?? GradientEstimator.StraightThrough],
            Calibration = () => context.Calibration(DatasetName),
            TogetherWith = [.. TogetherWith.Select(Network)],
            Averaged = NoiseSamples > 0 ? (new GaussianNoise(NoiseStandardDeviation), NoiseSamples) : null,
            CorrectOn = [source, .. CorrectOn.Select(Network)],
            First = Images,
            TriedOn = others,
            Target = Targeted ? Campaign.NextClass(data.Classes.Count) : null,
            Seed = context.Seed,
        };
        AttackCheckpoint checkpoint = AttackCheckpoint.Open(context.Folder.Checkpoint(context.FileOf(this)), Describe(context));
        AttackOutcome outcome = campaign.Run(Attack, checkpoint, progress, cancellation).Worst;
        int[] places = campaign.Select(cancellation);

        Rows rows = AttackRecordsFile.Rows([new SavedAttack(Attack.Name, Attack.ToString()!, Backward?.Name, Attack.Epsilon, outcome)], [.. TriedOn.Select(subject => subject.Title)]);
        ModelVariant[] averaged = TogetherWith.Count > 0 || NoiseSamples > 0 ? [Source, .. TogetherWith] : [];
        bool?[][] further =
        [
            .. ExtrapolationFactors.SelectMany(factor => others.Select((other, i) => Further(data, places, outcome, i, other, factor))),
            .. averaged.Select(one => Wrong(data, places, outcome, Network(one))),
        ];
        return new Rows(
            [new Column("dataset", "VARCHAR"), new Column("source", "VARCHAR"), .. rows.Columns,
             .. ExtrapolationFactors.SelectMany(factor => TriedOn.Select(other => new Column(Fools(other, factor), "BOOLEAN"))),
             .. averaged.Select(one => new Column(Wrong(one), "BOOLEAN"))],
            [.. rows.Values.Select((row, i) => (object?[])[DatasetName, Source.Title, .. row, .. further.Select(answers => (object?)answers[i])])]);

        Network Network(ModelVariant variant) => context.Network(variant, DatasetName);
    }

    /// <summary>Whether the images some factor times as far as the successful ones fool a network; null where its answer says nothing.</summary>
    static bool?[] Further(Dataset data, int[] places, AttackOutcome outcome, int other, Network network, double factor)
    {
        int[] telling = [.. Enumerable.Range(0, places.Length).Where(i => outcome.Fooled[other][i] is not null)];
        int[] labels = Labels(data, places, outcome, telling, network, factor);
        bool?[] answers = new bool?[places.Length];
        for (int i = 0; i < telling.Length; i++)
            answers[telling[i]] = labels[i] != data.Labels[places[telling[i]]];
        return answers;
    }

    /// <summary>Whether a network gets the attack's last images wrong, also those that do not fool whom the attack was on.</summary>
    static bool?[] Wrong(Dataset data, int[] places, AttackOutcome outcome, Network one)
    {
        int[] labels = Labels(data, places, outcome, [.. Enumerable.Range(0, places.Length)], one, 1);
        return [.. places.Select((place, i) => (bool?)(labels[i] != data.Labels[place]))];
    }

    /// <summary>A network's answers to some of the images, some factor times as far as the attack's.</summary>
    static int[] Labels(Dataset data, int[] places, AttackOutcome outcome, int[] some, Network network, double factor)
    {
        Tensor images = data.Images([.. some.Select(i => places[i])]);
        for (int i = 0; i < some.Length; i++)
        {
            Span<float> image = images.Row(i);
            float[] adversarial = outcome.Records[some[i]].Adversarial;
            for (int pixel = 0; pixel < image.Length; pixel++)
                image[pixel] = (float)Math.Clamp(image[pixel] + factor * ((double)adversarial[pixel] - image[pixel]), 0, 1);
        }

        return Scores.Labels(network.Forward(images));
    }
}
