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
        CostRow[] rows = [.. context.Result(new HardwareUnit(scale.CostSamples)).Where(row => row.Table == table)];
        return Result(scale,
            string.Join(' ', rows.Skip(1).Select(row =>
                $"{row.Name}: energy {Text(row.Energy)} (with glitches {Text(row.EnergyWithHazards)}; paper {Text(row.PaperEnergy)}), "
                + $"delay {Text(row.Delay)} (paper {Text(row.PaperDelay)}).")),
            RuleFor(
                Verdicts.RatioRule + " Energy is given twice: from zero-delay and from glitch-aware switching activity.",
                rows.Select(row => row.Circuit))) with
        {
            Tables =
            [
                new ResultTable(
                    "Energy and critical-path delay relative to the exact multiplier, cells at 45 nm, "
                    + $"{scale.CostSamples:N0} random products; one row per multiplier",
                    ["multiplier", "energy, zero-delay activity", "energy, with glitches", "delay"],
                    [.. rows.Select(row => (ResultCell[])
                    [
                        ResultCell.OfText(row.Name), Judged(row, row.Energy, row.PaperEnergy),
                        Judged(row, row.EnergyWithHazards, row.PaperEnergy), Judged(row, row.Delay, row.PaperDelay),
                    ])]),
            ],
            Claims = table != 7 ? [] :
            [
                .. rows.Where(row => row.Circuit == MultiplierAssignment.AxFpm.Parts[0].Multiplier).Select(row => new Claim(
                    "energy and delay of a product, exact = 1", $"{Text(row.PaperEnergy)} and {Text(row.PaperDelay)}",
                    $"{Text(row.Energy)} ({Text(row.EnergyWithHazards)} with glitches) and {Text(row.Delay)}",
                    new[] { Judged(row, row.Energy, row.PaperEnergy), Judged(row, row.Delay, row.PaperDelay) }.Max(cell => cell.Verdict))),
            ],
        };

        static string Text(double number) => NumberText.Of(number, NumberFormat.Number);

        // The exact multiplier, in the first row, is 1 by definition.
        ResultCell Judged(CostRow row, double ours, double paper) =>
            ResultCell.Number(ours, paper, row == rows[0] || IsSearched(row.Circuit) ? null : Verdicts.Ratio(ours, paper, 1));
    }
}
