using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;

namespace Dapprox.Networks.Attacks.Engine;

/// <summary>
/// An adversarial attack: the algorithm for one image, which asks a victim. The kind of victim says what the attacker may
/// know; an attack that needs less runs on a victim that shows more.
/// </summary>
/// <remarks>
/// Many images are attacked at once: whenever all of them wait for an answer, their questions are put to the victim
/// together, as many at a time as it answers soon. Since an image sees only its own answers and its own random numbers, what
/// becomes of it depends on the seed and its position in its data set, and not on the batch, the order of images or the number
/// of threads.
/// </remarks>
/// <typeparam name="TVictim">The knowledge it needs: labels, scores or gradients.</typeparam>
public interface IAttack<in TVictim>
    where TVictim : ILabelVictim
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>The distance that it keeps below <see cref="Epsilon"/>, or makes as small as it can.</summary>
    Norm Norm { get; }

    /// <summary>
    /// The largest allowed distance, in input units, of an attack with a fixed budget, whose results are success rates; null
    /// for an attack that looks for the nearest adversarial image, whose results are distances.
    /// </summary>
    double? Epsilon { get; }

    /// <summary>What the attacker has to see, which <typeparamref name="TVictim"/> says.</summary>
    Access Access =>
        typeof(TVictim).IsAssignableTo(typeof(IGradientVictim)) ? Access.Gradients
        : typeof(TVictim).IsAssignableTo(typeof(IScoreVictim)) ? Access.Scores : Access.Labels;

    /// <summary>How far the wanted class has to lead before an image counts as adversarial; 0 for any lead.</summary>
    double Confidence => 0;

    /// <summary>Attacks one image, which the victim classifies right.</summary>
    /// <param name="victim">Who is asked.</param>
    /// <param name="image">The image, through which the victim is asked: it counts queries and keeps what succeeded.</param>
    /// <returns>
    /// Why it stopped, should it not have succeeded. Whether it did is found out anew by the runner, on the best adversarial
    /// image among all that the victim was asked about.
    /// </returns>
    Task<StopReason> Run(TVictim victim, AttackedImage image);
}
