using Dapprox.Statistics;

namespace Dapprox.Experiments.Results;

/// <summary>How a number of the paper compares with ours.</summary>
public enum Verdict
{
    /// <summary>Our number agrees with it, within the stated tolerance.</summary>
    Reproduced,

    /// <summary>Our number does not agree, but the conclusion of the paper holds.</summary>
    SameDirection,

    /// <summary>Neither the number nor the conclusion holds.</summary>
    NotReproduced,

    /// <summary>Too few images or examples were measured for a verdict.</summary>
    Open,
}

/// <summary>The rules by which numbers are judged, the same for all experiments.</summary>
public static class Verdicts
{
    /// <summary>The smallest number of images on which a rate is judged.</summary>
    public const int MinImages = 10;

    const double RateTolerance = 0.05, Most = 0.5, AccuracyTolerance = 0.01, AccuracyLoss = 0.02, RelativeTolerance = 0.1;

    /// <summary>The rule of <see cref="Transfer"/> in words.</summary>
    public static string TransferRule =>
        "Reproduced: the paper’s rate lies in our 95 % interval or within 5 percentage points of ours. "
        + "Same direction: our whole interval is on the paper’s side of 50 %: most examples transfer, or most do not. "
        + "Inconclusive: fewer than 10 examples.";

    /// <summary>The rule of <see cref="RelativeTransfer"/> in words.</summary>
    public static string RelativeTransferRule =>
        "Judged: Ax-FPM’s rate divided by the exact victim’s. "
        + "Reproduced: the paper’s number lies in our 95 % interval or within 0.05 of ours. "
        + "Same direction: our whole interval is below a half. Inconclusive: fewer than 10 examples fool the exact victim.";

    /// <summary>The rule of <see cref="Accuracy"/> in words.</summary>
    public static string AccuracyRule =>
        "Reproduced: within 1 percentage point of the paper. Same direction: at most 2 percentage points below our exact network. "
        + "For the exact network itself there is no direction.";

    /// <summary>The rule of <see cref="Ratio"/> in words.</summary>
    public static string RatioRule =>
        "Reproduced: within 10 % of the paper’s number. Same direction: on the same side of the exact multiplier. "
        + "Errors have one side only: they are reproduced or not.";

    /// <summary>The rule of <see cref="Increase"/> in words.</summary>
    public static string IncreaseRule =>
        "Reproduced: the paper’s difference lies in our 95 % interval or within 10 % of ours. "
        + "Same direction: our whole interval is above 0.";

    /// <summary>Judges a transfer rate.</summary>
    /// <param name="ours">Our number.</param>
    /// <param name="paper">The paper's number.</param>
    public static Verdict Transfer(Proportion ours, double paper)
    {
        ArgumentNullException.ThrowIfNull(ours);
        if (ours.Of < MinImages)
            return Verdict.Open;
        return IsNear(ours, paper) ? Verdict.Reproduced
            : (paper < Most ? ours.High < Most : ours.Low > Most) ? Verdict.SameDirection
            : Verdict.NotReproduced;
    }

    /// <summary>Judges the transfer rate to one victim, divided by that to another.</summary>
    /// <param name="ours">Our ratio; NaN of too few examples.</param>
    /// <param name="paper">The paper's number.</param>
    public static Verdict RelativeTransfer(Estimate ours, double paper) => double.IsNaN(ours.Value) ? Verdict.Open
        : (ours.Low <= paper && paper <= ours.High) || Math.Abs(ours.Value - paper) <= RateTolerance ? Verdict.Reproduced
        : paper < Most && ours.High < Most ? Verdict.SameDirection : Verdict.NotReproduced;

    /// <summary>Judges the rate of images on which a network is confident.</summary>
    /// <param name="ours">Our number.</param>
    /// <param name="paper">The paper's number.</param>
    /// <param name="exceeds">The rate that ours has to exceed for the same direction; null where the paper claims no direction.</param>
    public static Verdict Confidence(Proportion ours, double paper, double? exceeds)
    {
        ArgumentNullException.ThrowIfNull(ours);
        return IsNear(ours, paper) ? Verdict.Reproduced : ours.Value > exceeds ? Verdict.SameDirection : Verdict.NotReproduced;
    }

    /// <summary>Judges a claim without a number.</summary>
    /// <param name="holds">Whether it holds.</param>
    public static Verdict Claim(bool holds) => holds ? Verdict.Reproduced : Verdict.NotReproduced;

    /// <summary>Judges an accuracy.</summary>
    /// <param name="ours">Our number.</param>
    /// <param name="paper">The paper's number.</param>
    /// <param name="exact">The accuracy of our exact network; null where it is this one.</param>
    public static Verdict Accuracy(double ours, double paper, double? exact) =>
        Math.Abs(ours - paper) <= AccuracyTolerance ? Verdict.Reproduced
            : exact - ours <= AccuracyLoss ? Verdict.SameDirection
            : Verdict.NotReproduced;

    /// <summary>Judges a number that the paper gives relative to the exact multiplier's, or an error.</summary>
    /// <param name="ours">Our number.</param>
    /// <param name="paper">The paper's number.</param>
    /// <param name="exact">The number of the exact multiplier; null for an error, which is never below zero.</param>
    public static Verdict Ratio(double ours, double paper, double? exact) =>
        !double.IsFinite(ours) ? Verdict.Open
        : Math.Abs(ours - paper) <= RelativeTolerance * Math.Abs(paper) ? Verdict.Reproduced
        : exact is double side && Math.Sign(ours - side) == Math.Sign(paper - side) ? Verdict.SameDirection : Verdict.NotReproduced;

    /// <summary>Judges an increase on the approximate network.</summary>
    /// <param name="ours">Our difference, with its interval.</param>
    /// <param name="paper">The paper's number.</param>
    public static Verdict Increase(Estimate ours, double paper)
    {
        if (!double.IsFinite(ours.Radius))
            return Verdict.Open;
        bool isNear = (ours.Low <= paper && paper <= ours.High) || Math.Abs(ours.Value - paper) <= RelativeTolerance * Math.Abs(paper);
        return isNear ? Verdict.Reproduced
            : ours.Low > 0 ? Verdict.SameDirection : Verdict.NotReproduced;
    }

    /// <summary>Whether the paper's rate lies in our interval, or within the tolerance of ours.</summary>
    static bool IsNear(Proportion ours, double paper) =>
        (ours.Low <= paper && paper <= ours.High) || Math.Abs(ours.Value!.Value - paper) <= RateTolerance;

    /// <summary>A verdict in words.</summary>
    /// <param name="verdict">The verdict to name.</param>
    public static string Text(Verdict verdict) => verdict switch
    {
        Verdict.Reproduced => "reproduced",
        Verdict.SameDirection => "same direction",
        Verdict.NotReproduced => "not reproduced",
        _ => "inconclusive",
    };
}
