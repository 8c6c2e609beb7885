using System.Collections.ObjectModel;
using Dapprox.Networks.Data;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>
/// Images that an attack has beside those that it attacks: those from which a decision-based attack starts if noise is not adversarial,
/// or those for which a universal perturbation is sought. Their number and their <see cref="Fingerprint"/> define equality and text.
/// </summary>
/// <param name="images">The images: all pixels of one in a row, in [0, 1].</param>
public sealed class GivenImages(IReadOnlyList<float[]> images) : ReadOnlyCollection<float[]>([.. images])
{
    // Several of each class, since a network may misclassify one or two of them.
    const int OfAClass = 3;

    readonly string text = images.Count == 0 ? "none" : $"{images.Count} ({Fingerprint.Of(images)})";

    /// <summary>The images of a tensor.</summary>
    /// <param name="images"><c>[images, channels, height, width]</c>.</param>
    public static GivenImages Of(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return new GivenImages([.. Enumerable.Range(0, images.Batch).Select(i => images.Row(i).ToArray())]);
    }

    /// <summary>The first three images of each class, chosen by label and therefore without a query.</summary>
    /// <param name="data">The images, whether or not they are attacked.</param>
    public static GivenImages OfEachClass(Dataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        int[] indices =
        [
            .. Enumerable.Range(0, data.Count).GroupBy(index => data.Labels[index]).SelectMany(indices => indices.Take(OfAClass)),
        ];
        return Of(data.Images(indices));
    }

    /// <summary>The images, with pixels in [0, 1].</summary>
    internal static GivenImages Checked(IReadOnlyList<float[]> images, string name) =>
        images.All(image => image.All(pixel => pixel is >= 0 and <= 1))
            ? new GivenImages(images)
            : throw new ArgumentOutOfRangeException(name, "Pixels lie in [0, 1].");

    /// <inheritdoc/>
    public override string ToString() => text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is GivenImages other && other.text == text;

    /// <inheritdoc/>
    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);
}
