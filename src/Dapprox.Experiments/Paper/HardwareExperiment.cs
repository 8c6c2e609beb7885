using Dapprox.Circuits;
using Dapprox.Experiments.Results;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Hardware;

namespace Dapprox.Experiments.Paper;

/// <summary>Tables 7 and 9: energy and delay of multipliers, relative to the exact one.</summary>
sealed class HardwareExperiment(int table, string title) : Experiment($"table-{table}", title, $"table {table}", ImageDomain.None)
{
    /// <inheritdoc/>
    public override IReadOnlyList<WorkUnit> Units(Scale scale) => [new HardwareUnit(scale.CostSamples)];

    private protected override ExperimentResult Conclude(Scale scale, RunContext context)
    {
        (CostRow Normal, CostRow Drawn)[] rows =
        [
            .. context.Result(new HardwareUnit(scale.CostSamples)).Where(row => row.Table == table).GroupBy(row => row.Name)
                .Select(forms => (forms.Single(row => !row.IsAsDrawn), forms.Single(row => row.IsAsDrawn))),
        ];
        return Result(scale,
            string.Join(' ', rows.Skip(1).Select(row =>
                $"{row.Normal.Name}: as drawn energy {Text(row.Drawn.Energy)} (with glitches {Text(row.Drawn.EnergyWithHazards)}; paper "
                + $"{Text(row.Drawn.PaperEnergy)}), delay {Text(row.Drawn.Delay)} (paper {Text(row.Drawn.PaperDelay)}); in normal form "
                + $"{Text(row.Normal.Energy)} ({Text(row.Normal.EnergyWithHazards)}), delay {Text(row.Normal.Delay)}.")),
            RuleFor(
                Verdicts.RatioRule + " Energy is given twice: from zero-delay and from glitch-aware switching activity. The paper prices "
                + "cells that are drawn by hand, so they are compared as drawn; bfloat16, which has none, is compared in normal form.",
                rows.Select(row => row.Normal.Circuit))) with
        {
            Tables =
            [
                new ResultTable(
                    "Energy and critical-path delay relative to the exact multiplier, cells at 45 nm, "
                    + $"{scale.CostSamples:N0} random products; one row per multiplier. As drawn: every cell as its publication draws it. "
                    + "Normal form: what the circuit is after constants, wires and repeated functions are gone and cells are chosen anew",
                    ["multiplier", "as drawn: energy, zero-delay activity", "energy, with glitches", "delay",
                        "normal form: energy, zero-delay activity", "energy, with glitches", "delay"],
                    [.. rows.Select(row => (ResultCell[])
                        [ResultCell.OfText(row.Normal.Name), .. Cells(row.Drawn), .. Cells(row.Normal)])]),
            ],
            Claims = table != 7 ? [] :
            [
                .. rows.Where(row => row.Normal.Circuit == MultiplierAssignment.AxFpm.Parts[0].Multiplier).Select(row => new Claim(
                    "energy and delay of a product, exact = 1", $"{Text(row.Drawn.PaperEnergy)} and {Text(row.Drawn.PaperDelay)}",
                    $"as drawn {Text(row.Drawn.Energy)} ({Text(row.Drawn.EnergyWithHazards)} with glitches) and {Text(row.Drawn.Delay)}; "
                    + $"in normal form {Text(row.Normal.Energy)} ({Text(row.Normal.EnergyWithHazards)}) and {Text(row.Normal.Delay)}",
                    Cells(row.Drawn).Where((_, column) => column != 1).Max(cell => cell.Verdict))),
            ],
        };

        static string Text(double number) => NumberText.Of(number, NumberFormat.Number);

        ResultCell[] Cells(CostRow row)
        {
            return
            [
                Judged(row.Energy, row.PaperEnergy), Judged(row.EnergyWithHazards, row.PaperEnergy), Judged(row.Delay, row.PaperDelay),
            ];

            // The exact multiplier, in the first row, is 1 by definition.
            ResultCell Judged(double ours, double paper)
            {
                bool isLike = row.IsAsDrawn == CostMeasurement.IsHandDrawn(CircuitDescription.Build(row.Circuit));
                return ResultCell.Number(
                    ours, isLike ? paper : null,
                    isLike && row.Name != rows[0].Normal.Name && !IsSearched(row.Circuit) ? Verdicts.Ratio(ours, paper, 1) : null);
            }
        }
    }
}
