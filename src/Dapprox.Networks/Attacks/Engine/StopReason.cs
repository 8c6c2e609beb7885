namespace Dapprox.Networks.Attacks.Engine;

/// <summary>Why an attack on one image ended.</summary>
public enum StopReason
{
    /// <summary>The clean image is misclassified already: nothing was tried, and it counts neither for nor against.</summary>
    AlreadyMisclassified,

    /// <summary>An adversarial image was found.</summary>
    Found,

    /// <summary>All steps or queries were used up without success.</summary>
    BudgetSpent,

    /// <summary>No adversarial image was found to start from, which the attack would have brought nearer.</summary>
    NoStart,

    /// <summary>The gradient was zero everywhere, so that there was no direction to go.</summary>
    ZeroGradient,

    /// <summary>No step was left that the attack allows itself, though its budget was not spent.</summary>
    NoStepLeft,

    /// <summary>The victim's scores or gradient were not finite numbers.</summary>
    NonFinite,
}
