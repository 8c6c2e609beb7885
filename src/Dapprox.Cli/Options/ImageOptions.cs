using System.CommandLine;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;

namespace Dapprox.Cli.Options;

/// <summary>The options that say which network sees which images: of a data set, or a user's own pictures.</summary>
sealed class ImageOptions
{
    readonly Option<string?> model = SharedOptions.Model();
    readonly NetworkOptions networkOptions = new();
    readonly Option<DatasetDefinition?> dataset = SharedOptions.Dataset();
    readonly Option<string?> data = SharedOptions.Data();
    readonly Option<string?> pictures = new("--images")
    {
        HelpName = "DIR",
        Description = "Your own pictures instead of a data set: PNG, "
        + "JPEG, WebP, BMP or GIF; with --model and --labels."
    };
    readonly Option<string?> labels = new("--labels")
    {
        HelpName = "CSV",
        Description = "The pictures of --images to use, with their "
        + "classes: on each line a file, a comma and a class from 0."
    };
    readonly Option<int?> resize = Values.Integer(
        "--resize",
        "Resize each picture of --images to N pixels on its shorter side, then crop the network's size from the centre. [default: accept "
            + "pictures of the network's size only]",
        least: 1);

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [model, .. networkOptions.All, dataset, data, pictures, labels, resize];

    /// <summary>Those that say which network and images are meant, apart from where these are.</summary>
    public IReadOnlyList<Option> Naming => [model, dataset, pictures];

    /// <summary>The network, exact in all layers, and the images; says so where they are not the published ones.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="split">Which images of a data set.</param>
    /// <exception cref="InputException">One of them cannot be had, or they do not fit.</exception>
    public (Network Network, Dataset Images) Load(ParseResult parse, Split split)
    {
        if (parse.GetValue(model) is null && parse.GetValue(pictures) is not null)
            throw new InputException("--images is given without a network; give --model FILE|NAME");
        Network network = networkOptions.Apply(parse, TrainedModels.Load(Model(parse)));
        Dataset images = Images(parse, network, split);
        Evaluation.ThrowIfUnfit(network, images);
        if (!images.Canonical)
            Output.Note($"note: {images.Provenance}");
        return (network, images);
    }

    /// <summary>The images.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The network that pictures are to fit.</param>
    /// <param name="split">Which images of a data set; pictures have no splits.</param>
    /// <exception cref="InputException">They cannot be had.</exception>
    public Dataset Images(ParseResult parse, Network network, Split split)
    {
        string? folder = parse.GetValue(pictures), file = parse.GetValue(labels);
        if (folder is null != file is null)
            throw new InputException(
                $"{(folder is null ? "--labels" : "--images")} is given alone; give --images DIR and --labels CSV together");
        if (folder is not null && parse.GetValue(dataset) is not null)
            throw new InputException("--images and --dataset are both given; give one of them");
        if (folder is null && parse.GetValue(resize) is not null)
            throw new InputException(
                "--resize is about pictures of your own, and there are none; give --images and --labels, or leave it out");
        return folder is null
            ? Datasets.Load((parse.GetValue(dataset) ?? Datasets.All[0]).Name, split, parse.GetValue(data))
            : PictureFolder.Load(folder, file!, network, parse.GetValue(resize));
    }

    /// <summary>The network's name or file.</summary>
    /// <param name="parse">The command line.</param>
    /// <exception cref="InputException">None comes with the program for the data set.</exception>
    public string Model(ParseResult parse) => parse.GetValue(model) ?? TrainedModels.For((parse.GetValue(dataset) ?? Datasets.All[0]).Name);

    /// <summary>How the network is prepared, in words that differ where another results; empty where it is as its file says.</summary>
    /// <param name="parse">The command line.</param>
    public string Preparation(ParseResult parse) => networkOptions.Identify(parse);

    /// <summary>The folder of the data sets; null where none is given.</summary>
    /// <param name="parse">The command line.</param>
    public string? DataFolder(ParseResult parse) => parse.GetValue(data);

    /// <summary>Whether the images are a user's own pictures.</summary>
    /// <param name="parse">The command line.</param>
    public bool AreOwn(ParseResult parse) => parse.GetValue(pictures) is not null;

    /// <summary>The network and the images in words that differ where others are meant.</summary>
    /// <param name="parse">The command line.</param>
    public string Identify(ParseResult parse) =>
        $"{parse.GetValue(model) ?? "the network"}{networkOptions.Identify(parse)} of "
        + (
            parse.GetValue(pictures) is string folder
                ? $"{folder}, {parse.GetValue(labels)}{(parse.GetValue(resize) is int side ? $", resized to {side}" : "")}"
                : (parse.GetValue(dataset) ?? Datasets.All[0]).Name);
}
