using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>The nearest adversarial point of one attack, which may be one of several on an image.</summary>
/// <param name="image">The image under attack.</param>
/// <param name="norm">The norm of the distance.</param>
sealed class NearestSuccess(AttackedImage image, Norm norm)
{
    const int Bisections = 10;

    float[]? point;

    /// <summary>Its distance; infinite before the first success.</summary>
    public double Distance { get; private set; } = double.PositiveInfinity;

    /// <summary>Takes a point that is nearer; returns whether it is adversarial.</summary>
    public bool Take(float[] queried, ReadOnlySpan<float> logits)
    {
        if (!image.IsReached(logits))
            return false;
        double distance = Distances.Between(image.Clean, queried).In(norm);
        if (distance < Distance)
            (point, Distance) = (queried, distance);
        return true;
    }

    /// <summary>
    /// Searches for the boundary on the line from the image to the point, with ten queries: an attack whose radius changes by a factor ends
    /// somewhat beyond it.
    /// </summary>
    public async Task Bisect(IScoreVictim victim)
    {
        if (point is not float[] success)
            return;
        double low = 0, high = 1;
        for (int bisection = 0; bisection < Bisections; bisection++)
        {
            double middle = (low + high) / 2;
            if (image.IsReached(await image.Logits(victim, FabSteps.Between(image.Clean, success, middle))))
                high = middle;
            else
                low = middle;
        }
    }
}
