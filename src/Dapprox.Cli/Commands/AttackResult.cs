using System.Text.Json.Nodes;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Cli.Commands;

/// <summary>The result of an attack.</summary>
/// <param name="Campaign">The result.</param>
/// <param name="Epsilon">The budget as given; null for the nearest adversarial image.</param>
/// <param name="Seconds">The time it took.</param>
sealed record AttackResult(CampaignResult Campaign, Epsilon? Epsilon, double Seconds)
{
    /// <summary>The attack, with its budget.</summary>
    public IAttack<IGradientVictim> Attack => Campaign.Attack;

    /// <summary>For each image the nearest success under any estimator.</summary>
    public AttackOutcome Worst => Campaign.Worst;

    /// <summary>The summary over all images.</summary>
    public AttackSummary Summary { get; } = Campaign.Worst.Summary;
}

/// <summary>The results of one attack at one or more budgets, as JSON and as tables.</summary>
/// <param name="Entry">The attack.</param>
/// <param name="Title">The attacked network and images.</param>
/// <param name="Others">The networks to which the transfer was measured.</param>
/// <param name="Results">One result per budget; a single one without budget.</param>
sealed record AttackReport(AttackEntry Entry, string Title, IReadOnlyList<string> Others, IReadOnlyList<AttackResult> Results)
{
    const int CurveRows = 8;

    /// <summary>
    /// The robust accuracy against ε, in the norm of the attack: the complete curve if the attack searched for the nearest
    /// adversarial image, otherwise one point per ε, since nothing is measured between them.
    /// </summary>
    public IReadOnlyList<(double Epsilon, double Accuracy)> Curve { get; } = Results[0].Epsilon is null
        ? RobustnessCurve.Of([Results[0].Worst.Records], Results[0].Attack.Norm)
        : [.. Results.Select(result => (result.Epsilon!.Value.Value, result.Summary.RobustAccuracy.Value!.Value)).Order()];

    /// <summary>The norm of the distances.</summary>
    public Norm Norm => Results[0].Attack.Norm;

    bool HasEstimators => Results[0].Campaign.ByEstimator.Count > 1;

    public JsonObject Json()
    {
        AttackSummary first = Results[0].Summary;
        return new JsonObject
        {
            ["attack"] = Entry.Name,
            ["count"] = first.Count,
            ["cleanCorrect"] = first.CleanCorrect,
            ["results"] = new JsonArray([.. Results.Select(Json)]),
            ["norm"] = Norm.Name(),
            ["settings"] = new JsonArray([.. Results.Select(result => (JsonNode)$"{result.Attack}")]),
            ["curve"] = new JsonArray([.. Curve.Select(point => new JsonArray(point.Epsilon, point.Accuracy))]),
        };
    }

    JsonObject Json(AttackResult result)
    {
        AttackSummary summary = result.Summary;
        return new JsonObject
        {
            ["epsilon"] = result.Epsilon?.Value,
            ["success"] = summary.Success.Value,
            ["meanL2"] = summary.MeanL2,
            ["medianL2"] = summary.MedianL2,
            ["meanLinf"] = summary.MeanLInf,
            ["medianLinf"] = summary.MedianLInf,
            ["meanL1"] = summary.MeanL1,
            ["medianL1"] = summary.MedianL1,
            ["meanL0"] = summary.MeanL0,
            ["medianL0"] = summary.MedianL0,
            ["meanQueries"] = summary.MeanQueries,
            ["transfer"] = new JsonObject(
                Others.Zip(result.Worst.Transfer, (other, rate) => KeyValuePair.Create(other, (JsonNode?)rate.Value))),
            ["seconds"] = result.Seconds,
            ["robustAccuracy"] = summary.RobustAccuracy.Value,
            ["meanQueriesToBest"] = summary.MeanQueriesToBest,
            ["survivesRounding"] = summary.SurvivesRounding,
            ["reasons"] = new JsonObject(
                summary.Reasons.Select(reason => KeyValuePair.Create(reason.Reason.ToString(), (JsonNode?)reason.Images))),
            ["backward"] = Entry.Access != Access.Gradients ? null : new JsonArray([.. result.Campaign.ByEstimator.Select(run =>
            {
                AttackSummary own = run.Outcome.Summary;
                return new JsonObject
                {
                    ["rule"] = run.Estimator!.Name,
                    ["success"] = own.Success.Value,
                    ["meanL2"] = own.MeanL2,
                    ["meanQueries"] = own.MeanQueries,
                };
            })]),
            ["meanGradientCalls"] = summary.MeanGradientCalls,
            ["meanForward"] = summary.MeanQueries,
            ["meanBackward"] = summary.MeanBackwardPasses,
            ["successInterval"] = Output.Interval(summary.Success),
            ["robustAccuracyInterval"] = Output.Interval(summary.RobustAccuracy),
            ["transferInterval"] = new JsonObject(
                Others.Zip(result.Worst.Transfer, (other, rate) => KeyValuePair.Create(other, Output.Interval(rate)))),
        };
    }

    /// <summary>Prints the results as tables.</summary>
    /// <param name="files">The files that they were saved in.</param>
    public void Print(IReadOnlyList<string> files)
    {
        AttackSummary first = Results[0].Summary;
        bool hasBudget = Results[0].Epsilon is not null;
        Output.Print(Title);
        Output.Print($"{first.Count} images, {first.CleanCorrect} of them classified correctly and attacked. "
            + $"Success rate: of the {first.CleanCorrect} attacked; robust accuracy: of all {first.Count}; in brackets 95 % intervals.");
        Console.WriteLine();
        Output.PrintTable(
            [
                .. hasBudget ? (string[])[">ε"] : [], .. HasEstimators ? (string[])["gradient"] : [],
                ">success rate", ">robust accuracy", ">mean L2", ">mean L∞", ">queries", ">time",
            ],
            Results.SelectMany(result => (string[][])
            [
                .. result.Campaign.ByEstimator
                    .Where(_ => HasEstimators)
                    .Select(run => Row(result, run.Estimator!.Name, run.Outcome.Summary, "")),
                Row(result, "nearest of all", result.Summary, $"{result.Seconds:F1} s"),
            ]));
        Console.WriteLine();
        Output.Print("The adversarial examples:");
        Output.PrintTable(
            [
                .. hasBudget ? (string[])[">ε"] : [],
                ">number", ">median L2", .. Norm == Norm.L2 ? (string[])[] : [$">median {Norm.Symbol()}"], ">mean L0",
                ">still adversarial with 8-bit pixels", ">queries to find",
            ],
            Results.Select(result => (string[])
            [
                .. hasBudget ? (string[])[$"{result.Epsilon}"] : [],
                $"{result.Summary.Successes}", Text(result.Summary.MedianL2),
                .. Norm == Norm.L2 ? (string[])[] : [Text(result.Summary.Median(Norm))], Text(result.Summary.MeanL0),
                Output.Percent(result.Summary.SurvivesRounding, result.Summary.Successes), $"{result.Summary.MeanQueriesToBest:N0}",
            ]));
        if (Others.Count > 0)
        {
            Console.WriteLine();
            Output.Print("Transfer: of the adversarial examples whose clean image the other network classifies correctly, "
                + "the fraction that fools it:");
            Output.PrintTable(
                ["network with", .. Results.Select(result => hasBudget ? $">ε = {result.Epsilon}" : ">transfer rate")],
                Others.Select((other, i) => (string[])
                [
                    other, .. Results.Select(result => Output.Rate(result.Worst.Transfer[i])),
                ]));
        }

        Console.WriteLine();
        IEnumerable<string> reasons = Results.SelectMany(result => result.Summary.Reasons)
            .GroupBy(end => end.Reason).OrderBy(group => group.Key).Select(group => $"{Word(group.Key)} {group.Sum(end => end.Images)}");
        Output.PrintFields((Results.Count > 1 ? "attacks ended, all ε" : "attacks ended", string.Join(", ", reasons)));
        PrintCurve(first.Count);
        if (files.Count > 0)
        {
            Console.WriteLine();
            Output.PrintFields(files.Select(file => ("saved", file)));
        }

        string[] Row(AttackResult result, string estimator, AttackSummary summary, string time) =>
        [
            .. hasBudget ? (string[])[$"{result.Epsilon}"] : [], .. HasEstimators ? (string[])[estimator] : [],
            Output.Rate(summary.Success), Output.Rate(summary.RobustAccuracy),
            Text(summary.MeanL2), Text(summary.MeanLInf), $"{summary.MeanQueries:N0}", time,
        ];
    }

    /// <summary>The curve at round numbers; the JSON has the complete curve.</summary>
    void PrintCurve(int images)
    {
        if (Results[0].Epsilon is not null || Curve.Count < 2)
            return;
        double step = RoundStep(Curve[^1].Epsilon / (CurveRows - 1));
        Console.WriteLine();
        Output.PrintTable([$">{Norm.Symbol()} distance up to", ">robust accuracy"], Enumerable.Range(0, CurveRows)
            .Select(i => Math.Round(i * step, 10))
            .Select(at => (string[])[$"{at:G6}", Output.Percent(Curve.Last(point => point.Epsilon <= at).Accuracy, images)]));
    }

    /// <summary>The next number of the form 1, 2 or 5 times a power of ten.</summary>
    static double RoundStep(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return ((double[])[1, 2, 5, 10]).First(factor => factor * power >= step * (1 - 1e-9)) * power;
    }

    static string Word(StopReason reason) => reason switch
    {
        StopReason.AlreadyMisclassified => "misclassified without attack",
        StopReason.Found => "found",
        StopReason.BudgetSpent => "budget spent",
        StopReason.NoStart => "no start found",
        StopReason.ZeroGradient => "zero gradient",
        StopReason.NoStepLeft => "no step left",
        _ => "not finite",
    };

    static string Text(double? mean) => mean is double value ? $"{value:G4}" : "–";
}
