using Dapprox.Foundation;
using Xunit;

namespace Dapprox.Tests;

public class CounterRandomTests
{
    [Fact]
    public void NextInt32_CoversItsRange_Evenly()
    {
        var random = new CounterRandom(1);
        int[] counts = new int[7];

        for (int i = 0; i < 70_000; i++)
            counts[random.NextInt32(7)]++;

        // 10,000 expected each, standard deviation 93: six deviations either way.
        Assert.All(counts, count => Assert.InRange(count, 9_440, 10_560));
    }

    [Fact]
    public void Streams_WithDifferentNumbers_AreDifferent()
    {
        var seen = new HashSet<ulong>();

        for (ulong stream = 0; stream < 100; stream++)
        {
            for (ulong purpose = 0; purpose < 100; purpose++)
                Assert.True(seen.Add(new CounterRandom(5, stream, purpose).NextUInt64()));
        }
    }

    [Fact]
    public void NextNormal_HasMeanZeroAndVarianceOne()
    {
        var random = new CounterRandom(3);
        double sum = 0, squares = 0;
        const int Count = 100_000;

        for (int i = 0; i < Count; i++)
        {
            double x = random.NextNormal();
            sum += x;
            squares += x * x;
        }

        Assert.InRange(sum / Count, -0.02, 0.02);
        Assert.InRange(squares / Count, 0.97, 1.03);
    }
}
