using Dapprox.Foundation;

namespace Dapprox.Networks.Data;

/// <summary>The known data sets, by name.</summary>
public static partial class Datasets
{
    /// <summary>The environment variable with the default folder of the data sets.</summary>
    public const string FolderVariable = "DAPPROX_DATA";

    /// <summary>
    /// The folder of the data sets without an argument or <see cref="FolderVariable"/>: <c>dapprox</c> below the user's data
    /// folder, <c>$XDG_DATA_HOME</c> or <c>~/.local/share</c> on Linux; null for a user without a home.
    /// </summary>
    public static string? DefaultFolder =>
        Given(
            Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify)) is string data
            ? Path.Combine(data, "dapprox")
            : null;

    static readonly string[] Digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>All data sets. The first is included with the program; the others are files that the user provides or downloads.</summary>
    public static IReadOnlyList<DatasetDefinition> All { get; } =
    [
        new()
        {
            Name = "digits",
            Title = "OpenCV digits",
            Channels = 1,
            Height = 28,
            Width = 28,
            Classes = Digits,
            TrainCount = 4_000,
            TestCount = 1_000,
            Citation = "OpenCV's sample digits.png (Apache License 2.0), 5,000 handwritten digits of 20×20 pixels",
        },
        new()
        {
            Name = "mnist",
            Title = "MNIST",
            Channels = 1,
            Height = 28,
            Width = 28,
            Classes = Digits,
            TrainCount = 60_000,
            TestCount = 10_000,
            Citation = "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner: Gradient-based learning applied to document recognition, Proceedings "
                + "of the IEEE 86(11), 1998",
            Folder = "mnist",
            Train =
            [
                new("train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb"),
                new("train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624"),
            ],
            Test =
            [
                new("t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea"),
                new("t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637"),
            ],
            Archives =
            [
                new("train-images-idx3-ubyte.gz", 9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                new("train-labels-idx1-ubyte.gz", 28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                new("t10k-images-idx3-ubyte.gz", 1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                new("t10k-labels-idx1-ubyte.gz", 4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
            ],
            // The authors' address asks for a password; these two mirrors are in general use.
            Addresses =
            [
                new("https://ossci-datasets.s3.amazonaws.com/mnist/"),
                new("https://storage.googleapis.com/cvdf-datasets/mnist/"),
            ],
        },
        new()
        {
            Name = "fashion-mnist",
            Title = "Fashion-MNIST",
            Channels = 1,
            Height = 28,
            Width = 28,
            Classes = ["T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"],
            TrainCount = 60_000,
            TestCount = 10_000,
            Citation = "H. Xiao, K. Rasul, R. Vollgraf: Fashion-MNIST: a novel image dataset for benchmarking machine learning "
                + "algorithms, arXiv:1708.07747, 2017",
            Folder = "fashion-mnist",
            SystemFolder = "/usr/share/datasets/fashion-mnist",
            Train =
            [
                new("train-images-idx3-ubyte", "f4a8712d7a061bf5bd6d2ca38dc4d50a"),
                new("train-labels-idx1-ubyte", "9018921c3c673c538a1fc5bad174d6f9"),
            ],
            Test =
            [
                new("t10k-images-idx3-ubyte", "8181f5470baa50b63fa0f6fddb340f0a"),
                new("t10k-labels-idx1-ubyte", "15d484375f8d13e6eb1aabb0c3f46965"),
            ],
            Archives =
            [
                new("train-images-idx3-ubyte.gz", 26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
                new("train-labels-idx1-ubyte.gz", 29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
                new("t10k-images-idx3-ubyte.gz", 4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
                new("t10k-labels-idx1-ubyte.gz", 5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
            ],
            Addresses =
            [
                new("https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/"),
                new("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
            ],
        },
        new()
        {
            Name = "cifar-10",
            Title = "CIFAR-10",
            Channels = 3,
            Height = 32,
            Width = 32,
            Classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"],
            TrainCount = 50_000,
            TestCount = 10_000,
            Citation = "A. Krizhevsky: Learning multiple layers of features from tiny images, technical report, University of Toronto, "
                + "2009",
            Folder = "cifar-10-batches-bin",
            Train =
            [
                new("data_batch_1.bin", "5dd7e06a14cb22eb9f671a540d1b7c25"),
                new("data_batch_2.bin", "5ea93a67294ea407fff1d09f752e9692"),
                new("data_batch_3.bin", "942cd6a4bcdd0dd3c604fbe906cb4421"),
                new("data_batch_4.bin", "ae636b3ba5c66a11e91e8cb52e771fcb"),
                new("data_batch_5.bin", "53f37980c15c3d472c316c40844f3f0d"),
            ],
            Test = [new("test_batch.bin", "803d5f7f4d78ea53de84dbe85f74fb6d")],
            Archives = [new("cifar-10-binary.tar.gz", 170_052_171, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd")],
            Addresses = [new("https://www.cs.toronto.edu/~kriz/")],
        },
    ];

    /// <summary>Finds a data set's definition.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="InputException">There is no such data set.</exception>
    public static DatasetDefinition Find(string name) => Names.Find("data set", name, All, definition => definition.Name);

    /// <summary>
    /// The folder of the data sets: the given one, otherwise the one that DAPPROX_DATA names, otherwise <see cref="DefaultFolder"/>.
    /// </summary>
    /// <param name="folder">The given folder; null for the default.</param>
    public static string? Folder(string? folder) =>
        Given(folder) ?? Given(Environment.GetEnvironmentVariable(FolderVariable)) ?? DefaultFolder;

    /// <summary>Reads one split of a data set.</summary>
    /// <param name="name">The data set's name.</param>
    /// <param name="split">The part of the data set.</param>
    /// <param name="folder">The folder with the files, or its parent; null for <see cref="Folder"/>.</param>
    /// <exception cref="InputException">There is no such data set, or its files are missing or invalid.</exception>
    public static Dataset Load(string name, Split split, string? folder = null) => Load(Find(name), split, folder);

    internal static Dataset Load(DatasetDefinition definition, Split split, string? folder)
    {
        if (definition.Folder.Length == 0)
            return DigitSheet.Load(definition, split);
        string[] paths = DatasetFiles.Locate(definition, split, Folder(folder));
        return definition.Channels == 1 ? IdxFiles.Load(definition, split, paths) : CifarFiles.Load(definition, split, paths);
    }

    static string? Given(string? folder) => string.IsNullOrWhiteSpace(folder) ? null : folder;
}
