using System.Text.Json.Nodes;
using Dapprox.Cli.Terminal;
using Dapprox.Experiments.Units;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox circuit cost</c> without a circuit: the paper's tables 7 and 9.</summary>
static class CostTables
{
    /// <summary>Prices the multipliers of both tables.</summary>
    public static JsonObject Run(CostSetting setting, bool quiet, CancellationToken cancellation)
    {
        IReadOnlyList<HardwareRow> rows = ProgressBar.While("pricing", HardwareTables.Count, progress =>
            HardwareTables.Measure(setting.Library, setting.Samples, setting.Seed, () => progress(1), cancellation));
        if (!quiet)
        {
            foreach (IGrouping<int, HardwareRow> group in rows.GroupBy(row => row.Table))
            {
                Output.Print(
                    $"Table {group.Key} of the paper, {(group.Key == 9 ? "mantissa multipliers" : "float multipliers")}, relative to the "
                        + "exact one");
                PrintForm("as drawn", row => row.AsDrawn);
                PrintForm("in normal form", row => row.Normal);
                Output.PrintFields(group.Select(row => (row.Description, row.Name)));
                Console.WriteLine();

                void PrintForm(string form, Func<HardwareRow, FormCost> of) => Output.PrintTable(
                    [form, ">energy", ">with glitches", ">paper", ">delay", ">paper", ">area", ">fJ", ">ps"], group.Select(row => (string[])
                [
                    row.Description, $"{of(row).Energy:F3}", $"{of(row).EnergyWithHazards:F3}", $"{row.PaperEnergy:0.###}",
                    $"{of(row).Delay:F3}", $"{row.PaperDelay:0.###}", $"{of(row).Cost.Area / of(group.First()).Cost.Area:F3}",
                    $"{of(row).Cost.TotalEnergy:F0}", $"{of(row).Cost.Delay:F0}",
                ]));
            }

            Output.Print(
                $"{rows[0].Normal.Cost.Transitions:N0} changes of operands, seed {setting.Seed}, library {setting.Library.Name}; fJ and ps "
                    + "without glitches. As drawn: every cell as its publication draws it, as the paper prices them.");
        }

        JsonObject json = setting.Json();
        // The tables have both, without and with glitches.
        json.Remove("hazards");
        json["tables"] = new JsonArray([.. rows.Select(row => new JsonObject
        {
            ["table"] = row.Table,
            ["name"] = row.Name,
            ["circuit"] = row.Description,
            ["paperEnergy"] = row.PaperEnergy,
            ["paperDelay"] = row.PaperDelay,
            ["normal"] = Form(row.Normal),
            ["asDrawn"] = Form(row.AsDrawn),
        })]);
        return json;

        static JsonObject Form(FormCost cost) => new()
        {
            ["energy"] = cost.Energy,
            ["energyWithHazards"] = cost.EnergyWithHazards,
            ["delay"] = cost.Delay,
            ["cost"] = CostSetting.Json(cost.Cost.Circuit.Name, cost.Cost),
            ["costWithHazards"] = CostSetting.Json(cost.WithHazards.Circuit.Name, cost.WithHazards),
        };
    }
}
