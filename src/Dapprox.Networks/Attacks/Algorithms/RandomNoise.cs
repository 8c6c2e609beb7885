using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// Random noise: points drawn uniformly from the ball, until one is adversarial. Every attack with the same budget has to beat this
/// baseline. (Carlini et al., "On Evaluating Adversarial Robustness", arXiv:1902.06705, 2019, section 4.)
/// </summary>
/// <param name="Epsilon">The radius of the ball, in input units.</param>
public sealed record RandomNoise(double Epsilon) : IAttack<ILabelVictim>
{
    const int MaxPoints = 128;

    /// <inheritdoc/>
    public string Name => "noise";

    /// <inheritdoc/>
    public Norm Norm => BallNorm;

    /// <summary>The radius of the ball, in input units; a finite number of at least 0.</summary>
    public double Epsilon { get; init => field = Ball.Checked(value)!.Value; } = Ball.Checked(Epsilon)!.Value;

    double? IAttack<ILabelVictim>.Epsilon => Epsilon;

    /// <summary>The norm of the ball: L∞, L2 or L1.</summary>
    public Norm BallNorm { get; init => field = Legal.Ball(value, nameof(BallNorm)); } = Norm.LInf;

    /// <summary>The maximum number of points; at least 1. Up to 128 are queried at a time.</summary>
    public int Draws { get; init => field = Legal.AtLeast(1, value, nameof(Draws)); } = 1000;

    /// <inheritdoc/>
    public async Task<StopReason> Run(ILabelVictim victim, AttackedImage image)
    {
        // The ball is the image, which the victim classifies correctly.
        if (Epsilon == 0)
            return StopReason.BudgetSpent;
        Ball ball = Ball.Around(image.Clean, BallNorm, Epsilon);
        CounterRandom random = image.Random();
        for (int drawn = 0; drawn < Draws;)
        {
            Tensor points = Tensor.Zeros([Math.Min(MaxPoints, Draws - drawn), .. image.Shape]);
            for (int i = 0; i < points.Batch; i++)
                ball.Draw(ref random, points.Row(i));
            image.Candidate = points.Row(0).ToArray();
            await image.Labels(victim, points);
            if (image.Best is not null)
                return StopReason.Found;
            drawn += points.Batch;
            image.Progress = (double)drawn / Draws;
        }

        return StopReason.BudgetSpent;
    }
}
