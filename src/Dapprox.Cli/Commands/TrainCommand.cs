using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Dapprox.Arithmetic;
using Dapprox.Cli.Options;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Training;

namespace Dapprox.Cli.Commands;

/// <summary><c>dapprox train</c>: weights for an architecture.</summary>
static class TrainCommand
{
    public static Command Create()
    {
        Argument<Recipe> architecture = Values.Argument(
            "ARCHITECTURE", $"The network: {string.Join(", ", Recipe.All.Select(known => known.Name))}.", Recipe.Find);
        Option<DatasetDefinition?> dataset = SharedOptions.Dataset();
        Option<string?> data = SharedOptions.Data();
        Option<FloatMultiplier> multiplier = SharedOptions.Multiplier();
        // The fastest of the exact ones.
        multiplier.DefaultValueFactory = _ => ExactMultiplier.FusedSum;
        Option<LayerSelection> layers = SharedOptions.Layers();
        var settings = new TrainingSettings([.. Recipe.All.Select(known => (known.Name, known.Defaults))], ofIntegers: false);
        Option<string?> output = new("--out")
        {
            HelpName = "FILE",
            Description = "The safetensors file of the weights. [default: ARCHITECTURE-DATASET.safetensors]",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new DocumentedCommand(
            "train", "Train a network on a data set, in the arithmetic of a multiplier.",
            "Minimises the cross-entropy. The forward pass uses the multiplier, the backward pass its gradient. One training image in ten "
                + "is held out, and the weights of the epoch that classifies most of these correctly are saved; in adversarial training "
                + "they are perturbed. The same options give the same weights on every processor and with any number of threads. "
                + "Finally the saved file is read back and evaluated on "
                + "the test images, on the multiplier. With --json: architecture, dataset, multiplier, file, initialValidationAccuracy, "
                + "bestEpoch, validationAccuracy, testAccuracy, epochs (each with epoch, loss, trainAccuracy, validationAccuracy), "
                + "seconds.")
        {
            architecture, dataset, data, multiplier, layers,
        };
        foreach (Option option in (Option[])[.. settings.All, output, json])
            command.Add(option);
        command.KeepsState = settings.Checkpoint;
        command.SetAction((parse, cancellation) =>
        {
            Recipe recipe = parse.GetValue(architecture)!;
            string name = (parse.GetValue(dataset) ?? Datasets.All[0]).Name;
            Dataset training = Datasets.Load(name, Split.Train, parse.GetValue(data));
            Dataset test = Datasets.Load(name, Split.Test, parse.GetValue(data));
            string file = parse.GetValue(output) ?? $"{recipe.Name}-{name}.safetensors";
            AtomicFile.Probe(file);
            TrainingOptions options = settings.Read(parse, recipe.Defaults);
            Network OnHardware(Network network) => network.With(parse.GetValue(multiplier)!, parse.GetValue(layers));

            var watch = Stopwatch.StartNew();
            var reports = new List<EpochReport>();
            TrainingResult result = TrainingReport.Train(
                OnHardware(recipe.Initial(training, options)), training, options, reports, cancellation);
            double seconds = watch.Elapsed.TotalSeconds;
            TrainedModels.Save(file, result.Network, recipe.For(training), new Dictionary<string, string>(
            [
                .. FittedHeader.Trained(parse.GetValue(multiplier)!.Name, parse.GetValue(layers)!.Name),
                new("dataset", name),
                new("seed", options.Seed.ToString(CultureInfo.InvariantCulture)),
                new("epochs", options.Epochs.ToString(CultureInfo.InvariantCulture)),
            ]));
            Evaluation judged = Evaluation.Of(OnHardware(TrainedModels.Load(Path.GetFullPath(file))), test, cancellation: cancellation);

            if (parse.GetValue(json))
                TrainingReport.PrintJson(
                    "architecture", recipe.Name, result, file, parse.GetValue(multiplier)!, judged, reports, seconds);
            else
                TrainingReport.Print(recipe.Name, result, file, parse.GetValue(multiplier)!, judged, seconds);
            return Task.CompletedTask;
        });
        return command;
    }
}
