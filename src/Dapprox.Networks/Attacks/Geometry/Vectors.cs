namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>Vector operations on images, in binary64 and in index order.</summary>
static class Vectors
{
    public static double Norm1(ReadOnlySpan<float> vector)
    {
        double sum = 0;
        foreach (float component in vector)
            sum += Math.Abs((double)component);
        return sum;
    }

    /// <summary>The Euclidean length, without overflow or underflow of the squares of binary32 numbers.</summary>
    public static double Norm2(ReadOnlySpan<float> vector) => Math.Sqrt(Dot(vector, vector));

    public static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
            sum += (double)left[i] * right[i];
        return sum;
    }
}
