namespace Dapprox.Kernels;

/// <summary>The rows and columns added around an image; an integer converts to as many on all sides.</summary>
/// <param name="Top">Rows above.</param>
/// <param name="Left">Columns to the left.</param>
/// <param name="Bottom">Rows below.</param>
/// <param name="Right">Columns to the right.</param>
public readonly record struct Padding(int Top, int Left, int Bottom, int Right)
{
    /// <summary>Rows above and below.</summary>
    public int Height => Top + Bottom;

    /// <summary>Columns to the left and to the right.</summary>
    public int Width => Left + Right;

    /// <summary>The same padding on all sides.</summary>
    /// <param name="all">How many rows above and below and columns to the left and to the right.</param>
    public static implicit operator Padding(int all) => new(all, all, all, all);

    /// <inheritdoc/>
    public override string ToString() => this == (Padding)Top ? $"{Top}" : $"{Top}, {Left}, {Bottom}, {Right}";
}
