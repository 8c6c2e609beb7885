namespace Dapprox.Networks.Data;

/// <summary>Labelled images of one size, stored as bytes and converted to numbers in [0, 1] on access.</summary>
public sealed class Dataset
{
    /// <summary>Wraps the pixels and labels without copying them.</summary>
    /// <param name="name">The data set's name, for example <c>mnist</c>.</param>
    /// <param name="split">The part of the data set.</param>
    /// <param name="channels">1 for grey, 3 for red, green, blue.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Columns of an image.</param>
    /// <param name="classes">The name of each class, in label order.</param>
    /// <param name="pixels">Shape <c>[count, channels, height, width]</c>, from 0 to 255.</param>
    /// <param name="labels">The class of each image, below the number of classes.</param>
    /// <param name="canonical">Whether the checksums are those of the published data.</param>
    /// <param name="provenance">One sentence on the data and its differences from the published files.</param>
    /// <param name="offset">The position of the first image in the whole split.</param>
    /// <exception cref="ArgumentException">The lengths do not match, or a label has no class.</exception>
    public Dataset(string name, Split split, int channels, int height, int width, IReadOnlyList<string> classes,
        ReadOnlyMemory<byte> pixels, int[] labels, bool canonical, string provenance, int offset = 0)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(labels);
        if (pixels.Length != (long)labels.Length * channels * height * width)
            throw new ArgumentException(
                $"{pixels.Length} pixels are not {labels.Length} images of {channels}×{height}×{width}.", nameof(pixels));
        if (Array.FindIndex(labels, label => (uint)label >= (uint)classes.Count) is int wrong and >= 0)
            throw new ArgumentException($"Label {labels[wrong]} of image {wrong} is none of 0 to {classes.Count - 1}.", nameof(labels));
        (Name, Split, Channels, Height, Width, Classes) = (name, split, channels, height, width, classes);
        (Pixels, Labels, Canonical, Provenance, Offset) = (pixels, labels, canonical, provenance, offset);
    }

    /// <summary>The data set's name, for example <c>mnist</c>.</summary>
    public string Name { get; }

    /// <summary>The part of the data set.</summary>
    public Split Split { get; }

    /// <summary>1 for grey, 3 for red, green, blue.</summary>
    public int Channels { get; }

    /// <summary>Rows of an image.</summary>
    public int Height { get; }

    /// <summary>Columns of an image.</summary>
    public int Width { get; }

    /// <summary>The name of each class, in label order.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The number of images.</summary>
    public int Count => Labels.Length;

    /// <summary>The position of the first image in the whole split: not 0 after <see cref="Skip"/> or <see cref="Slice"/>.</summary>
    public int Offset { get; }

    /// <summary>All images, shape <c>[count, channels, height, width]</c>, from 0 to 255.</summary>
    public ReadOnlyMemory<byte> Pixels { get; }

    /// <summary>The class of each image.</summary>
    public int[] Labels { get; }

    /// <summary>Whether the checksums are those of the published data.</summary>
    public bool Canonical { get; }

    /// <summary>One sentence on the data and its differences from the published files.</summary>
    public string Provenance { get; }

    int ImageLength => Channels * Height * Width;

    /// <summary>Images as numbers: each pixel divided by 255, rounded to binary32.</summary>
    /// <param name="start">The first to take.</param>
    /// <param name="count">How many.</param>
    /// <returns>Shape <c>[count, channels, height, width]</c>, in [0, 1].</returns>
    public Tensor Images(int start, int count)
    {
        CheckRange(start, count);
        float[] numbers = new float[checked(count * ImageLength)];
        Scale(Pixels.Span.Slice(start * ImageLength, numbers.Length), numbers);
        return new Tensor(numbers, count, Channels, Height, Width);
    }

    /// <summary>The images at the given indices, in that order, as numbers: each pixel divided by 255.</summary>
    /// <param name="indices">The indices, each from 0 to <see cref="Count"/> − 1.</param>
    /// <returns>Shape <c>[indices, channels, height, width]</c>, in [0, 1].</returns>
    public Tensor Images(ReadOnlySpan<int> indices)
    {
        float[] numbers = new float[checked(indices.Length * ImageLength)];
        for (int i = 0; i < indices.Length; i++)
        {
            CheckRange(indices[i], 1);
            Scale(Pixels.Span.Slice(indices[i] * ImageLength, ImageLength), numbers.AsSpan(i * ImageLength));
        }

        return new Tensor(numbers, indices.Length, Channels, Height, Width);
    }

    /// <summary>The first images; all images if there are fewer.</summary>
    /// <param name="count">The number of images to keep, at least 0.</param>
    public Dataset First(int count) => Slice(0, Math.Min(count, Count));

    /// <summary>All but the first images; no image if there are no more.</summary>
    /// <param name="count">The number of images to leave out, at least 0.</param>
    public Dataset Skip(int count) => Slice(Math.Min(count, Count), Count - Math.Min(count, Count));

    /// <summary>A range of images. The pixels are shared, not copied.</summary>
    /// <param name="start">The first to keep.</param>
    /// <param name="count">How many to keep.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie within the images.</exception>
    public Dataset Slice(int start, int count)
    {
        CheckRange(start, count);
        return new Dataset(Name, Split, Channels, Height, Width, Classes, Pixels.Slice(start * ImageLength, count * ImageLength),
            Labels.AsSpan(start, count).ToArray(), Canonical, Provenance, Offset + start);
    }

    static void Scale(ReadOnlySpan<byte> pixels, Span<float> numbers)
    {
        for (int i = 0; i < pixels.Length; i++)
            numbers[i] = pixels[i] / 255f;
    }

    void CheckRange(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Count - count);
    }
}
