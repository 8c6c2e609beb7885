namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>
/// Cosine annealing. (Loshchilov, Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017, equation 5, without restarts.)
/// </summary>
static class CosineDecay
{
    /// <summary>The value at a step: from <paramref name="first"/> at step 0 down to <paramref name="last"/>.</summary>
    /// <param name="first">The value at step 0.</param>
    /// <param name="last">The value that step <paramref name="steps"/> would have.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">The number of steps.</param>
    public static double At(double first, double last, int step, int steps) =>
        last + (first - last) * (1 + Math.Cos(Math.PI * step / steps)) / 2;
}
