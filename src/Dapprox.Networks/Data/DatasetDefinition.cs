namespace Dapprox.Networks.Data;

/// <summary>The description of a data set, independent of its files.</summary>
public sealed record DatasetDefinition
{
    /// <summary>The name on the command line, for example <c>fashion-mnist</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The name in prose, for example <c>Fashion-MNIST</c>.</summary>
    public required string Title { get; init; }

    /// <summary>1 for grey, 3 for red, green, blue.</summary>
    public required int Channels { get; init; }

    /// <summary>Rows of an image.</summary>
    public required int Height { get; init; }

    /// <summary>Columns of an image.</summary>
    public required int Width { get; init; }

    /// <summary>The name of each class, in label order.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The number of training images.</summary>
    public required int TrainCount { get; init; }

    /// <summary>The number of test images.</summary>
    public required int TestCount { get; init; }

    /// <summary>The publication of the data set.</summary>
    public required string Citation { get; init; }

    /// <summary>The usual name of the folder with its files; empty if the data set is included with the program.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The folder of an operating system's package with the files; null if there is no such package.</summary>
    internal string? SystemFolder { get; init; }

    /// <summary>The files of the training split, uncompressed.</summary>
    internal IReadOnlyList<PublishedFile> Train { get; init; } = [];

    /// <summary>The files of the test split, uncompressed.</summary>
    internal IReadOnlyList<PublishedFile> Test { get; init; } = [];

    /// <summary>The archives to download.</summary>
    internal IReadOnlyList<PublishedArchive> Archives { get; init; } = [];

    /// <summary>The addresses to download from, in the order of the attempts; each ends with a slash.</summary>
    internal IReadOnlyList<Uri> Addresses { get; init; } = [];

    internal IReadOnlyList<PublishedFile> Files(Split split) => split == Split.Train ? Train : Test;
}

/// <summary>A file as the data set's authors published it, after unpacking.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Md5">The MD5 sum of its content, the usual checksum for these data sets; it identifies files and is no protection
/// against tampering.</param>
sealed record PublishedFile(string Name, string Md5);

/// <summary>A file to download.</summary>
/// <param name="Name">Its name at the publisher's address.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Sha256">Its SHA-256 sum.</param>
sealed record PublishedArchive(string Name, long Length, string Sha256);
