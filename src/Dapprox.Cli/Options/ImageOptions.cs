using System.CommandLine;
using Dapprox.Cli.Terminal;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Pictures;

namespace Dapprox.Cli.Options;

/// <summary>The options for the network and its images: of a data set, or a user's own pictures.</summary>
/// <param name="labelled">Whether the command needs the classes of the pictures.</param>
sealed class ImageOptions(bool labelled = true)
{
    readonly Option<string?> model = SharedOptions.Model();
    readonly NetworkOptions networkOptions = new();
    readonly Option<DatasetDefinition?> dataset = SharedOptions.Dataset();
    readonly Option<string?> data = SharedOptions.Data();
    readonly Option<string?> pictures = new("--images")
    {
        HelpName = "DIR",
        Description = "Your own pictures instead of a data set: PNG, "
            + $"JPEG, WebP, BMP or GIF; with --model{(labelled ? " and --labels" : "")}."
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
        min: 1);

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All =>
        [model, .. networkOptions.All, dataset, data, pictures, .. labelled ? (Option[])[labels] : [], resize];

    /// <summary>The options that select network and images, without the folder of the data sets.</summary>
    public IReadOnlyList<Option> Naming => [model, dataset, pictures];

    /// <summary>Loads the network, exact in all layers, and the images; notes images that are not the published ones.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="split">The split of a data set.</param>
    /// <param name="first">The maximum number of images.</param>
    /// <exception cref="InputException">The network or the images cannot be loaded, or they do not fit.</exception>
    public (Network Network, Dataset Images) Load(ParseResult parse, Split split, int first = int.MaxValue)
    {
        if (parse.GetValue(model) is null && parse.GetValue(pictures) is not null)
            throw new InputException("--images is given without a network; give --model FILE|NAME");
        FittedHeader.Note(Model(parse));
        Network network = Reload(parse, Model(parse));
        LogitNotes.NoteEnd(network);
        if (labelled)
            Evaluation.ThrowIfOneOutput(network);
        Dataset images = Images(parse, network, split, first);
        Evaluation.ThrowIfUnfit(network.Name, network.InputShape, network.Classes, images);
        if (!images.Canonical)
            Output.NoteFact(images.Provenance);
        return (network, images);
    }

    /// <summary>The images.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The network that takes the pictures.</param>
    /// <param name="split">The split of a data set; pictures have no splits.</param>
    /// <param name="first">The maximum number of images.</param>
    /// <exception cref="InputException">The images cannot be loaded.</exception>
    public Dataset Images(ParseResult parse, Network network, Split split, int first = int.MaxValue)
    {
        string? folder = parse.GetValue(pictures), file = parse.GetValue(labels);
        if (labelled && folder is null != file is null)
            throw new InputException(
                $"{(folder is null ? "--labels" : "--images")} is given alone; give --images DIR and --labels CSV together");
        if (folder is not null && parse.GetValue(dataset) is not null)
            throw new InputException("--images and --dataset are both given; give one of them");
        if (folder is null && parse.GetValue(resize) is not null)
            throw new InputException(
                "--resize is for pictures of your own; give --images"
                    + $"{(labelled ? " and --labels" : "")}, or leave it out");
        return folder is null
            ? Datasets.Load((parse.GetValue(dataset) ?? Datasets.All[0]).Name, split, parse.GetValue(data)).First(first)
            : file is null
                ? Unlabelled(parse, folder, network, first)
                : PictureFolder.Load(folder, file, network, parse.GetValue(resize), split).First(first);
    }

    /// <summary>Pictures without classes, resized as those of --images.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="folder">The folder of the pictures.</param>
    /// <param name="network">The network that takes the pictures.</param>
    /// <param name="first">The maximum number of pictures.</param>
    /// <exception cref="InputException">A picture cannot be read or has another size, or there is none.</exception>
    public Dataset Unlabelled(ParseResult parse, string folder, Network network, int first) =>
        PictureFolder.LoadUnlabelled(folder, network, parse.GetValue(resize), first);

    /// <summary>The network's name or file.</summary>
    /// <param name="parse">The command line.</param>
    /// <exception cref="InputException">No network for the data set is included with the program.</exception>
    public string Model(ParseResult parse) => parse.GetValue(model) ?? TrainedModels.For((parse.GetValue(dataset) ?? Datasets.All[0]).Name);

    /// <summary>A network that takes the images, prepared as the command line says.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="file">The file of a network, or the name of an included one.</param>
    public Network Reload(ParseResult parse, string file)
    {
        Network network = TrainedModels.Load(file, onnx: networkOptions.Onnx(parse, file));
        DatasetDefinition images = parse.GetValue(dataset) ?? Datasets.All[0];
        int[] shape = [images.Channels, images.Height, images.Width];
        if (parse.GetValue(pictures) is null && networkOptions.IsInOrder(parse) && !network.InputShape.SequenceEqual(shape)
            && Network.IsReshapable(shape, network.InputShape))
        {
            Output.NoteFact($"the {string.Join('×', shape)} images of {images.Name} are reshaped to the "
                + $"{string.Join('×', network.InputShape.ToArray())} numbers that {network.Name} takes, in their order");
            network = network.TakingImages(shape);
        }

        return networkOptions.Apply(parse, network);
    }

    /// <summary>What the command line says about an ONNX file.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="file">The file of a network, or the name of an included one.</param>
    public OnnxOptions Onnx(ParseResult parse, string file) => networkOptions.Onnx(parse, file);

    /// <summary>Identifies the preparation of the network; empty if the network is unchanged.</summary>
    /// <param name="parse">The command line.</param>
    public string Preparation(ParseResult parse) => networkOptions.Identify(parse);

    /// <summary>The folder of the data sets; null if none is given.</summary>
    /// <param name="parse">The command line.</param>
    public string? DataFolder(ParseResult parse) => parse.GetValue(data);

    /// <summary>Whether the images are a user's own pictures.</summary>
    /// <param name="parse">The command line.</param>
    public bool AreOwn(ParseResult parse) => Pictures(parse) is not null;

    /// <summary>The folder of a user's own pictures; null for a data set.</summary>
    /// <param name="parse">The command line.</param>
    public string? Pictures(ParseResult parse) => parse.GetValue(pictures);

    /// <summary>Identifies the network and the images.</summary>
    /// <param name="parse">The command line.</param>
    public string Identify(ParseResult parse) =>
        $"{parse.GetValue(model) ?? "the network"}{networkOptions.Identify(parse)} of "
        + (
            parse.GetValue(pictures) is string folder
                ? $"{folder}, {parse.GetValue(labels)}{(parse.GetValue(resize) is int side ? $", resized to {side}" : "")}"
                : (parse.GetValue(dataset) ?? Datasets.All[0]).Name);
}
