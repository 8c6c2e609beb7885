using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks;

/// <summary>
/// Attacks on one network: on the same images, under the same gradient estimators, with transfer to the same other networks. The
/// result of an image depends only on the seed and the image's position in its data set.
/// </summary>
/// <param name="images">The images to choose from, of the size and the classes of the network.</param>
/// <param name="source">The network that is attacked.</param>
public sealed class Campaign(Dataset images, Network source)
{
    // Separates the draw of a target class from the draws of attacks.
    const ulong TargetPurpose = ulong.MaxValue;

    // Bounds the memory of a pass and sets the granularity of progress; no result depends on it.
    const int BatchSize = 250;

    readonly Dictionary<GradientEstimator, IGradientVictim> victims = [];
    int[]? selected;

    /// <summary>
    /// The gradient estimators of the attacker, at least one; with several, the nearest success of each image counts. Attacks
    /// without gradients need none.
    /// </summary>
    public IReadOnlyList<GradientEstimator> Estimators { get; init; } = [GradientEstimator.StraightThrough];

    /// <summary>
    /// Provides clean images <c>[batch, channels, height, width]</c> for estimators that measure the network; other estimators do
    /// not need it.
    /// </summary>
    public Func<Tensor>? Calibration { get; init; }

    /// <summary>Networks whose logits are averaged with those of the source: the attack on a randomised defence.</summary>
    public IReadOnlyList<Network> TogetherWith { get; init; } = [];

    /// <summary>The transformation over which logits and gradients are averaged, and the number of samples; null for none.</summary>
    public (RandomTransformation Transformation, int Samples)? Averaged { get; init; }

    /// <summary>
    /// The probability that a gradient is taken at a resized copy of the image (<see cref="DiverseVictim"/>); 0 for never.
    /// </summary>
    public double InputDiversity { get; init; }

    /// <summary>The campaign attacks only images that all of these networks classify correctly; without networks, all images.</summary>
    public IReadOnlyList<Network> CorrectOn { get; init; } = [];

    /// <summary>The maximum number of images, taken from the first that <see cref="CorrectOn"/> leaves.</summary>
    public int First { get; init; } = int.MaxValue;

    /// <summary>The networks to which the transfer of the adversarial images is measured.</summary>
    public IReadOnlyList<Network> TriedOn { get; init; } = [];

    /// <summary>How the target class of an image is chosen; null for an untargeted attack.</summary>
    public TargetChoice? Targets { get; init; }

    /// <summary>The maximum number of evaluations of the network per image.</summary>
    public long MaxQueries { get; init; } = long.MaxValue;

    /// <summary>Determines every random number.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The attacked images, as indices in the data; computed once.</summary>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="InputException">The images do not fit a network.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public int[] Select(CancellationToken cancellation = default) =>
        selected ??= Evaluation.CorrectOn(CorrectOn, images, First, cancellation);

    /// <summary>Attacks the images.</summary>
    /// <param name="attack">The attack; its ε, if it has one, is the budget.</param>
    /// <param name="checkpoint">The checkpoint from which an interrupted attack resumes and to which it is saved; null for none.</param>
    /// <param name="progress">Receives the fraction of the work done since the last call; null for none.</param>
    /// <param name="cancellation">Ends the attack.</param>
    /// <exception cref="ArgumentException">
    /// An estimator has no calibration images, or a checkpoint is given with several estimators or all targets: it holds the state of one.
    /// </exception>
    /// <exception cref="InputException">The images do not fit a network, or the checkpoint cannot be written.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public CampaignResult Run(
        IAttack<IGradientVictim> attack, AttackCheckpoint? checkpoint = null,
        Action<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(attack);
        foreach (Network network in (IEnumerable<Network>)[source, .. TriedOn])
            Evaluation.ThrowIfUnfit(network, images);
        GradientEstimator?[] estimators = attack.Access == Access.Gradients ? [.. Estimators] : [null];
        if (checkpoint is not null && estimators.Length > 1)
            throw new ArgumentException(
                "A checkpoint keeps the state under one gradient estimator; give one, or no checkpoint.", nameof(checkpoint));
        if (checkpoint is not null && Targets == TargetChoice.All)
            throw new ArgumentException(
                "A checkpoint keeps the state at one target; choose one, or no checkpoint.", nameof(checkpoint));

        int[] indices = Select(cancellation);
        // The distances of the target from the true class, around the circle of the classes.
        int[] shifts = Targets == TargetChoice.All ? [.. Enumerable.Range(1, source.Classes - 1)] : [1];
        return new CampaignResult(attack, [.. estimators.Select(estimator => (estimator, OnAllTargets(estimator)))]);

        AttackOutcome OnAllTargets(GradientEstimator? estimator)
        {
            IGradientVictim victim = Victim(estimator ?? GradientEstimator.StraightThrough);
            AttackOutcome[] outcomes = [.. shifts.Select(shift => Attack(victim, shift))];
            return outcomes.Length == 1 ? outcomes[0] : AttackOutcome.Worst(outcomes, attack.Norm);
        }

        AttackOutcome Attack(IGradientVictim victim, int shift)
        {
            var records = new List<AttackRecord>(indices.Length);
            List<bool?>[] fooled = [.. TriedOn.Select(_ => new List<bool?>())];
            foreach (int[] batch in indices.Chunk(BatchSize))
            {
                Tensor clean = images.Images(batch);
                int[] labels = Array.ConvertAll(batch, index => images.Labels[index]);
                int[] positions = Array.ConvertAll(batch, index => images.Offset + index);
                AttackRecord[] done = AttackRunner.Run(
                    attack, victim, clean, labels, Seed, TargetsOf(victim, clean, labels, positions, shift), positions, MaxQueries,
                    checkpoint, more => progress?.Invoke(more / ((double)estimators.Length * shifts.Length * indices.Length)),
                    cancellation);
                records.AddRange(done);
                foreach ((Network network, List<bool?> answers) in TriedOn.Zip(fooled))
                {
                    cancellation.ThrowIfCancellationRequested();
                    answers.AddRange(Fooled(network, clean, done));
                }
            }

            return new AttackOutcome(records, fooled);
        }
    }

    /// <summary>The target class of each image; null for an untargeted attack.</summary>
    int[]? TargetsOf(IGradientVictim victim, Tensor clean, int[] labels, int[] positions, int shift)
    {
        if (Targets is null)
            return null;
        Tensor? logits = Targets == TargetChoice.LeastLikely ? victim.Logits(clean) : null;
        return
        [
            .. labels.Select((label, i) => Targets switch
            {
                TargetChoice.Random => Shifted(label, 1 + Draw(positions[i])),
                TargetChoice.LeastLikely => LeastLikely(logits!.Row(i).ToArray(), label),
                _ => Shifted(label, shift),
            }),
        ];

        int Shifted(int label, int by) => (label + by) % source.Classes;

        int Draw(int position) => new CounterRandom(Seed, (ulong)position, TargetPurpose).NextInt32(source.Classes - 1);

        static int LeastLikely(float[] scores, int label) =>
            Enumerable.Range(0, scores.Length).Where(other => other != label).MinBy(other => scores[other]);
    }

    /// <summary>What the logits of the source look like on the attacked images.</summary>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <exception cref="InputException">The images do not fit a network.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public LogitSurvey Survey(CancellationToken cancellation = default)
    {
        Evaluation.ThrowIfUnfit(source, images);
        return LogitSurvey.Of(source, images, Select(cancellation), cancellation);
    }

    /// <summary>The source, or the average that replaces it, with the gradients of an estimator.</summary>
    IGradientVictim Victim(GradientEstimator estimator)
    {
        if (!victims.TryGetValue(estimator, out IGradientVictim? victim))
        {
            Tensor calibration = (estimator.Measures ? Calibration?.Invoke() : null) ?? Tensor.Zeros([0, .. source.InputShape]);
            IGradientVictim[] members =
            [
                .. ((IEnumerable<Network>)[source, .. TogetherWith]).Select(network => estimator.Victim(network, calibration, Seed)),
            ];
            victim = members.Length == 1 ? members[0] : new EnsembleVictim(members);
            if (Averaged is (RandomTransformation transformation, int samples))
                victim = new AveragingVictim(victim, transformation, samples, Seed);
            if (InputDiversity > 0)
                victim = new DiverseVictim(victim, InputDiversity, Seed);
            victims.Add(estimator, victim);
        }

        return victim;
    }

    /// <summary>
    /// Whether the adversarial images fool another network; null if the attack failed or that network misclassifies the clean image.
    /// </summary>
    static bool?[] Fooled(Network network, Tensor images, AttackRecord[] records)
    {
        int[] successful = [.. Enumerable.Range(0, records.Length).Where(i => records[i].Success)];
        Tensor before = images.Gather(successful), after = Tensor.Zeros(before.Shape);
        for (int i = 0; i < successful.Length; i++)
            records[successful[i]].Adversarial.CopyTo(after.Row(i));
        int[] clean = Scores.Labels(network.Forward(before));
        Tensor adversarial = network.Forward(after);
        bool?[] fooled = new bool?[records.Length];
        for (int i = 0; i < successful.Length; i++)
        {
            int label = records[successful[i]].Label;
            fooled[successful[i]] = clean[i] == label ? Scores.AreFooled(adversarial.Row(i), label) : null;
        }

        return fooled;
    }
}
