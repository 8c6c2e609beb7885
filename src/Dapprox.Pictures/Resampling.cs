namespace Dapprox.Pictures;

/// <summary>The filter with which pictures are resized. Both are antialiased: a reduction widens the filter by its factor.</summary>
public enum Resampling
{
    /// <summary>A triangle: the weight falls linearly to 0 at a distance of one pixel.</summary>
    Bilinear,

    /// <summary>
    /// Cubic convolution with a = −0.5, up to a distance of two pixels (Keys, "Cubic Convolution Interpolation for Digital Image
    /// Processing", IEEE Transactions on Acoustics, Speech, and Signal Processing 29(6), 1981).
    /// </summary>
    Bicubic,
}
