namespace Dapprox.Statistics;

/// <summary>How far two quantities have the same order.</summary>
public static class RankCorrelation
{
    /// <summary>
    /// Spearman's ρ: the correlation of the ranks, −1 to 1, where values that are equal share their mean rank (Spearman, American Journal
    /// of Psychology 15(1), 1904). NaN if there are fewer than two values, or if all of one quantity are equal.
    /// </summary>
    /// <param name="first">Finite values of one quantity.</param>
    /// <param name="second">As many of the other, in the same order.</param>
    public static double Spearman(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count != second.Count)
            throw new ArgumentException($"There are {first.Count} values and {second.Count}; both must be as many.", nameof(second));
        double[] one = Ranks(first), other = Ranks(second);
        // All ranks have the same mean.
        double mean = (first.Count + 1) / 2.0;
        double together = one.Zip(other, (a, b) => (a - mean) * (b - mean)).Sum();
        return together / Math.Sqrt(one.Sum(rank => (rank - mean) * (rank - mean)) * other.Sum(rank => (rank - mean) * (rank - mean)));
    }

    static double[] Ranks(IReadOnlyList<double> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(index => values[index])];
        double[] ranks = new double[order.Length];
        for (int first = 0, next; first < order.Length; first = next)
        {
            for (next = first + 1; next < order.Length && values[order[next]] == values[order[first]]; next++)
            {
            }

            foreach (int index in order[first..next])
                ranks[index] = (first + 1 + next) / 2.0;
        }

        return ranks;
    }
}
