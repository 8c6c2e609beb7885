using System.Collections.ObjectModel;
using Dapprox.Networks.Data;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>Images to begin at; equal, and printed, by their number and their <see cref="Fingerprint"/>.</summary>
/// <param name="images">The images.</param>
sealed class StartImages(IReadOnlyList<float[]> images) : ReadOnlyCollection<float[]>([.. images])
{
    readonly string text = images.Count == 0 ? "none" : $"{images.Count} ({Fingerprint.Of(images)})";

    /// <summary>The images, whose pixels have to lie in [0, 1].</summary>
    public static StartImages Checked(IReadOnlyList<float[]> images, string name) =>
        images.All(image => image.All(pixel => pixel is >= 0 and <= 1))
            ? new StartImages(images)
            : throw new ArgumentOutOfRangeException(name, "Pixels lie in [0, 1].");

    public override string ToString() => text;

    public override bool Equals(object? obj) => obj is StartImages other && other.text == text;

    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);
}
