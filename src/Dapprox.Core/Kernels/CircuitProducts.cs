using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Dapprox.Arithmetic;
using Dapprox.Circuits;

namespace Dapprox.Kernels;

/// <summary>
/// 512 products of finite numbers with a circuit for their mantissas. Mantissas go through the bit-sliced circuit; while the
/// product is still in slices, it is shifted until its leading one is at the highest place; signs and exponents are added in
/// the usual lanes.
/// </summary>
sealed class CircuitProducts(CircuitMultiplier multiplier, int vectorBytes)
{
    const int VectorLanes = 16;

    // Above the fraction in a word: by how many places the product was shifted, and whether it is zero.
    const int ShiftBits = 6;

    readonly Lazy<BitSlicedSimulator> simulator = new(() => new BitSlicedSimulator(multiplier.Circuit, vectorBytes));
    readonly ConcurrentBag<Buffers> free = [];
    readonly FloatFormat format = multiplier.Format;

    // Bits of the product that count.
    readonly int width = multiplier.Overflow == MantissaOverflow.Wrapped
        ? Math.Min(multiplier.Circuit.Outputs[0].Width, multiplier.LeadingBit + 1)
        : multiplier.Circuit.Outputs[0].Width;

    /// <summary>Buffers of one thread; to be given back.</summary>
    public Buffers Rent() => free.TryTake(out Buffers? buffers) ? buffers : new Buffers(simulator.Value);

    /// <summary>Gives buffers back.</summary>
    public void Return(Buffers buffers) => free.Add(buffers);

    /// <summary>Cuts the mantissas of <see cref="Buffers.Activations"/> into slices.</summary>
    public void SliceActivations(Buffers buffers) => Slice(buffers, buffers.ActivationBits, simulator.Value.InputSlots[0]);

    /// <summary>Cuts the mantissas of <see cref="Buffers.Weights"/> into slices.</summary>
    public void SliceWeights(Buffers buffers) => Slice(buffers, buffers.WeightBits, simulator.Value.InputSlots[1]);

    /// <summary>Fills <see cref="Buffers.Weights"/> and the slices with one weight for every so many groups of 16 lanes.</summary>
    public void SliceWeights(Buffers buffers, ReadOnlySpan<float> weights, int groups)
    {
        Span<Vector512<uint>> lanes = buffers.WeightBits;
        Span<Vector512<uint>> slices = buffers.Slots.From(simulator.Value.InputSlots[1])[..format.MantissaBits];
        Vector512<uint> low = default, high = default;
        Vector512<uint> lowBits = Vector512.Create<uint>([1, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15]);
        Vector512<uint> highBits = lowBits << VectorLanes;
        for (int i = 0; i < weights.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(weights[i]);
            foreach (ref Vector512<uint> lane in lanes.Slice(i * groups, groups))
                lane = Vector512.Create(bits);
            Vector512<uint> mantissa = Vector512.Create(format.Mantissa(bits));
            // Group g is bit g of every lane of a slice.
            Vector512<uint> own = Vector512.Create((uint)(((1UL << groups) - 1) << (i * groups)));
            low |= Vector512.Equals(mantissa & lowBits, lowBits) & own;
            high |= Vector512.Equals(mantissa & highBits, highBits) & own;
        }

        Span<uint> patterns = stackalloc uint[2 * VectorLanes];
        low.CopyTo(patterns);
        high.CopyTo(patterns[VectorLanes..]);
        for (int bit = 0; bit < slices.Length; bit++)
            slices[bit] = Vector512.Create(patterns[bit]);
    }

    /// <summary>Computes <see cref="Buffers.Products"/> of the operands, whose slices are there.</summary>
    public void Compute(Buffers buffers)
    {
        simulator.Value.Run(buffers.Slots);
        Normalize(buffers.Slots.From(simulator.Value.OutputSlots[0])[..width], buffers.Words);
        BitTranspose.ToNumbers(buffers.Words, format.FractionBits + ShiftBits + 1);
        Join(buffers);
    }

    void Slice(Buffers buffers, ReadOnlySpan<Vector512<uint>> operands, int slot)
    {
        Span<Vector512<uint>> rows = buffers.Slots.From(slot)[..BitTranspose.Rows];
        var fraction = Vector512.Create(Binary32.FractionMask);
        var hidden = Vector512.Create(Binary32.HiddenOne);
        for (int i = 0; i < rows.Length; i++)
            rows[i] = ((operands[i] & fraction) | hidden) >>> format.DroppedBits;
        BitTranspose.ToSlices(rows, format.MantissaBits);
    }

    /// <summary>
    /// Shifts products up, those of the lanes that have zeros above by powers of two places, until the leading one is the
    /// highest bit, and gives as slices what is needed of them: the fraction under the leading one, the number of places, and
    /// whether the product is zero.
    /// </summary>
    void Normalize(Span<Vector512<uint>> product, Span<Vector512<uint>> words)
    {
        // How many places the highest of the shifts has to have: in most networks nearly all products need but the lowest.
        int looked = 1;
        Vector512<uint> found = product[^1];
        while (looked < width && found != Vector512<uint>.AllBitsSet)
        {
            int next = Math.Min(2 * looked, width);
            found |= Any(product[^next..^looked]);
            looked *= 2;
        }

        words.Clear();
        int lowest = width - 1 - format.FractionBits;
        for (int places = looked / 2; places > 0; places /= 2)
        {
            Vector512<uint> shifted = ~Any(product[^places..]);
            words[format.FractionBits + BitOperations.Log2((uint)places)] = shifted;
            // Lower bits than these cannot reach the fraction any more.
            int end = Math.Max(0, lowest - places + 1);
            for (int place = width - 1; place >= Math.Max(places, end); place--)
                product[place] = Vector512.ConditionalSelect(shifted, product[place - places], product[place]);
            for (int place = Math.Min(places, width) - 1; place >= end; place--)
                product[place] = Vector512.AndNot(product[place], shifted);
        }

        for (int i = Math.Max(0, -lowest); i < format.FractionBits; i++)
            words[i] = product[lowest + i];
        words[format.FractionBits + ShiftBits] = ~found;

        static Vector512<uint> Any(ReadOnlySpan<Vector512<uint>> slices)
        {
            Vector512<uint> any = default;
            foreach (Vector512<uint> slice in slices)
                any |= slice;
            return any;
        }
    }

    /// <summary>Signs, exponents and fractions to products.</summary>
    void Join(Buffers buffers)
    {
        Span<Vector512<uint>> activations = buffers.ActivationBits, weights = buffers.WeightBits, products = buffers.ProductBits, words = buffers.Words;
        int fractionBits = format.FractionBits, droppedBits = format.DroppedBits;
        bool placed = multiplier.Overflow != MantissaOverflow.Released;
        var smallest = Vector512.Create(multiplier.SmallestBits);
        var largest = Vector512.Create((uint)format.HighestField << Binary32.FractionBits | Binary32.FractionMask);
        var magnitude = Vector512.Create(~Binary32.SignMask);
        var lowest = Vector512.Create(format.LowestField);
        var highest = Vector512.Create(format.HighestField);
        var fraction = Vector512.Create((1u << fractionBits) - 1);
        var shift = Vector512.Create(placed ? (1u << ShiftBits) - 1 : 0);
        var none = Vector512.Create(1u << (fractionBits + ShiftBits));
        var offset = Vector512.Create(placed ? 126 + multiplier.LeadingBit - (width - 1) : 126);
        var infinity = Vector512.Create(Binary32.ExponentMask);
        var notANumber = Vector512.Create(BitConverter.SingleToUInt32Bits(float.NaN));
        for (int i = 0; i < BitTranspose.Rows; i++)
        {
            Vector512<uint> a = activations[i], b = weights[i], word = words[i];
            Vector512<uint> sizeA = a & magnitude, sizeB = b & magnitude, sign = (a ^ b) & ~magnitude;
            Vector512<int> exponent = ((sizeA >>> Binary32.FractionBits) + (sizeB >>> Binary32.FractionBits) - ((word >>> fractionBits) & shift)).AsInt32() - offset;
            Vector512<uint> size = (exponent << Binary32.FractionBits).AsUInt32() | ((word & fraction) << droppedBits);
            size = Vector512.ConditionalSelect(Vector512.GreaterThan(exponent, highest).AsUInt32(), infinity, size);
            size = Vector512.ConditionalSelect(Vector512.LessThan(exponent, lowest).AsUInt32(), default, size);
            Vector512<uint> product = Vector512.ConditionalSelect(Vector512.Equals(word & none, none), default, sign | size);
            Vector512<uint> infinite = Vector512.GreaterThan(Vector512.Max(sizeA, sizeB), largest);
            product = Vector512.ConditionalSelect(infinite, sign | infinity, product);
            Vector512<uint> zero = Vector512.LessThan(Vector512.Min(sizeA, sizeB), smallest);
            products[i] = Vector512.ConditionalSelect(zero, Vector512.ConditionalSelect(infinite, notANumber, default), product);
        }
    }

    /// <summary>Operands, wires and products of one thread.</summary>
    public sealed class Buffers(BitSlicedSimulator simulator)
    {
        readonly BitSlicedSimulator.Slots numbers = new(4 * BitTranspose.Rows);

        public Span<float> Activations => MemoryMarshal.Cast<Vector512<uint>, float>(ActivationBits);

        public Span<float> Weights => MemoryMarshal.Cast<Vector512<uint>, float>(WeightBits);

        public Span<float> Products => MemoryMarshal.Cast<Vector512<uint>, float>(ProductBits);

        public Span<Vector512<uint>> ActivationBits => Part(0);

        public Span<Vector512<uint>> WeightBits => Part(1);

        public Span<Vector512<uint>> ProductBits => Part(2);

        /// <summary>What is left of the mantissas' products: 32 slices, then as many rows of 16 numbers.</summary>
        public Span<Vector512<uint>> Words => Part(3);

        public BitSlicedSimulator.Slots Slots { get; } = simulator.NewSlots();

        Span<Vector512<uint>> Part(int part) => numbers.From(part * BitTranspose.Rows)[..BitTranspose.Rows];
    }
}
