using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// σ-zero: descends the lead of the unwanted class plus a smooth count of the changed values, Σ δ² / (δ² + σ) / n, and undoes changes
/// below a threshold, which rises while the point is adversarial and falls while it is not. (Cinà, Villani, Pintor, Schönherr, Biggio,
/// Pelillo, "σ-zero: Gradient-based Optimization of ℓ0-norm Adversarial Examples", ICLR 2025, algorithm 1.)
/// </summary>
/// <remarks>
/// The gradient, divided by its largest component, goes into Adam, as in the authors' program. Queries: one gradient per step, and one for
/// the scores of the last point.
/// </remarks>
public sealed record SigmaZero : IAttack<IGradientVictim>
{
    // Relative to the first learning rate.
    const double LastRate = 0.1;

    /// <inheritdoc/>
    public string Name => "sigma-zero";

    /// <inheritdoc/>
    public Norm Norm => Norm.L0;

    /// <inheritdoc/>
    public double? Epsilon => null;

    /// <summary>The number of steps; at least 1.</summary>
    public int Steps { get; init => field = Legal.AtLeast(1, value, nameof(Steps)); } = 1000;

    /// <summary>η₀: the first learning rate; above 0.</summary>
    public double LearningRate { get; init => field = Legal.Positive(value, nameof(LearningRate)); } = 1;

    /// <summary>σ: the square of the change that counts as half a changed value; above 0.</summary>
    public double Smoothing { get; init => field = Legal.Positive(value, nameof(Smoothing)); } = 1e-3;

    /// <summary>τ₀: the first threshold, 0 to 1.</summary>
    public double FirstThreshold { get; init => field = Legal.Fraction(value, nameof(FirstThreshold)); } = 0.3;

    /// <summary>t: the change of the threshold in a step, relative to the learning rate, 0 to 1.</summary>
    public double ThresholdRate { get; init => field = Legal.Fraction(value, nameof(ThresholdRate)); } = 0.01;

    /// <inheritdoc/>
    public async Task<StopReason> Run(IGradientVictim victim, AttackedImage image)
    {
        int padded = Adam.Padded(image.Clean.Length);
        double[] change = new double[padded], down = new double[padded];
        var adam = new Adam(padded);
        double threshold = FirstThreshold;
        float[] point = image.Clean.ToArray();
        for (int step = 0; step < Steps; step++)
        {
            (float[] logits, float[] gradient) = await image.Gradient(victim, point, MarginLoss.OfHinge(image));
            StopReason? noWay = StopReasons.NoWay(logits, gradient);
            if (noWay == StopReason.NonFinite || (noWay == StopReason.ZeroGradient && step == 0))
                return noWay.Value;

            Descent(change, gradient, down);
            double rate = CosineDecay.At(LearningRate, LastRate * LearningRate, step, Steps);
            adam.Step(change, down, rate);
            threshold = Math.Clamp(threshold + (image.IsReached(logits) ? 1 : -1) * ThresholdRate * rate, 0, 1);
            point = Sparse(image.Clean, change, threshold);
            image.Candidate = point;
            image.Progress = (step + 1.0) / Steps;
        }

        await image.Logits(victim, point);
        return StopReason.BudgetSpent;
    }

    /// <summary>The gradient of the loss and the smooth count, divided by its largest component.</summary>
    void Descent(double[] change, float[] gradient, double[] down)
    {
        double largest = 0;
        for (int i = 0; i < gradient.Length; i++)
        {
            double sum = change[i] * change[i] + Smoothing;
            down[i] = gradient[i] + 2 * Smoothing * change[i] / (sum * sum) / gradient.Length;
            largest = Math.Max(largest, Math.Abs(down[i]));
        }

        for (int i = 0; i < gradient.Length && largest > 0; i++)
            down[i] /= largest;
    }

    /// <summary>Clips the changes to [0, 1], undoes those below the threshold, and applies the others.</summary>
    static float[] Sparse(ReadOnlySpan<float> clean, double[] change, double threshold)
    {
        float[] point = new float[clean.Length];
        for (int i = 0; i < point.Length; i++)
        {
            change[i] = Math.Clamp(change[i], -clean[i], 1.0 - clean[i]);
            if (Math.Abs(change[i]) < threshold)
                change[i] = 0;
            point[i] = (float)(clean[i] + change[i]);
        }

        return point;
    }
}
