namespace Dapprox.Networks.Attacks.Engine;

/// <summary>Why an attack on one image ended.</summary>
public enum StopReason
{
    /// <summary>The clean image is misclassified: it is not attacked, and it counts neither as a success nor as a failure.</summary>
    AlreadyMisclassified,

    /// <summary>An adversarial image was found.</summary>
    Found,

    /// <summary>All steps or queries were used up without success.</summary>
    BudgetSpent,

    /// <summary>No adversarial image was found to start from.</summary>
    NoStart,

    /// <summary>The gradient was zero everywhere.</summary>
    ZeroGradient,

    /// <summary>No admissible step was left before the budget was spent.</summary>
    NoStepLeft,

    /// <summary>The victim's scores or gradient were not finite numbers.</summary>
    NonFinite,
}
