namespace Dapprox.Networks.Attacks;

/// <summary>Whether an attack takes a budget ε, the largest allowed distance.</summary>
public enum AttackBudget
{
    /// <summary>The attack needs a budget; its result is a success rate.</summary>
    Required,

    /// <summary>The attack takes a budget; without one it searches for the nearest adversarial image.</summary>
    Optional,

    /// <summary>The attack takes no budget: it searches for the nearest adversarial image, and its result is a distance.</summary>
    None,
}
