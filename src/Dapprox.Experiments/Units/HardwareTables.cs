using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Measurement;

namespace Dapprox.Experiments.Units;

/// <summary>A multiplier's cost beside the paper's figure, both divided by those of the exact multiplier.</summary>
/// <param name="Table">The paper's table: 7, whole float multipliers, or 9, their mantissa multipliers.</param>
/// <param name="Name">What it is.</param>
/// <param name="Description">The mantissa circuit, as <see cref="CircuitDescription.Build"/> takes it.</param>
/// <param name="Cost">What it costs, without hazards.</param>
/// <param name="WithHazards">What it costs with them.</param>
/// <param name="Energy">Our energy without hazards, relative to the table's exact multiplier.</param>
/// <param name="EnergyWithHazards">Our energy with them, likewise.</param>
/// <param name="Delay">Our delay, likewise.</param>
/// <param name="PaperEnergy">The paper's energy, likewise.</param>
/// <param name="PaperDelay">The paper's delay, likewise.</param>
public sealed record HardwareRow(
    int Table, string Name, string Description, CircuitCost Cost, CircuitCost WithHazards,
    double Energy, double EnergyWithHazards, double Delay, double PaperEnergy, double PaperDelay);

/// <summary>
/// Tables 7 and 9 of Guesmi et al., "Defensive Approximation", ASPLOS 2021: energy and delay of its multipliers. Ax-FPM stands
/// there twice: as its text has it, one flat array of AMA5, and as released, blocks of 4 × 4 with exact adders. Beside HEAP's
/// figures stands <see cref="HeapLike"/>, which was searched to meet them: which cell HEAP has where was not published.
/// </summary>
public static class HardwareTables
{
    static readonly (int Table, string Name, FloatMultiplier Multiplier, double Energy, double Delay)[] Rows =
    [
        (9, "exact", ExactMultiplier.Rounded, 1, 1),
        (9, "Ax-FPM, flat array of the text", Ama5Flat.Instance, 0.395, 0.235),
        (9, "Ax-FPM, blocks as released", AxFpm.Released, 0.395, 0.235),
        (9, "HEAP; here heap-like, found by search", HeapLike.Instance, 0.49, 0.46),
        (7, "exact, rounding", ExactMultiplier.Rounded, 1, 1),
        (7, "Ax-FPM, flat array of the text", Ama5Flat.Instance, 0.487, 0.29),
        (7, "Ax-FPM, blocks as released", AxFpm.Released, 0.487, 0.29),
        (7, "bfloat16, Booth", Bfloat16Multiplier.Truncated, 0.4, 0.4),
    ];

    /// <summary>How many rows there are.</summary>
    public static int Count => Rows.Length;

    /// <summary>Prices all.</summary>
    /// <param name="library">The technology.</param>
    /// <param name="samples">How many products of each to look at.</param>
    /// <param name="seed">Determines the operands: mantissas uniform (table 9), numbers uniform in [−1, 1] (table 7).</param>
    /// <param name="progress">Told each row that is done, if given.</param>
    /// <param name="cancellation">Stops between some thousands of products.</param>
    /// <exception cref="InputException">The library lacks a cell.</exception>
    public static IReadOnlyList<HardwareRow> Measure(CellLibrary library, long samples, ulong seed, Action? progress = null, CancellationToken cancellation = default)
    {
        var rows = new List<HardwareRow>();
        foreach ((int table, string name, FloatMultiplier multiplier, double energy, double delay) in Rows)
        {
            Netlist mantissas = FloatMultiplierCircuits.Mantissas(multiplier);
            CircuitCost settled = Price(false), hazardous = Price(true);
            HardwareRow? exact = rows.Find(row => row.Table == table);
            rows.Add(new HardwareRow(
                table, name, mantissas.Name, settled, hazardous, settled.TotalEnergy / (exact?.Cost ?? settled).TotalEnergy,
                hazardous.TotalEnergy / (exact?.WithHazards ?? hazardous).TotalEnergy, settled.Delay / (exact?.Cost ?? settled).Delay, energy, delay));

            CircuitCost Price(bool hazards)
            {
                CostMeasurement measurement = table == 9 ? new(mantissas, hazards: hazards) : new(multiplier, hazards);
                return measurement.OnRandomOperands(library, IntegerDistribution.Normalised, samples, seed, cancellation: cancellation);
            }

            progress?.Invoke();
        }

        return rows;
    }
}
