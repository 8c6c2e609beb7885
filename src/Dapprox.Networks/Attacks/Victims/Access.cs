namespace Dapprox.Networks.Attacks.Victims;

/// <summary>The access to a victim that an attack requires; each value includes those before it.</summary>
public enum Access
{
    /// <summary>The class of an image: <see cref="ILabelVictim"/>.</summary>
    Labels,

    /// <summary>The scores of all classes: <see cref="IScoreVictim"/>.</summary>
    Scores,

    /// <summary>Gradients with respect to the image: <see cref="IGradientVictim"/>.</summary>
    Gradients,
}
