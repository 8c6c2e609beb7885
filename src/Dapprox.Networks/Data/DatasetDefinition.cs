namespace Dapprox.Networks.Data;

/// <summary>What is known of a data set before any of it is read.</summary>
public sealed record DatasetDefinition
{
    /// <summary>The name users type, for example <c>fashion-mnist</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The name in prose, for example <c>Fashion-MNIST</c>.</summary>
    public required string Title { get; init; }

    /// <summary>1 for grey, 3 for red, green, blue.</summary>
    public required int Channels { get; init; }

    /// <summary>Rows of an image.</summary>
    public required int Height { get; init; }

    /// <summary>Columns of an image.</summary>
    public required int Width { get; init; }

    /// <summary>What each label means, in the order of the labels.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The number of training images.</summary>
    public required int TrainCount { get; init; }

    /// <summary>The number of test images.</summary>
    public required int TestCount { get; init; }

    /// <summary>Where the data set was published.</summary>
    public required string Citation { get; init; }

    /// <summary>The usual name of the folder with its files; empty when the data set comes with the program.</summary>
    public string Folder { get; init; } = "";

    /// <summary>A folder where an operating system's package puts the files, if there is such a package.</summary>
    internal string? SystemFolder { get; init; }

    /// <summary>The files of the training split, uncompressed.</summary>
    internal IReadOnlyList<PublishedFile> Train { get; init; } = [];

    /// <summary>The files of the test split, uncompressed.</summary>
    internal IReadOnlyList<PublishedFile> Test { get; init; } = [];

    /// <summary>What to download, and from where.</summary>
    internal IReadOnlyList<PublishedArchive> Archives { get; init; } = [];

    /// <summary>The places to download from, in the order in which they are tried; each ends with a slash.</summary>
    internal IReadOnlyList<Uri> Addresses { get; init; } = [];

    internal IReadOnlyList<PublishedFile> Files(Split split) => split == Split.Train ? Train : Test;
}

/// <summary>A file as the data set's authors published it, after unpacking.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Md5">The MD5 sum of its content, which is the checksum in use for these sets; it tells files apart, it does not
/// defend.</param>
sealed record PublishedFile(string Name, string Md5);

/// <summary>A file to download.</summary>
/// <param name="Name">Its name at the publisher's address.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Sha256">Its SHA-256 sum.</param>
sealed record PublishedArchive(string Name, long Length, string Sha256);
