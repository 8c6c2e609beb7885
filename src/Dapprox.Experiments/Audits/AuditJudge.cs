using Dapprox.Experiments.Paper;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits;

/// <summary>Reads from the results of an audit's units whether the defence was broken.</summary>
/// <param name="defence">What is audited.</param>
/// <param name="context">Has the results.</param>
sealed class AuditJudge(Defence defence, RunContext context)
{
    /// <summary>Of the attacked images, those whose adversarial image the defence gets wrong.</summary>
    public Proportion Broken(AttackUnit unit) => new(BrokenImages([unit]).Count, context.Result(unit).Count);

    /// <summary>The same of the images that another unit attacked.</summary>
    public Proportion BrokenAmong(AttackUnit unit, AttackUnit other)
    {
        HashSet<int> images = [.. context.Result(other).Numbers("image").Select(image => (int)image)];
        return new(BrokenImages([unit]).Count(images.Contains), images.Count);
    }

    /// <summary>The images that any of the attacks breaks.</summary>
    public HashSet<int> BrokenImages(IEnumerable<AttackUnit> units) =>
        [.. units.SelectMany(unit => MadeOnExact(unit) ? TransferredImages(unit) : Images(unit, row => Answer(unit, row)))];

    /// <summary>The images on which any of the attacks succeeded on the network that it attacked.</summary>
    public HashSet<int> BrokenBySuccess(IEnumerable<AttackUnit> units) =>
        [.. units.SelectMany(unit => Images(unit, row => context.Result(unit).Boolean(row, "success") == true))];

    /// <summary>Of the images that an attack saw, those that are broken, and not among others.</summary>
    public Proportion BrokenBeside(AttackUnit unit, HashSet<int> broken, HashSet<int> others) =>
        new(context.Result(unit).Numbers("image").Count(image => broken.Contains((int)image) && !others.Contains((int)image)), context.Result(unit).Count);

    /// <summary>Those that an attack for the nearest example breaks within ε in L∞.</summary>
    public HashSet<int> BrokenWithin(AttackUnit unit, double epsilon)
    {
        Rows rows = context.Result(unit);
        return Images(unit, row => Answer(unit, row) && rows.Number(row, "linf") <= epsilon);
    }

    /// <summary>The images whose examples, made on the exact network, fool the defence too.</summary>
    public HashSet<int> TransferredImages(AttackUnit unit)
    {
        Rows rows = context.Result(unit);
        return Images(unit, row => Fooled(rows, row, 1) == true);
    }

    /// <summary>Of the examples that fool the exact network, those that fool the defence too.</summary>
    public Proportion Transfer(AttackUnit unit, double overshoot = 1)
    {
        Rows rows = context.Result(unit);
        bool[] answers = [.. Enumerable.Range(0, rows.Count).Select(row => Fooled(rows, row, overshoot)).OfType<bool>()];
        return new(answers.Count(fooled => fooled), answers.Length);
    }

    /// <summary>Of the examples that fool the exact network, those that fool a control too.</summary>
    public Proportion TransferTo(AttackUnit unit, ModelVariant control, double overshoot = 1) => Records.Transfer(context.Result(unit), control, overshoot);

    /// <summary>Of the examples that fool the defence, those that fool the exact network too.</summary>
    public Proportion Reverse(AttackUnit unit) => Records.Transfer(context.Result(unit), defence.Exact with { Label = "undefended" });

    /// <summary>The images with a gradient that is zero or not finite, and those with a saturated softmax: of the member that has most.</summary>
    public (Proportion Bad, Proportion Saturated) Gradients(IReadOnlyList<GradientUnit> members)
    {
        return (Worst((rows, row) => rows.Boolean(row, "zero") == true || rows.Boolean(row, "finite") == false), Worst((rows, row) => rows.Boolean(row, "saturated") == true));

        Proportion Worst(Func<Rows, int, bool> counts) => members.Select(unit => Count(context.Result(unit), counts)).MaxBy(share => share.Value)!;
    }

    /// <summary>The images that give the same bits again: of the member that has fewest.</summary>
    public Proportion Repeats(IReadOnlyList<GradientUnit> members) =>
        members.Select(unit => Count(context.Result(unit), (rows, row) => rows.Boolean(row, "repeats") == true)).MinBy(share => share.Value)!;

    /// <summary>The mean cosine of a rule's gradient and the estimated one, over the members.</summary>
    public double Cosine(IReadOnlyList<GradientUnit> members, GradientEstimator rule) =>
        members.SelectMany(unit => context.Result(unit).Numbers(GradientUnit.Cosine(rule))).DefaultIfEmpty(double.NaN).Average();

    static Proportion Count(Rows rows, Func<Rows, int, bool> counts) => new(Enumerable.Range(0, rows.Count).Count(row => counts(rows, row)), rows.Count);

    /// <summary>The accuracies of the exact network and of the defence, the mean of its members.</summary>
    public (Proportion Exact, Proportion Defence) Accuracies(IReadOnlyList<PredictionsUnit> units)
    {
        Proportion[] shares = [.. units.Select(unit => Records.Accuracy(context.Result(unit)))];
        return (shares[0], new Proportion((int)Math.Round(shares.Skip(1).Average(share => share.Count)), shares[0].Of));
    }

    /// <summary>The ratio of the median L2 distances of two attacks' examples.</summary>
    public Estimate MedianRatio(AttackUnit unit, AttackUnit exact) =>
        Estimate.Median(Records.Distances(context.Result(unit), "l2")).Over(Records.Median(context.Result(exact), "l2"));

    /// <summary>Whether an attack was on the exact network, and its examples tried on the defence.</summary>
    bool MadeOnExact(AttackUnit unit) => unit.TriedOn.Contains(Defence.Named(defence.Members[0]));

    HashSet<int> Images(AttackUnit unit, Func<int, bool> broken)
    {
        Rows rows = context.Result(unit);
        return [.. Enumerable.Range(0, rows.Count).Where(broken).Select(row => rows.Int32(row, "image"))];
    }

    /// <summary>
    /// Whether the defence, or the member that answers, gets an adversarial image wrong that was made on it; where a mean was attacked,
    /// of members or over noise, whatever the mean does.
    /// </summary>
    bool Answer(AttackUnit unit, int row)
    {
        Rows rows = context.Result(unit);
        return defence.IsRandom || unit.NoiseSamples > 0
            ? rows.Boolean(row, AttackUnit.Wrong(defence.Answering(rows.Int32(row, "image"), context.Seed))) == true
            : rows.Boolean(row, "success") == true;
    }

    bool? Fooled(Rows rows, int row, double overshoot)
    {
        ModelVariant member = defence.Answering(rows.Int32(row, "image"), context.Seed);
        return rows.Boolean(row, AttackUnit.Fools(Defence.Named(member), overshoot));
    }
}
