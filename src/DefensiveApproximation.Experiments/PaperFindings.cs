using System.Globalization;
using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Networks.Data;

namespace DefensiveApproximation.Experiments;

/// <summary>Puts the numbers of "Defensive Approximation" (Guesmi et al., ASPLOS 2021) beside ours, and says whether they agree.</summary>
static class PaperFindings
{
    // Fewer successful examples say nothing about a transfer rate.
    const int FewestExamples = 10;

    // The 97.5 % quantile of the standard normal law.
    const double Normal95 = 1.959963984540054;

    const double PaperLoss = 0.9793 - 0.9767, PaperFgsmTransfer = 0.12, PaperPgdTransfer = 0.28;
    const double PaperShareAbove = 0.96, PaperMred = 0.33, PaperNmed = 0.08;

    /// <summary>All findings.</summary>
    /// <param name="data">The test images.</param>
    /// <param name="exact">The exact network's class of each.</param>
    /// <param name="approximate">The class that Ax-FPM in all layers gives.</param>
    /// <param name="attacks">The attacks on the exact network, tried on Ax-FPM in all layers first.</param>
    /// <param name="metrics">The error of Ax-FPM.</param>
    public static Finding[] Of(Dataset data, int[] exact, int[] approximate, IReadOnlyList<AttackRow> attacks, ErrorMetrics metrics) =>
    [
        Accuracy(data, exact, approximate),
        SmallestFgsm(attacks.Single(row => row.Epsilon is null)),
        FixedBudget("FGSM", PaperFgsmTransfer, attacks.Where(row => row.Attack == "fgsm" && row.Epsilon is not null).ToArray()),
        FixedBudget("PGD", PaperPgdTransfer, attacks.Where(row => row.Attack == "pgd").ToArray()),
        ShareAbove(metrics),
        Error(metrics),
    ];

    /// <summary>The loss of accuracy; both networks see the same images, so the interval is that of paired differences.</summary>
    static Finding Accuracy(Dataset data, int[] exact, int[] approximate)
    {
        int n = data.Count, lost = 0, won = 0;
        for (int i = 0; i < n; i++)
        {
            bool before = exact[i] == data.Labels[i], after = approximate[i] == data.Labels[i];
            lost += before && !after ? 1 : 0;
            won += after && !before ? 1 : 0;
        }

        double difference = lost - won, loss = difference / n;
        double half = Normal95 * Math.Sqrt(lost + won - difference * difference / n) / n;
        (double low, double high) = (loss - half, loss + half);
        bool agrees = low <= PaperLoss && PaperLoss <= high;
        string comparison = agrees ? "in line with the paper" : loss > PaperLoss ? "more than in the paper" : "less than in the paper";
        return new Finding(
            "Ax-FPM costs hardly any accuracy", $"{Points(PaperLoss)} points (MNIST)", $"{Points(loss)} points ({Points(low)} to {Points(high)})",
            agrees ? Agreement.Agrees : Agreement.Differs,
            $"Without retraining, Ax-FPM in all layers loses {Points(loss)} percentage points of accuracy on {data.Name}, {comparison}.");
    }

    static Finding SmallestFgsm(AttackRow row)
    {
        Share transfer = row.Transfers[0].Transfer;
        const string Claim = "FGSM examples transfer badly, made with the smallest step that works";
        if (transfer.Of < FewestExamples)
            return Open(Claim, PaperFgsmTransfer);
        bool holds = transfer.Low <= PaperFgsmTransfer;
        return new Finding(
            Claim, Percent(PaperFgsmTransfer), $"{Percent(transfer.Value!.Value)} ({Percent(transfer.Low)} to {Percent(transfer.High)})",
            holds ? Agreement.Agrees : Agreement.Differs,
            $"With the smallest step on a grid of {ReproductionExperiment.SmallestStepGrid.ToString(CultureInfo.InvariantCulture)}, examples lie just behind the exact network’s boundary, as the paper’s do; "
            + $"{transfer.Count} of {transfer.Of} fool Ax-FPM too. The paper’s rate {(holds ? "holds" : "does not hold")} here.");
    }

    static Finding FixedBudget(string attack, double paper, IReadOnlyList<AttackRow> rows)
    {
        Share[] transfers = rows.Select(row => row.Transfers[0].Transfer).Where(share => share.Of >= FewestExamples).ToArray();
        string claim = $"{attack} examples transfer badly, made with a fixed budget";
        if (transfers.Length == 0)
            return Open(claim, paper);
        int holding = transfers.Count(share => share.Low <= paper);
        Agreement agreement = holding == transfers.Length ? Agreement.Agrees : holding > 0 ? Agreement.Partly : Agreement.Differs;
        string verdict = agreement switch
        {
            Agreement.Agrees => "holds at these budgets too",
            Agreement.Partly => $"holds at {holding} of {transfers.Length} budgets",
            _ => "does not hold at any of these budgets",
        };
        double least = transfers.Min(share => share.Value!.Value), most = transfers.Max(share => share.Value!.Value);
        return new Finding(
            claim, $"{Percent(paper)} (smallest step)", least == most ? Percent(least) : $"{Percent(least)} to {Percent(most)}", agreement,
            $"The paper’s {Percent(paper)} {verdict}. Its attacks stop at the smallest step that works, so its examples sit on the exact network’s boundary, where any change of the network flips many back; ours use the whole budget.");
    }

    static Finding Open(string claim, double paper) => new(
        claim, Percent(paper), "–", Agreement.Open, $"Fewer than {FewestExamples} examples succeeded on the exact network: too few to compare.");

    static Finding ShareAbove(ErrorMetrics metrics)
    {
        double share = metrics.ShareAbove.Value;
        // The paper gives whole percent.
        bool agrees = Math.Abs(share - PaperShareAbove) < 0.005;
        return new Finding(
            "Ax-FPM’s products are too large in most cases", Percent(PaperShareAbove), Percent(share), agrees ? Agreement.Agrees : Agreement.Differs,
            $"Of {metrics.Samples.ToString("N0", CultureInfo.InvariantCulture)} products, {metrics.LawSummary}, {Percent(share)} came out larger than the exact product.");
    }

    static Finding Error(ErrorMetrics metrics)
    {
        double mred = metrics.MeanRelativeError.Value, nmed = metrics.NormalisedMeanError.Value;
        // The paper gives two digits.
        int agreeing = (Math.Abs(mred - PaperMred) < 0.005 ? 1 : 0) + (Math.Abs(nmed - PaperNmed) < 0.005 ? 1 : 0);
        return new Finding(
            "The size of Ax-FPM’s error (MRED; NMED)", $"{Number(PaperMred)}; {Number(PaperNmed)}", $"{Number(mred)}; {Number(nmed)}",
            agreeing switch { 2 => Agreement.Agrees, 1 => Agreement.Partly, _ => Agreement.Differs },
            $"Ours are for {metrics.LawSummary}. Both metrics depend on the law of the operands, which the paper does not state.");
    }

    static string Points(double share) => (100 * share).ToString("0.00", CultureInfo.InvariantCulture).Replace('-', '−');

    static string Percent(double share) => (100 * share).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
