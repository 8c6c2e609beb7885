using Dapprox.Experiments.Runs;
using Dapprox.Hardware;

namespace Dapprox.Experiments.Units;

/// <summary>The prices of the paper's multipliers (<see cref="HardwareTables"/>). Columns: table, name, circuit, and energies and delays relative to the table's exact multiplier.</summary>
/// <param name="Samples">How many products of each are looked at.</param>
public sealed record HardwareUnit(long Samples) : WorkUnit
{
    /// <inheritdoc/>
    public override string Kind => "hardware";

    /// <inheritdoc/>
    public override double Seconds => 1 + Samples / 2e4;

    /// <inheritdoc/>
    public override string Title => "prices of multipliers";

    /// <inheritdoc/>
    public override string Describe(RunContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return $"{CellLibrary.Shipped.Name}; {Samples}; seed {context.Seed}";
    }

    /// <inheritdoc/>
    public override Rows Run(RunContext context, Action<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(progress);
        IReadOnlyList<HardwareRow> rows = HardwareTables.Measure(CellLibrary.Shipped, Samples, context.Seed, () => progress(1.0 / HardwareTables.Count), cancellation);
        return new Rows(
            [new("table", "INTEGER"), new("name", "VARCHAR"), new("circuit", "VARCHAR"), new("energy", "DOUBLE"), new("energy_with_hazards", "DOUBLE"),
             new("delay", "DOUBLE"), new("paper_energy", "DOUBLE"), new("paper_delay", "DOUBLE")],
            [.. rows.Select(row => (object?[])[row.Table, row.Name, row.Description, row.Energy, row.EnergyWithHazards, row.Delay, row.PaperEnergy, row.PaperDelay])]);
    }
}
