namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>The projection onto the images that differ from one image in few values.</summary>
static class LargestChanges
{
    /// <summary>Keeps the largest changes and undoes the others; of equal changes, the first are kept.</summary>
    /// <param name="clean">The image.</param>
    /// <param name="point">The changed image, in place.</param>
    /// <param name="count">The number of values that may differ; at least 0.</param>
    public static void Keep(ReadOnlySpan<float> clean, Span<float> point, int count)
    {
        (double Change, int Index)[] order = new (double, int)[point.Length];
        for (int i = 0; i < order.Length; i++)
            order[i] = (-Math.Abs((double)point[i] - clean[i]), i);
        Array.Sort(order);
        foreach ((_, int i) in order.AsSpan(Math.Min(count, order.Length)))
            point[i] = clean[i];
    }
}
