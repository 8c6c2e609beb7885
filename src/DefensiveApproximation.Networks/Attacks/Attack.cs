namespace DefensiveApproximation.Networks.Attacks;

/// <summary>What an attack made of one image: its best attempt, and why it stopped.</summary>
/// <param name="Image">The attempt, adversarial or not; pixels in [0, 1].</param>
/// <param name="Reason">Why the attack stopped. Whether the attempt succeeds is found out anew by the runner.</param>
public readonly record struct Attempt(float[] Image, StopReason Reason);

/// <summary>
/// An adversarial attack: a function of clean images that asks a victim. The kind of victim says what the attacker may
/// know. Everything is determined by the seed: the same attempts for any batch, order of images and number of threads.
/// </summary>
/// <typeparam name="TVictim">The knowledge it needs: labels, scores or gradients.</typeparam>
/// <param name="name">The name on the command line.</param>
public abstract class Attack<TVictim>(string name)
    where TVictim : ILabelVictim
{
    /// <summary>The name on the command line.</summary>
    public string Name { get; } = name;

    /// <summary>Attacks images, each of which the victim classifies right.</summary>
    /// <param name="victim">The victim.</param>
    /// <param name="batch">The images, through which the victim is to be asked, so that queries are counted.</param>
    /// <returns>One attempt per image.</returns>
    public abstract Attempt[] Run(TVictim victim, AttackBatch batch);
}

/// <summary>
/// An attack that looks for any adversarial image within a given distance. Its results are success rates, one per ε.
/// An attack that is not of this kind looks for the nearest adversarial image; its results are distances.
/// </summary>
/// <typeparam name="TVictim">The knowledge it needs: labels, scores or gradients.</typeparam>
/// <param name="name">The name on the command line.</param>
/// <param name="epsilon">The largest allowed distance, in input units.</param>
public abstract class FixedBudgetAttack<TVictim>(string name, double epsilon) : Attack<TVictim>(name)
    where TVictim : ILabelVictim
{
    /// <summary>The largest allowed distance, in input units: pixels lie in [0, 1].</summary>
    public double Epsilon { get; } = double.IsFinite(epsilon) && epsilon >= 0
        ? epsilon
        : throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "ε is a finite number of at least 0.");
}
