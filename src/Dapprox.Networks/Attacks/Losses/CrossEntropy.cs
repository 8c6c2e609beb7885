using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;

namespace Dapprox.Networks.Attacks.Losses;

/// <summary>The cross-entropy −log p[label] of the softmax p of logits.</summary>
public static class CrossEntropy
{
    /// <summary>The loss of an image's deciding class; <see cref="AttackedImage.Direction"/> says whether it has to grow.</summary>
    /// <param name="image">The image under attack.</param>
    public static LogitGradient Of(AttackedImage image) => (_, logits, gradient) => Direction(logits, image.Class, gradient);

    /// <summary>
    /// The direction of its gradient with respect to the logits: the gradient <c>p − onehot(label)</c> divided by
    /// <c>1 − p[label]</c>, so that the label's entry is −1 and the others add up to 1.
    /// </summary>
    /// <remarks>
    /// The divisor is positive, so it does not affect attacks that use only the sign or direction of the input gradient. Without it
    /// the gradient vanishes in binary32 once the label leads by about 100. Networks with Ax-FPM reach such leads, because their
    /// logits are several times larger; the vanishing gradient would then be mistaken for robustness. NaN logits give a NaN
    /// gradient.
    /// </remarks>
    /// <param name="logits"><c>[classes]</c>, at least two.</param>
    /// <param name="label">The class.</param>
    /// <param name="gradient">Receives <c>[classes]</c>.</param>
    public static void Direction(ReadOnlySpan<float> logits, int label, Span<float> gradient)
    {
        // The other entries are the softmax of the other logits.
        double[] others = new double[logits.Length];
        for (int i = 0; i < logits.Length; i++)
            others[i] = i == label ? double.NegativeInfinity : logits[i];
        Scores.Softmax<double>(others, others);
        for (int i = 0; i < logits.Length; i++)
            gradient[i] = (float)others[i];
        gradient[label] = float.IsNaN(logits[label]) ? float.NaN : -1;
    }

    /// <summary>
    /// The log odds against the label, log((1 − p) / p) for p = p[label]. It increases with the cross-entropy, log(1 + exp(log
    /// odds)), but stays finite and distinguishes values that the cross-entropy rounds to 0. Its gradient is
    /// <see cref="Direction"/>.
    /// </summary>
    /// <param name="logits"><c>[classes]</c>, at least two.</param>
    /// <param name="label">The class.</param>
    public static double LogOddsAgainst(ReadOnlySpan<float> logits, int label)
    {
        double largest = logits[MarginLoss.RunnerUp(logits, label)], total = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            if (i != label)
                total += Math.Exp(logits[i] - largest);
        }

        return largest + Math.Log(total) - logits[label];
    }
}
