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

    /// <summary>The length of a vector in a norm: L1, L2 or L∞.</summary>
    public static double Length(ReadOnlySpan<float> vector, Norm norm) => norm switch
    {
        Norm.L1 => Norm1(vector),
        Norm.L2 => Norm2(vector),
        _ => Largest(vector),
    };

    /// <summary>
    /// The length of a gradient in the dual norm, by which the value of a linear function is divided for the distance to its zero.
    /// </summary>
    public static double DualLength(ReadOnlySpan<float> gradient, Norm norm) => norm switch
    {
        Norm.LInf => Norm1(gradient),
        Norm.L2 => Norm2(gradient),
        _ => Largest(gradient),
    };

    static double Largest(ReadOnlySpan<float> vector)
    {
        float largest = 0;
        foreach (float component in vector)
            largest = Math.Max(largest, Math.Abs(component));
        return largest;
    }

    public static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (int i = 0; i < left.Length; i++)
            sum += (double)left[i] * right[i];
        return sum;
    }
}
