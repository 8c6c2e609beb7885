using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>
/// The ball of the sum of absolute changes. The projection is onto its intersection with [0, 1]: projecting onto one and then the other
/// would leave much of ε unused. (Croce, Hein 2021, "Mind the box …", section 2.)
/// </summary>
sealed class L1Ball(ReadOnlySpan<float> centre, double epsilon) : Ball
{
    // One pixel in this many moves in a step.
    const int Sparsity = 100;

    readonly float[] centre = centre.ToArray();

    /// <summary>
    /// The number of pixels, those with the largest gradient, among which a step is divided; at least 1. The default is one in a hundred
    /// (Tramèr, Boneh, "Adversarial Training and Robustness for Multiple Perturbations", NeurIPS 2019, section 4.1).
    /// </summary>
    public int Moved { get; set; } = Math.Max(1, centre.Length / Sparsity);

    public override void Project(Span<float> image)
    {
        double[] sizes = new double[image.Length], rooms = new double[image.Length];
        for (int i = 0; i < image.Length; i++)
        {
            sizes[i] = Math.Abs((double)image[i] - centre[i]);
            rooms[i] = image[i] > centre[i] ? 1.0 - centre[i] : centre[i];
        }

        double threshold = SoftThreshold.Find(sizes, rooms, epsilon);
        for (int i = 0; i < image.Length; i++)
        {
            double size = Math.Min(Math.Max(sizes[i] - threshold, 0), rooms[i]);
            if (size < sizes[i])
                image[i] = (float)(image[i] > centre[i] ? centre[i] + size : centre[i] - size);
            // What lies outside by less than binary64 resolves has the size of its bound.
            image[i] = Math.Clamp(image[i], 0, 1);
        }

        Shrink(image, centre, Norm.L1, epsilon);
    }

    public override void Draw(ref CounterRandom random, Span<float> image)
    {
        // Exponential numbers divided by their sum and one more are uniform below a simplex; signs make the ball.
        double[] sizes = new double[image.Length];
        double sum = -Math.Log(1 - random.NextDouble());
        foreach (ref double size in sizes.AsSpan())
        {
            size = -Math.Log(1 - random.NextDouble());
            sum += size;
        }

        for (int i = 0; i < image.Length; i++)
            image[i] = (float)(centre[i] + (random.NextInt32(2) == 0 ? -1 : 1) * epsilon * sizes[i] / sum);
        Project(image);
    }

    public override void Step(Span<float> image, ReadOnlySpan<float> gradient, double length)
    {
        float[] sizes = new float[gradient.Length];
        for (int i = 0; i < sizes.Length; i++)
            sizes[i] = -MathF.Abs(gradient[i]);
        int[] order = [.. Enumerable.Range(0, sizes.Length)];
        Array.Sort(sizes, order);
        int moved = Math.Min(Moved, order.Length);
        foreach (int i in order.AsSpan(0, moved))
            image[i] = (float)(image[i] + length / moved * Math.Sign(gradient[i]));
    }
}
