using Dapprox.Experiments.Runs;
using Dapprox.Hardware;

namespace Dapprox.Experiments.Units;

/// <summary>The cost of one form of a multiplier, relative to that form of the exact multiplier of its table.</summary>
/// <param name="Table">The number of the paper's table.</param>
/// <param name="Name">The name of the multiplier for a reader.</param>
/// <param name="Circuit">The description of the mantissa circuit.</param>
/// <param name="IsAsDrawn">Whether the cells are priced as they are drawn, and not the normal form.</param>
/// <param name="Energy">The energy from zero-delay switching activity.</param>
/// <param name="EnergyWithHazards">The energy from glitch-aware switching activity.</param>
/// <param name="Delay">The critical-path delay.</param>
/// <param name="PaperEnergy">The energy in the paper.</param>
/// <param name="PaperDelay">The delay in the paper.</param>
public sealed record CostRow(
    int Table, string Name, string Circuit, bool IsAsDrawn, double Energy, double EnergyWithHazards, double Delay, double PaperEnergy,
    double PaperDelay);

/// <summary>The costs of the paper's multipliers (<see cref="HardwareTables"/>).</summary>
/// <param name="Samples">The number of random products on which the switching activity of each multiplier is measured.</param>
public sealed record HardwareUnit(long Samples) : WorkUnit<CostRow>
{
    /// <inheritdoc/>
    public override string Kind => "hardware";

    /// <inheritdoc/>
    public override int Schema => 2;

    /// <summary>The name of the cell library.</summary>
    public string Library { get; } = CellLibrary.Shipped.Name;

    /// <inheritdoc/>
    public override double Seconds => 1 + Samples / 1e4;

    /// <inheritdoc/>
    public override string Title => "prices of multipliers";

    /// <inheritdoc/>
    public override IReadOnlyList<CostRow> Compute(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(progress);
        IReadOnlyList<HardwareRow> rows = HardwareTables.Measure(
            CellLibrary.Shipped, Samples, context.Seed, () => progress(1.0 / HardwareTables.Count), cancellation);
        return
        [
            .. from row in rows
               from isAsDrawn in (bool[])[false, true]
               let cost = isAsDrawn ? row.AsDrawn : row.Normal
               select new CostRow(
                   row.Table, row.Name, row.Description, isAsDrawn, cost.Energy, cost.EnergyWithHazards, cost.Delay, row.PaperEnergy,
                   row.PaperDelay),
        ];
    }
}
