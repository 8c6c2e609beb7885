using Dapprox.Foundation;

namespace Dapprox.Pictures;

/// <summary>
/// A folder with one folder of pictures for each class, as torchvision's ImageFolder reads it: the classes are numbered in the ordinal
/// order of the folders' names, and the pictures of a class, of folders below it as well, follow in the order of folder and name.
/// </summary>
static class ClassFolders
{
    /// <summary>The names of the folders, in their ordinal order.</summary>
    /// <param name="folder">The folder of the folders.</param>
    public static IReadOnlyList<string> Names(string folder) =>
        [.. Directory.EnumerateDirectories(folder).Select(one => Path.GetFileName(one)).Order(StringComparer.Ordinal)];

    /// <summary>Lists the pictures, with classes numbered by the order of the folders.</summary>
    /// <param name="folder">The folder of the folders.</param>
    /// <param name="network">The name of the network, for messages.</param>
    /// <param name="classes">The number of classes of the network.</param>
    /// <exception cref="InputException">There are no such folders, or more than the network has classes, or one has no picture.</exception>
    public static PictureList List(string folder, string network, int classes)
    {
        IReadOnlyList<string> names = Names(folder);
        if (Pictures(folder).FirstOrDefault() is string beside)
            throw new InputException(
                names.Count == 0
                    ? $"'{folder}' holds pictures and no folders of classes; give --labels FILE with their classes, or one folder for each"
                    : $"'{folder}' holds folders, and pictures beside them ('{Path.GetFileName(beside)}'); give --labels FILE, or have "
                        + "all pictures in the folders of their classes");
        if (names.Count == 0)
            throw new InputException($"'{folder}' holds neither pictures nor folders of classes; give one folder for each class");
        if (names.Count > classes)
            throw new InputException($"'{folder}' holds {names.Count} folders of classes, and {network} has {classes} classes; give "
                + "--labels FILE with the class of each picture, or remove the folders that are none of its classes");
        return new PictureList(
            [.. names.SelectMany((name, label) => Files(folder, name).Select(file => (file, label)))], names, $"'{folder}' holds",
            $", with its {names.Count} folders as the classes from 0 in the order of their names");
    }

    /// <summary>Lists the pictures, with classes numbered by a list of WordNet ids.</summary>
    /// <param name="folder">The folder of the folders, each of which has an id as its name.</param>
    /// <param name="labels">The file of the list, for messages.</param>
    /// <param name="ids">The ids of all classes in their order, with their words.</param>
    /// <exception cref="InputException">A folder is not on the list, or there is none, or one has no picture.</exception>
    public static PictureList List(string folder, string labels, IReadOnlyList<(string Id, string Words)> ids)
    {
        IReadOnlyList<string> names = Names(folder);
        if (names.Count == 0)
            throw new InputException($"'{labels}' lists WordNet ids, which number folders of classes, and '{folder}' holds no folders; "
                + "give one folder for each class, or a file that lists pictures and classes");
        Dictionary<string, int> numbers = ids.Index().ToDictionary(one => one.Item.Id, one => one.Index, StringComparer.Ordinal);
        string? unknown = names.FirstOrDefault(name => !numbers.ContainsKey(name));
        if (unknown is not null)
            throw new InputException($"'{folder}' holds the folder '{InputFile.OneLine(unknown, 80)}', which '{labels}' does not list; "
                + "its folders are named by the WordNet ids of the list");
        return new PictureList(
            [.. names.SelectMany(name => Files(folder, name).Select(file => (file, numbers[name])))],
            [.. ids.Select(one => one.Words.Length > 0 ? one.Words : one.Id)], $"'{folder}' holds",
            $", with its folders as the classes that '{labels}' lists");
    }

    /// <summary>The pictures of a class.</summary>
    static List<string> Files(string folder, string name)
    {
        string root = Path.Combine(folder, name);
        var files = new List<string>();
        // Links of folders to folders above them would have no end.
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.None,
            IgnoreInaccessible = false,
        };
        var below = new List<string> { root };
        foreach (string inner in Directory.EnumerateDirectories(root, "*", options))
        {
            if (new DirectoryInfo(inner).LinkTarget is not null)
                throw new InputException($"'{inner}' is a link to a folder; have the pictures of a class in folders of its own");
            below.Add(inner);
        }

        foreach (string one in below.Order(StringComparer.Ordinal))
            files.AddRange(Pictures(one));
        return files.Count > 0 ? files : throw new InputException(
            $"the folder '{root}' of a class holds no picture ({PictureFile.Formats}); remove it, or give --labels FILE");
    }

    /// <summary>The pictures directly in a folder, in their ordinal order.</summary>
    public static IEnumerable<string> Pictures(string folder) =>
        Directory.EnumerateFiles(folder).Where(PictureFile.IsPicture).Order(StringComparer.Ordinal);
}
