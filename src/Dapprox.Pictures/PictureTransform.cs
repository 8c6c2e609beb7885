namespace Dapprox.Pictures;

/// <summary>
/// How a picture file becomes an image of the network's size, in the order in which it is done. The default takes pictures of the
/// network's size only.
/// </summary>
public readonly record struct PictureTransform
{
    /// <summary>The colour behind transparent pixels. Pillow's conversion to RGB, by contrast, drops the transparency.</summary>
    public Background Background { get; init; }

    /// <summary>
    /// The number of pixels to which the shorter side is resized before the centre is cropped to the network's size, as torchvision's
    /// Resize and CenterCrop do; null to accept only pictures of the network's size.
    /// </summary>
    public int? ShorterSide { get; init; }

    /// <summary>The filter of the resizing.</summary>
    public Resampling Resampling { get; init; }
}
