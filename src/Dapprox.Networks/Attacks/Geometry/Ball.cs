using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>
/// All images within ε of one image in a norm, and within [0, 1]. A projected image lies inside by the distance that
/// <see cref="Distances"/> computes in binary64: rounding never leaves the ball.
/// </summary>
abstract class Ball
{
    // The largest L2 distance between two images of a million pixels; a larger radius would only overflow.
    const double LargestRadius = 1000;

    /// <summary>The norms that a ball can have.</summary>
    public static Norm[] Norms { get; } = [Norm.LInf, Norm.L2, Norm.L1];

    /// <summary>The ball around an image.</summary>
    /// <param name="centre">The image, pixels in [0, 1].</param>
    /// <param name="norm">L1, L2 or L∞.</param>
    /// <param name="epsilon">The radius, at least 0.</param>
    public static Ball Around(ReadOnlySpan<float> centre, Norm norm, double epsilon) => norm switch
    {
        Norm.L1 => new L1Ball(centre, epsilon),
        Norm.L2 => new L2Ball(centre, epsilon),
        Norm.LInf => new LInfBall(centre, epsilon),
        _ => throw new ArgumentOutOfRangeException(nameof(norm), norm, "It is L1, L2 or L∞."),
    };

    /// <summary>Projects an image onto the ball: for L1 and L∞ to the nearest point, for L2 first to [0, 1] and then inwards.</summary>
    /// <param name="image">The image, in place; its pixels are finite.</param>
    public abstract void Project(Span<float> image);

    /// <summary>The first ε of a search for the smallest sufficient one, in input units.</summary>
    /// <param name="norm">L1, L2 or L∞.</param>
    public static double FirstEpsilon(Norm norm) => norm switch { Norm.LInf => 0.3, Norm.L2 => 3, _ => 30 };

    /// <summary>Draws a point uniformly from the unclipped ball and clips it to [0, 1].</summary>
    /// <param name="random">The random numbers.</param>
    /// <param name="image">Receives the point.</param>
    public abstract void Draw(ref CounterRandom random, Span<float> image);

    /// <summary>
    /// Moves an image in the unit direction of the norm that raises a linear loss most: the sign of the gradient for L∞, which
    /// leaves pixels with a zero gradient, and the normalised gradient for L2. For L1 it would be the pixel with the largest gradient;
    /// the step is divided among <see cref="L1Ball.Moved"/> of them.
    /// </summary>
    /// <param name="image">The image, in place.</param>
    /// <param name="gradient">The gradient, not zero everywhere.</param>
    /// <param name="length">The length of the step; negative to lower the loss.</param>
    public abstract void Step(Span<float> image, ReadOnlySpan<float> gradient, double length);

    /// <summary>
    /// Moves an image straight towards the centre until its distance is at most ε; the centre is in [0, 1], so the image stays there.
    /// Rounding to binary32 can leave the distance slightly above ε; the step is then repeated slightly further in.
    /// </summary>
    private protected static void Shrink(Span<float> image, ReadOnlySpan<float> centre, Norm norm, double epsilon)
    {
        double slack = 1;
        for (double distance = Distance(image, centre); distance > epsilon; distance = Distance(image, centre))
        {
            double scale = slack * epsilon / distance;
            for (int i = 0; i < image.Length; i++)
                image[i] = (float)(centre[i] + scale * ((double)image[i] - centre[i]));
            slack -= 1e-7;
        }

        double Distance(ReadOnlySpan<float> at, ReadOnlySpan<float> from) => Distances.Between(from, at).In(norm);
    }

    /// <summary>Checks the radius of an attack.</summary>
    /// <param name="epsilon">A number from 0 to 1000, or null.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is neither.</exception>
    public static double? Checked(double? epsilon) => epsilon is null or (>= 0 and <= LargestRadius)
        ? epsilon
        : throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, $"ε is {epsilon}; it lies between 0 and {LargestRadius}.");
}
