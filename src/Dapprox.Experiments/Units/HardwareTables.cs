using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Measurement;

namespace Dapprox.Experiments.Units;

/// <summary>The cost of one form of a multiplier, also relative to that form of the exact multiplier of its table.</summary>
/// <param name="Cost">The cost from zero-delay switching activity.</param>
/// <param name="WithHazards">The cost from glitch-aware switching activity.</param>
/// <param name="Energy">The energy of <paramref name="Cost"/>, relative to the exact multiplier.</param>
/// <param name="EnergyWithHazards">The energy of <paramref name="WithHazards"/>, relative to the exact multiplier.</param>
/// <param name="Delay">The critical-path delay, relative to the exact multiplier.</param>
public sealed record FormCost(CircuitCost Cost, CircuitCost WithHazards, double Energy, double EnergyWithHazards, double Delay);

/// <summary>The cost of a multiplier and the paper's figures.</summary>
/// <param name="Table">The number of the paper's table: 7 for whole float multipliers, 9 for their mantissa multipliers.</param>
/// <param name="Name">The name of the multiplier for a reader.</param>
/// <param name="Description">The mantissa circuit, as <see cref="CircuitDescription.Build"/> takes it.</param>
/// <param name="Normal">The cost of the normal form.</param>
/// <param name="AsDrawn">The cost of the cells as their publications draw them.</param>
/// <param name="PaperEnergy">The relative energy in the paper.</param>
/// <param name="PaperDelay">The relative delay in the paper.</param>
public sealed record HardwareRow(
    int Table, string Name, string Description, FormCost Normal, FormCost AsDrawn, double PaperEnergy, double PaperDelay);

/// <summary>
/// Tables 7 and 9 of Guesmi et al., "Defensive Approximation", ASPLOS 2021: energy and delay of its multipliers. Ax-FPM has two rows: as
/// in the paper's text, one flat array of AMA5, and as released, blocks of 4 × 4 with exact adders. HEAP's figures are compared with
/// <see cref="HeapLike"/>, which was found by a search for them, because HEAP's arrangement of cells was not published.
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

    /// <summary>The number of rows.</summary>
    public static int Count => Rows.Length;

    /// <summary>Measures the cost of each multiplier.</summary>
    /// <param name="library">The cell library of the technology.</param>
    /// <param name="samples">The number of random products on which switching activity is measured.</param>
    /// <param name="seed">Determines the operands: uniform mantissas for table 9, numbers uniform in [−1, 1] for table 7.</param>
    /// <param name="progress">Called after each row; null for none.</param>
    /// <param name="cancellation">Stops the measurement within some thousands of products.</param>
    /// <exception cref="InputException">The library lacks a cell.</exception>
    public static IReadOnlyList<HardwareRow> Measure(
        CellLibrary library, long samples, ulong seed, Action? progress = null, CancellationToken cancellation = default)
    {
        var rows = new List<HardwareRow>();
        foreach ((int table, string name, FloatMultiplier multiplier, double energy, double delay) in Rows)
        {
            Netlist mantissas = FloatMultiplierCircuits.Mantissas(multiplier);
            HardwareRow? exact = rows.Find(row => row.Table == table);
            rows.Add(new HardwareRow(
                table, name, mantissas.Name, OfForm(CircuitForm.Normal, exact?.Normal), OfForm(CircuitForm.AsDrawn, exact?.AsDrawn), energy,
                delay));

            FormCost OfForm(CircuitForm form, FormCost? one)
            {
                CircuitCost settled = Cost(hazards: false), hazardous = Cost(hazards: true);
                return new FormCost(
                    settled, hazardous, settled.TotalEnergy / (one?.Cost ?? settled).TotalEnergy,
                    hazardous.TotalEnergy / (one?.WithHazards ?? hazardous).TotalEnergy, settled.Delay / (one?.Cost ?? settled).Delay);

                CircuitCost Cost(bool hazards)
                {
                    CostMeasurement measurement = table == 9
                        ? new(mantissas, library, form: form, hazards: hazards)
                        : new(multiplier, library, form, hazards);
                    return measurement.OnRandomOperands(IntegerDistribution.Normalised, samples, seed, cancellation: cancellation);
                }
            }

            progress?.Invoke();
        }

        return rows;
    }
}
