using Dapprox.Foundation;

namespace Dapprox.Tests.References;

/// <summary>Operands that between them touch every case of a float multiplier.</summary>
static class SampleOperands
{
    /// <summary>Bit patterns around every limit, both signs.</summary>
    public static readonly float[] Edges = Magnitudes()
        .SelectMany(bits => new[] { bits, bits | 0x8000_0000 })
        .Select(BitConverter.UInt32BitsToSingle)
        .ToArray();

    /// <summary>Uniform bit patterns: every exponent, subnormals, infinities and NaN payloads among them.</summary>
    public static float[] AnyBits(int count, ulong seed)
    {
        var random = new CounterRandom(seed);
        return Fill(count, () => BitConverter.UInt32BitsToSingle(random.NextUInt32()));
    }

    /// <summary>What networks see: magnitudes up to 1, of either sign, a quarter of them zero.</summary>
    public static float[] Ordinary(int count, ulong seed)
    {
        var random = new CounterRandom(seed);
        return Fill(count, () => random.NextInt32(4) == 0 ? 0f : random.NextSingle(-1, 1));
    }

    /// <summary>Random mantissas and signs with exponent fields from <paramref name="low"/> to <paramref name="high"/>.</summary>
    public static float[] WithExponents(int count, int low, int high, ulong seed)
    {
        var random = new CounterRandom(seed);
        return Fill(count, () => BitConverter.UInt32BitsToSingle(
            (random.NextUInt32() & 0x807F_FFFF) | (uint)(low + random.NextInt32(high - low + 1)) << 23));
    }

    static float[] Fill(int count, Func<float> next)
    {
        float[] values = new float[count];
        foreach (ref float value in values.AsSpan())
            value = next();
        return values;
    }

    static IEnumerable<uint> Magnitudes()
    {
        yield return 0;
        yield return 1;
        yield return 0x007F_FFFF;
        foreach (int exponent in (int[])[1, 2, 6, 7, 8, 19, 20, 21, 60, 126, 127, 128, 129, 200, 252, 253, 254])
        {
            foreach (uint fraction in (uint[])[0, 1, 0x2A_AAAA, 0x44_4444, 0x7F_FFFE, 0x7F_FFFF])
                yield return (uint)exponent << 23 | fraction;
        }

        // Around 1e-36, the limit of what counts as zero.
        yield return 0x03AA_2424;
        yield return 0x03AA_2425;
        yield return 0x03AA_2426;
        yield return 0x7F80_0000;
        yield return 0x7F80_0001;
        yield return 0x7FC0_0000;
        yield return 0x7FFF_FFFF;
    }
}
