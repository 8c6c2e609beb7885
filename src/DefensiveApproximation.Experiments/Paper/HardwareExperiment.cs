using DefensiveApproximation.Experiments.Results;
using DefensiveApproximation.Experiments.Runs;
using DefensiveApproximation.Experiments.Units;

namespace DefensiveApproximation.Experiments.Paper;

/// <summary>Tables 7 and 9: energy and delay of multipliers, relative to the exact one.</summary>
sealed class HardwareExperiment(int table, string title) : Experiment($"table-{table}", title, $"table {table}", Stage.None)
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) => [new HardwareUnit(scale.CostSamples)];

    /// <inheritdoc/>
    public override ExperimentResult Judge(Scale scale, RunContext context)
    {
        Rows prices = context.Result(new HardwareUnit(scale.CostSamples));
        int[] rows = [.. Enumerable.Range(0, prices.Count).Where(row => prices.Whole(row, "table") == table)];
        return Result(scale,
            string.Join(' ', rows.Skip(1).Select(row =>
                $"{prices.Text(row, "name")}: energy {Text(row, "energy")}, with hazards {Text(row, "energy_with_hazards")}, delay {Text(row, "delay")} (paper {Text(row, "paper_energy")} and {Text(row, "paper_delay")}).")),
            RuleFor(Verdicts.RatioRule + " Energy is counted twice, from settled switching and with hazards.", rows.Select(row => prices.Text(row, "circuit")!))) with
        {
            Tables =
            [
                new ResultTable(
                    $"Relative to the exact multiplier; cells measured at 45 nm, {scale.CostSamples:N0} products each",
                    ["multiplier", "energy, settled", "energy with hazards", "delay"],
                    [.. rows.Select((row, i) => (Cell[])
                        [Cell.Words(prices.Text(row, "name")!), Judged(row, "energy", "paper_energy", i), Judged(row, "energy_with_hazards", "paper_energy", i), Judged(row, "delay", "paper_delay", i)])]),
            ],
        };

        string Text(int row, string column) => NumberText.Of(prices.Number(row, column), NumberFormat.Number);

        Cell Judged(int row, string ours, string paper, int place)
        {
            double value = prices.Number(row, ours)!.Value, theirs = prices.Number(row, paper)!.Value;
            // The exact multiplier is 1 by definition.
            return place == 0 || IsSearched(prices.Text(row, "circuit")!) ? Cell.Number(value, theirs) : Cell.Number(value, theirs, Verdicts.Ratio(value, theirs, 1));
        }
    }
}
