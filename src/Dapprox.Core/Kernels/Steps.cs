namespace Dapprox.Kernels;

/// <summary>The distance from one position to the next, down and to the right; an integer converts to the same step in both.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct Steps(int Height, int Width)
{
    /// <summary>The same step in both directions.</summary>
    /// <param name="both">How many rows and how many columns.</param>
    public static implicit operator Steps(int both) => new(both, both);

    /// <inheritdoc/>
    public override string ToString() => Height == Width ? $"{Height}" : $"{Height}x{Width}";
}
