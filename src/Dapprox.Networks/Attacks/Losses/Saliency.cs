namespace Dapprox.Networks.Attacks.Losses;

/// <summary>The pixels that JSMA changes next; none if no choice is admissible. Of equal choices, the first counts.</summary>
static class Saliency
{
    /// <summary>
    /// The pair (p, q) with the largest −(α_p + α_q)·(β_p + β_q), where the first sum is positive and the second negative.
    /// (Papernot et al. 2016, algorithm 3.) The search visits all pairs and stores none.
    /// </summary>
    /// <param name="target">α: the effect of a step at each pixel on the target's logit.</param>
    /// <param name="others">β: the effect on the sum of the other logits.</param>
    /// <param name="allowed">Which pixels may change.</param>
    public static int[] Pair(ReadOnlySpan<double> target, ReadOnlySpan<double> others, ReadOnlySpan<bool> allowed)
    {
        int[] pixels = Allowed(allowed);
        double[] alpha = new double[pixels.Length], beta = new double[pixels.Length];
        for (int i = 0; i < pixels.Length; i++)
            (alpha[i], beta[i]) = (target[pixels[i]], others[pixels[i]]);

        int[] best = [];
        double max = 0;
        for (int i = 0; i < pixels.Length; i++)
        {
            for (int j = i + 1; j < pixels.Length; j++)
            {
                double up = alpha[i] + alpha[j], down = beta[i] + beta[j];
                if (up > 0 && down < 0 && -up * down > max)
                {
                    max = -up * down;
                    best = [pixels[i], pixels[j]];
                }
            }
        }

        return best;
    }

    /// <summary>The pixel with the largest gain above 0.</summary>
    /// <param name="gain">The gain of a step at each pixel.</param>
    /// <param name="allowed">Which pixels may change.</param>
    public static int[] Largest(double[] gain, ReadOnlySpan<bool> allowed)
    {
        int best = Allowed(allowed).DefaultIfEmpty(-1).MaxBy(i => i < 0 ? 0 : gain[i]);
        return best >= 0 && gain[best] > 0 ? [best] : [];
    }

    /// <summary>The two pixels with the largest gains.</summary>
    /// <param name="gain">The gain of a step at each pixel.</param>
    /// <param name="allowed">Which pixels may change.</param>
    public static int[] LargestTwo(double[] gain, ReadOnlySpan<bool> allowed)
    {
        int[] two = Allowed(allowed).OrderByDescending(i => gain[i]).Take(2).ToArray();
        return two.Length == 2 ? two : [];
    }

    static int[] Allowed(ReadOnlySpan<bool> allowed)
    {
        var pixels = new List<int>(allowed.Length);
        for (int i = 0; i < allowed.Length; i++)
        {
            if (allowed[i])
                pixels.Add(i);
        }

        return [.. pixels];
    }
}
