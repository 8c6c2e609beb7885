namespace DefensiveApproximation.Networks.Attacks;

/// <summary>
/// The fast gradient sign method: one step <c>x′ = x + ε·sign(∇ loss)</c>, clipped to [0, 1]; targeted, the step goes the
/// other way, down the loss of the target. The loss is the cross-entropy. (Goodfellow, Shlens, Szegedy, "Explaining and
/// Harnessing Adversarial Examples", ICLR 2015, equation 2.) One query and one gradient per image.
/// </summary>
/// <param name="epsilon">The largest change of a pixel, in input units.</param>
public sealed class Fgsm(double epsilon) : FixedBudgetAttack<IGradientVictim>("fgsm", epsilon)
{
    /// <inheritdoc/>
    public override Attempt[] Run(IGradientVictim victim, AttackBatch batch)
    {
        int[] places = Enumerable.Range(0, batch.Count).ToArray();
        (Tensor logits, Tensor gradient) = GradientSign.Gradients(victim, batch, batch.Images, places);
        var attempts = new Attempt[batch.Count];
        for (int i = 0; i < attempts.Length; i++)
        {
            float[] image = batch.Images.Row(i).ToArray();
            StopReason? stopped = GradientSign.Step(image, logits.Row(i), gradient.Row(i), Epsilon * batch.Direction);
            new LInfBall(batch.Images.Row(i), Epsilon).Project(image);
            attempts[i] = new Attempt(image, stopped ?? StopReason.BudgetSpent);
        }

        return attempts;
    }
}
