using System.Collections.ObjectModel;

namespace DefensiveApproximation.Networks.Attacks;

/// <summary>Images to begin at; equal, and printed, by their number and their <see cref="Fingerprint"/>.</summary>
/// <param name="images">The images.</param>
sealed class StartImages(IReadOnlyList<float[]> images) : ReadOnlyCollection<float[]>([.. images])
{
    readonly string text = images.Count == 0 ? "none" : $"{images.Count} ({Fingerprint.Of(images)})";

    public override string ToString() => text;

    public override bool Equals(object? obj) => obj is StartImages other && other.text == text;

    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);
}
