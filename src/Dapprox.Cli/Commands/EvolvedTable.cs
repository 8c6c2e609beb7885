using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Cli.Terminal;
using Dapprox.Cli.Tools;
using Dapprox.Hardware;
using Dapprox.Measurement;
using Dapprox.Search;

namespace Dapprox.Cli.Commands;

/// <summary>What is said of a multiplier of integers: its errors, and what it costs.</summary>
/// <param name="Name">Its name, or that of its file.</param>
/// <param name="Metrics">Its errors, all pairs of operands counting the same, on all or on a sample.</param>
/// <param name="Cost">
/// Relative to the exact array of its width and sign; null where its operands differ in width, without a circuit, or if not asked.
/// </param>
/// <param name="MappedArea">The area of its gates after mapping to standard cells, in the library's unit; null without a library.</param>
sealed record EvolvedRow(string Name, IntegerMetrics Metrics, DesignCost? Cost, double? MappedArea)
{
    /// <summary>The metric that the search bounded, weighted by the operands of a network, to five digits; null for none.</summary>
    public double? WeightedError { get; init; }

    /// <summary>The row for JSON and CSV.</summary>
    public JsonObject Json()
    {
        var json = new JsonObject { ["name"] = Name };
        foreach (ErrorMetric metric in ErrorMetric.All)
            json[metric.Name] = metric.Of(Metrics);
        json["bias"] = Metrics.Bias.Value;
        if (WeightedError is double weighted)
            json["weightedError"] = weighted;
        json["sampled"] = Metrics.Seed is not null;
        json["energy"] = Output.Number(Cost?.Energy);
        json["delay"] = Output.Number(Cost?.Delay);
        json["area"] = Output.Number(Cost?.Area);
        json["mappedArea"] = Output.Number(MappedArea);
        return json;
    }
}

/// <summary>Measures and prints multipliers of integers.</summary>
static class EvolvedTable
{
    /// <summary>What <see cref="EvolvedRow.Json"/> has, for help.</summary>
    public const string JsonHelp =
        "name, mae, wce, mre, mse, ep, bias (the mean of ŷ − y), sampled (whether on a sample of the operands), energy, delay, area "
            + "(relative to the exact array, null where there is none), mappedArea (in the unit of --liberty, or null)";

    // A relative error of the mean below a tenth of a per cent.
    const long Samples = 1 << 22;

    /// <summary>Measures circuits.</summary>
    /// <param name="multipliers">Multipliers of integers by name; those without a circuit have no price.</param>
    /// <param name="isPriced">Whether costs are wanted.</param>
    /// <param name="liberty">The library to map to; null for none.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public static EvolvedRow[] Measure(
        IReadOnlyList<(string Name, IntegerMultiplier Multiplier)> multipliers, bool isPriced, LibertyLibrary? liberty,
        CancellationToken cancellation)
    {
        var prices = new Dictionary<(int, bool), DesignMeasurement>();
        return ProgressBar.While("measuring", multipliers.Count, progress => multipliers.Select(one =>
        {
            cancellation.ThrowIfCancellationRequested();
            EvolvedRow row = Measure(one.Name, one.Multiplier);
            progress(1);
            return row;
        }).ToArray());

        EvolvedRow Measure(string name, IntegerMultiplier multiplier)
        {
            Netlist? circuit = isPriced ? IntegerCircuit.Of(multiplier) : null;
            IntegerMetrics metrics = IntegerMeasurement.Pairs(multiplier, IntegerDistribution.Uniform) <= IntegerMeasurement.MaxPairs
                ? IntegerMeasurement.AllPairs(multiplier, IntegerDistribution.Uniform, cancellation: cancellation)
                : IntegerMeasurement.Sample(multiplier, IntegerDistribution.Uniform, Samples, seed: 1, cancellation: cancellation);
            int bits = multiplier.FirstWidth;
            DesignCost? cost = null;
            if (circuit is not null && bits == multiplier.SecondWidth)
            {
                if (!prices.TryGetValue((bits, circuit.IsSigned), out DesignMeasurement? price))
                {
                    price = DesignMeasurement.OfIntegers(IntegerDistribution.Uniform, bits, circuit.IsSigned, samples: 1, seed: 1);
                    prices.Add((bits, circuit.IsSigned), price);
                }

                cost = price.Cost(circuit);
            }

            // Its gates as they are, as those of other libraries' files are mapped.
            double? mapped = circuit is not null && liberty is not null
                ? TechnologyMapping.Of(
                    new CostMeasurement(circuit, CellLibrary.Shipped, form: CircuitForm.AsDrawn), liberty, IntegerDistribution.Uniform,
                    samples: 1, seed: 1, cancellation).Area
                : null;
            return new EvolvedRow(name, metrics, cost, mapped);
        }
    }

    /// <summary>Prints rows.</summary>
    /// <param name="rows">What was measured.</param>
    /// <param name="weighted">The metric that is also there weighted; null for none.</param>
    public static void Print(IReadOnlyList<EvolvedRow> rows, ErrorMetric? weighted = null)
    {
        bool isMapped = rows.Any(row => row.MappedArea is not null);
        Output.PrintTable(
            [
                "name", .. weighted is null ? (string[])[] : [$">weighted {weighted}"], ">mae", ">wce", ">mre with zeros", ">ep", ">energy",
                ">delay", ">area", .. isMapped ? (string[])[">mapped"] : [],
            ],
            rows.Select(row => (string[])
            [
                row.Name, .. row.WeightedError is double error ? (string[])[Short(error)] : [],
                Short(row.Metrics.MeanAbsoluteError.Value), Short(row.Metrics.WorstAbsolute.Error),
                Short(row.Metrics.MeanRelativeErrorWithZeros.Value), Short(row.Metrics.ErrorProbability.Value), Ratio(row.Cost?.Energy),
                Ratio(row.Cost?.Delay), Ratio(row.Cost?.Area), .. isMapped ? (string[])[$"{row.MappedArea:F1}"] : [],
            ]));
    }

    static string Short(double number) => number.ToString("G3", CultureInfo.InvariantCulture);

    static string Ratio(double? ratio) => ratio is double number ? $"{number:F3}" : "–";
}
