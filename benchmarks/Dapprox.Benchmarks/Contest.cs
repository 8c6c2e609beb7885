using System.Diagnostics;

namespace Dapprox.Benchmarks;

/// <summary>
/// Measures several ways to do the same work side by side: every round runs each of them once, so that a slow moment of
/// a shared machine hits all. A time is the median over the rounds; a ratio is the median of the rounds' ratios.
/// </summary>
sealed class Contest(double operations, int rounds = Contest.Rounds)
{
    public const int Rounds = 31;
    const double SecondsPerTurn = 0.02;

    readonly List<(string Name, Action Work)> entrants = [];

    public void Add(string name, Action work) => entrants.Add((name, work));

    /// <summary>Runs all rounds; the first entrant is the one that the ratios compare with.</summary>
    /// <returns>For each entrant its operations per second and the ratio of its speed to the first one's.</returns>
    public IReadOnlyList<(string Name, double Rate, double Ratio)> Run()
    {
        int[] repetitions = entrants.Select(entrant => Repetitions(entrant.Work)).ToArray();
        double[][] seconds = entrants.Select(_ => new double[rounds]).ToArray();
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < entrants.Count; i++)
                seconds[i][round] = Time(entrants[i].Work, repetitions[i]);
        }

        return Enumerable.Range(0, entrants.Count)
            .Select(i => (
                entrants[i].Name,
                operations / Median(seconds[i]),
                Median(seconds[0].Zip(seconds[i], (first, own) => first / own))))
            .ToArray();
    }

    /// <summary>Warms up, until the just-in-time compiler is done, and finds how often the work fits into a turn.</summary>
    static int Repetitions(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        double fastest = double.PositiveInfinity;
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < 0.5)
            fastest = Math.Min(fastest, Time(work, 1));
        return Math.Max(1, (int)(SecondsPerTurn / fastest));
    }

    static double Time(Action work, int repetitions)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < repetitions; i++)
            work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds / repetitions;
    }

    static double Median(IEnumerable<double> values)
    {
        double[] sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
