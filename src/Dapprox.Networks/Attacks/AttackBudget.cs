namespace Dapprox.Networks.Attacks;

/// <summary>Whether an attack takes a budget ε, the largest allowed distance.</summary>
public enum AttackBudget
{
    /// <summary>It needs one, and its result is a success rate.</summary>
    Required,

    /// <summary>It takes one, and without one looks for the nearest adversarial image.</summary>
    Optional,

    /// <summary>It takes none: it looks for the nearest adversarial image, and its result is a distance.</summary>
    None,
}
