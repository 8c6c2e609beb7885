using System.Text.Json.Nodes;
using Dapprox.Cli.Attacks;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Cli.Commands;

/// <summary>What an attack came to under each gradient estimator.</summary>
/// <param name="Attack">The attack, with its budget.</param>
/// <param name="Epsilon">The budget as it was given; null for the nearest adversarial image.</param>
/// <param name="ByRule">The outcome under each estimator; at least one.</param>
/// <param name="Seconds">The time it took.</param>
sealed record AttackResult(IAttack<IGradientVictim> Attack, Epsilon? Epsilon, IReadOnlyList<(GradientEstimator Rule, TransferAttack Outcome)> ByRule, double Seconds)
{
    /// <summary>For each image the nearest success under any estimator.</summary>
    public TransferAttack Worst { get; } = ByRule.Count == 1
        ? ByRule[0].Outcome
        : TransferAttack.Worst([.. ByRule.Select(run => run.Outcome)], Attack.Norm);

    /// <summary>What it came to over all images.</summary>
    public AttackSummary Summary => AttackSummary.Of(Worst.Records);
}

/// <summary>The results of one attack at one or more budgets, as JSON and as tables.</summary>
/// <param name="Entry">The attack.</param>
/// <param name="Title">What was attacked.</param>
/// <param name="Others">The networks that the examples were tried on.</param>
/// <param name="Results">One for each budget; one without budget.</param>
sealed record AttackReport(AttackEntry Entry, string Title, IReadOnlyList<string> Others, IReadOnlyList<AttackResult> Results)
{
    const int CurveRows = 8;

    /// <summary>
    /// The robust accuracy against ε, in the norm of the attack: the whole curve where the attack looked for the nearest
    /// adversarial image, otherwise a point for each ε that was tried, since nothing was measured between them.
    /// </summary>
    public IReadOnlyList<(double Epsilon, double Accuracy)> Curve { get; } = Results[0].Epsilon is null
        ? RobustnessCurve.Of([Results[0].Worst.Records], Results[0].Attack.Norm)
        : [.. Results.Select(result => (result.Epsilon!.Value.Value, result.Summary.RobustAccuracy!.Value)).Order()];

    /// <summary>The norm of the distances.</summary>
    public Norm Norm => Results[0].Attack.Norm;

    bool HasRules => Results[0].ByRule.Count > 1;

    public JsonObject Json()
    {
        AttackSummary first = AttackSummary.Of(Results[0].Worst.Records);
        return new JsonObject
        {
            ["attack"] = Entry.Name,
            ["count"] = first.Count,
            ["cleanCorrect"] = first.CleanCorrect,
            ["results"] = new JsonArray([.. Results.Select(Json)]),
            ["norm"] = AttackEntry.NameOf(Norm),
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
            ["success"] = summary.Success,
            ["meanL2"] = summary.MeanL2,
            ["medianL2"] = summary.MedianL2,
            ["meanLinf"] = summary.MeanLInf,
            ["meanL0"] = summary.MeanL0,
            ["meanQueries"] = summary.MeanQueries,
            ["transfer"] = new JsonObject(Others.Zip(result.Worst.Transfer, (other, share) => KeyValuePair.Create(other, (JsonNode?)share))),
            ["seconds"] = result.Seconds,
            ["robustAccuracy"] = summary.RobustAccuracy,
            ["meanQueriesToBest"] = summary.MeanQueriesToBest,
            ["survivesRounding"] = summary.SurvivesRounding,
            ["reasons"] = new JsonObject(summary.Reasons.Select(reason => KeyValuePair.Create(reason.Reason.ToString(), (JsonNode?)reason.Images))),
            ["backward"] = Entry.Knowledge != Knowledge.Gradients ? null : new JsonArray([.. result.ByRule.Select(run =>
            {
                AttackSummary own = AttackSummary.Of(run.Outcome.Records);
                return new JsonObject { ["rule"] = run.Rule.Name, ["success"] = own.Success, ["meanL2"] = own.MeanL2, ["meanQueries"] = own.MeanQueries };
            })]),
        };
    }

    /// <summary>Prints the results as tables.</summary>
    /// <param name="files">The files that they were saved in.</param>
    public void Print(IReadOnlyList<string> files)
    {
        AttackSummary first = Results[0].Summary;
        bool hasBudget = Results[0].Epsilon is not null;
        Output.Print(Title);
        Output.Print($"{first.Count} images, {first.CleanCorrect} of them classified correctly and attacked. Success rate: of the {first.CleanCorrect} attacked; robust accuracy: of all {first.Count}.");
        Console.WriteLine();
        Output.PrintTable(
            [.. hasBudget ? (string[])[">ε"] : [], .. HasRules ? (string[])["gradient"] : [], ">success rate", ">robust accuracy", ">mean L2", ">mean L∞", ">queries", ">time"],
            Results.SelectMany(result =>
                (HasRules ? result.ByRule.Select(run => Row(result, run.Rule.Name, run.Outcome, "")) : []).Append(Row(result, "nearest of all", result.Worst, $"{result.Seconds:F1} s"))));
        Console.WriteLine();
        Output.Print("The adversarial examples:");
        Output.PrintTable(
            [.. hasBudget ? (string[])[">ε"] : [], ">number", ">median L2", ">mean L0", ">still adversarial with 8-bit pixels", ">queries to find"],
            Results.Select(result => (string[])
            [
                .. hasBudget ? (string[])[$"{result.Epsilon}"] : [], $"{result.Summary.Successes}", Text(result.Summary.MedianL2), Text(result.Summary.MeanL0),
                Output.Percent(result.Summary.SurvivesRounding, result.Summary.Successes), $"{result.Summary.MeanQueriesToBest:N0}",
            ]));
        if (Others.Count > 0)
        {
            Console.WriteLine();
            Output.Print("Transfer: of the adversarial examples whose clean image the other network classifies correctly, the fraction that fools it:");
            Output.PrintTable(
                ["network with", .. Results.Select(result => hasBudget ? $">ε = {result.Epsilon}" : ">transfer rate")],
                Others.Select((other, i) => (string[])[other, .. Results.Select(result => Output.Percent(result.Worst.Transfer[i], result.Summary.Successes))]));
        }

        Console.WriteLine();
        IEnumerable<string> reasons = Results.SelectMany(result => result.Worst.Records)
            .GroupBy(record => record.Reason).OrderBy(group => group.Key).Select(group => $"{Word(group.Key)} {group.Count()}");
        Output.PrintFields((Results.Count > 1 ? "attacks ended, all ε" : "attacks ended", string.Join(", ", reasons)));
        PrintCurve(first.Count);
        if (files.Count > 0)
        {
            Console.WriteLine();
            Output.PrintFields(files.Select(file => ("saved", file)));
        }

        string[] Row(AttackResult result, string rule, TransferAttack outcome, string time)
        {
            AttackSummary summary = AttackSummary.Of(outcome.Records);
            return
            [
                .. hasBudget ? (string[])[$"{result.Epsilon}"] : [], .. HasRules ? (string[])[rule] : [],
                Output.Percent(summary.Success, summary.CleanCorrect), Output.Percent(summary.RobustAccuracy, summary.Count),
                Text(summary.MeanL2), Text(summary.MeanLInf), $"{summary.MeanQueries:N0}", time,
            ];
        }
    }

    /// <summary>The curve at some round numbers; all of it is in the JSON.</summary>
    void PrintCurve(int images)
    {
        if (Results[0].Epsilon is not null || Curve.Count < 2)
            return;
        double step = RoundStep(Curve[^1].Epsilon / (CurveRows - 1));
        Console.WriteLine();
        Output.PrintTable([$">{AttackEntry.SignOf(Norm)} distance up to", ">robust accuracy"], Enumerable.Range(0, CurveRows)
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
