using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Formats;

namespace DefensiveApproximation.Experiments.Runs;

/// <summary>Which multiplier stands in which layers of a network.</summary>
/// <param name="Parts">Multipliers and the layers that each replaces, one after the other; the rest is exact.</param>
public sealed record Placement(params IReadOnlyList<(string Multiplier, string Layers)> Parts)
{
    /// <summary>Exact in all layers.</summary>
    public static Placement Exact { get; } = new();

    /// <summary>Ax-FPM as released, in all layers.</summary>
    public static Placement AxFpm { get; } = Of("ax-fpm");

    /// <summary>Ax-FPM as released, in the convolutions, as the paper's text has it.</summary>
    public static Placement AxFpmConvolutions { get; } = new(("ax-fpm", "convolutions"));

    /// <summary>What stands for HEAP, in all layers.</summary>
    public static Placement HeapLike { get; } = Of("heap-like");

    /// <summary>Truncated bfloat16, in all layers.</summary>
    public static Placement Bfloat16 { get; } = Of("bfloat16");

    /// <summary>One multiplier in all layers.</summary>
    /// <param name="multiplier">Its name.</param>
    public static Placement Of(string multiplier) => new((multiplier, LayerSelection.All.Name));

    /// <summary>A network on this placement.</summary>
    /// <param name="network">The exact network.</param>
    public Network Put(Network network) =>
        Parts.Aggregate(network, (before, part) => before.With(CircuitFiles.FindMultiplier(part.Multiplier), LayerSelection.Parse(part.Layers)));

    /// <inheritdoc/>
    public override string ToString() => Parts.Count == 0
        ? "exact"
        : string.Join(" + ", Parts.Select(part => part.Layers == LayerSelection.All.Name ? part.Multiplier : $"{part.Multiplier} in {part.Layers}"));

    /// <inheritdoc/>
    public bool Equals(Placement? other) => other is not null && Parts.SequenceEqual(other.Parts);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}
