using System.Text.Json.Nodes;
using Dapprox.Circuits.Formats;
using Dapprox.Cli.Terminal;
using Dapprox.Hardware;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox circuit cost</c> with a network: the energy of an image.</summary>
static class CostOnNetwork
{
    const double FemtojoulesPerNanojoule = 1e6;

    /// <summary>Prices the products of each layer.</summary>
    public static JsonObject Run(
        CostSetting setting, Network exact, Dataset images, PricedDesign priced, PricedDesign? reference, bool quiet,
        CancellationToken cancellation)
    {
        Tensor batch = images.Images(0, images.Count);
        (IReadOnlyList<LayerCost> layers, IReadOnlyList<LayerCost>? others) = ProgressBar.While(
            "pricing", exact.Layers.Count * (reference is null ? 1 : 2), progress =>
            {
                IReadOnlyList<LayerCost> own = Price(priced, () => progress(1));
                return (own, reference is null ? null : Price(reference, () => progress(1)));
            });
        double energy = layers.Sum(layer => layer.Energy), otherEnergy = others?.Sum(layer => layer.Energy) ?? double.NaN;
        if (!quiet)
        {
            Output.Print(
                $"{priced.Given} in {exact.Name}, {images.Count} images of {images.Name} "
                    + $"(test){(reference is null ? "" : $", relative to {reference.Given}")}");
            Output.Print($"{setting.Samples:N0} products of each layer, {setting}");
            Output.PrintTable(["layer", ">products", ">zeros", ">fJ a product", ">nJ an image", ">share", ">relative"],
            [
                .. layers.Select(
                    (layer, i) =>
                        Row(
                            layer.Layer, layer.Products, Output.Percent(layer.ZeroActivations), $"{layer.Product.TotalEnergy:F1}",
                            layer.Energy, layer.Energy / others?[i].Energy)),
                Row("all", layers.Sum(layer => layer.Products), "", "", energy, energy / otherEnergy),
            ]);

            string[] Row(string name, long products, string zeros, string product, double nanojoules, double? ratio) =>
                [name, $"{products:N0}", zeros, product, $"{nanojoules / FemtojoulesPerNanojoule:F3}", Output.Percent(nanojoules / energy),
                    ratio > 0 ? $"{ratio:F3}" : "–"];
        }

        JsonObject json = setting.Json();
        json["layers"] = new JsonArray([.. layers.Select((layer, i) => new JsonObject
        {
            ["name"] = layer.Layer,
            ["products"] = layer.Products,
            ["zeroActivations"] = layer.ZeroActivations,
            ["energyPerProduct"] = layer.Product.TotalEnergy,
            ["energy"] = layer.Energy,
            ["relative"] = Output.Number(layer.Energy / others?[i].Energy),
        })]);
        json["energy"] = energy;
        json["relative"] = Output.Number(energy / otherEnergy);
        Output.NoteMantissas(CircuitFiles.FindMultiplier(priced.Given));
        return json;

        IReadOnlyList<LayerCost> Price(PricedDesign circuit, Action progress)
        {
            CostMeasurement measurement = circuit.Measurement(CircuitForm.Normal);
            return NetworkCost.Of(
                exact.With(CircuitFiles.FindMultiplier(circuit.Given)), batch, _ => measurement, setting.Samples, setting.Seed, progress,
                cancellation);
        }
    }
}
