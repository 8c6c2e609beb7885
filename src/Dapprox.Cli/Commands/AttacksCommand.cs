using System.CommandLine;
using System.Text.Json.Nodes;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox attacks</c>: the list of attacks.</summary>
static class AttacksCommand
{
    public static Command Create()
    {
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "attacks", "List the attacks with their norms, required access, presets and source; and the gradient estimators.",
            "Access is what the attacker needs of the victim: gradients, scores or labels. The default preset, strong, has the settings of "
                + "the attacks' papers, some of them strengthened; foolbox-2.4 has those of Foolbox 2.4, which \"Defensive Approximation\" "
                + "used. An attack that takes ε (--epsilon) is measured by its success rate; one without finds the nearest adversarial "
                + "example and is measured by its distance.")
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
        ["attacks"] = new JsonArray([.. AttackCatalogue.All.Select(attack => new JsonObject
        {
            ["name"] = attack.Name,
            ["summary"] = attack.Summary,
            ["norms"] = new JsonArray([.. attack.Norms.Select(norm => (JsonNode)norm.Name())]),
            ["knowledge"] = Lower(attack.Access),
            ["budget"] = Word(attack.Budget),
            ["targeted"] = attack.CanTarget,
            ["presets"] = new JsonArray([.. attack.Presets.Select(preset => (JsonNode)preset.Name)]),
            ["source"] = attack.Source,
            ["bestFor"] = attack.BestFor,
        })]),
        ["backwardRules"] = new JsonArray([.. GradientEstimator.All.Select(rule => new JsonObject
        {
            ["name"] = rule.Name,
            ["summary"] = rule.Summary,
            ["source"] = rule.Source,
        })]),
    });

    static void Print()
    {
        string[] titles = ["attack", "norms", "access", "ε", "targeted", "presets", "~best for"];
        Output.PrintTable(titles, AttackCatalogue.All.Select(attack => (string[])
        [
            attack.Name, string.Join(", ", attack.Norms.Select(norm => norm.Symbol())), Lower(attack.Access), Lower(attack.Budget),
            attack.CanTarget ? "yes" : "no", string.Join(", ", attack.Presets), attack.BestFor,
        ]));
        Console.WriteLine();
        Output.PrintTable(
            ["attack", "~what it does", "~source"],
            AttackCatalogue.All.Select(attack => (string[])[attack.Name, attack.Summary, attack.Source]));
        Console.WriteLine();
        Output.Print("Gradient estimators, for attacks that use gradients of approximate networks (--gradient):");
        Output.PrintTable(
            ["estimator", "~the gradient is", "~source"],
            GradientEstimator.All.Select(rule => (string[])[rule.Name, rule.Summary, rule.Source]));
    }

    /// <summary>The field says what the attack does.</summary>
    static string Word(AttackBudget budget) => budget switch
    {
        AttackBudget.Required => "fixed",
        AttackBudget.Optional => "either",
        _ => "minimal",
    };

    static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
