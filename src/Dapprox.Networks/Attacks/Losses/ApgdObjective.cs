using Dapprox.Networks.Attacks.Engine;

namespace Dapprox.Networks.Attacks.Losses;

/// <summary>One image's loss in APGD, to be maximised; the loss is finite and has a gradient for any finite logits.</summary>
/// <param name="image">The image under attack.</param>
/// <param name="loss">The kind of loss.</param>
/// <param name="target">The class of <see cref="ApgdLoss.TargetedDlr"/>; null for the largest wrong one.</param>
sealed class ApgdObjective(AttackedImage image, ApgdLoss loss, int? target)
{
    // Keeps the ratio finite if the largest logits are equal.
    const double SmallestUnit = 1e-12;

    /// <summary>
    /// The loss. For the cross-entropy it is an increasing function of the cross-entropy, which suffices because APGD only compares losses.
    /// </summary>
    public double Value(ReadOnlySpan<float> logits)
    {
        if (loss == ApgdLoss.CrossEntropy)
            return image.Direction * CrossEntropy.LogOddsAgainst(logits, image.Class);
        (int raised, int lowered) = Classes(logits);
        return ((double)logits[raised] - logits[lowered]) / Unit(logits, []);
    }

    /// <summary>
    /// The direction of its gradient with respect to the logits: a positive multiple; for ratios the multiple is the unit.
    /// </summary>
    public void Gradient(int row, ReadOnlySpan<float> logits, Span<float> gradient)
    {
        if (loss == ApgdLoss.CrossEntropy)
        {
            CrossEntropy.Direction(logits, image.Class, gradient);
            foreach (ref float component in gradient)
                component *= image.Direction;
            return;
        }

        gradient.Clear();
        // (n / u)′ = (n′ − (n / u)·u′) / u
        Span<double> slope = new double[logits.Length];
        double unit = Unit(logits, slope);
        (int raised, int lowered) = Classes(logits);
        double ratio = ((double)logits[raised] - logits[lowered]) / unit;
        for (int i = 0; i < gradient.Length; i++)
            gradient[i] = (float)((i == raised ? 1 : 0) - (i == lowered ? 1 : 0) - ratio * slope[i]);
    }

    (int Raised, int Lowered) Classes(ReadOnlySpan<float> logits)
    {
        int runnerUp = MarginLoss.RunnerUp(logits, image.Class);
        return image.IsTargeted ? (image.Class, runnerUp) : (target ?? runnerUp, image.Class);
    }

    /// <summary>The unit that makes the ratio independent of the logits' scale, and its gradient.</summary>
    double Unit(ReadOnlySpan<float> logits, Span<double> slope)
    {
        float[] scores = logits.ToArray();
        int[] order = Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).Take(4).ToArray();
        bool two = loss == ApgdLoss.TargetedDlr;
        double below = two ? ((double)scores[order[2]] + scores[order[3]]) / 2 : scores[order[2]];
        double unit = scores[order[0]] - below;
        if (!(unit > SmallestUnit))
            return SmallestUnit;
        if (!slope.IsEmpty)
        {
            slope[order[0]] = 1;
            slope[order[2]] = two ? -0.5 : -1;
            if (two)
                slope[order[3]] = -0.5;
        }

        return unit;
    }
}
