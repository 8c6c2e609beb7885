namespace DefensiveApproximation.Networks.Attacks;

/// <summary>
/// All images within ε of one image in every pixel, and within [0, 1]. The bounds are the outermost binary32 numbers
/// for which |x′ − x| ≤ ε holds, computed in binary64; rounding never leaves the ball.
/// </summary>
sealed class LInfBall
{
    readonly float[] lower;
    readonly float[] upper;

    public LInfBall(ReadOnlySpan<float> centre, double epsilon)
    {
        lower = new float[centre.Length];
        upper = new float[centre.Length];
        for (int i = 0; i < centre.Length; i++)
        {
            // Rounding to binary32 may step over the bound, by less than one place.
            float high = (float)(centre[i] + epsilon);
            if ((double)high - centre[i] > epsilon)
                high = MathF.BitDecrement(high);
            float low = (float)(centre[i] - epsilon);
            if ((double)centre[i] - low > epsilon)
                low = MathF.BitIncrement(low);
            upper[i] = MathF.Min(high, 1);
            lower[i] = MathF.Max(low, 0);
        }
    }

    /// <summary>Moves every pixel to the nearest place in the ball.</summary>
    public void Project(Span<float> image)
    {
        for (int i = 0; i < image.Length; i++)
            image[i] = Math.Clamp(image[i], lower[i], upper[i]);
    }

    /// <summary>Makes the image a point of the ball, uniform in the ε-box and then moved into [0, 1].</summary>
    public static void Randomise(ReadOnlySpan<float> centre, double epsilon, ref CounterRandom random, Span<float> image)
    {
        for (int i = 0; i < image.Length; i++)
            image[i] = (float)(centre[i] + epsilon * (2 * random.NextDouble() - 1));
    }
}
