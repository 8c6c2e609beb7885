using Dapprox.Foundation;

namespace Dapprox.Networks.Attacks.Geometry;

/// <summary>Many random numbers of the standard normal law at a time.</summary>
static class Normals
{
    /// <summary>Both numbers of each draw of Box and Muller (1958), which costs half of taking one.</summary>
    /// <param name="random">The random numbers; as many are used as there are normals, rounded up to an even number.</param>
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
