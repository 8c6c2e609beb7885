namespace Dapprox.Networks.Attacks.Engine;

/// <summary>The state of an attack on one image between two iterations, sufficient to resume with the same result.</summary>
/// <param name="Iteration">The next iteration.</param>
/// <param name="Point">The current point: all pixels of the image, in [0, 1].</param>
/// <param name="Numbers">Further numbers that the attack keeps between iterations; finite.</param>
public sealed record AttackState(int Iteration, float[] Point, IReadOnlyList<double> Numbers);

/// <summary>The saved state of one image when an attack is interrupted.</summary>
/// <param name="State">The state from which the attack resumes; null for the start.</param>
/// <param name="Ended">Why the attack on this image ended, with the candidate as the point of the state; null while it runs.</param>
/// <param name="Queries">The number of queries up to the state.</param>
/// <param name="GradientCalls">The number of gradients among them.</param>
/// <param name="Best">The best adversarial image up to the state.</param>
/// <param name="QueriesToBest">The number of queries until it was found.</param>
sealed record SavedImage(
    AttackState? State, StopReason? Ended, long Queries, long GradientCalls, float[]? Best, long QueriesToBest);
