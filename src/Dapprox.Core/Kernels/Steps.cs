namespace Dapprox.Kernels;

/// <summary>How far it is from one place to the next, down and to the right; a number stands for both.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct Steps(int Height, int Width)
{
    /// <summary>The same step in both directions.</summary>
    /// <param name="both">Rows and columns.</param>
    public static implicit operator Steps(int both) => new(both, both);

    /// <inheritdoc/>
    public override string ToString() => Height == Width ? $"{Height}" : $"{Height}x{Width}";
}

/// <summary>How many rows and columns are added around an image; a number stands for all sides.</summary>
/// <param name="Top">Rows above.</param>
/// <param name="Left">Columns before.</param>
/// <param name="Bottom">Rows below.</param>
/// <param name="Right">Columns behind.</param>
public readonly record struct Padding(int Top, int Left, int Bottom, int Right)
{
    /// <summary>Rows above and below.</summary>
    public int Height => Top + Bottom;

    /// <summary>Columns before and behind.</summary>
    public int Width => Left + Right;

    /// <summary>As much on all sides.</summary>
    /// <param name="all">Rows and columns.</param>
    public static implicit operator Padding(int all) => new(all, all, all, all);

    /// <inheritdoc/>
    public override string ToString() => this == (Padding)Top ? $"{Top}" : $"{Top}, {Left}, {Bottom}, {Right}";
}
