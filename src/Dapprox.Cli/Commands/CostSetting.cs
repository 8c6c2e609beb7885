using System.Text.Json.Nodes;
using Dapprox.Cli.Terminal;
using Dapprox.Cli.Tools;
using Dapprox.Hardware;
using Dapprox.Measurement;

namespace Dapprox.Cli.Commands;

/// <summary>
/// A priced design: its name as given, its title in results, whether it has cells drawn by hand, and the hardware of each form.
/// </summary>
sealed record PricedDesign(string Given, string Title, bool IsHandDrawn, Func<CircuitForm, CostMeasurement> Measurement);

/// <summary>The common settings of everything that one run of <c>dapprox circuit cost</c> prices.</summary>
/// <param name="Library">The cells' prices.</param>
/// <param name="Mapped">The library to which circuits are also mapped; null for none.</param>
/// <param name="Distribution">The distribution of random operands.</param>
/// <param name="Samples">The number of products.</param>
/// <param name="Seed">Determines the operands.</param>
/// <param name="Hazards">Whether glitches count.</param>
sealed record CostSetting(
    CellLibrary Library, LibertyLibrary? Mapped, IntegerDistribution Distribution, long Samples, ulong Seed, bool Hazards)
{
    /// <summary>The text of the line above a table.</summary>
    public override string ToString() => $"seed {Seed}, library {Library.Name}, {(Hazards ? "with" : "without")} glitches";

    /// <summary>The settings for JSON.</summary>
    public JsonObject Json() => new() { ["library"] = Library.Name, ["samples"] = Samples, ["seed"] = Seed, ["hazards"] = Hazards };

    /// <summary>Prices one form of a design.</summary>
    public CircuitCost Price(PricedDesign design, CircuitForm form, Action<double>? progress, CancellationToken cancellation) =>
        design.Measurement(form).OnRandomOperands(Distribution, Samples, Seed, progress, cancellation);

    /// <summary>Maps a design and prices the result; null without a library for it.</summary>
    public MappedCost? Map(PricedDesign design, CancellationToken cancellation) => Mapped is null ? null : TechnologyMapping.Of(
        design.Measurement(CircuitForm.Normal), Mapped, Distribution, Samples, Seed, cancellation);

    /// <summary>A price for JSON.</summary>
    public static JsonObject Json(string title, CircuitCost cost) => new()
    {
        ["circuit"] = title,
        ["energy"] = cost.Energy,
        ["leakageEnergy"] = cost.LeakageEnergy,
        ["totalEnergy"] = cost.TotalEnergy,
        ["leakagePower"] = cost.LeakagePower,
        ["delay"] = cost.Delay,
        ["area"] = cost.Area,
        ["transistors"] = cost.Transistors,
        ["elements"] = cost.Circuit.Elements.Count,
    };

    /// <summary>A price after mapping for JSON; null for none.</summary>
    public static JsonObject? Json(MappedCost? cost) => cost is null ? null : new()
    {
        ["energy"] = cost.Energy,
        ["leakagePower"] = cost.LeakagePower,
        ["delay"] = cost.Delay,
        ["area"] = cost.Area,
        ["cells"] = cost.Cells,
    };

    /// <summary>The ratios of two prices for JSON.</summary>
    public static JsonObject Ratios(CircuitCost cost, CircuitCost other) => new()
    {
        ["energy"] = Output.Number(cost.TotalEnergy / other.TotalEnergy),
        ["delay"] = Output.Number(cost.Delay / other.Delay),
        ["area"] = Output.Number(cost.Area / other.Area),
    };

    /// <summary>The ratios of two prices after mapping for JSON.</summary>
    public static JsonObject Ratios(MappedCost cost, MappedCost other) => new()
    {
        ["energy"] = Output.Number(cost.Energy / other.Energy),
        ["delay"] = Output.Number(cost.Delay / other.Delay),
        ["area"] = Output.Number(cost.Area / other.Area),
    };
}
