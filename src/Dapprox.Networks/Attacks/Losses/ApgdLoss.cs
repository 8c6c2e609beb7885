namespace Dapprox.Networks.Attacks.Losses;

/// <summary>The loss that APGD maximises.</summary>
public enum ApgdLoss
{
    /// <summary>The cross-entropy of the true class; of a target, its negative.</summary>
    CrossEntropy,

    /// <summary>
    /// The difference of logits ratio: the largest wrong logit minus the true one, divided by the largest logit minus the third
    /// largest. (Equation 6.) Targeted: the target's logit minus the largest other, with the same divisor. It needs at least three
    /// classes.
    /// </summary>
    Dlr,

    /// <summary>
    /// The targeted difference of logits ratio: a class's logit minus the true one, divided by the largest logit minus the mean of
    /// the third and fourth largest. (Equation 7.) Untargeted: for the most likely wrong classes in turn. Targeted: the target's
    /// logit minus the largest other, with the same divisor. It needs at least four classes.
    /// </summary>
    TargetedDlr,
}
