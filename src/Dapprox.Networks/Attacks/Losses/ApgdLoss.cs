namespace Dapprox.Networks.Attacks.Losses;

/// <summary>The loss that APGD makes as large as it can.</summary>
public enum ApgdLoss
{
    /// <summary>The cross-entropy of the true class; of a target, its negative.</summary>
    CrossEntropy,

    /// <summary>
    /// The difference of logits ratio: the largest wrong logit's lead over the true one, divided by the largest logit's over
    /// the third. (Equation 6.) Aimed at a class: that class's lead over the largest other, in the same unit. Three classes at
    /// least.
    /// </summary>
    Dlr,

    /// <summary>
    /// A class's lead over the true one, divided by the largest logit's over the mean of the third and the fourth. (Equation
    /// 7.) Where any wrong class will do, for the most likely ones in turn. Aimed at a class: that class's lead over the
    /// largest other, in the same unit. Four classes at least.
    /// </summary>
    TargetedDlr,
}
