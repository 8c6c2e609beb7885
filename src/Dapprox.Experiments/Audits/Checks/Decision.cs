using Dapprox.Statistics;

namespace Dapprox.Experiments.Audits.Checks;

/// <summary>
/// A decision from an interval: what lies entirely on one side of the tolerance is decided, what contains it is not. A claim with several
/// parts passes where each part passes at 95 %, and fails where a part fails at a level divided by their number (Bonferroni).
/// </summary>
/// <param name="Outcome">Passed, failed or undecided.</param>
/// <param name="Evidence">The number that decides.</param>
/// <param name="ImagesNeeded">The number of images that would decide at the same rates; null where none is needed or none would.</param>
sealed record Decision(Outcome Outcome, Evidence Evidence, int? ImagesNeeded)
{
    /// <summary>The level of tests: intervals are of 95 %.</summary>
    public const double Level = 0.05;

    const int MostImages = 1_000_000;

    /// <summary>Whether at most a fraction of the images is bad.</summary>
    /// <param name="bad">The bad images.</param>
    /// <param name="tolerance">The fraction.</param>
    /// <param name="parts">The number of parts of the claim.</param>
    public static Decision AtMost(Proportion bad, double tolerance, int parts = 1)
    {
        double failing = Quantile(parts);
        return new(
            Of(bad.Count, bad.Of),
            new Evidence(
                bad.Value ?? 0, bad.Low, bad.High, bad.Of, IsDifference: false, "Wilson’s interval", null,
                Smallest(bad.Of, count => Of(count, bad.Of) == Outcome.Failed)),
            Needed(bad.Of, scale => Of(Scaled(bad.Count, scale), Scaled(bad.Of, scale)), Of(bad.Count, bad.Of)));

        Outcome Of(int count, int of) =>
            Wilson.Interval(count, of).High <= tolerance ? Outcome.Passed
            : Wilson.Interval(count, of, failing).Low > tolerance ? Outcome.Failed
            : Outcome.Undecided;
    }

    /// <summary>Whether a rate exceeds another on the same images by at most a tolerance.</summary>
    /// <param name="excess">The rate minus the other.</param>
    /// <param name="tolerance">The difference that is tolerated.</param>
    /// <param name="parts">The number of parts of the claim.</param>
    public static Decision AtMost(PairedDifference excess, double tolerance, int parts = 1)
    {
        double failing = Quantile(parts);
        return Paired(excess, Of, "Tango’s interval", null);

        Outcome Of(PairedDifference one) =>
            one.Of > 0 && one.Interval.High <= tolerance ? Outcome.Passed
            : one.IntervalOf(failing).Low > tolerance ? Outcome.Failed
            : Outcome.Undecided;
    }

    /// <summary>
    /// Whether a rate exceeds another on the same images: passed where McNemar's exact test says so; failed where it says the other
    /// way, or where the difference is at most the tolerance.
    /// </summary>
    /// <param name="gain">The rate minus the other.</param>
    /// <param name="tolerance">The difference that is too small to count.</param>
    public static Decision More(PairedDifference gain, double tolerance)
    {
        return Paired(gain, Of, "McNemar’s exact test, Tango’s interval", gain.PValue);

        Outcome Of(PairedDifference one) =>
            one.PValue <= Level ? one.Value > 0 ? Outcome.Passed : Outcome.Failed
            : one.Of > 0 && one.Interval.High <= tolerance ? Outcome.Failed
            : Outcome.Undecided;
    }

    /// <summary>A claim of several parts.</summary>
    /// <param name="parts">The parts; at least one.</param>
    public static Decision All(IEnumerable<Decision> parts)
    {
        Decision[] worst = [.. parts.OrderByDescending(part => part.Outcome switch
        {
            Outcome.Failed => 2,
            Outcome.Undecided => 1,
            _ => 0,
        }).ThenByDescending(part => part.Evidence.Value)];
        Decision[] open = worst[0].Outcome == Outcome.Undecided ? [.. worst.Where(part => part.Outcome == Outcome.Undecided)] : [];
        return worst[0] with
        {
            ImagesNeeded = open.Length > 0 && open.All(part => part.ImagesNeeded is not null) ? open.Max(part => part.ImagesNeeded) : null,
        };
    }

    static Decision Paired(PairedDifference difference, Func<PairedDifference, Outcome> decide, string test, double? pValue)
    {
        (Estimate interval, Outcome outcome, int images) = (difference.Interval, decide(difference), difference.Of);
        // What a difference in one direction would show, for the claim or against it.
        Outcome shown = pValue is null ? Outcome.Failed : Outcome.Passed;
        return new(
            outcome,
            new Evidence(
                difference.Value, interval.Low, interval.High, images, IsDifference: true, test, pValue,
                Smallest(images, count => decide(new(count, 0, images)) == shown)),
            Needed(
                images,
                scale => decide(new(
                    Scaled(difference.FirstOnly, scale), Scaled(difference.SecondOnly, scale), Scaled(images, scale))),
                outcome));
    }

    static double Quantile(int parts) => parts == 1 ? Normal.Quantile975 : Normal.QuantileWithin(1 - Level / parts);

    static int Scaled(int count, double scale) => (int)Math.Round(count * scale);

    static double Smallest(int of, Func<int, bool> decides) =>
        of == 0 ? 1 : (double)(Enumerable.Range(1, of).Cast<int?>().FirstOrDefault(count => decides(count!.Value)) ?? of) / of;

    /// <summary>
    /// The number of images from which on the rates decide, to two digits. Counts are integers, so a smaller number may decide by chance.
    /// </summary>
    static int? Needed(int of, Func<double, Outcome> decide, Outcome now)
    {
        if (now != Outcome.Undecided || of == 0)
            return null;
        double? needed = null;
        for (double scale = 1.02; of * scale < MostImages; scale *= 1.02)
            needed = decide(scale) == Outcome.Undecided ? null : needed ?? of * scale;
        if (needed is not double images)
            return null;
        double unit = Math.Pow(10, Math.Floor(Math.Log10(images)) - 1);
        return (int)(Math.Ceiling(images / unit) * unit);
    }
}
