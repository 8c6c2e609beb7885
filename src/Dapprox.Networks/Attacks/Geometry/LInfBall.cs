using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>
/// The ball of the largest change of a pixel. Its bounds are the outermost binary32 numbers for which |x′ − x| ≤ ε holds,
/// computed in binary64.
/// </summary>
sealed class LInfBall : Ball
{
    readonly float[] centre;
    readonly double epsilon;
    readonly float[] lower;
    readonly float[] upper;

    public LInfBall(ReadOnlySpan<float> centre, double epsilon)
    {
        this.centre = centre.ToArray();
        this.epsilon = epsilon;
        lower = new float[centre.Length];
        upper = new float[centre.Length];
        for (int i = 0; i < centre.Length; i++)
        {
            // Rounding to binary32 may exceed the bound by less than one ulp.
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

    public override void Project(Span<float> image)
    {
        for (int i = 0; i < image.Length; i++)
            image[i] = Math.Clamp(image[i], lower[i], upper[i]);
    }

    public override void Draw(ref CounterRandom random, Span<float> image)
    {
        for (int i = 0; i < image.Length; i++)
            image[i] = (float)(centre[i] + epsilon * (2 * random.NextDouble() - 1));
        Project(image);
    }

    public override void Step(Span<float> image, ReadOnlySpan<float> gradient, double length)
    {
        for (int i = 0; i < image.Length; i++)
            image[i] = (float)(image[i] + length * Math.Sign(gradient[i]));
    }
}
