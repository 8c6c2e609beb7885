using Dapprox.Foundation;

namespace Dapprox.Networks.Corruptions;

/// <summary>Noise, independent in every value x; u is uniform in [0, 1), n normal.</summary>
static class Noise
{
    /// <summary>x + σ·n.</summary>
    public static Picture Gaussian(Picture image, double deviation, CounterRandom random) =>
        image.Each(x => x + deviation * random.NextNormal());

    /// <summary>P/λ, where P counts photons: it has the Poisson distribution of mean λ·x.</summary>
    public static Picture Shot(Picture image, double photons, CounterRandom random) =>
        image.Each(x => Poisson(photons * x, ref random) / photons);

    /// <summary>Black with probability p/2, white with probability p/2, else x.</summary>
    public static Picture Impulse(Picture image, double fraction, CounterRandom random) => image.Each(x =>
    {
        double u = random.NextDouble();
        return u >= fraction ? x : u < fraction / 2 ? 0 : 1;
    });

    /// <summary>x + x·σ·n.</summary>
    public static Picture Speckle(Picture image, double deviation, CounterRandom random) =>
        image.Each(x => x + x * deviation * random.NextNormal());

    /// <summary>
    /// How many uniform numbers can be multiplied before the product falls below e^(−mean) (Knuth, "The Art of Computer Programming",
    /// volume 2, section 3.4.1).
    /// </summary>
    static int Poisson(double mean, ref CounterRandom random)
    {
        double limit = Math.Exp(-mean), product = random.NextDouble();
        int count = 0;
        for (; product > limit; count++)
            product *= random.NextDouble();
        return count;
    }
}
