using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>The Euclidean ball.</summary>
sealed class L2Ball(ReadOnlySpan<float> centre, double epsilon) : Ball
{
    readonly float[] centre = centre.ToArray();

    public override void Project(Span<float> image)
    {
        for (int i = 0; i < image.Length; i++)
            image[i] = Math.Clamp(image[i], 0, 1);
        Shrink(image, centre, Norm.L2, epsilon);
    }

    public override void Draw(ref CounterRandom random, Span<float> image)
    {
        double[] direction = new double[image.Length];
        double squares = 0;
        foreach (ref double component in direction.AsSpan())
        {
            component = random.NextNormal();
            squares += component * component;
        }

        // The volume within radius r grows as r to the power of the number of dimensions.
        double length = epsilon * Math.Pow(random.NextDouble(), 1.0 / image.Length) / Math.Sqrt(squares);
        for (int i = 0; i < image.Length; i++)
            image[i] = (float)(centre[i] + length * direction[i]);
        Project(image);
    }

    public override void Step(Span<float> image, ReadOnlySpan<float> gradient, double length)
    {
        double scale = length / Vectors.Norm2(gradient);
        for (int i = 0; i < image.Length; i++)
            image[i] = (float)(image[i] + scale * gradient[i]);
    }
}
