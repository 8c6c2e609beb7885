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

/// <summary>The options for the network and its images: of a data set, or a user's own, as pictures or arrays.</summary>
/// <param name="labelled">Whether the command needs the classes of the pictures.</param>
sealed class ImageOptions(bool labelled = true)
{
    readonly Option<string?> model = SharedOptions.Model();
    readonly NetworkOptions networkOptions = new();
    readonly Option<DatasetDefinition?> dataset = SharedOptions.Dataset();
    readonly Option<string?> data = SharedOptions.Data();
    readonly Option<string?> pictures = new("--images")
    {
        HelpName = "DIR|FILE",
        Description = "Your own images instead of a data set, with --model: a folder of pictures (PNG, JPEG, WebP, BMP, GIF), or an array "
            + "of NumPy (.npy, .npz) of uint8, N×H×W, N×H×W×C, N×C×H×W or N×(C·H·W)."
            + (labelled ? " A folder without --labels has one folder for each class." : "")
    };
    readonly Option<string?> labels = new("--labels")
    {
        HelpName = "FILE",
        Description = "The pictures of --images to use, with their classes: on each line a file, a comma or a space, and a class from 0. "
            + "Or the classes of its folders: on each line a WordNet id that names one. For an array, an array of integers (.npy). "
            + "[default: the folders of --images, numbered from 0 in the order of their names; of a .npz file the labels in it]"
    };
    readonly Option<int?> resize = Values.Integer(
        "--resize",
        "Resize each picture of --images to N pixels on its shorter side, then crop the network's size from the centre. [default: accept "
            + "pictures of the network's size only]",
        min: 1);
    readonly Option<Choice<Resampling>> resample = Values.Choice<Resampling>(
        "--resample", "The filter of --resize, antialiased: those of torchvision's Resize. Most networks for ImageNet take bilinear.",
        new("bilinear", Resampling.Bilinear), new("bicubic", Resampling.Bicubic));

    readonly Option<Choice<Background>> background = Values.Choice<Background>(
        "--background", "The colour behind transparent pixels of the pictures of --images.",
        new("black", Background.Black), new("white", Background.White));

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All =>
        [model, .. networkOptions.All, dataset, data, pictures, .. labelled ? (Option[])[labels] : [], resize, resample, background];

    /// <summary>The options that select network and images, without the folder of the data sets.</summary>
    public IReadOnlyList<Option> Naming => [model, dataset, pictures];

    /// <summary>Loads the network, exact in all layers, and the images; notes images that are not the published ones.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="split">The split of a data set.</param>
    /// <param name="first">The maximum number of images, after those skipped.</param>
    /// <param name="skip">The number of images to skip.</param>
    /// <exception cref="InputException">The network or the images cannot be loaded, they do not fit, or all are skipped.</exception>
    public (Network Network, Dataset Images) Load(ParseResult parse, Split split, int first = int.MaxValue, int skip = 0)
    {
        if (parse.GetValue(model) is null && parse.GetValue(pictures) is not null)
            throw new InputException("--images is given without a network; give --model FILE|NAME");
        FittedHeader.Note(Model(parse));
        (Network network, string? reshaping) = Prepared(parse, Model(parse));
        if (reshaping is not null)
            Output.NoteFact(reshaping);
        LogitNotes.NoteEnd(network);
        if (labelled)
            Evaluation.ThrowIfOneOutput(network);
        Dataset images = Images(parse, network, split, first, skip);
        if (images.Count == 0)
            throw new InputException(
                $"--skip {skip} leaves none of the {images.Offset} images of {images.Name} ({split.ToString().ToLowerInvariant()}); skip "
                    + "fewer");
        WarnOfFewFolders(parse, network);
        Evaluation.ThrowIfUnfit(network.Name, network.InputShape, network.Classes, images);
        if (!images.Canonical)
            Output.NoteFact(images.Provenance);
        return (network, images);
    }

    /// <summary>The images.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="network">The network that takes the pictures.</param>
    /// <param name="split">The split of a data set; pictures have no splits.</param>
    /// <param name="first">The maximum number of images, after those skipped.</param>
    /// <param name="skip">The number of images to skip; pictures that are skipped are not read.</param>
    /// <exception cref="InputException">The images cannot be loaded.</exception>
    public Dataset Images(ParseResult parse, Network network, Split split, int first = int.MaxValue, int skip = 0)
    {
        string? folder = parse.GetValue(pictures), file = parse.GetValue(labels);
        if (folder is null && file is not null)
            throw new InputException("--labels is given without --images; give --images DIR, the folder of the pictures, as well");
        if (folder is not null && parse.GetValue(dataset) is not null)
            throw new InputException("--images and --dataset are both given; give one of them");
        if (folder is null && Given(parse).FirstOrDefault() is Option option)
            throw new InputException($"{option.Name} is for pictures of your own; give --images DIR, or leave it out");
        if (parse.GetValue(resize) is null && Given(parse).Contains(resample))
            throw new InputException("--resample is given without --resize, whose filter it names; give both, or neither");
        if (folder is null)
            return Datasets.Load((parse.GetValue(dataset) ?? Datasets.All[0]).Name, split, parse.GetValue(data)).Skip(skip).First(first);
        if (!labelled)
            return Unlabelled(parse, folder, network, first);
        if (IsArray(parse, folder))
            return ArrayImages.Load(folder, file, network, split, (int)Math.Min(int.MaxValue, (long)skip + first)).Skip(skip);
        return file is null || !ArrayImages.IsArray(file)
            ? PictureFolder.Load(folder, file, network, Transform(parse), split, first, skip)
            : throw new InputException($"--labels '{file}' is an array, and --images '{folder}' is none; give two arrays, or a folder with "
                + "a text file");
    }

    /// <summary>Images without classes, prepared as those of --images.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="folder">The folder of the pictures, or an array.</param>
    /// <param name="network">The network that takes the pictures.</param>
    /// <param name="first">The maximum number of pictures.</param>
    /// <exception cref="InputException">A picture cannot be read or has another size, or there is none.</exception>
    public Dataset Unlabelled(ParseResult parse, string folder, Network network, int first) => IsArray(parse, folder)
        ? ArrayImages.LoadUnlabelled(folder, network, first)
        : PictureFolder.LoadUnlabelled(folder, network, Transform(parse), first);

    /// <summary>The network's name or file.</summary>
    /// <param name="parse">The command line.</param>
    /// <exception cref="InputException">No network for the data set is included with the program.</exception>
    public string Model(ParseResult parse) => parse.GetValue(model) ?? TrainedModels.For((parse.GetValue(dataset) ?? Datasets.All[0]).Name);

    /// <summary>A network that takes the images, prepared as the command line says.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="file">The file of a network, or the name of an included one.</param>
    public Network Reload(ParseResult parse, string file) => Prepared(parse, file).Network;

    /// <summary>A network that takes the images, and a note on how they are reshaped to it; null if they are not.</summary>
    (Network Network, string? Reshaping) Prepared(ParseResult parse, string file)
    {
        Network network = TrainedModels.Load(file, onnx: networkOptions.Onnx(parse, file));
        DatasetDefinition images = parse.GetValue(dataset) ?? Datasets.All[0];
        int[] shape = [images.Channels, images.Height, images.Width];
        if (parse.GetValue(pictures) is not null || !networkOptions.IsInOrder(parse) || network.InputShape.SequenceEqual(shape)
            || !Network.IsReshapable(shape, network.InputShape))
            return (networkOptions.Apply(parse, network), null);
        return (
            networkOptions.Apply(parse, network.TakingImages(shape)),
            $"the {string.Join('×', shape)} images of {images.Name} are reshaped to the "
                + $"{string.Join('×', network.InputShape.ToArray())} numbers that {network.Name} takes, in their order");
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

    /// <summary>The folder or file of a user's own images; null for a data set.</summary>
    /// <param name="parse">The command line.</param>
    public string? Pictures(ParseResult parse) => parse.GetValue(pictures);

    /// <summary>Identifies the network and the images.</summary>
    /// <param name="parse">The command line.</param>
    public string Identify(ParseResult parse) =>
        $"{parse.GetValue(model) ?? "the network"}{networkOptions.Identify(parse)} of "
        + (
            parse.GetValue(pictures) is string folder
                ? $"{folder}, {parse.GetValue(labels) ?? "with its own classes"}"
                    + (parse.GetValue(resize) is int side ? $", resized to {side} ({parse.GetValue(resample)})" : "")
                    + $", on {parse.GetValue(background)}"
                : (parse.GetValue(dataset) ?? Datasets.All[0]).Name);

    /// <summary>Warns where classes are numbered by folders, and there are fewer folders than classes.</summary>
    void WarnOfFewFolders(ParseResult parse, Network network)
    {
        if (!labelled || parse.GetValue(labels) is not null || parse.GetValue(pictures) is not string folder
            || ArrayImages.IsArray(folder))
            return;
        int count = ClassFolders.Names(folder).Count;
        if (count < network.Classes)
            Output.Note($"warning: '{folder}' holds {count} folders, which are taken as the classes 0 to {count - 1} of the "
                + $"{network.Classes} of {network.Name}; if the network numbers them otherwise, give --labels FILE");
    }

    /// <summary>Whether images are an array, to which the options for pictures do not apply.</summary>
    bool IsArray(ParseResult parse, string images)
    {
        if (!ArrayImages.IsArray(images))
            return false;
        return Given(parse).FirstOrDefault() is not Option option ? true : throw new InputException(
            $"{option.Name} is for pictures, and '{images}' is an array, whose images are taken as they are; leave it out");
    }

    /// <summary>The options that are given, of those that say how pictures become images.</summary>
    IEnumerable<Option> Given(ParseResult parse) =>
        ((Option[])[resize, resample, background]).Where(option => parse.GetResult(option) is { Implicit: false });

    PictureTransform Transform(ParseResult parse) => new()
    {
        Background = parse.GetValue(background).Value,
        ShorterSide = parse.GetValue(resize),
        Resampling = parse.GetValue(resample).Value,
    };
}
