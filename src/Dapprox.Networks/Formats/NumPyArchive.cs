using System.IO.Compression;
using Dapprox.Foundation;

namespace Dapprox.Networks.Formats;

/// <summary>Archives of arrays as numpy.savez writes them: a zip file with a <c>.npy</c> for each, not compressed.</summary>
public static class NumPyArchive
{
    // The earliest date that a zip file can hold: the same tensors give the same bytes.
    static readonly DateTimeOffset Date = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes tensors as arrays of float32, in the ordinal order of their names.</summary>
    /// <param name="path">The file, replaced in one step.</param>
    /// <param name="tensors">The tensors by name.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Save(string path, IReadOnlyDictionary<string, Tensor> tensors) => AtomicFile.Write(path, stream =>
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach ((string name, Tensor tensor) in tensors.OrderBy(named => named.Key, StringComparer.Ordinal))
        {
            ZipArchiveEntry entry = archive.CreateEntry($"{name}.npy", CompressionLevel.NoCompression);
            entry.LastWriteTime = Date;
            using Stream content = entry.Open();
            NumPyArray.WriteHeader(content, "<f4", tensor.Shape);
            NumPyArray.WriteNumbers(content, tensor.Data);
        }
    });
}
