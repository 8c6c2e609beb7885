namespace Dapprox.Hardware;

/// <summary>A sequence of states in which each change from a state to another occurs exactly once.</summary>
static class TransitionTour
{
    /// <summary>The tour: an Euler circuit of the complete directed graph, found as by Hierholzer (1873).</summary>
    /// <param name="states">How many states there are.</param>
    /// <returns>states·(states − 1) + 1 states; the first and last are 0.</returns>
    public static int[] Of(int states)
    {
        int[] next = new int[states];
        var path = new Stack<int>([0]);
        var tour = new List<int>();
        while (path.TryPeek(out int state))
        {
            if (next[state] == state)
                next[state]++;
            if (next[state] < states)
                path.Push(next[state]++);
            else
                tour.Add(path.Pop());
        }

        tour.Reverse();
        return [.. tour];
    }
}
