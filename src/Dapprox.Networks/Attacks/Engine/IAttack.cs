using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>
/// An adversarial attack: the algorithm for one image, which queries a victim. The type of victim is the required access; an attack
/// that needs less also runs on a victim that gives more.
/// </summary>
/// <remarks>
/// Many images are attacked at once: when all of them await an answer, the victim answers their queries in batches. An image sees
/// only its own answers and random numbers. Its result therefore depends on the seed and its position in its data set, and not on
/// the batch, the order of images or the number of threads.
/// </remarks>
/// <typeparam name="TVictim">The required access: labels, scores or gradients.</typeparam>
public interface IAttack<in TVictim>
    where TVictim : ILabelVictim
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>The norm of the distance that is bounded by <see cref="Epsilon"/> or minimised.</summary>
    Norm Norm { get; }

    /// <summary>
    /// The budget: the largest allowed distance, in input units; the result is a success rate. Null for an attack that searches for
    /// the nearest adversarial image; its result is a distance.
    /// </summary>
    double? Epsilon { get; }

    /// <summary>The required access, derived from <typeparamref name="TVictim"/>.</summary>
    Access Access =>
        typeof(TVictim).IsAssignableTo(typeof(IGradientVictim)) ? Access.Gradients
        : typeof(TVictim).IsAssignableTo(typeof(IScoreVictim)) ? Access.Scores : Access.Labels;

    /// <summary>The lead that the wanted class must have for an image to count as adversarial; 0 for any lead.</summary>
    double Confidence => 0;

    /// <summary>Attacks one image, which the victim classifies correctly.</summary>
    /// <param name="victim">The queried victim.</param>
    /// <param name="image">The image; all queries go through it, and it keeps the counts and the best adversarial image.</param>
    /// <returns>
    /// Why the attack stopped if it failed. The runner verifies success on the best adversarial image among all queried points.
    /// </returns>
    Task<StopReason> Run(TVictim victim, AttackedImage image);
}
