using Dapprox.Foundation;
using Dapprox.Search;
using Xunit;

namespace Dapprox.Tests.Search;

public class Nsga2Tests
{
    [Fact]
    public void Run_OnZdt1_ComesCloseToTheKnownFront()
    {
        // Zitzler, Deb, Thiele 2000, T1, in steps of 1/255: the front has all variables but the first 0, f2 = 1 − √f1.
        var problem = new SearchProblem(30, 256, genes =>
        {
            double f1 = genes[0] / 255.0, g = 1 + 9 * genes.Skip(1).Average(gene => gene / 255.0);
            return [f1, g * (1 - Math.Sqrt(f1 / g))];
        });

        SearchState start = new Nsga2(problem, 60, 0, seed: 1).Run(SearchState.Begin, cancellation: TestContext.Current.CancellationToken);
        SearchState end = new Nsga2(problem, 60, 250, seed: 1).Run(SearchState.Begin, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(60, end.Candidates.Count);
        Assert.True(MeanDistance(end) < 0.02, $"{MeanDistance(end)}");
        Assert.True(MeanDistance(start) > 0.5);
        // Spread over the whole front: no gap of a sixth of it.
        double[] firsts = [.. end.Candidates.Select(candidate => candidate.Values[0]).Order()];
        Assert.True(firsts[0] < 0.1 && firsts[^1] > 0.9);
        Assert.All(firsts.Zip(firsts.Skip(1)), pair => Assert.True(pair.Second - pair.First < 1.0 / 6));

        static double MeanDistance(SearchState state) =>
            state.Candidates.Average(candidate => candidate.Values[1] - (1 - Math.Sqrt(candidate.Values[0])));
    }

    [Fact]
    public void Run_OnASmallSpace_FindsTheFrontThatLookingAtEverythingFinds()
    {
        SearchProblem problem = Knapsack(places: 10, choices: 2);

        SearchState all = new ExhaustiveSearch(problem).Run(SearchState.Begin, cancellation: TestContext.Current.CancellationToken);
        SearchState found = new Nsga2(
            problem, 100, 60, seed: 2).Run(SearchState.Begin, cancellation: TestContext.Current.CancellationToken);

        Assert.True(all.Candidates.Count > 10);
        Assert.Equal(Points(all.Candidates), Points(ParetoFront.Of(found.Candidates)));
    }

    [Fact]
    public void Run_WithAnyNumberOfThreadsOrStopped_EndsTheSame()
    {
        SearchProblem problem = Knapsack(places: 40, choices: 5);
        var method = new Nsga2(problem, 20, 12, seed: 3);
        var states = new List<SearchState>();

        SearchState one = method.Run(SearchState.Begin, states.Add, threads: 1, TestContext.Current.CancellationToken);
        SearchState many = method.Run(SearchState.Begin, threads: 4, cancellation: TestContext.Current.CancellationToken);
        SearchState other = new Nsga2(problem, 20, 12, seed: 4).Run(SearchState.Begin, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(13, states.Count);
        AssertSame(one, many);
        Assert.NotEqual(Points(one.Candidates), Points(other.Candidates));
        foreach (SearchState kept in states)
            AssertSame(one, method.Run(kept, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Run_Cancelled_LeavesTheLastStateWithWhichItGoesOn()
    {
        SearchProblem problem = Knapsack(places: 20, choices: 3);
        var method = new Nsga2(problem, 20, 10, seed: 3);
        using var cancellation = new CancellationTokenSource();
        SearchState last = SearchState.Begin;

        Assert.Throws<OperationCanceledException>(() => method.Run(
            SearchState.Begin,
            state =>
            {
                last = state;
                if (state.Step == 4)
                    cancellation.Cancel();
            },
            cancellation: cancellation.Token));

        Assert.Equal(4, last.Step);
        AssertSame(
            method.Run(SearchState.Begin, cancellation: TestContext.Current.CancellationToken),
            method.Run(last, cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Run_WithOneObjective_FindsItsSmallestValue()
    {
        byte[] hidden = [3, 1, 4, 1, 5, 2, 0, 3];
        var problem = new SearchProblem(hidden.Length, 6, genes => [genes.Zip(hidden, (gene, wanted) => Math.Abs(gene - wanted)).Sum()]);

        SearchState end = new Nsga2(problem, 30, 60, seed: 5).Run(SearchState.Begin, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(hidden, Assert.Single(ParetoFront.Of(end.Candidates)).Genes);
    }

    [Fact]
    public void Run_WhenACandidateIsTheUsersMistake_PassesTheMistakeOn()
    {
        var problem = new SearchProblem(3, 2, _ => throw new InputException("no such cell"));

        InputException mistake = Assert.Throws<InputException>(() => new Nsga2(problem, 8, 1, seed: 1).Run(SearchState.Begin));

        Assert.Equal("no such cell", mistake.Message);
    }

    [Fact]
    public void Ranks_OfAKnownSet_AreItsFronts()
    {
        Candidate[] candidates = [At(1, 5), At(2, 2), At(5, 1), At(3, 3), At(2, 6), At(6, 6), At(2, 2)];

        Assert.Equal([0, 0, 0, 1, 1, 2, 0], ParetoFront.Ranks(candidates));
        Assert.Equal([candidates[0], candidates[1], candidates[2]], ParetoFront.Of(candidates));
        // Between (1, 5) and (5, 1): all of both extents; the twin has a neighbour in its own place.
        double[] distances = ParetoFront.CrowdingDistances([At(1, 5), At(2, 2), At(5, 1)], [0, 0, 0]);
        Assert.Equal([double.PositiveInfinity, 2, double.PositiveInfinity], distances);
    }

    static Candidate At(double x, double y) => new([], [x, y]);

    /// <summary>A choice costs something and is worth something, by numbers without a pattern.</summary>
    static SearchProblem Knapsack(int places, int choices)
    {
        var random = new CounterRandom(11);
        double[] cost = new double[places * choices], worth = new double[places * choices];
        for (int i = 0; i < cost.Length; i++)
            (cost[i], worth[i]) = (random.NextDouble(), random.NextDouble());
        return new SearchProblem(places, choices, genes =>
        [
            genes.Select((gene, i) => cost[i * choices + gene]).Sum(),
            -genes.Select((gene, i) => worth[i * choices + gene]).Sum(),
        ]);
    }

    static string[] Points(IEnumerable<Candidate> candidates) =>
        [.. candidates.Select(candidate => string.Join(' ', candidate.Values)).Order(StringComparer.Ordinal)];

    static void AssertSame(SearchState expected, SearchState actual)
    {
        Assert.Equal(expected.Step, actual.Step);
        Assert.Equal(expected.Candidates.Count, actual.Candidates.Count);
        Assert.All(expected.Candidates.Zip(actual.Candidates), pair =>
        {
            Assert.Equal(pair.First.Genes, pair.Second.Genes);
            Assert.Equal(pair.First.Values, pair.Second.Values);
        });
    }
}
