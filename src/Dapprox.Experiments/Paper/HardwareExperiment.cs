using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;

namespace Dapprox.Experiments.Paper;

/// <summary>Tables 7 and 9: energy and delay of multipliers, relative to the exact one.</summary>
sealed class HardwareExperiment(int table, string title) : Experiment($"table-{table}", title, $"table {table}", ImageDomain.None)
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) => [new HardwareUnit(scale.CostSamples)];

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        Rows prices = context.Result(new HardwareUnit(scale.CostSamples));
        int[] rows = [.. Enumerable.Range(0, prices.Count).Where(row => prices.Int32(row, "table") == table)];
        return Result(scale,
            string.Join(' ', rows.Skip(1).Select(row =>
                $"{prices.Text(row, "name")}: energy {Text(row, "energy")} (with glitches {Text(row, "energy_with_hazards")}; paper {Text(row, "paper_energy")}), delay {Text(row, "delay")} (paper {Text(row, "paper_delay")}).")),
            RuleFor(Verdicts.RatioRule + " Energy is given twice: from zero-delay and from glitch-aware switching activity.", rows.Select(row => prices.Text(row, "circuit")!))) with
        {
            Tables =
            [
                new ResultTable(
                    $"Energy and critical-path delay relative to the exact multiplier, cells at 45 nm, {scale.CostSamples:N0} random products; one row per multiplier",
                    ["multiplier", "energy, zero-delay activity", "energy, with glitches", "delay"],
                    [.. rows.Select((row, i) => (ResultCell[])
                        [ResultCell.Words(prices.Text(row, "name")!), Judged(row, "energy", "paper_energy", i), Judged(row, "energy_with_hazards", "paper_energy", i), Judged(row, "delay", "paper_delay", i)])]),
            ],
            Claims = table != 7 ? [] : [.. rows.Where(row => prices.Text(row, "circuit") == MultiplierAssignment.AxFpm.Parts[0].Multiplier).Select(row => new Claim(
                "energy and delay of a product, exact = 1", $"{Text(row, "paper_energy")} and {Text(row, "paper_delay")}", $"{Text(row, "energy")} ({Text(row, "energy_with_hazards")} with glitches) and {Text(row, "delay")}",
                new[] { Judged(row, "energy", "paper_energy", 1), Judged(row, "delay", "paper_delay", 1) }.Max(cell => cell.Verdict)))],
        };

        string Text(int row, string column) => NumberText.Of(prices.Number(row, column), NumberFormat.Number);

        ResultCell Judged(int row, string ours, string paper, int place)
        {
            double value = prices.Number(row, ours)!.Value, theirs = prices.Number(row, paper)!.Value;
            // The exact multiplier is 1 by definition.
            return place == 0 || IsSearched(prices.Text(row, "circuit")!) ? ResultCell.Number(value, theirs) : ResultCell.Number(value, theirs, Verdicts.Ratio(value, theirs, 1));
        }
    }
}
