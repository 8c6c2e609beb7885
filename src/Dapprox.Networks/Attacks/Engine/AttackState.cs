namespace Dapprox.Networks.Attacks.Engine;

/// <summary>Where an attack on one image stands between two iterations: all that it needs to go on to the same result.</summary>
/// <param name="Iteration">The iteration that comes next.</param>
/// <param name="Point">The current point, as many pixels as the image has, in [0, 1].</param>
/// <param name="Numbers">Whatever else the attack carries from one iteration to the next; finite.</param>
public sealed record AttackState(int Iteration, float[] Point, IReadOnlyList<double> Numbers);

/// <summary>What is kept of one image when an attack is interrupted.</summary>
/// <param name="State">Where the attack goes on; null for the beginning.</param>
/// <param name="Ended">Why the attack on this image ended; null while it has not. Then the state's point is the attempt.</param>
/// <param name="Queries">The queries until the state was reached.</param>
/// <param name="GradientCalls">How many of them were for a gradient.</param>
/// <param name="Best">The best adversarial image until then.</param>
/// <param name="QueriesToBest">The queries until it was found.</param>
sealed record SavedImage(
    AttackState? State, StopReason? Ended, long Queries, long GradientCalls, float[]? Best, long QueriesToBest);
