using System.Text.Json.Nodes;
using DefensiveApproximation.Cli.Attacks;
using DefensiveApproximation.Networks.Attacks;
using Spectre.Console;

namespace DefensiveApproximation.Cli.Commands;

/// <summary>What an attack came to under each backward rule.</summary>
/// <param name="Attack">The attack, with its budget.</param>
/// <param name="ByRule">The outcome under each rule; at least one.</param>
/// <param name="Seconds">The time it took.</param>
sealed record AttackResult(IAttack<IGradientVictim> Attack, IReadOnlyList<(BackwardRule Rule, TransferAttack Outcome)> ByRule, double Seconds)
{
    /// <summary>For each image the nearest success under any rule.</summary>
    public TransferAttack Worst { get; } = ByRule.Count == 1
        ? ByRule[0].Outcome
        : TransferAttack.Worst([.. ByRule.Select(run => run.Outcome)], Attack.Norm);

    public double? Epsilon => Attack.Epsilon;
}

/// <summary>The results of one attack at one or more budgets, as JSON and as tables.</summary>
/// <param name="Entry">The attack.</param>
/// <param name="Title">What was attacked.</param>
/// <param name="Others">The networks that the examples were tried on.</param>
/// <param name="Results">One for each budget; one without budget.</param>
sealed record AttackReport(AttackEntry Entry, string Title, IReadOnlyList<string> Others, IReadOnlyList<AttackResult> Results)
{
    const int CurveColumns = 8;

    /// <summary>The accuracy against ε, in the norm of the attack.</summary>
    public IReadOnlyList<(double Epsilon, double Accuracy)> Curve { get; } =
        RobustnessCurve.Of([.. Results.Select(result => result.Worst.Records)], Results[0].Attack.Norm);

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
        AttackSummary summary = AttackSummary.Of(result.Worst.Records);
        return new JsonObject
        {
            ["epsilon"] = result.Epsilon,
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

    public void Print()
    {
        AttackSummary first = AttackSummary.Of(Results[0].Worst.Records);
        Console.WriteLine(Title);
        Console.WriteLine($"{first.Count} images, {first.CleanCorrect} of them classified right and attacked");
        Table table = Output.Table([
            .. Entry.Budget == Budget.Minimal ? (string[])[] : ["ε"], .. HasRules ? (string[])["backward rule"] : [],
            "success", "robust accuracy", "mean L2", "median L2", "mean L∞", "mean L0", "queries", "8 bits", .. Others.Select(other => $"fools {other}"), "time"]);
        foreach (TableColumn column in table.Columns)
            column.RightAligned();
        foreach (AttackResult result in Results)
        {
            if (HasRules)
            {
                foreach ((BackwardRule rule, TransferAttack outcome) in result.ByRule)
                    AddRow(table, result, rule.Name, outcome, "");
            }

            AddRow(table, result, "nearest of all", result.Worst, $"{result.Seconds:F1} s");
        }

        Output.Results.Write(table);
        IEnumerable<string> reasons = Results.SelectMany(result => result.Worst.Records)
            .GroupBy(record => record.Reason).OrderBy(group => group.Key).Select(group => $"{Word(group.Key)} {group.Count()}");
        Console.WriteLine($"attacks ended: {string.Join(", ", reasons)}");
        PrintCurve();
    }

    void AddRow(Table table, AttackResult result, string rule, TransferAttack outcome, string time)
    {
        AttackSummary summary = AttackSummary.Of(outcome.Records);
        table.AddRow([
            .. Entry.Budget == Budget.Minimal ? (string[])[] : [result.Epsilon is double epsilon ? $"{epsilon}" : "smallest"], .. HasRules ? (string[])[rule] : [],
            Output.Percent(summary.Success), Output.Percent(summary.RobustAccuracy), Text(summary.MeanL2), Text(summary.MedianL2), Text(summary.MeanLInf), Text(summary.MeanL0),
            $"{summary.MeanQueries:N0}", Output.Percent(summary.SurvivesRounding), .. outcome.Transfer.Select(Output.Percent), time]);
    }

    /// <summary>The curve at some round numbers; all of it is in the JSON.</summary>
    void PrintCurve()
    {
        if (Results[0].Epsilon is not null || Curve.Count < 2)
            return;
        double step = RoundStep(Curve[^1].Epsilon / (CurveColumns - 1));
        double[] at = Enumerable.Range(0, CurveColumns).Select(i => Math.Round(i * step, 10)).ToArray();
        Table table = Output.Table([$"{AttackEntry.SignOf(Norm)} distance up to", .. at.Select(epsilon => $"{epsilon:G6}")]);
        table.AddRow(["robust accuracy", .. at.Select(epsilon => Output.Percent(Curve.Last(point => point.Epsilon <= epsilon).Accuracy))]);
        Output.Results.Write(table);
    }

    /// <summary>The next number of the form 1, 2 or 5 times a power of ten.</summary>
    static double RoundStep(double step)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        return ((double[])[1, 2, 5, 10]).First(factor => factor * power >= step * (1 - 1e-9)) * power;
    }

    static string Word(StopReason reason) => reason switch
    {
        StopReason.AlreadyMisclassified => "misclassified before",
        StopReason.Found => "found",
        StopReason.BudgetSpent => "budget spent",
        StopReason.NoStart => "no start found",
        StopReason.ZeroGradient => "zero gradient",
        StopReason.NoStepLeft => "no step left",
        _ => "not finite",
    };

    static string Text(double? mean) => mean is double value ? $"{value:G4}" : "–";
}
