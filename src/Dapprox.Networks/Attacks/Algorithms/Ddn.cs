using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The decoupled direction and norm attack: steps along the gradient of the cross-entropy on a sphere around the image, whose radius
/// shrinks while the point is adversarial and grows while it is not. (Rony, Hafemann, Oliveira, Ben Ayed, Sabourin, Granger, "Decoupling
/// Direction and Norm for Efficient Gradient-Based L2 Adversarial Attacks and Defenses", CVPR 2019, algorithm 1.)
/// </summary>
/// <remarks>
/// The perturbation is measured after the projection and the clipping, as in the authors' program. Pixels are not quantised. At the
/// end the boundary is searched on the line from the image to the nearest success, which the paper does not do. Queries: one gradient per
/// step, one for the scores of the last point, and ten for that search.
/// </remarks>
public sealed record Ddn : IAttack<IGradientVictim>
{
    const double FirstStep = 1, LastStep = 0.01;

    /// <inheritdoc/>
    public string Name => "ddn";

    /// <inheritdoc/>
    public Norm Norm => Norm.L2;

    /// <inheritdoc/>
    public double? Epsilon => null;

    /// <summary>The number of steps; at least 1.</summary>
    public int Steps { get; init => field = Legal.AtLeast(1, value, nameof(Steps)); } = 1000;

    /// <summary>The first radius, in input units; above 0 and at most 1000.</summary>
    public double FirstRadius { get; init => field = Legal.Within(1000, value, nameof(FirstRadius)); } = 1;

    /// <summary>γ: the relative change of the radius in a step, above 0 and below 1.</summary>
    public double RadiusChange { get; init => field = Legal.ProperFraction(value, nameof(RadiusChange)); } = 0.05;

    /// <inheritdoc/>
    public async Task<StopReason> Run(IGradientVictim victim, AttackedImage image)
    {
        float[] point = image.Clean.ToArray();
        var nearest = new NearestSuccess(image, Norm.L2);
        double radius = FirstRadius;
        for (int step = 0; step < Steps; step++)
        {
            (float[] logits, float[] gradient) = await image.Gradient(victim, point, CrossEntropy.Of(image));
            StopReason? noWay = StopReasons.NoWay(logits, gradient);
            if (noWay == StopReason.NonFinite || (noWay == StopReason.ZeroGradient && step == 0))
                return noWay.Value;

            double length = image.Direction * CosineDecay.At(FirstStep, LastStep, step, Steps);
            double scale = noWay is null ? length / Vectors.Norm2(gradient) : 0;
            radius *= nearest.Take(point, logits) ? 1 - RadiusChange : 1 + RadiusChange;
            point = OnSphere(image.Clean, point, gradient, scale, radius);
            image.Candidate = point;
            image.Progress = (step + 1.0) / Steps;
        }

        nearest.Take(point, await image.Logits(victim, point));
        await nearest.Bisect(victim);
        return StopReason.BudgetSpent;
    }

    /// <summary>A step along the gradient, moved to the sphere of that radius around the image, and clipped.</summary>
    static float[] OnSphere(ReadOnlySpan<float> clean, float[] point, float[] gradient, double scale, double radius)
    {
        double[] change = new double[point.Length];
        double squares = 0;
        for (int i = 0; i < change.Length; i++)
        {
            change[i] = (double)point[i] - clean[i] + scale * gradient[i];
            squares += change[i] * change[i];
        }

        double factor = squares == 0 ? 0 : radius / Math.Sqrt(squares);
        float[] next = new float[point.Length];
        for (int i = 0; i < next.Length; i++)
            next[i] = (float)Math.Clamp(clean[i] + factor * change[i], 0, 1);
        return next;
    }
}
