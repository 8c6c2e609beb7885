namespace Dapprox.Statistics;

/// <summary>The binomial distribution: the number of successes in independent trials.</summary>
static class Binomial
{
    /// <summary>P(X ≥ k) for n trials that succeed with probability p.</summary>
    /// <param name="successes">k, from 0 to n.</param>
    /// <param name="trials">n, at least 0.</param>
    /// <param name="probability">p, 0 to 1.</param>
    public static double UpperTail(long successes, long trials, double probability)
    {
        if (successes == 0 || probability >= 1)
            return 1;
        if (probability <= 0)
            return 0;
        // The terms of the sum must decrease: otherwise one minus the other tail, that of the failures.
        if (successes < trials * probability)
            return 1 - UpperTail(trials - successes + 1, trials, 1 - probability);
        double term = Math.Exp(
            LogChoose(successes, trials) + successes * Math.Log(probability) + (trials - successes) * Math.Log(1 - probability));
        double sum = 0;
        for (long k = successes; k <= trials && term > 1e-17 * sum; k++)
        {
            sum += term;
            term *= (trials - k) / (k + 1.0) * probability / (1 - probability);
        }

        return sum;
    }

    /// <summary>
    /// The exact one-sided lower bound of a probability: the p for which so many successes or more have the probability α; 0 of no success.
    /// The true p is lower with a probability of at most α. (Clopper, Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the
    /// Case of the Binomial", Biometrika 26, 1934.)
    /// </summary>
    /// <param name="successes">From 0 to <paramref name="trials"/>.</param>
    /// <param name="trials">At least 1.</param>
    /// <param name="alpha">α, above 0 and below 1.</param>
    public static double LowerBound(long successes, long trials, double alpha)
    {
        double low = 0, high = (double)successes / trials;
        if (successes == trials)
            return Math.Pow(alpha, 1.0 / trials);
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (UpperTail(successes, trials, middle) < alpha)
                low = middle;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>
    /// The p-value of the two-sided exact test that successes and failures are equally likely: the probability of a difference at least as
    /// large.
    /// </summary>
    /// <param name="successes">From 0 to <paramref name="trials"/>.</param>
    /// <param name="trials">At least 0.</param>
    public static double EvenTest(long successes, long trials) =>
        Math.Min(1, 2 * UpperTail(Math.Max(successes, trials - successes), trials, 0.5));

    static double LogChoose(long chosen, long of)
    {
        double sum = 0;
        for (long i = 1; i <= Math.Min(chosen, of - chosen); i++)
            sum += Math.Log((of - i + 1.0) / i);
        return sum;
    }
}
