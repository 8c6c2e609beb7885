using Dapprox.Circuits;
using Dapprox.Foundation;

namespace Dapprox.Measurement;

/// <summary>Inputs for which two circuits, or a circuit and a formula, differ.</summary>
/// <param name="Inputs">A number for each input.</param>
/// <param name="First">The outputs of the first circuit.</param>
/// <param name="Second">The outputs of the second circuit or of the formula.</param>
public sealed record Difference(IReadOnlyList<ulong> Inputs, IReadOnlyList<UInt128> First, IReadOnlyList<UInt128> Second);

/// <summary>Whether two circuits compute the same for all inputs compared.</summary>
/// <param name="Compared">How many inputs were compared, the one with the difference included.</param>
/// <param name="Exhaustive">Whether those are all there are, so that no difference is a proof.</param>
/// <param name="Difference">The first difference; null where there was none.</param>
public sealed record CircuitComparison(long Compared, bool Exhaustive, Difference? Difference)
{
    /// <summary>Circuits with up to this many input bits are compared on all inputs: pairs of operands of 12 bits.</summary>
    public const int MaxExhaustiveBits = 24;

    const int Block = 1 << 16;

    /// <summary>Compares until a difference is found.</summary>
    /// <param name="widths">The width of each input.</param>
    /// <param name="first">Takes arrays of numbers, one for each input, and gives one for each output:
    /// <see cref="BitSlicedSimulator.Evaluate"/>.</param>
    /// <param name="second">The same for the second circuit.</param>
    /// <param name="samples">How many random inputs are compared where there are too many for all.</param>
    /// <param name="seed">Determines the random inputs.</param>
    /// <param name="progress">Called after each block with its number of inputs.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static CircuitComparison Run(
        IReadOnlyList<int> widths, Func<ulong[][], UInt128[][]> first, Func<ulong[][], UInt128[][]> second, long samples, ulong seed,
        Action<double>? progress = null, CancellationToken cancellation = default)
    {
        bool exhaustive = widths.Sum() <= MaxExhaustiveBits;
        long total = Total(widths, samples);
        for (long start = 0; start < total; start += Block)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = (int)Math.Min(Block, total - start);
            ulong[][] inputs = exhaustive ? All(widths, start, count) : Random(widths, count, seed, stream: (ulong)(start / Block));
            UInt128[][] left = first(inputs), right = second(inputs);
            for (int i = 0; i < count; i++)
            {
                for (int output = 0; output < left.Length; output++)
                {
                    if (left[output][i] != right[output][i])
                        return new CircuitComparison(start + i + 1, exhaustive, new Difference(At(inputs, i), At(left, i), At(right, i)));
                }
            }

            progress?.Invoke(count);
        }

        return new CircuitComparison(total, exhaustive, null);
    }

    /// <summary>How many inputs are compared where there is no difference.</summary>
    /// <param name="widths">The width of each input.</param>
    /// <param name="samples">How many where there are too many for all.</param>
    public static long Total(IReadOnlyList<int> widths, long samples) => widths.Sum() <= MaxExhaustiveBits ? 1L << widths.Sum() : samples;

    /// <summary>
    /// Inputs to check something with: all, where there are not more than <paramref name="most"/>, otherwise random ones.
    /// </summary>
    /// <param name="widths">The width of each input.</param>
    /// <param name="most">The maximum number of inputs.</param>
    /// <param name="seed">Determines the random ones.</param>
    internal static ulong[][] Inputs(IReadOnlyList<int> widths, int most, ulong seed) =>
        widths.Sum() < 31 && 1 << widths.Sum() <= most ? All(widths, 0, 1 << widths.Sum()) : Random(widths, most, seed, stream: 0);

    static T[] At<T>(T[][] numbers, int index) => [.. numbers.Select(bus => bus[index])];

    /// <summary>Of all inputs, read as one number with the last input lowest, some from one on.</summary>
    static ulong[][] All(IReadOnlyList<int> widths, long start, int count)
    {
        ulong[][] inputs = [.. widths.Select(_ => new ulong[count])];
        for (int i = 0; i < count; i++)
        {
            ulong rest = (ulong)(start + i);
            for (int bus = widths.Count - 1; bus >= 0; bus--)
            {
                inputs[bus][i] = rest & Mask(widths[bus]);
                rest >>= widths[bus];
            }
        }

        return inputs;
    }

    /// <summary>
    /// Random inputs. Half of them have few ones or few zeros, as uniform numbers almost never have, and errors of carries
    /// show there; the first two are all zeros and all ones.
    /// </summary>
    static ulong[][] Random(IReadOnlyList<int> widths, int count, ulong seed, ulong stream)
    {
        var random = new CounterRandom(seed, stream);
        ulong[][] inputs = [.. widths.Select(_ => new ulong[count])];
        for (int i = 0; i < count; i++)
        {
            for (int bus = 0; bus < widths.Count; bus++)
            {
                ulong number = random.NextUInt64();
                number = (i & 3) switch
                {
                    0 => number & random.NextUInt64() & random.NextUInt64(),
                    1 => number | random.NextUInt64() | random.NextUInt64(),
                    _ => number,
                };
                inputs[bus][i] = i switch { 0 => 0, 1 => ulong.MaxValue, _ => number } & Mask(widths[bus]);
            }
        }

        return inputs;
    }

    static ulong Mask(int width) => ulong.MaxValue >> (64 - width);
}
