using System.Globalization;
using System.Text.Json.Nodes;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Cli.Tools;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Statistics;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox circuit cost FOLDER</c>: the prices of many circuits, and how they rank beside other figures.</summary>
static class CostOfFolder
{
    // With five circuits one order in 120 is perfect by chance.
    const int FewCircuits = 6;

    static readonly (string Name, Func<Row, double?> Of)[] Prices =
    [
        ("energy", row => row.Cost?.TotalEnergy), ("delay", row => row.Cost?.Delay), ("area", row => row.Cost?.Area),
        ("energy as drawn", row => row.Drawn?.TotalEnergy), ("delay as drawn", row => row.Drawn?.Delay),
        ("area as drawn", row => row.Drawn?.Area),
        ("mapped energy", row => row.Mapped?.Energy), ("mapped delay", row => row.Mapped?.Delay), ("mapped area", row => row.Mapped?.Area),
    ];

    /// <summary>Prices every circuit file of a folder.</summary>
    /// <param name="setting">How.</param>
    /// <param name="folder">The folder; folders in it are not looked into.</param>
    /// <param name="against">Other figures of the circuits; null for none.</param>
    /// <param name="quiet">Whether only the JSON is wanted.</param>
    /// <param name="cancellation">Stops between circuits.</param>
    /// <exception cref="InputException">There is no circuit file in it, or none can be read.</exception>
    public static JsonObject Run(CostSetting setting, string folder, FigureFile? against, bool quiet, CancellationToken cancellation)
    {
        string[] files =
        [
            .. Directory.EnumerateFiles(folder).Where(file => CircuitFormat.Of(file)?.Read is not null).Order(StringComparer.Ordinal),
        ];
        if (files.Length == 0)
        {
            throw new InputException(
                $"there is no circuit in the folder '{folder}'; files that end in {CircuitFormat.Known(read: true)} are read");
        }

        Row[] rows = ProgressBar.While("pricing", files.Length, progress => Array.ConvertAll(files, file =>
        {
            cancellation.ThrowIfCancellationRequested();
            Row row = Price(setting, file, cancellation);
            progress(1);
            return row;
        }));
        if (rows.All(row => row.Error is not null))
            throw new InputException($"none of the {rows.Length} circuits in '{folder}' can be priced; the first: {rows[0].Error}");
        if (against is not null && rows.All(row => row.Figures(against) is null))
        {
            throw new InputException(
                $"no circuit of '{folder}' is in the table of --against: its first column has "
                    + $"{string.Join(", ", against.Figures.Keys.Take(5))}, and the circuits are "
                    + $"{string.Join(", ", rows.Take(5).Select(row => row.Name))}");
        }

        (string Price, string Column, double Rho, int Circuits)[] correlations = against is null ? [] : [.. Correlations(rows, against)];
        if (!quiet)
            Print(setting, rows, against, correlations);
        JsonObject json = setting.Json();
        json["circuits"] = new JsonArray([.. rows.Select(Json)]);
        json["correlations"] = new JsonArray([.. correlations.Select(one => new JsonObject
        {
            ["price"] = one.Price,
            ["column"] = one.Column,
            ["spearman"] = Output.Number(one.Rho),
            ["circuits"] = one.Circuits,
        })]);
        return json;
    }

    static Row Price(CostSetting setting, string file, CancellationToken cancellation)
    {
        string name = Path.GetFileName(file);
        try
        {
            Netlist circuit = CircuitFiles.Load(file);
            var design = new PricedDesign(
                file, name, CostMeasurement.IsHandDrawn(circuit),
                form => new CostMeasurement(circuit, setting.Library, form: form, hazards: setting.Hazards));
            CircuitCost cost = setting.Price(design, CircuitForm.Normal, progress: null, cancellation);
            CircuitCost? drawn = design.IsHandDrawn ? setting.Price(design, CircuitForm.AsDrawn, progress: null, cancellation) : null;
            return new Row(name, cost, drawn, setting.Map(design, cancellation), Error: null);
        }
        catch (InputException e)
        {
            return new Row(name, Cost: null, Drawn: null, Mapped: null, e.Message);
        }
    }

    static IEnumerable<(string Price, string Column, double Rho, int Circuits)> Correlations(Row[] rows, FigureFile against)
    {
        foreach ((string price, Func<Row, double?> of) in Prices)
        {
            for (int column = 0; column < against.Columns.Count; column++)
            {
                (double Own, double Other)[] both =
                [
                    .. from row in rows
                       where of(row) is not null && row.Figures(against) is not null
                       let pair = (of(row)!.Value, row.Figures(against)![column])
                       where !double.IsNaN(pair.Item2)
                       select pair,
                ];
                if (both.Length > 0)
                {
                    yield return (
                        price, against.Columns[column],
                        RankCorrelation.Spearman([.. both.Select(pair => pair.Own)], [.. both.Select(pair => pair.Other)]), both.Length);
                }
            }
        }
    }

    static void Print(
        CostSetting setting, Row[] rows, FigureFile? against, (string Price, string Column, double Rho, int Circuits)[] correlations)
    {
        Row[] priced = [.. rows.Where(row => row.Cost is not null)];
        string[] mapped = setting.Mapped is null ? [] : [">mapped fJ", ">mapped ps", ">mapped µm²"];
        Output.PrintTable(["circuit", ">fJ", ">ps", ">µm²", .. mapped], priced.Select(row => (string[])
        [
            row.Name, Text(row.Cost!.TotalEnergy), Text(row.Cost.Delay), Text(row.Cost.Area),
            .. row.Mapped is MappedCost cost ? [Text(cost.Energy), Text(cost.Delay), Text(cost.Area)] : Array.Empty<string>(),
        ]));
        foreach (Row row in rows.Where(row => row.Error is not null))
            Output.Note($"note: {row.Name} is left out: {row.Error}");
        if (against is null)
            return;
        Row[] alone = [.. priced.Where(row => row.Figures(against) is null)];
        if (alone.Length > 0)
        {
            Output.Note($"note: {alone.Length} of {priced.Length} circuits are not in the table of --against: "
                + string.Join(", ", alone.Take(5).Select(row => row.Name)));
        }

        for (int column = 0; column < against.Columns.Count; column++)
        {
            int without = priced.Count(row => row.Figures(against) is double[] figures && double.IsNaN(figures[column]));
            if (without > 0)
            {
                Output.NoteFact(
                    $"the column {against.Columns[column]} has no number for {without} of these circuits; a number is written with a "
                        + "decimal point");
            }
        }

        Console.WriteLine();
        Output.Print($"Spearman's ρ over {correlations.Max(one => one.Circuits)} circuits");
        Output.PrintTable(["price", .. against.Columns.Select(column => ">" + column)], correlations.GroupBy(one => one.Price)
            .Select(group => (string[])
        [
            group.Key, .. against.Columns.Select(column => group.Where(one => one.Column == column)
                .Select(one => double.IsNaN(one.Rho) ? "–" : $"{one.Rho:F3}").FirstOrDefault("–")),
        ]));
        if (correlations.Any(one => one.Circuits < FewCircuits))
            Output.Note($"note: a correlation over fewer than {FewCircuits} circuits says little");

        static string Text(double number) => number.ToString("F1", CultureInfo.InvariantCulture);
    }

    static JsonObject Json(Row row)
    {
        if (row.Cost is null)
            return new JsonObject { ["file"] = row.Name, ["error"] = row.Error };
        JsonObject json = CostSetting.Json(row.Cost.Circuit.Name, row.Cost);
        json["file"] = row.Name;
        json["asDrawn"] = row.Drawn is null ? null : CostSetting.Json(row.Drawn.Circuit.Name, row.Drawn);
        json["mapped"] = CostSetting.Json(row.Mapped);
        return json;
    }

    /// <summary>A circuit of the folder: its file, and its prices, or why it has none.</summary>
    sealed record Row(string Name, CircuitCost? Cost, CircuitCost? Drawn, MappedCost? Mapped, string? Error)
    {
        /// <summary>Its figures by its name with or without the ending; null if there are none.</summary>
        public double[]? Figures(FigureFile file) =>
            file.Figures.GetValueOrDefault(Name) ?? file.Figures.GetValueOrDefault(Path.GetFileNameWithoutExtension(Name));
    }
}
