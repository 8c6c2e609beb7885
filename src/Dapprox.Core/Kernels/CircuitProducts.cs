using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Dapprox.Arithmetic;
using Dapprox.Circuits;

namespace Dapprox.Kernels;

/// <summary>
/// 512 products of finite numbers with a circuit for their mantissas. Mantissas go through the bit-sliced circuit; while the
/// product is still in slices, it is shifted until its leading one is the highest bit; signs and exponents are computed in
/// ordinary lanes.
/// </summary>
sealed class CircuitProducts(CircuitMultiplier multiplier, int vectorBytes)
{
    const int VectorLanes = 16;

    // Above the fraction in a word: by how many bits the product was shifted, and, one bit higher, whether it is zero.
    const int ShiftBits = 6;

    readonly Lazy<BitSlicedSimulator> simulator = new(() => new BitSlicedSimulator(multiplier.Circuit, vectorBytes));
    readonly ConcurrentBag<Buffers> free = [];
    readonly FloatFormat format = multiplier.Format;

    // Bits of the product that count.
    readonly int width = multiplier.Overflow == MantissaOverflow.Wrapped
        ? Math.Min(multiplier.Circuit.Outputs[0].Width, multiplier.LeadingBit + 1)
        : multiplier.Circuit.Outputs[0].Width;

    /// <summary>Buffers for one thread; <see cref="Return"/> makes them available again.</summary>
    public Buffers Rent() => free.TryTake(out Buffers? buffers) ? buffers : new Buffers(simulator.Value);

    /// <summary>Makes rented buffers available to other threads.</summary>
    public void Return(Buffers buffers) => free.Add(buffers);

    /// <summary>Cuts the mantissas of <see cref="Buffers.Activations"/> into slices.</summary>
    public void SliceActivations(Buffers buffers) => Slice(buffers, buffers.ActivationBits, simulator.Value.InputSlots[0]);

    /// <summary>Cuts the mantissas of <see cref="Buffers.Weights"/> into slices.</summary>
    public void SliceWeights(Buffers buffers) => Slice(buffers, buffers.WeightBits, simulator.Value.InputSlots[1]);

    /// <summary>
    /// Fills <see cref="Buffers.Weights"/> and their slices with <paramref name="weights"/>, each repeated in
    /// <paramref name="groups"/> groups of 16 lanes.
    /// </summary>
    public void SliceWeights(Buffers buffers, ReadOnlySpan<float> weights, int groups)
    {
        Span<Vector512<uint>> lanes = buffers.WeightBits;
        Span<Vector512<uint>> slices = buffers.Slots.From(simulator.Value.InputSlots[1])[..format.MantissaBits];
        Vector512<uint> low = default, high = default;
        // Lane i tests bit i of the mantissa, and bit 16 + i.
        Vector512<uint> lowBits = Vector512.Create<uint>(
            [0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x40, 0x80, 0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000, 0x4000, 0x8000]);
        Vector512<uint> highBits = lowBits << VectorLanes;
        for (int i = 0; i < weights.Length; i++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(weights[i]);
            foreach (ref Vector512<uint> lane in lanes.Slice(i * groups, groups))
                lane = Vector512.Create(bits);
            Vector512<uint> mantissa = Vector512.Create(format.Mantissa(bits));
            // Group g is bit g of every lane of a slice: this weight's groups as a mask. 64 bits, because a shift by 32 would be one by 0.
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

    /// <summary>Computes <see cref="Buffers.Products"/> from the operands and their slices.</summary>
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
        // The mantissa with its hidden one, without the bits that a narrower format lacks.
        for (int i = 0; i < rows.Length; i++)
            rows[i] = ((operands[i] & fraction) | hidden) >>> format.DroppedBits;
        BitTranspose.ToSlices(rows, format.MantissaBits);
    }

    /// <summary>
    /// Shifts products up until the leading one is the highest bit: by powers of two, each in the lanes whose highest bits are
    /// zero. The result, in slices: the fraction below the leading one, the number of bits shifted, and whether the product is zero.
    /// </summary>
    void Normalize(Span<Vector512<uint>> product, Span<Vector512<uint>> words)
    {
        // How many of the highest bits contain the leading ones of all lanes: with most networks' operands one or two.
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
        for (int bits = looked / 2; bits > 0; bits /= 2)
        {
            Vector512<uint> shifted = ~Any(product[^bits..]);
            words[format.FractionBits + BitOperations.Log2((uint)bits)] = shifted;
            // Lower bits than these cannot reach the fraction any more.
            int end = Math.Max(0, lowest - bits + 1);
            for (int i = width - 1; i >= Math.Max(bits, end); i--)
                product[i] = Vector512.ConditionalSelect(shifted, product[i - bits], product[i]);
            // Zeros move in from below.
            for (int i = Math.Min(bits, width) - 1; i >= end; i--)
                product[i] = Vector512.AndNot(product[i], shifted);
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

    /// <summary>Composes products from signs, exponents and fractions.</summary>
    void Join(Buffers buffers)
    {
        Span<Vector512<uint>> activations = buffers.ActivationBits, weights = buffers.WeightBits;
        Span<Vector512<uint>> products = buffers.ProductBits, words = buffers.Words;
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
            // ea + eb − shift − offset: modulo 2³², so that it is right as a signed number.
            Vector512<uint> fields = (sizeA >>> Binary32.FractionBits) + (sizeB >>> Binary32.FractionBits);
            Vector512<int> exponent = (fields - ((word >>> fractionBits) & shift)).AsInt32() - offset;
            Vector512<uint> size = (exponent << Binary32.FractionBits).AsUInt32() | ((word & fraction) << droppedBits);
            // Above the largest exponent infinity, below the smallest zero.
            size = Vector512.ConditionalSelect(Vector512.GreaterThan(exponent, highest).AsUInt32(), infinity, size);
            size = Vector512.ConditionalSelect(Vector512.LessThan(exponent, lowest).AsUInt32(), default, size);
            Vector512<uint> product = Vector512.ConditionalSelect(Vector512.Equals(word & none, none), default, sign | size);
            // Operands are finite here; those beyond the format's range count as infinite, those below as zero, and 0 · ∞ is NaN.
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

        /// <summary>The normalised mantissa products: first 32 slices, after the transposition 32 rows of 16 words.</summary>
        public Span<Vector512<uint>> Words => Part(3);

        public BitSlicedSimulator.Slots Slots { get; } = simulator.NewSlots();

        Span<Vector512<uint>> Part(int part) => numbers.From(part * BitTranspose.Rows)[..BitTranspose.Rows];
    }
}
