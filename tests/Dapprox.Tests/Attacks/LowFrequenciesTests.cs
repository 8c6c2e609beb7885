using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Geometry;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class LowFrequenciesTests
{
    [Fact]
    public void Fill_OneFrequency_IsConstantInEachChannel()
    {
        float[] image = Draw(new LowFrequencies([2, 4, 5], 0.01), 40, 1);

        Assert.All(Enumerable.Range(0, 20), i => Assert.Equal(image[0], image[i], 1e-6f));
        Assert.All(Enumerable.Range(20, 20), i => Assert.Equal(image[20], image[i], 1e-6f));
        Assert.NotEqual(image[0], image[20]);
    }

    // An orthonormal transform of normal numbers: as many independent squares of mean 1 as there are dimensions.
    [Theory]
    [InlineData(1, 48)]
    [InlineData(0.5, 12)]
    public void Fill_HasTheLengthOfItsDimensions(double part, int dimensions)
    {
        var frequencies = new LowFrequencies([1, 6, 8], part);

        double mean = Enumerable.Range(0, 1000).Average(i => Draw(frequencies, 48, (ulong)i).Sum(value => (double)value * value));

        Assert.Equal(dimensions, frequencies.Dimensions);
        Assert.InRange(mean / dimensions, 0.95, 1.05);
    }

    [Fact]
    public void Fill_HasNoHigherFrequency()
    {
        float[] image = Draw(new LowFrequencies([1, 1, 8], 0.5), 8, 3);

        for (int k = 4; k < 8; k++)
            Assert.Equal(0, Enumerable.Range(0, 8).Sum(i => image[i] * Math.Cos(Math.PI * k * (2 * i + 1) / 16)), 1e-5);
    }

    static float[] Draw(LowFrequencies frequencies, int pixels, ulong stream)
    {
        var random = new CounterRandom(9, stream);
        float[] image = new float[pixels];
        frequencies.Fill(ref random, image);
        return image;
    }
}
