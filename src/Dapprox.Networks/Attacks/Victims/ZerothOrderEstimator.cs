using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Victims;

/// <summary>
/// A way to estimate the gradient of a function f of an image from its values alone, by central differences along
/// directions d₁ … dₘ: <c>g = c · Σ dₖ · (f(x + h·dₖ) − f(x − h·dₖ)) / 2h</c>, where E[c · Σ dₖ·dₖᵀ] is the identity.
/// </summary>
/// <remarks>
/// The points may lie outside [0, 1]: a network has values there, and clamping them would shorten some differences and
/// bias the estimate at every black or white pixel.
/// </remarks>
public abstract class ZerothOrderEstimator
{
    /// <summary>The step h, in input units: finite and above 0.</summary>
    public abstract double Step { get; init; }

    /// <summary>The number of directions, m.</summary>
    /// <param name="pixels">The number of pixels of an image, channels included.</param>
    public abstract int Directions(int pixels);

    /// <summary>The factor c of the sum.</summary>
    /// <param name="pixels">The number of pixels of an image, channels included.</param>
    public abstract double Scale(int pixels);

    /// <summary>Draws one direction.</summary>
    /// <param name="index">The index of the direction, from 0.</param>
    /// <param name="random">Random numbers for this image and this direction.</param>
    /// <param name="direction">Receives one number per pixel.</param>
    public abstract void Draw(int index, CounterRandom random, Span<float> direction);
}
