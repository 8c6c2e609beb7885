using System.CommandLine;
using System.Text.Json.Nodes;
using DefensiveApproximation.Cli.Attacks;
using DefensiveApproximation.Networks.Attacks;
using Spectre.Console;

namespace DefensiveApproximation.Cli.Commands;

/// <summary><c>dapprox attacks</c>: what <c>dapprox attack</c> can be.</summary>
static class AttacksCommand
{
    public static Command Create()
    {
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "attacks", "List the attacks, with their norms, what they have to see of the victim, presets and source; and the backward rules.",
            "The preset strong, the default, has the settings of the attacks' papers, some of them strengthened; released has those of Foolbox 2.4, which \"Defensive Approximation\" used. An attack with a budget takes --epsilon, and its results are success rates; one without looks for the nearest adversarial image, and its results are distances.")
        {
            json,
        };
        command.SetAction(parse =>
        {
            if (parse.GetValue(json))
                PrintJson();
            else
                Print();
        });
        return command;
    }

    static void PrintJson() => Output.PrintJson(new JsonObject
    {
        ["attacks"] = new JsonArray([.. AttackEntries.Create().Select(attack => new JsonObject
        {
            ["name"] = attack.Name,
            ["summary"] = attack.Summary,
            ["norms"] = new JsonArray([.. attack.Norms.Select(norm => (JsonNode)AttackEntry.NameOf(norm))]),
            ["knowledge"] = Lower(attack.Knowledge),
            ["budget"] = Lower(attack.Budget),
            ["targeted"] = attack.CanTarget,
            ["presets"] = new JsonArray([.. attack.Presets.Select(preset => (JsonNode)preset)]),
            ["source"] = attack.Source,
        })]),
        ["backwardRules"] = new JsonArray([.. BackwardRule.All.Select(rule => new JsonObject
        {
            ["name"] = rule.Name,
            ["summary"] = rule.Summary,
            ["source"] = rule.Source,
        })]),
    });

    static void Print()
    {
        Table table = Output.Table("attack", "norm", "sees", "budget", "targeted", "presets", "source", "what it does");
        table.Columns[0].NoWrap();
        foreach (AttackEntry attack in AttackEntries.Create())
        {
            AddRow(
                table, attack.Name, string.Join(", ", attack.Norms.Select(AttackEntry.SignOf)), Lower(attack.Knowledge), Word(attack.Budget),
                attack.CanTarget ? "too" : "no", string.Join(", ", attack.Presets), attack.Source, attack.Summary);
        }

        Output.Results.Write(table);
        Console.WriteLine("Backward rules, for attacks on gradients of approximate networks");
        Table rules = Output.Table("rule", "what it takes for the gradient", "source");
        rules.Columns[0].NoWrap();
        foreach (BackwardRule rule in BackwardRule.All)
            AddRow(rules, rule.Name, rule.Summary, rule.Source);
        Output.Results.Write(rules);
    }

    /// <summary>Texts as they are: brackets in them are no markup.</summary>
    static void AddRow(Table table, params string[] texts) => table.AddRow(Array.ConvertAll(texts, text => new Text(text)));

    static string Word(Budget budget) => budget switch
    {
        Budget.Fixed => "ε",
        Budget.Either => "ε or none",
        _ => "none",
    };

    static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
