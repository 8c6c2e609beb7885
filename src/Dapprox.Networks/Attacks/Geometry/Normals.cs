using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>Batches of random numbers from the standard normal distribution.</summary>
static class Normals
{
    /// <summary>Uses both numbers of each Box-Muller draw (1958), which halves the cost.</summary>
    /// <param name="random">The uniform random numbers; one per normal, rounded up to an even number.</param>
    /// <param name="normals">Receives the numbers.</param>
    public static void Fill(ref CounterRandom random, Span<float> normals)
    {
        for (int i = 0; i < normals.Length; i += 2)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * random.NextDouble());
            normals[i] = (float)(radius * cosine);
            if (i + 1 < normals.Length)
                normals[i + 1] = (float)(radius * sine);
        }
    }
}
