using System.Numerics;

namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>
/// Adam's steps, in binary64. (Kingma, Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015, algorithm 1, with its settings but the
/// rate.)
/// </summary>
/// <param name="length">The number of variables; a multiple of the length of a vector (<see cref="Padded"/>).</param>
sealed class Adam(int length)
{
    const double Decay1 = 0.9, Decay2 = 0.999, Tiny = 1e-8;

    readonly double[] mean = new double[length];
    readonly double[] square = new double[length];
    double power1 = 1, power2 = 1;

    /// <summary>The divisor of each variable's last step: the root of the corrected mean of squares, plus 10⁻⁸.</summary>
    public double[] Divisors { get; } = new double[length];

    /// <summary>A length rounded up to whole vectors.</summary>
    public static int Padded(int length) => (length + Vector<double>.Count - 1) / Vector<double>.Count * Vector<double>.Count;

    /// <summary>One step down.</summary>
    /// <param name="variables">The variables, in place.</param>
    /// <param name="gradient">The gradient, as long; finite, as are its squares.</param>
    /// <param name="rate">The learning rate; finite.</param>
    public void Step(double[] variables, double[] gradient, double rate)
    {
        power1 *= Decay1;
        power2 *= Decay2;
        double meanScale = 1 / (1 - power1), squareScale = 1 / (1 - power2);
        for (int i = 0; i < length; i += Vector<double>.Count)
        {
            var down = new Vector<double>(gradient, i);
            Vector<double> first = Decay1 * new Vector<double>(mean, i) + (1 - Decay1) * down;
            Vector<double> second = Decay2 * new Vector<double>(square, i) + (1 - Decay2) * down * down;
            first.CopyTo(mean, i);
            second.CopyTo(square, i);
            Vector<double> divisor = Vector.SquareRoot(squareScale * second) + new Vector<double>(Tiny);
            divisor.CopyTo(Divisors, i);
            // The rate is the last factor: a huge rate makes the product infinite, but 0 stays 0.
            (new Vector<double>(variables, i) - rate * (meanScale * first / divisor)).CopyTo(variables, i);
        }
    }
}
