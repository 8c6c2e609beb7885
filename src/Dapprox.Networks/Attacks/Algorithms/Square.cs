using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Algorithms;

/// <summary>
/// The square attack: random search that changes one square of the image at a time and keeps what lowers the margin.
/// (Andriushchenko, Croce, Flammarion, Hein, "Square Attack: A Query-Efficient Black-Box Adversarial Attack via Random Search", ECCV 2020,
/// algorithms 1 to 3; in L1 as in Croce, Hein, "Mind the box: ℓ1-APGD for sparse adversarial attacks on image classifiers", ICML 2021.)
/// </summary>
/// <remarks>
/// The margin is the lead of the true class over the best other or, targeted, the lead of the best other over the target. The
/// attack ends at the first success. Every queried point lies in the ball and in [0, 1].
/// </remarks>
/// <param name="Epsilon">The radius of the ball, in input units.</param>
public sealed record Square(double Epsilon) : IAttack<IScoreVictim>
{
    // The paper's schedule (section 5) for this many queries; it is scaled to the actual number.
    const double ScheduledQueries = 10_000;

    static readonly int[] Halvings = [10, 50, 200, 1000, 2000, 4000, 6000, 8000];

    /// <inheritdoc/>
    public string Name => "square";

    /// <inheritdoc/>
    public Norm Norm => BallNorm;

    /// <summary>The radius of the ball, in input units; a finite number of at least 0.</summary>
    public double Epsilon { get; init => field = Ball.Checked(value)!.Value; } = Ball.Checked(Epsilon)!.Value;

    double? IAttack<IScoreVictim>.Epsilon => Epsilon;

    /// <summary>The norm of the ball: L∞, L2 or L1.</summary>
    public Norm BallNorm { get; init => field = Legal.Ball(value, nameof(BallNorm)); } = Norm.LInf;

    /// <summary>The maximum number of queries of a start, one per point; at least 1.</summary>
    public int Queries { get; init => field = Legal.AtLeast(1, value, nameof(Queries)); } = 5000;

    /// <summary>p, the fraction of the image that the first squares cover; above 0 and at most 1.</summary>
    public double FirstShare { get; init => field = Legal.Within(1, value, nameof(FirstShare)); } = 0.8;

    /// <summary>The maximum number of starts; at least 1.</summary>
    public int Restarts { get; init => field = Legal.AtLeast(1, value, nameof(Restarts)); } = 1;

    /// <inheritdoc/>
    public async Task<StopReason> Run(IScoreVictim victim, AttackedImage image)
    {
        // The ball is the image, which the victim classifies correctly.
        if (Epsilon == 0)
            return StopReason.BudgetSpent;
        SquareProposals proposals = BallNorm == Norm.LInf
            ? new LInfSquares(image.Clean, image.Shape, Epsilon)
            : new PyramidSquares(image.Clean, image.Shape, BallNorm, Epsilon);
        for (int start = 0; start < Restarts; start++)
        {
            CounterRandom random = image.Random((ulong)start);
            double min = double.PositiveInfinity;
            float[]? point = null;
            for (int query = 0; query < Queries; query++)
            {
                float[] next = point is null ? proposals.First(ref random) : proposals.Next(ref random, point, Fraction(query));
                float[] logits = await image.Logits(victim, next);
                if (image.IsReached(logits))
                    return StopReason.Found;
                double loss = image.Direction * Scores.Margin(logits, image.Class);
                if (point is null || loss < min)
                    (point, image.Candidate, min) = (next, next, double.IsNaN(loss) ? double.PositiveInfinity : loss);
                image.Progress = (start + (query + 1.0) / Queries) / Restarts;
            }
        }

        return StopReason.BudgetSpent;
    }

    /// <summary>The fraction of the image that the square of a query covers; the schedule halves it.</summary>
    double Fraction(int query)
    {
        double scheduled = query * ScheduledQueries / Queries;
        return FirstShare / (1 << Halvings.Count(halving => scheduled > halving));
    }
}
