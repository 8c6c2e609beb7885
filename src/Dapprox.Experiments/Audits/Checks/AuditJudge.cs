using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
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
    public Proportion Worst => field ??= Of(
    [
        .. BrokenImages(attacks.WhiteBox), .. BrokenImages(attacks.BlackBox),
        .. BrokenImages([attacks.FgsmCurve[AuditAttacks.EpsilonIndex]]),
        .. BrokenWithin(attacks.Boundary, attacks.Epsilon),
        .. attacks.OtherNorms.SelectMany(one => BrokenWithin(one.Unit, attacks.Epsilon)),
    ]);

    /// <summary>The images that the defence does not withstand under the attacks that the undefended network is under.</summary>
    public Proportion Alike => field ??= Of(BrokenImages(attacks.StrongOnDefence));

    /// <summary>The images that the undefended network does not withstand under its strongest attacks.</summary>
    public Proportion ExactWorst => field ??= new(BrokenBySuccess(attacks.StrongOnExact).Count, Rows(attacks.PgdOnExact).Count);

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

    /// <summary>The images that an attack on the defence for the nearest example breaks within ε in L∞.</summary>
    public HashSet<int> BrokenWithin(AttackUnit unit, double epsilon) =>
        Images(unit, row => IsBroken(unit, row) && row.Record.LInf <= epsilon);

    /// <summary>Of the examples that fool the exact network, those that fool the defence too.</summary>
    public Proportion Transfer(AttackUnit unit, double factor = 1)
    {
        bool[] answers = [.. Rows(unit).Select(row => Fooled(row, factor)).OfType<bool>()];
        return new(answers.Count(fooled => fooled), answers.Length);
    }

    /// <summary>Of the examples that fool the exact network, those that fool a control too.</summary>
    public Proportion TransferTo(AttackUnit unit, ModelVariant control, double factor = 1) => Records.Transfer(Rows(unit), control, factor);

    /// <summary>Of the examples that fool the defence, those that fool the exact network too.</summary>
    public Proportion Reverse(AttackUnit unit) => Records.Transfer(Rows(unit), attacks.Undefended);

    /// <summary>Of the images whose gradients were measured, those that a property holds for, for each member of the defence.</summary>
    public IReadOnlyList<Proportion> Gradients(Func<GradientRow, bool> property) => [.. attacks.Gradients.Select(unit =>
    {
        IReadOnlyList<GradientRow> rows = context.Result(unit);
        return new Proportion(rows.Count(property), rows.Count);
    })];

    /// <summary>The mean cosine similarity of an estimator's gradients and those by NES, over the members of the defence.</summary>
    public double Cosine(GradientEstimator estimator) => attacks.Gradients
        .SelectMany(unit => context.Result(unit))
        .Select(row => row.Cosines[estimator])
        .OfType<double>()
        .DefaultIfEmpty(double.NaN)
        .Average();

    /// <summary>The accuracies of the exact network and of the defence, the mean of its members.</summary>
    public (Proportion Exact, Proportion Defence) Accuracies
    {
        get
        {
            Proportion[] accuracies = [.. attacks.Predictions.Select(unit => Records.Accuracy(context.Result(unit)))];
            double mean = accuracies.Skip(1).Average(accuracy => accuracy.Count);
            return (accuracies[0], new Proportion((int)Math.Round(mean), accuracies[0].Of));
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

    ModelVariant Answering(AttackRow row) => Defence.Answering(row.Record.Image, context.Seed);
}
