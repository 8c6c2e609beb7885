using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// Primal-dual proximal gradient descent: seeks a saddle point of λ₁·‖r‖ + λ₂·(loss of the class). The perturbation r takes steps of Adam
/// down the loss and proximal steps for the norm; λ₂ grows while r is not adversarial and falls while it is. (Matyasko, Chau, "PDPGD:
/// Primal-Dual Proximal Gradient Descent Adversarial Attack", arXiv:2106.01538, 2021.)
/// </summary>
/// <remarks>
/// The loss is log(1 + exp m) of the lead m of the unwanted logit, and flat where m is negative. The proximal step is in the metric of
/// Adam's divisors, and exact; the paper approximates it by inner steps. λ₁ + λ₂ = 1, and the mean of recent values counts. At the end the
/// boundary is searched on the line from the image to the nearest success, which the paper does not do. Queries: one gradient per step, one
/// for the scores of the last point, and ten for that search.
/// </remarks>
public sealed record Pdpgd : IAttack<IGradientVictim>
{
    // The final rates relative to the first; the rate of λ falls linearly, that of r exponentially.
    const double RateDecay = 0.01, DualRate = 0.1, DualRateDecay = 0.1;

    // The first λ₁ / λ₂, the least λ₁ / λ₂ and λ₂ / λ₁, and the weight of the past in the mean of λ.
    const double FirstRatio = 0.01, LeastRatio = 1e-6, Memory = 0.9;

    /// <inheritdoc/>
    public string Name => "pdpgd";

    /// <inheritdoc/>
    public Norm Norm => BallNorm;

    /// <inheritdoc/>
    public double? Epsilon => null;

    /// <summary>The norm that is minimised: L2, L∞ or L1.</summary>
    public Norm BallNorm { get; init => field = Legal.Ball(value, nameof(BallNorm)); } = Norm.L2;

    /// <summary>The number of steps; at least 1.</summary>
    public int Steps { get; init => field = Legal.AtLeast(1, value, nameof(Steps)); } = 1000;

    /// <summary>The first learning rate of Adam; above 0.</summary>
    public double LearningRate { get; init => field = Legal.Positive(value, nameof(LearningRate)); } = 0.1;

    /// <inheritdoc/>
    public async Task<StopReason> Run(IGradientVictim victim, AttackedImage image)
    {
        int padded = Adam.Padded(image.Clean.Length);
        double[] change = new double[padded], down = new double[padded];
        var adam = new Adam(padded);
        double preference = -Math.Log(FirstRatio), meanOfNorm = 1 / (1 + Math.Exp(preference));
        var nearest = new NearestSuccess(image, BallNorm);
        float[] point = image.Clean.ToArray();
        for (int step = 0; step < Steps; step++)
        {
            (float[] logits, float[] gradient) = await image.Gradient(victim, point, MarginLoss.OfHinge(image));
            double lead = MarginLoss.Lead(image, logits);
            StopReason? noWay = double.IsNaN(lead) ? StopReason.NonFinite : StopReasons.NoWay(logits, gradient);
            if (noWay == StopReason.NonFinite || (noWay == StopReason.ZeroGradient && step == 0))
                return noWay.Value;

            double slope = 1 / (1 + Math.Exp(-lead));
            for (int i = 0; i < gradient.Length; i++)
                down[i] = slope * gradient[i];
            double rate = LearningRate * Math.Pow(RateDecay, (double)step / Steps);
            adam.Step(change, down, rate);
            Clip(image.Clean, change);
            Proximal.Shrink(BallNorm, change, adam.Divisors, meanOfNorm / (1 - meanOfNorm) * rate);

            double dualRate = DualRate * (1 - (1 - DualRateDecay) * step / Steps) * (nearest.Take(point, logits) ? -1 : 1);
            preference = Math.Clamp(preference + dualRate, Math.Log(LeastRatio), -Math.Log(LeastRatio));
            meanOfNorm = Memory * meanOfNorm + (1 - Memory) / (1 + Math.Exp(preference));
            point = Moved(image.Clean, change);
            image.Candidate = point;
            image.Progress = (step + 1.0) / Steps;
        }

        nearest.Take(point, await image.Logits(victim, point));
        await nearest.Bisect(victim);
        return StopReason.BudgetSpent;
    }

    static void Clip(ReadOnlySpan<float> clean, double[] change)
    {
        for (int i = 0; i < clean.Length; i++)
            change[i] = Math.Clamp(change[i], -clean[i], 1.0 - clean[i]);
    }

    static float[] Moved(ReadOnlySpan<float> clean, double[] change)
    {
        float[] point = new float[clean.Length];
        for (int i = 0; i < point.Length; i++)
            point[i] = (float)(clean[i] + change[i]);
        return point;
    }
}
