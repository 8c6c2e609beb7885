namespace Dapprox.Search;

/// <summary>The Pareto front of candidates, and the ranks that follow from removing one front after the other.</summary>
public static class ParetoFront
{
    /// <summary>The candidates that none of the others dominates; of those with equal values the first.</summary>
    /// <param name="candidates">Any number of candidates with the same objectives.</param>
    /// <returns>The front, in the order of the candidates.</returns>
    public static IReadOnlyList<Candidate> Of(IEnumerable<Candidate> candidates)
    {
        var front = new List<Candidate>();
        foreach (Candidate candidate in candidates)
        {
            if (front.Any(other => other.Dominates(candidate) || other.Values.SequenceEqual(candidate.Values)))
                continue;
            front.RemoveAll(candidate.Dominates);
            front.Add(candidate);
        }

        return front;
    }

    /// <summary>
    /// For each candidate the number of its front: 0 where none dominates it, 1 where only those of front 0 do, and so on.
    /// (Deb et al. 2002, section III-A.)
    /// </summary>
    internal static int[] Ranks(IReadOnlyList<Candidate> candidates)
    {
        int count = candidates.Count;
        int[] ranks = new int[count], dominators = new int[count];
        var dominated = new List<int>[count];
        for (int i = 0; i < count; i++)
        {
            dominated[i] = [.. Enumerable.Range(0, count).Where(j => candidates[i].Dominates(candidates[j]))];
            foreach (int j in dominated[i])
                dominators[j]++;
        }

        List<int> front = [.. Enumerable.Range(0, count).Where(i => dominators[i] == 0)];
        for (int rank = 0; front.Count > 0; rank++)
        {
            var next = new List<int>();
            foreach (int i in front)
            {
                ranks[i] = rank;
                next.AddRange(dominated[i].Where(j => --dominators[j] == 0));
            }

            front = next;
        }

        return ranks;
    }

    /// <summary>
    /// The crowding distance of each candidate within its front: the sum over the objectives of the distance between its two
    /// neighbours, as a fraction of the front's extent; infinite at the ends. (Deb et al. 2002, section III-B.)
    /// </summary>
    internal static double[] CrowdingDistances(IReadOnlyList<Candidate> candidates, int[] ranks)
    {
        double[] distances = new double[candidates.Count];
        foreach (IGrouping<int, int> front in Enumerable.Range(0, candidates.Count).GroupBy(i => ranks[i]))
        {
            for (int objective = 0; objective < candidates[0].Values.Length; objective++)
            {
                int[] order = [.. front.OrderBy(i => candidates[i].Values[objective])];
                double Value(int place) => candidates[order[place]].Values[objective];
                double extent = Value(order.Length - 1) - Value(0);
                distances[order[0]] = distances[order[^1]] = double.PositiveInfinity;
                for (int place = 1; place + 1 < order.Length && extent > 0; place++)
                    distances[order[place]] += (Value(place + 1) - Value(place - 1)) / extent;
            }
        }

        return distances;
    }
}
