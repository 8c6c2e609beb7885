using System.Numerics;

namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>
/// A point x′ = (tanh w + 1)/2 in [0, 1] near an image, which moves by <see cref="Adam"/> on w. (Carlini, Wagner 2017, section V-B-3.)
/// </summary>
/// <remarks>
/// The start is the image scaled towards grey by 0.999999, because w is infinite at pixels of 0 and 1; distances are measured to
/// the image itself. Computation is in binary64. With e = exp(−2|w|) the point is 1 / (1 + e), or e / (1 + e) for negative w, and
/// its derivative is 2e / (1 + e)²: this form neither cancels nor overflows. w is clamped so that e stays a normal number and all
/// values stay finite.
/// </remarks>
sealed class TanhSpace
{
    const double Shrinkage = 0.999999;
    const double Furthest = 300;

    readonly int length;
    readonly double[] image;
    readonly double[] argument;
    readonly double[] point;
    readonly double[] slope;
    readonly double[] down;
    readonly Adam adam;

    public TanhSpace(ReadOnlySpan<float> clean)
    {
        length = clean.Length;
        // Padded to whole vectors: the values beyond the image stay grey, with zero gradient.
        int padded = Adam.Padded(length);
        image = new double[padded];
        Array.Fill(image, 0.5);
        for (int i = 0; i < length; i++)
            image[i] = clean[i];
        argument = Array.ConvertAll(image, pixel => Math.Atanh(Shrinkage * (2 * pixel - 1)));
        (point, slope, down) = (new double[padded], new double[padded], new double[padded]);
        adam = new Adam(padded);
        Evaluate();
    }

    /// <summary>The point in binary32.</summary>
    public float[] Point()
    {
        float[] result = new float[length];
        for (int i = 0; i < length; i++)
            result[i] = (float)point[i];
        return result;
    }

    /// <summary>‖x′ − x‖².</summary>
    public double SquaredDistance()
    {
        double sum = 0;
        for (int i = 0; i < length; i++)
            sum += (point[i] - image[i]) * (point[i] - image[i]);
        return sum;
    }

    /// <summary>One step of Adam down ‖x′ − x‖² + c·f.</summary>
    /// <param name="gradient">The gradient of f with respect to x′; finite.</param>
    /// <param name="constant">c; at most 10¹⁰⁰ in size, so that squares of gradients are finite.</param>
    /// <param name="rate">The learning rate; finite.</param>
    public void Descend(ReadOnlySpan<float> gradient, double constant, double rate)
    {
        for (int i = 0; i < length; i++)
            down[i] = gradient[i];
        for (int i = 0; i < argument.Length; i += Vector<double>.Count)
        {
            Vector<double> downInPoint =
                2 * (new Vector<double>(point, i) - new Vector<double>(image, i)) + constant * new Vector<double>(down, i);
            (new Vector<double>(slope, i) * downInPoint).CopyTo(down, i);
        }

        adam.Step(argument, down, rate);
        for (int i = 0; i < argument.Length; i += Vector<double>.Count)
            Vector.Clamp(new Vector<double>(argument, i), new Vector<double>(-Furthest), new Vector<double>(Furthest)).CopyTo(argument, i);
        Evaluate();
    }

    /// <summary>Computes x′ and dx′/dw from w.</summary>
    void Evaluate()
    {
        for (int i = 0; i < argument.Length; i += Vector<double>.Count)
        {
            var w = new Vector<double>(argument, i);
            Vector<double> decay = Vector.Exp(-2 * Vector.Abs(w));
            Vector<double> larger = Vector<double>.One / (Vector<double>.One + decay);
            Vector.ConditionalSelect(Vector.LessThan(w, Vector<double>.Zero), decay * larger, larger).CopyTo(point, i);
            (2 * decay * larger * larger).CopyTo(slope, i);
        }
    }
}
