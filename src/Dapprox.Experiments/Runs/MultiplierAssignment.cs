using System.Collections.Concurrent;
using Dapprox.Arithmetic;
using Dapprox.Circuits.Formats;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;

namespace Dapprox.Experiments.Runs;

/// <summary>Which multiplier computes which layers of a network.</summary>
/// <param name="Parts">
/// Multipliers, by name or as the paths of files of circuits and tables, and the layers that each replaces, in the order in which they are
/// assigned; layers that are not selected stay exact.
/// </param>
public sealed record MultiplierAssignment(params IReadOnlyList<(string Multiplier, string Layers)> Parts)
{
    const double FastestPass = 0.3e-3;

    // A circuit's file may change during a run; the identity and the computation both use the content that was read first.
    readonly ConcurrentDictionary<(bool AreIntegers, bool? IsSigned), (Multiplier Multiplier, string?[] Fingerprints)> read = new();

    /// <summary>A name for a reader instead of the parts; not a part of the identity.</summary>
    public string? Name { get; init; }

    /// <summary>Exact in all layers.</summary>
    public static MultiplierAssignment Exact { get; } = new();

    /// <summary>Ax-FPM as released, in all layers.</summary>
    public static MultiplierAssignment AxFpm { get; } = Of("ax-fpm");

    /// <summary>Ax-FPM as released, in the convolutions only, as the paper's text describes it.</summary>
    public static MultiplierAssignment AxFpmConvolutions { get; } = new(("ax-fpm", "convolutions"));

    /// <summary>The substitute for HEAP, in all layers.</summary>
    public static MultiplierAssignment HeapLike { get; } = Of("heap-like");

    /// <summary>Truncated bfloat16, in all layers.</summary>
    public static MultiplierAssignment Bfloat16 { get; } = Of("bfloat16");

    /// <summary>One multiplier in all layers.</summary>
    /// <param name="multiplier">Its name, or the path of its circuit file.</param>
    public static MultiplierAssignment Of(string multiplier) => new((multiplier, LayerSelection.All.Name));

    /// <summary>A network with these multipliers.</summary>
    /// <param name="network">The exact network of floats.</param>
    /// <exception cref="InputException">A circuit cannot be read, or does not multiply mantissas.</exception>
    public Network Put(Network network) => Parts.Count == 0 ? network : network.With(Find(areIntegers: false));

    /// <summary>These multipliers as one, which is exact without parts.</summary>
    /// <param name="areIntegers">Whether circuits and tables multiply integers; the mantissas of floats otherwise.</param>
    /// <param name="isSigned">Whether the integers of circuits and tables are signed; null for what they say.</param>
    /// <exception cref="InputException">A circuit or a table cannot be read, or does not multiply such numbers.</exception>
    public Multiplier Find(bool areIntegers, bool? isSigned = null) => Read(areIntegers, isSigned).Multiplier;

    /// <summary>An estimate of the time that one image takes through LeNet-5 on two cores, in seconds.</summary>
    internal double SecondsAnImage => Parts.Select(part => part.Multiplier switch
    {
        "exact" or "bfloat16" or "bfloat16-nearest" or "ama5-flat" => FastestPass,
        _ when part.Multiplier.StartsWith("ax-fpm", StringComparison.Ordinal) => 1.2e-3,
        // Other circuits are looked up or evaluated product by product.
        _ => 18e-3,
    }).DefaultIfEmpty(FastestPass).Max();

    /// <summary>What determines the products: multipliers by name, circuit files also by fingerprint, with their layers.</summary>
    /// <exception cref="InputException">A circuit cannot be read, or does not multiply mantissas.</exception>
    internal object Identity(bool areIntegers, bool? isSigned) => Parts.Zip(
        Read(areIntegers, isSigned).Fingerprints,
        (part, fingerprint) => new { part.Multiplier, part.Layers, Circuit = fingerprint });

    /// <inheritdoc/>
    public override string ToString() => Name is not null ? Name
        : Parts.Count == 0 ? "exact"
        : string.Join(" + ", Parts.Select(part =>
            part.Layers == LayerSelection.All.Name ? part.Multiplier : $"{part.Multiplier} in {part.Layers}"));

    (Multiplier Multiplier, string?[] Fingerprints) Read(bool areIntegers, bool? isSigned) => read.GetOrAdd((areIntegers, isSigned), _ =>
    {
        // Layers with the same multiplier share its products.
        Dictionary<string, Multiplier> found = Parts.Select(part => part.Multiplier).Distinct()
            .ToDictionary(given => given, given => CircuitFiles.Find(given, areIntegers, isSigned));
        Multiplier multiplier = Parts.Count == 0
            ? areIntegers ? ExactIntegerMultiplier.Int8 : ExactMultiplier.Rounded
            : new LayerMultipliers(
                $"{this}", [.. Parts.Select(part => (found[part.Multiplier], LayerSelection.Parse(part.Layers)))]);
        return (multiplier, [.. Parts.Select(part => Fingerprints(part.Multiplier))]);
    });

    /// <summary>The fingerprints of the files of a multiplier; null where it has none.</summary>
    static string? Fingerprints(string multiplier)
    {
        var files = new List<string>();
        CircuitFiles.WithFiles(multiplier, file =>
        {
            files.Add(Fingerprint.OfFile(file));
            return file;
        });
        return files.Count == 0 ? null : string.Join('+', files);
    }

    /// <inheritdoc/>
    public bool Equals(MultiplierAssignment? other) => other is not null && Parts.SequenceEqual(other.Parts) && Name == other.Name;

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
