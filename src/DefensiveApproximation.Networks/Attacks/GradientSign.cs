namespace DefensiveApproximation.Networks.Attacks;

/// <summary>The step that FGSM and PGD share.</summary>
static class GradientSign
{
    /// <summary>
    /// Moves an image by <paramref name="step"/> along the sign of the gradient of its loss; a pixel whose gradient is
    /// zero stays.
    /// </summary>
    /// <returns>Null after a step; a reason where the gradient shows no way, and then the image is as it was.</returns>
    public static StopReason? Step(Span<float> image, ReadOnlySpan<float> logits, ReadOnlySpan<float> gradient, double step)
    {
        bool zero = true;
        foreach (float component in gradient)
        {
            if (!float.IsFinite(component))
                return StopReason.NonFinite;
            zero &= component == 0;
        }

        if (Scores.Label(logits) < 0)
            return StopReason.NonFinite;
        if (zero)
            return StopReason.ZeroGradient;
        for (int i = 0; i < image.Length; i++)
            image[i] = (float)(image[i] + step * Math.Sign(gradient[i]));
        return null;
    }

    /// <summary>The gradients of the losses of all images, up to a positive factor per image.</summary>
    public static (Tensor Logits, Tensor Gradient) Gradients(IGradientVictim victim, AttackBatch batch, Tensor images, int[] places) =>
        batch.InputGradient(victim, images, places, (image, logits, gradient) =>
            CrossEntropy.Direction(logits, batch.Class(places[image]), gradient));
}
