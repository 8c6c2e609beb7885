using Dapprox.Pictures;
using Xunit;

namespace Dapprox.Tests.Data;

public class ByteBudgetTests
{
    [Fact]
    public void Take_OfManyThreads_StaysWithinTheBudget()
    {
        const int Most = 100;
        var budget = new ByteBudget(Most);
        int used = 0, worst = 0;
        object gate = new();

        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            int bytes = 10 + i % 7 * 10;
            budget.Take(bytes);
            lock (gate)
                worst = Math.Max(worst, used += bytes);
            Thread.Yield();
            lock (gate)
                used -= bytes;
            budget.Return(bytes);
        });

        Assert.InRange(worst, 10, Most);
    }

    [Fact]
    public void Take_MoreThanTheBudget_IsAdmittedAlone()
    {
        var budget = new ByteBudget(10);

        budget.Take(1000);
        budget.Return(1000);
        budget.Take(1000);
        budget.Return(1000);
    }
}
