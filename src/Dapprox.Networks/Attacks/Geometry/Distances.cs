namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>The distances between two images, pixels in [0, 1].</summary>
/// <param name="L0">The number of values that differ (each channel of a pixel counts in a colour image).</param>
/// <param name="L1">The sum of the absolute differences.</param>
/// <param name="L2">The root of the sum of the squared differences.</param>
/// <param name="LInf">The largest absolute difference.</param>
/// <param name="Mse">The mean of the squared differences.</param>
/// <param name="Psnr">The peak signal-to-noise ratio for a peak of 1, −10·log₁₀(Mse), in dB; infinite for equal images.</param>
public readonly record struct Distances(int L0, double L1, double L2, double LInf, double Mse, double Psnr)
{
    /// <summary>The distances between two images, computed in binary64.</summary>
    /// <param name="left">One image.</param>
    /// <param name="right">The other, of the same length.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static Distances Between(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        if (left.Length != right.Length)
            throw new ArgumentException($"An image of {left.Length} numbers cannot be compared with one of {right.Length}.", nameof(right));
        int l0 = 0;
        double l1 = 0, squares = 0, largest = 0;
        for (int i = 0; i < left.Length; i++)
        {
            double difference = Math.Abs((double)left[i] - right[i]);
            if (difference != 0)
                l0++;
            l1 += difference;
            squares += difference * difference;
            largest = Math.Max(largest, difference);
        }

        double mse = squares / left.Length;
        return new Distances(l0, l1, Math.Sqrt(squares), largest, mse, -10 * Math.Log10(mse));
    }

    /// <summary>The distance in one norm.</summary>
    /// <param name="norm">One of the four norms.</param>
    public double In(Norm norm) => norm switch
    {
        Norm.L0 => L0,
        Norm.L1 => L1,
        Norm.L2 => L2,
        _ => LInf,
    };
}
