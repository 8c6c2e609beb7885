namespace Dapprox.Foundation;

/// <summary>
/// Random numbers that depend on nothing but a seed and a stream number: image 7 draws the same numbers whatever
/// batch, thread or order it is computed in. The generator is SplitMix64 (Steele, Lea, Flood: "Fast Splittable
/// Pseudorandom Number Generators", OOPSLA 2014); the starting state is a hash of the seed and the stream.
/// </summary>
/// <remarks>A mutable struct: keep it in a variable or pass it by reference, a copy repeats the same numbers.</remarks>
public struct CounterRandom
{
    const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    ulong state;

    /// <summary>Starts the stream.</summary>
    /// <param name="seed">Chooses the experiment.</param>
    /// <param name="stream">Chooses the stream inside it, for example the position of an image in its data set.</param>
    /// <param name="purpose">Separates draws for different purposes, for example the number of a restart.</param>
    public CounterRandom(ulong seed, ulong stream = 0, ulong purpose = 0)
    {
        state = Mix(Mix(Mix(seed + GoldenGamma) ^ stream) + GoldenGamma ^ purpose);
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64()
    {
        state += GoldenGamma;
        return Mix(state);
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32() => (uint)(NextUInt64() >> 32);

    /// <summary>A number uniform in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number uniform in [<paramref name="low"/>, <paramref name="high"/>].</summary>
    /// <param name="low">The smallest number that can be drawn.</param>
    /// <param name="high">The upper bound; rounding to binary32 can reach it.</param>
    public float NextSingle(float low, float high) => (float)(low + (high - low) * NextDouble());

    /// <summary>An integer uniform in [0, <paramref name="bound"/>), by rejection, so without bias.</summary>
    /// <param name="bound">One more than the largest result; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is below 1.</exception>
    public int NextInt32(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        uint limit = uint.MaxValue - (uint.MaxValue % (uint)bound + 1) % (uint)bound;
        uint bits;
        do
            bits = NextUInt32();
        while (bits > limit);
        return (int)(bits % (uint)bound);
    }

    /// <summary>A number of the standard normal distribution (Box and Muller 1958, the cosine branch).</summary>
    public double NextNormal()
    {
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextDouble()));
        return radius * Math.Cos(2 * Math.PI * NextDouble());
    }

    /// <summary>Puts the items into a random order (Fisher and Yates).</summary>
    /// <param name="items">The items; reordered in the span.</param>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
