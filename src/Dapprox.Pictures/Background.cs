namespace Dapprox.Pictures;

/// <summary>The colour on which transparent pixels are composed.</summary>
public enum Background
{
    /// <summary>0 in every channel.</summary>
    Black,

    /// <summary>255 in every channel.</summary>
    White,
}
