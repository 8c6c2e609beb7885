using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>Reads from the results of an audit's units whether the defence was broken.</summary>
/// <param name="attacks">The units of the audit.</param>
/// <param name="context">The run, with the folder of the results.</param>
sealed class AuditJudge(AuditAttacks attacks, RunContext context)
{
    Defence Defence => attacks.Defence;

    /// <summary>The seed of the run.</summary>
    public ulong Seed => context.Seed;

    /// <summary>The images that the defence does not withstand under all attacks together.</summary>
    public Proportion Worst => field ??= Of(BrokenByAll);

    /// <summary>The images that the defence does not withstand under the attacks that the undefended network is under.</summary>
    public Proportion Alike => field ??= Of(BrokenAlike);

    /// <summary>The images that the undefended network does not withstand under its strongest attacks.</summary>
    public Proportion ExactWorst => field ??= new(BrokenOnExact.Count, Rows(attacks.PgdOnExact).Count);

    /// <summary>The robust accuracy of the defence under all attacks minus that of the undefended network.</summary>
    public PairedDifference RobustGain => Paired(attacks.PgdOnDefence, BrokenOnExact, BrokenByAll);

    /// <summary>The robust accuracy of the defence minus that of the undefended network, under the same attacks.</summary>
    public PairedDifference RobustGainAlike => Paired(attacks.PgdOnDefence, BrokenOnExact, BrokenAlike);

    HashSet<int> BrokenByAll => field ??=
    [
        .. BrokenImages(attacks.WhiteBox), .. BrokenImages(attacks.BlackBox), .. BrokenImages([attacks.SingleStepOnDefence]),
        .. BrokenWithin(attacks.Boundary, attacks.Epsilon),
        .. attacks.OtherNorms.SelectMany(one => BrokenWithin(one.Unit, attacks.Epsilon)),
    ];

    HashSet<int> BrokenAlike => field ??= BrokenImages(attacks.StrongOnDefence);

    HashSet<int> BrokenOnExact => field ??= BrokenBySuccess(attacks.StrongOnExact);

    Proportion Of(HashSet<int> broken) => new(broken.Count, Rows(attacks.PgdOnDefence).Count);

    IReadOnlyList<AttackRow> Rows(AttackUnit unit) => context.Result(unit);

    /// <summary>Of the attacked images, those whose adversarial image the defence misclassifies.</summary>
    public Proportion Broken(AttackUnit unit) => new(BrokenImages([unit]).Count, Rows(unit).Count);

    /// <summary>The success rate of an attack on the network that it attacked.</summary>
    public Proportion Success(AttackUnit unit) => Records.Success(Rows(unit));

    /// <summary>Of the images that another unit attacked, those whose adversarial image the defence misclassifies.</summary>
    public Proportion BrokenAmong(AttackUnit unit, AttackUnit other)
    {
        HashSet<int> images = [.. Rows(other).Select(row => row.Record.Image)];
        return new(BrokenImages([unit]).Count(images.Contains), images.Count);
    }

    /// <summary>The success rate of an attack on the defence minus that of another, on the images that both attacked.</summary>
    public PairedDifference Excess(AttackUnit unit, AttackUnit other)
    {
        HashSet<int> images = [.. Rows(unit).Select(row => row.Record.Image)];
        images.IntersectWith(Rows(other).Select(row => row.Record.Image));
        return PairedDifference.Between(images, BrokenImages([unit]), BrokenImages([other]));
    }

    PairedDifference Paired(AttackUnit images, HashSet<int> first, HashSet<int> second) =>
        PairedDifference.Between([.. Rows(images).Select(row => row.Record.Image)], first, second);

    /// <summary>The images that any of the attacks breaks.</summary>
    public HashSet<int> BrokenImages(IEnumerable<AttackUnit> units) =>
        [.. units.SelectMany(unit => Images(unit, row => IsBroken(unit, row)))];

    /// <summary>The images on which any of the attacks succeeded on the network that it attacked.</summary>
    HashSet<int> BrokenBySuccess(IEnumerable<AttackUnit> units) => [.. units.SelectMany(unit => Images(unit, row => row.Record.Success))];

    /// <summary>Of the images of an attack, those that are among the broken ones, and not among others.</summary>
    public Proportion BrokenBeside(AttackUnit unit, HashSet<int> broken, HashSet<int> others)
    {
        IReadOnlyList<AttackRow> rows = Rows(unit);
        return new(rows.Count(row => broken.Contains(row.Record.Image) && !others.Contains(row.Record.Image)), rows.Count);
    }

    /// <summary>The images that an attack on the defence for the nearest example breaks within ε.</summary>
    public HashSet<int> BrokenWithin(AttackUnit unit, double epsilon) => Images(
        unit, row => IsBroken(unit, row) && Distance(row.Record) <= epsilon);

    double Distance(AttackRecordRow record) => attacks.Threat.Norm switch
    {
        Norm.L1 => record.L1,
        Norm.L2 => record.L2,
        _ => record.LInf,
    };

    /// <summary>Of the examples that fool the exact network, those that fool the defence too.</summary>
    public Proportion Transfer(AttackUnit unit, double factor = 1)
    {
        bool[] answers = [.. Rows(unit).Select(row => Fooled(row, factor)).OfType<bool>()];
        return new(answers.Count(fooled => fooled), answers.Length);
    }

    /// <summary>Of the examples that fool the exact network, those that fool a control too.</summary>
    public Proportion TransferTo(AttackUnit unit, ModelVariant control, double factor = 1) => Records.Transfer(Rows(unit), control, factor);

    /// <summary>
    /// The transfer rate to a control minus that to the defence, of the examples whose clean images both classify correctly.
    /// </summary>
    public PairedDifference TransferExcess(AttackUnit unit, ModelVariant control)
    {
        (bool Control, bool Defence)[] pairs =
        [
            .. Rows(unit)
                .Select(row => (Control: row.Fooled[new Trial(control)], Defence: Fooled(row, 1)))
                .Where(pair => pair is { Control: not null, Defence: not null })
                .Select(pair => (pair.Control!.Value, pair.Defence!.Value)),
        ];
        return new(
            pairs.Count(pair => pair.Control && !pair.Defence), pairs.Count(pair => pair.Defence && !pair.Control), pairs.Length);
    }

    /// <summary>Of the examples that fool the defence, those that fool the exact network too.</summary>
    public Proportion Reverse(AttackUnit unit) => Records.Transfer(Rows(unit), attacks.Undefended);

    /// <summary>Of the images whose gradients were measured, those that a property holds for, for each member of the defence.</summary>
    public IReadOnlyList<Proportion> GradientRates(Func<GradientRow, bool> property) => [.. attacks.Gradients.Select(unit =>
    {
        IReadOnlyList<GradientRow> rows = context.Result(unit);
        return new Proportion(rows.Count(property), rows.Count);
    })];

    /// <summary>
    /// How much more often a property of gradients holds for each member of the defence than for the undefended network, on the images that
    /// both classify correctly.
    /// </summary>
    public PairedDifference[] Gradients(Func<GradientRow, bool> property)
    {
        Dictionary<int, bool> undefended = context.Result(attacks.ExactGradients).ToDictionary(row => row.Image, property);
        return [.. attacks.Gradients.Select(unit =>
        {
            GradientRow[] rows = [.. context.Result(unit).Where(row => undefended.ContainsKey(row.Image))];
            return new PairedDifference(
                rows.Count(row => property(row) && !undefended[row.Image]), rows.Count(row => !property(row) && undefended[row.Image]),
                rows.Length);
        })];
    }

    /// <summary>The mean cosine similarity of an estimator's gradients and those by NES, over the members of the defence.</summary>
    public double Cosine(GradientEstimator estimator) => attacks.Gradients
        .SelectMany(unit => context.Result(unit))
        .Select(row => row.Cosines[estimator])
        .OfType<double>()
        .DefaultIfEmpty(double.NaN)
        .Average();

    /// <summary>The accuracies of the undefended network and of the defence, whose members answer as they are drawn.</summary>
    public (Proportion Undefended, Proportion Defence) Accuracies =>
        (new(Correct.Count(one => one.Undefended), Correct.Count), new(Correct.Count(one => one.Defence), Correct.Count));

    /// <summary>The accuracy of the undefended network minus that of the defence.</summary>
    public PairedDifference AccuracyLost => new(
        Correct.Count(one => one.Undefended && !one.Defence), Correct.Count(one => one.Defence && !one.Undefended), Correct.Count);

    IReadOnlyList<(bool Undefended, bool Defence)> Correct => field ??= Predictions();

    (bool Undefended, bool Defence)[] Predictions()
    {
        IReadOnlyList<PredictionRow>[] rows = [.. attacks.Predictions.Select(unit => context.Result(unit))];
        Dictionary<ModelVariant, IReadOnlyList<PredictionRow>> members = Defence.Members.Zip(rows.Skip(1)).ToDictionary();
        return [.. rows[0].Select((row, i) => (IsCorrect(row), IsCorrect(members[Answering(row.Image)][i])))];

        static bool IsCorrect(PredictionRow row) => row.Prediction == row.Label;
    }

    /// <summary>The images of the most frequent class, which a constant classifies correctly.</summary>
    public Proportion MostFrequentClass
    {
        get
        {
            IReadOnlyList<PredictionRow> rows = context.Result(attacks.Predictions[0]);
            return new(rows.CountBy(row => row.Label).Max(one => one.Value), rows.Count);
        }
    }

    /// <summary>The ratio of the median L2 distances of two attacks' examples.</summary>
    public Estimate MedianRatio(AttackUnit unit, AttackUnit exact) =>
        Estimate.Median(Records.Distances(Rows(unit), record => record.L2)).Over(Records.Median(Rows(exact), record => record.L2));

    HashSet<int> Images(AttackUnit unit, Func<AttackRow, bool> broken) => [.. Rows(unit).Where(broken).Select(row => row.Record.Image)];

    /// <summary>
    /// Whether the defence, or the member that answers, misclassifies an adversarial image: for attacks on the exact network, one that
    /// transfers; where a mean was attacked, of members or over noise, whether or not the mean was fooled.
    /// </summary>
    bool IsBroken(AttackUnit unit, AttackRow row)
    {
        bool isMadeOnExact = unit.TriedOn.Contains(Defence.Named(Defence.Members[0]));
        return isMadeOnExact ? Fooled(row, 1) == true
            : Defence.IsRandom || unit.NoiseSamples > 0 ? row.Wrong[Answering(row)]
            : row.Record.Success;
    }

    bool? Fooled(AttackRow row, double factor) => row.Fooled[new Trial(Defence.Named(Answering(row)), factor)];

    ModelVariant Answering(AttackRow row) => Answering(row.Record.Image);

    ModelVariant Answering(int image) => Defence.Answering(image, context.Seed);
}
