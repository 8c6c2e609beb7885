using System.Collections.ObjectModel;
using Dapprox.Networks.Data;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>
/// Images from which a decision-based attack starts if noise is not adversarial. Their number and their <see cref="Fingerprint"/>
/// define equality and text.
/// </summary>
/// <param name="images">The images: all pixels of one in a row, in [0, 1].</param>
public sealed class StartImages(IReadOnlyList<float[]> images) : ReadOnlyCollection<float[]>([.. images])
{
    // Several of each class, since a network may misclassify one or two of them.
    const int OfAClass = 3;

    readonly string text = images.Count == 0 ? "none" : $"{images.Count} ({Fingerprint.Of(images)})";

    /// <summary>The first three images of each class, chosen by label and therefore without a query.</summary>
    /// <param name="data">The images, whether or not they are attacked.</param>
    public static StartImages Of(Dataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        int[] indices =
        [
            .. Enumerable.Range(0, data.Count).GroupBy(index => data.Labels[index]).SelectMany(indices => indices.Take(OfAClass)),
        ];
        Tensor images = data.Images(indices);
        return new StartImages([.. indices.Select((_, i) => images.Row(i).ToArray())]);
    }

    /// <summary>The images, with pixels in [0, 1].</summary>
    internal static StartImages Checked(IReadOnlyList<float[]> images, string name) =>
        images.All(image => image.All(pixel => pixel is >= 0 and <= 1))
            ? new StartImages(images)
            : throw new ArgumentOutOfRangeException(name, "Pixels lie in [0, 1].");

    /// <inheritdoc/>
    public override string ToString() => text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is StartImages other && other.text == text;

    /// <inheritdoc/>
    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);
}
