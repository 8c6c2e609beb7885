using System.CommandLine;
using DefensiveApproximation.Kernels;
using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Attacks;
using DefensiveApproximation.Networks.Data;
using DefensiveApproximation.Networks.Models;

namespace DefensiveApproximation.Cli;

/// <summary>The options that say which network is judged on which images, on what hardware.</summary>
sealed class SubjectOptions
{
    readonly Option<string?> model = SharedOptions.Model();
    readonly Option<DatasetDefinition?> dataset = SharedOptions.Dataset();
    readonly Option<string?> data = SharedOptions.Data();
    readonly Option<Choice<Split>> split = SharedOptions.Split();
    readonly Option<int> skip = SharedOptions.Skip();
    readonly Option<LayerSelection> layers = SharedOptions.Layers();
    readonly Option<Choice<Accumulation>> accumulate = SharedOptions.Accumulate();

    /// <summary>Gives the options to a command: the images first, then the hardware.</summary>
    /// <param name="command">The command.</param>
    /// <param name="multipliers">The command's own options that name multipliers.</param>
    public void AddTo(Command command, params Option[] multipliers)
    {
        foreach (Option option in (Option[])[model, dataset, data, split, skip, .. multipliers, layers, accumulate])
            command.Add(option);
    }

    /// <summary>The network, exact in all layers, all images of the split, and those of them that are not skipped.</summary>
    /// <param name="parse">The command line.</param>
    /// <exception cref="InputException">One of them cannot be had, they do not fit, or no image is left.</exception>
    public (Network Network, Dataset Whole, Dataset Images) Load(ParseResult parse)
    {
        (Network network, Dataset whole) = Load(parse.GetValue(model), parse.GetValue(dataset), parse.GetValue(split).Value, parse.GetValue(data));
        int skipped = parse.GetValue(skip);
        if (skipped >= whole.Count)
            throw new InputException($"--skip {skipped} leaves none of the {whole.Count} images of {whole.Name} ({parse.GetValue(split)}); skip fewer");
        return (network, whole, whole.Skip(skipped));
    }

    /// <summary>A network, exact in all layers, and images for it; says so where they are not the published ones.</summary>
    /// <param name="model">The network's name or file; null for that of the data set.</param>
    /// <param name="dataset">The data set; null for the first.</param>
    /// <param name="split">Which of its images.</param>
    /// <param name="data">The folder of data sets, where it is given.</param>
    /// <exception cref="InputException">One of them cannot be had, or they do not fit.</exception>
    public static (Network Network, Dataset Images) Load(string? model, DatasetDefinition? dataset, Split split, string? data)
    {
        DatasetDefinition definition = dataset ?? Datasets.All[0];
        Network network = TrainedModels.Load(model ?? TrainedModels.For(definition.Name));
        Dataset images = Datasets.Load(definition.Name, split, data);
        Evaluation.ThrowIfUnfit(network, images);
        if (!images.Canonical)
            Output.Note($"note: {images.Provenance}");
        return (network, images);
    }

    /// <summary>The images that the network is measured on where a backward rule does so: the first to train on, whatever is attacked.</summary>
    /// <param name="parse">The command line.</param>
    /// <exception cref="InputException">They cannot be had.</exception>
    public Tensor Calibration(ParseResult parse)
    {
        Dataset training = Datasets.Load((parse.GetValue(dataset) ?? Datasets.All[0]).Name, Networks.Data.Split.Train, parse.GetValue(data));
        return training.Images(0, Math.Min(GradientWeights.CalibrationImages, training.Count));
    }

    /// <summary>The network with a multiplier in the layers asked for, summing in the format asked for.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The exact network.</param>
    /// <param name="multiplier">The multiplier.</param>
    public Network With(ParseResult parse, Network network, Arithmetic.FloatMultiplier multiplier) =>
        network.With(multiplier, parse.GetValue(layers), parse.GetValue(accumulate).Value);

    /// <summary>What these options choose, in words that differ where another network, other images or other hardware are meant.</summary>
    /// <param name="parse">The command line.</param>
    public string Identify(ParseResult parse) =>
        $"{parse.GetValue(model) ?? "the network"} of {parse.GetValue(dataset)?.Name ?? Datasets.All[0].Name} ({parse.GetValue(split)}, from image {parse.GetValue(skip)}), {parse.GetValue(layers)} layers, sums in {parse.GetValue(accumulate)}";

    /// <summary>One line on what is judged.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The network.</param>
    /// <param name="images">The images.</param>
    /// <param name="multiplier">The multiplier.</param>
    public string Describe(ParseResult parse, Network network, Dataset images, Arithmetic.FloatMultiplier multiplier)
    {
        string where = parse.GetValue(layers) == LayerSelection.All ? "all layers" : $"the layers '{parse.GetValue(layers)}'";
        return $"{network.Name} on {images.Name} ({parse.GetValue(split)}), {multiplier.Name} in {where}, sums in {parse.GetValue(accumulate)}";
    }
}
