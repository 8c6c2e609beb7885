using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Circuits;

namespace DefensiveApproximation.Kernels;

/// <summary>
/// 512 products of finite numbers with a circuit for their mantissas. Mantissas go through the bit-sliced circuit; the
/// fraction under the leading one is picked while the product is still in slices, where its leading one is at the highest
/// place, the next or the one above; signs and exponents are added in the usual lanes. If a lane needs more than that, the
/// block is finished by the definition, from the mantissas' products.
/// </summary>
sealed class CircuitProducts(CircuitMultiplier multiplier, int vectorBytes)
{
    const int Lanes = BitSlicedSimulator.Lanes, VectorLanes = 16;

    // Beside the fraction's bits: by how many places the leading one is above the lowest of the three, in two bits.
    const int PlaceBits = 2;

    readonly Lazy<BitSlicedSimulator> simulator = new(() => new BitSlicedSimulator(multiplier.Circuit, vectorBytes));
    readonly ConcurrentBag<Buffers> free = [];
    readonly FloatFormat format = multiplier.Format;

    /// <summary>Buffers of one thread; to be given back.</summary>
    public Buffers Rent() => free.TryTake(out Buffers? buffers) ? buffers : new Buffers(simulator.Value);

    /// <summary>Gives buffers back.</summary>
    public void Return(Buffers buffers) => free.Add(buffers);

    /// <summary>Cuts the mantissas of <see cref="Buffers.Activations"/> into slices.</summary>
    public void SliceActivations(Buffers buffers) => Slice(buffers, buffers.Activations, simulator.Value.InputSlots[0]);

    /// <summary>Cuts the mantissas of <see cref="Buffers.Weights"/> into slices.</summary>
    public void SliceWeights(Buffers buffers) => Slice(buffers, buffers.Weights, simulator.Value.InputSlots[1]);

    /// <summary>Fills <see cref="Buffers.Weights"/> and the slices with one weight for every so many groups of 16 lanes.</summary>
    public void SliceWeights(Buffers buffers, ReadOnlySpan<float> weights, int groups)
    {
        Vector512<uint> low = default, high = default;
        Vector512<uint> lowBits = Vector512.Create<uint>([1, 1 << 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14, 1 << 15]);
        Vector512<uint> highBits = lowBits << VectorLanes;
        for (int i = 0; i < weights.Length; i++)
        {
            buffers.Weights.AsSpan(i * groups * VectorLanes, groups * VectorLanes).Fill(weights[i]);
            Vector512<uint> mantissa = Vector512.Create(format.Mantissa(BitConverter.SingleToUInt32Bits(weights[i])));
            // Group g is bit g of every lane of a slice.
            Vector512<uint> lanes = Vector512.Create((uint)(((1UL << groups) - 1) << (i * groups)));
            low |= Vector512.Equals(mantissa & lowBits, lowBits) & lanes;
            high |= Vector512.Equals(mantissa & highBits, highBits) & lanes;
        }

        int slot = simulator.Value.InputSlots[1];
        for (int bit = 0; bit < format.MantissaBits; bit++)
            buffers.Slots[slot + bit] = Vector512.Create(bit < VectorLanes ? low[bit] : high[bit - VectorLanes]);
    }

    /// <summary>Computes <see cref="Buffers.Products"/> of the operands, whose slices are there.</summary>
    public void Compute(Buffers buffers)
    {
        simulator.Value.Run(buffers.Slots);
        if (!PickFraction(buffers) || !Join(buffers))
            Define(buffers);
    }

    void Slice(Buffers buffers, float[] operands, int slot)
    {
        ref Vector512<uint> rows = ref buffers.Slots[slot];
        ref Vector512<uint> source = ref Unsafe.As<float, Vector512<uint>>(ref operands[0]);
        var fraction = Vector512.Create(Binary32.FractionMask);
        var hidden = Vector512.Create(Binary32.HiddenOne);
        for (int i = 0; i < BitTranspose.Rows; i++)
            Unsafe.Add(ref rows, i) = ((Unsafe.Add(ref source, i) & fraction) | hidden) >>> format.DroppedBits;
        BitTranspose.ToSlices(ref rows, format.MantissaBits);
    }

    /// <summary>
    /// From the slices of the product to numbers that hold the fraction, in place, and above it the place of the leading one.
    /// False if the leading one of some lane is elsewhere.
    /// </summary>
    bool PickFraction(Buffers buffers)
    {
        int width = Math.Min(multiplier.Circuit.Outputs[0].Width, multiplier.Overflow == MantissaOverflow.Wrapped ? multiplier.LeadingBit + 1 : int.MaxValue);
        ref Vector512<uint> product = ref buffers.Slots[simulator.Value.OutputSlots[0]];
        int middle = multiplier.LeadingBit;
        Vector512<uint> two = Bit(ref product, middle + 1, width), one = Bit(ref product, middle, width), zero = Bit(ref product, middle - 1, width);
        Vector512<uint> missing = ~(two | one | zero);
        for (int bit = middle + 2; bit < width; bit++)
            missing |= Unsafe.Add(ref product, bit);
        if (missing != default)
            return false;

        ref Vector512<uint> picked = ref buffers.Picked;
        int fractionBits = format.FractionBits;
        // The highest bit of the fraction is under the leading one.
        for (int i = 0; i < fractionBits; i++)
        {
            int place = middle - fractionBits + i;
            Vector512<uint> lower = Vector512.ConditionalSelect(one, Bit(ref product, place, width), Bit(ref product, place - 1, width));
            Unsafe.Add(ref picked, i) = Vector512.ConditionalSelect(two, Bit(ref product, place + 1, width), lower);
        }

        Unsafe.Add(ref picked, fractionBits) = one & ~two;
        Unsafe.Add(ref picked, fractionBits + 1) = two;
        for (int i = fractionBits + PlaceBits; i < BitTranspose.Rows; i++)
            Unsafe.Add(ref picked, i) = default;
        BitTranspose.ToNumbers(ref picked, fractionBits + PlaceBits);
        return true;

        static Vector512<uint> Bit(ref Vector512<uint> product, int place, int width) =>
            place >= 0 && place < width ? Unsafe.Add(ref product, place) : default;
    }

    /// <summary>Signs, exponents and fractions to products. False if an operand is too large for the format.</summary>
    bool Join(Buffers buffers)
    {
        var smallest = Vector512.Create(multiplier.SmallestBits);
        var largest = Vector512.Create((uint)format.HighestField << Binary32.FractionBits | Binary32.FractionMask);
        var magnitude = Vector512.Create(~Binary32.SignMask);
        var lowest = Vector512.Create(format.LowestField);
        var highest = Vector512.Create(format.HighestField);
        var fraction = Vector512.Create((1u << format.FractionBits) - 1);
        // The middle of the three places is the one for which e = ea + eb − 126.
        var offset = Vector512.Create(multiplier.Overflow == MantissaOverflow.Released ? 126 : 127);
        var place = Vector512.Create(multiplier.Overflow == MantissaOverflow.Released ? 0u : ~0u);
        var infinity = Vector512.Create(Binary32.ExponentMask);
        Vector512<uint> tooLarge = default;
        ref Vector512<uint> activations = ref Unsafe.As<float, Vector512<uint>>(ref buffers.Activations[0]);
        ref Vector512<uint> weights = ref Unsafe.As<float, Vector512<uint>>(ref buffers.Weights[0]);
        ref Vector512<uint> products = ref Unsafe.As<float, Vector512<uint>>(ref buffers.Products[0]);
        ref Vector512<uint> picked = ref buffers.Picked;
        for (int i = 0; i < BitTranspose.Rows; i++)
        {
            Vector512<uint> a = Unsafe.Add(ref activations, i), b = Unsafe.Add(ref weights, i), word = Unsafe.Add(ref picked, i);
            Vector512<uint> sizeA = a & magnitude, sizeB = b & magnitude;
            tooLarge |= Vector512.GreaterThan(sizeA, largest) | Vector512.GreaterThan(sizeB, largest);
            Vector512<int> exponent = ((sizeA >>> Binary32.FractionBits) + (sizeB >>> Binary32.FractionBits) + ((word >>> format.FractionBits) & place)).AsInt32() - offset;
            Vector512<uint> sign = (a ^ b) & ~magnitude;
            Vector512<uint> size = (exponent << Binary32.FractionBits).AsUInt32() | ((word & fraction) << format.DroppedBits);
            size = Vector512.ConditionalSelect(Vector512.GreaterThan(exponent, highest).AsUInt32(), infinity, size);
            size = Vector512.AndNot(size, Vector512.LessThan(exponent, lowest).AsUInt32());
            Vector512<uint> zero = Vector512.LessThan(sizeA, smallest) | Vector512.LessThan(sizeB, smallest);
            Unsafe.Add(ref products, i) = Vector512.AndNot(sign | size, zero);
        }

        return tooLarge == default;
    }

    /// <summary>The definition, from the product of the mantissas.</summary>
    void Define(Buffers buffers)
    {
        int slot = simulator.Value.OutputSlots[0], width = multiplier.Circuit.Outputs[0].Width;
        bool two = width > BitTranspose.Rows;
        BitTranspose.ToNumbers(ref buffers.Slots[slot], BitTranspose.Rows);
        Span<uint> low = buffers.Slots.Numbers(slot);
        if (two)
            BitTranspose.ToNumbers(ref buffers.Slots[slot + BitTranspose.Rows], BitTranspose.Rows);
        Span<uint> high = two ? buffers.Slots.Numbers(slot + BitTranspose.Rows) : [];
        for (int i = 0; i < Lanes; i++)
            buffers.Products[i] = multiplier.Frame(buffers.Activations[i], buffers.Weights[i], (two ? (ulong)high[i] << BitTranspose.Rows : 0) | low[i]);
    }

    /// <summary>Operands, wires and products of one thread.</summary>
    public sealed class Buffers(BitSlicedSimulator simulator)
    {
        readonly BitSlicedSimulator.Slots picked = new(BitTranspose.Rows);

        public float[] Activations { get; } = new float[Lanes];

        public float[] Weights { get; } = new float[Lanes];

        public float[] Products { get; } = new float[Lanes];

        public BitSlicedSimulator.Slots Slots { get; } = simulator.NewSlots();

        /// <summary>Fractions with the places of their leading ones: 32 slices, then as many rows of 16 numbers.</summary>
        public ref Vector512<uint> Picked => ref picked[0];
    }
}
