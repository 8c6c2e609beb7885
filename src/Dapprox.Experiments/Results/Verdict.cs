using Dapprox.Statistics;

namespace Dapprox.Experiments.Results;

/// <summary>How a number of the paper compares with ours.</summary>
public enum Verdict
{
    /// <summary>It came out, within the tolerance that is stated beside it.</summary>
    Reproduced,

    /// <summary>It did not, but what the paper concludes from it holds.</summary>
    SameDirection,

    /// <summary>Neither holds.</summary>
    NotReproduced,

    /// <summary>Too little was measured to say.</summary>
    Open,
}

/// <summary>The rules by which numbers are judged, the same for all experiments.</summary>
public static class Verdicts
{
    /// <summary>Fewer images say nothing about a share.</summary>
    public const int MinImages = 10;

    const double ShareTolerance = 0.05, Most = 0.5, AccuracyTolerance = 0.01, AccuracyLoss = 0.02, RelativeTolerance = 0.1;

    /// <summary>The rule of <see cref="Transfer"/> in words.</summary>
    public static string TransferRule => "Reproduced: the paper’s rate lies in our 95 % interval or within 5 percentage points of ours. Same direction: our whole interval is on the paper’s side of 50 %: most examples transfer, or most do not. Inconclusive: fewer than 10 examples.";

    /// <summary>The rule of <see cref="RelativeTransfer"/> in words.</summary>
    public static string RelativeTransferRule => "Judged: Ax-FPM’s rate divided by the exact victim’s. Reproduced: the paper’s number lies in our 95 % interval or within 0.05 of ours. Same direction: our whole interval is below a half. Inconclusive: fewer than 10 examples fool the exact victim.";

    /// <summary>The rule of <see cref="Accuracy"/> in words.</summary>
    public static string AccuracyRule => "Reproduced: within 1 percentage point of the paper. Same direction: at most 2 percentage points below our exact network. For the exact network itself there is no direction.";

    /// <summary>The rule of <see cref="Ratio"/> in words.</summary>
    public static string RatioRule => "Reproduced: within 10 % of the paper’s number. Same direction: on the same side of the exact multiplier. Errors have one side only: they are reproduced or not.";

    /// <summary>The rule of <see cref="Increase"/> in words.</summary>
    public static string IncreaseRule => "Reproduced: the paper’s difference lies in our 95 % interval or within 10 % of ours. Same direction: our whole interval is above 0.";

    /// <summary>Judges the share of adversarial examples that fool another network too.</summary>
    /// <param name="ours">Ours.</param>
    /// <param name="paper">The paper's.</param>
    public static Verdict Transfer(Proportion ours, double paper)
    {
        ArgumentNullException.ThrowIfNull(ours);
        if (ours.Of < MinImages)
            return Verdict.Open;
        return IsNear(ours, paper) ? Verdict.Reproduced : (paper < Most ? ours.High < Most : ours.Low > Most) ? Verdict.SameDirection : Verdict.NotReproduced;
    }

    /// <summary>Judges the share of examples that fool one victim, divided by another's.</summary>
    /// <param name="ours">Ours; NaN of too few.</param>
    /// <param name="paper">The paper's.</param>
    public static Verdict RelativeTransfer(Estimate ours, double paper) => double.IsNaN(ours.Value) ? Verdict.Open
        : (ours.Low <= paper && paper <= ours.High) || Math.Abs(ours.Value - paper) <= ShareTolerance ? Verdict.Reproduced
        : paper < Most && ours.High < Most ? Verdict.SameDirection : Verdict.NotReproduced;

    /// <summary>Judges the share of images on which a network is sure.</summary>
    /// <param name="ours">Ours.</param>
    /// <param name="paper">The paper's.</param>
    /// <param name="exceeds">The share that it has to exceed for the same direction; null where no direction is claimed of it.</param>
    public static Verdict Confidence(Proportion ours, double paper, double? exceeds)
    {
        ArgumentNullException.ThrowIfNull(ours);
        return IsNear(ours, paper) ? Verdict.Reproduced : ours.Value > exceeds ? Verdict.SameDirection : Verdict.NotReproduced;
    }

    /// <summary>Judges a claim that is no number.</summary>
    /// <param name="holds">Whether it holds.</param>
    public static Verdict Claim(bool holds) => holds ? Verdict.Reproduced : Verdict.NotReproduced;

    /// <summary>Judges an accuracy.</summary>
    /// <param name="ours">Ours.</param>
    /// <param name="paper">The paper's.</param>
    /// <param name="exact">Our exact network's; null where it is this one.</param>
    public static Verdict Accuracy(double ours, double paper, double? exact) =>
        Math.Abs(ours - paper) <= AccuracyTolerance ? Verdict.Reproduced : exact - ours <= AccuracyLoss ? Verdict.SameDirection : Verdict.NotReproduced;

    /// <summary>Judges a number that the paper gives relative to the exact multiplier's, or an error.</summary>
    /// <param name="ours">Ours.</param>
    /// <param name="paper">The paper's.</param>
    /// <param name="exact">The exact multiplier's; null for an error, which no multiplier has below zero.</param>
    public static Verdict Ratio(double ours, double paper, double? exact) =>
        !double.IsFinite(ours) ? Verdict.Open
        : Math.Abs(ours - paper) <= RelativeTolerance * Math.Abs(paper) ? Verdict.Reproduced
        : exact is double side && Math.Sign(ours - side) == Math.Sign(paper - side) ? Verdict.SameDirection : Verdict.NotReproduced;

    /// <summary>Judges by how much something is larger on the approximate network.</summary>
    /// <param name="ours">Ours, with its interval.</param>
    /// <param name="paper">The paper's.</param>
    public static Verdict Increase(Estimate ours, double paper)
    {
        if (!double.IsFinite(ours.Radius))
            return Verdict.Open;
        return (ours.Low <= paper && paper <= ours.High) || Math.Abs(ours.Value - paper) <= RelativeTolerance * Math.Abs(paper) ? Verdict.Reproduced
            : ours.Low > 0 ? Verdict.SameDirection : Verdict.NotReproduced;
    }

    /// <summary>Whether the paper's share lies in our interval, or within the tolerance of ours.</summary>
    static bool IsNear(Proportion ours, double paper) => (ours.Low <= paper && paper <= ours.High) || Math.Abs(ours.Value!.Value - paper) <= ShareTolerance;

    /// <summary>A verdict in words.</summary>
    /// <param name="verdict">The verdict.</param>
    public static string Text(Verdict verdict) => verdict switch
    {
        Verdict.Reproduced => "reproduced",
        Verdict.SameDirection => "same direction",
        Verdict.NotReproduced => "not reproduced",
        _ => "inconclusive",
    };
}
