using Dapprox.Foundation;

namespace Dapprox.Hardware;

/// <summary>Cell libraries and model cards in files.</summary>
public static class CellLibraryFiles
{
    // What is read into one text; the formats allow less.
    const long LongestFile = 1 << 26;

    /// <summary>Reads a cell library.</summary>
    /// <param name="path">A JSON file as <see cref="Save"/> writes it.</param>
    /// <exception cref="InputException">There is none, or it is not a cell library.</exception>
    public static CellLibrary Load(string path) => CellLibrary.Parse(Text(path), path);

    /// <summary>Writes a cell library.</summary>
    /// <param name="path">The file; a reader never meets half of it.</param>
    /// <param name="library">The library to write.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Save(string path, CellLibrary library) => AtomicFile.WriteText(path, library.ToJson());

    /// <summary>Reads a SPICE model card.</summary>
    /// <param name="path">A file with one nmos and one pmos model.</param>
    /// <exception cref="InputException">There is none, or it is not a model card.</exception>
    public static SpiceModelCard LoadModelCard(string path) => SpiceModelCard.Parse(Text(path), path);

    static string Text(string path) => InputFile.Read(path, stream =>
    {
        if (stream.Length > LongestFile)
            throw new InputException($"'{path}' has {stream.Length} bytes; a file of this kind has at most {LongestFile}");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    });
}
