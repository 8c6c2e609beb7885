using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dapprox.Kernels.Integers;

/// <summary>
/// Lanes of 32 bits, each of which holds the operands of some products and takes their sum: two of 16 bits, or four of 8 bits.
/// </summary>
unsafe interface IDots<TSelf, TVector> : IMultiplyAdd<TSelf, int, TVector, TVector>
    where TVector : unmanaged
    where TSelf : IDots<TSelf, TVector>
{
    /// <summary>How many products a lane adds up.</summary>
    static abstract int Products { get; }

    /// <summary>Whether activations are multiplied as their codes, which are unsigned, instead of what they stand for.</summary>
    static abstract bool TakesCodes { get; }

    /// <summary>Whether weights may be unsigned.</summary>
    static abstract bool TakesUnsignedWeights { get; }

    /// <summary>Packs the weights of a sum.</summary>
    /// <param name="weights">The weights, with zeros behind the last.</param>
    /// <param name="packed">Receives one number for <see cref="Products"/> weights.</param>
    static abstract void PackWeights(ReadOnlySpan<short> weights, Span<int> packed);

    /// <summary>Packs activations, those of a sum in the same lane.</summary>
    /// <param name="codes">The codes, <c>[count, <see cref="IntegerPath.Lanes"/>]</c>.</param>
    /// <param name="count">The number of products of a sum.</param>
    /// <param name="groups">How many numbers a sum's activations become.</param>
    /// <param name="width">How many lanes are packed.</param>
    /// <param name="first">What the code 0 stands for.</param>
    /// <param name="packed">
    /// Receives <c>[groups, width]</c>, and up to 16 numbers more: 16 lanes are written at a time, and what is too much is overwritten by
    /// the next group.
    /// </param>
    static abstract void PackActivations(byte* codes, int count, int groups, int width, short first, int* packed);
}

/// <summary>Pairs of 16-bit products in lanes of any width.</summary>
readonly unsafe struct ShortDots<TLanes, TVector> : IDots<ShortDots<TLanes, TVector>, TVector>
    where TLanes : ILanes<TVector, int>
    where TVector : unmanaged
{
    public static bool IsSupported => TLanes.IsSupported;

    public static int Lanes => TLanes.Count;

    public static bool Split => false;

    public static int Products => 2;

    public static bool TakesCodes => false;

    public static bool TakesUnsignedWeights => true;

    public static TVector NegativeZero => default;

    public static TVector Load(int* source) => TLanes.Load(source);

    public static TVector Broadcast(int* source) => TLanes.Broadcast(*source);

    public static void StoreSum(TVector sum, float* bias, float* destination) => TLanes.Store(sum, (int*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Begin(TVector a0, TVector b0, TVector b1) => TLanes.Multiply(a0, b0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector End(TVector sum, TVector a0, TVector a1, TVector b0, TVector b1, TVector begun, TVector refined) =>
        TLanes.Add(sum, begun);

    public static void PackWeights(ReadOnlySpan<short> weights, Span<int> packed)
    {
        for (int i = 0; i < packed.Length; i++)
            packed[i] = (ushort)weights[2 * i] | weights[2 * i + 1] << 16;
    }

    public static void PackActivations(byte* codes, int count, int groups, int width, short first, int* packed)
    {
        Vector128<short> start = Vector128.Create(first);
        for (int group = 0; group < groups; group++, codes += 2 * IntegerPath.Lanes, packed += width)
        {
            bool isPair = 2 * group + 1 < count;
            for (int lane = 0; lane < width; lane += Vector128<byte>.Count)
            {
                // The weight beside an operand that is missing is zero.
                Store(
                    Vector128.Load(codes + lane), isPair ? Vector128.Load(codes + IntegerPath.Lanes + lane) : default, start,
                    packed + lane);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Vector128<byte> even, Vector128<byte> odd, Vector128<short> start, int* packed)
    {
        (Vector128<ushort> evenLow, Vector128<ushort> evenHigh) = Vector128.Widen(even);
        (Vector128<ushort> oddLow, Vector128<ushort> oddHigh) = Vector128.Widen(odd);
        Interleave(evenLow.AsInt16() + start, oddLow.AsInt16() + start, packed);
        Interleave(evenHigh.AsInt16() + start, oddHigh.AsInt16() + start, packed + Vector128<short>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Interleave(Vector128<short> even, Vector128<short> odd, int* packed)
    {
        (Vector128<uint> evenLow, Vector128<uint> evenHigh) = Vector128.Widen(even.AsUInt16());
        (Vector128<uint> oddLow, Vector128<uint> oddHigh) = Vector128.Widen(odd.AsUInt16());
        (evenLow | oddLow << 16).AsInt32().Store(packed);
        (evenHigh | oddHigh << 16).AsInt32().Store(packed + Vector128<int>.Count);
    }
}

/// <summary>Four products of an unsigned and a signed byte in each lane.</summary>
readonly unsafe struct ByteDots : IDots<ByteDots, Vector256<int>>
{
    public static bool IsSupported => AvxVnni.IsSupported;

    public static int Lanes => Vector256<int>.Count;

    public static bool Split => false;

    public static int Products => 4;

    public static bool TakesCodes => true;

    public static bool TakesUnsignedWeights => false;

    public static Vector256<int> NegativeZero => default;

    public static Vector256<int> Load(int* source) => Vector256.Load(source);

    public static Vector256<int> Broadcast(int* source) => Vector256.Create(*source);

    public static void StoreSum(Vector256<int> sum, float* bias, float* destination) => sum.Store((int*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> End(
        Vector256<int> sum, Vector256<int> a0, Vector256<int> a1, Vector256<int> b0, Vector256<int> b1, Vector256<int> begun,
        Vector256<int> refined) => AvxVnni.MultiplyWideningAndAdd(sum, b0.AsByte(), a0.AsSByte());

    public static void PackWeights(ReadOnlySpan<short> weights, Span<int> packed)
    {
        for (int i = 0; i < packed.Length; i++)
        {
            packed[i] = (byte)weights[4 * i] | (byte)weights[4 * i + 1] << 8 | (byte)weights[4 * i + 2] << 16
                | weights[4 * i + 3] << 24;
        }
    }

    public static void PackActivations(byte* codes, int count, int groups, int width, short first, int* packed)
    {
        for (int group = 0; group < groups; group++, codes += 4 * IntegerPath.Lanes, packed += width)
        {
            int left = count - 4 * group;
            for (int lane = 0; lane < width; lane += Vector128<byte>.Count)
            {
                Vector128<byte> k0 = Vector128.Load(codes + lane);
                Vector128<byte> k1 = left > 1 ? Vector128.Load(codes + IntegerPath.Lanes + lane) : default;
                Vector128<byte> k2 = left > 2 ? Vector128.Load(codes + 2 * IntegerPath.Lanes + lane) : default;
                Vector128<byte> k3 = left > 3 ? Vector128.Load(codes + 3 * IntegerPath.Lanes + lane) : default;
                Vector128<ushort> lower0 = Sse2.UnpackLow(k0, k1).AsUInt16(), upper0 = Sse2.UnpackHigh(k0, k1).AsUInt16();
                Vector128<ushort> lower1 = Sse2.UnpackLow(k2, k3).AsUInt16(), upper1 = Sse2.UnpackHigh(k2, k3).AsUInt16();
                Sse2.UnpackLow(lower0, lower1).AsInt32().Store(packed + lane);
                Sse2.UnpackHigh(lower0, lower1).AsInt32().Store(packed + lane + 4);
                Sse2.UnpackLow(upper0, upper1).AsInt32().Store(packed + lane + 8);
                Sse2.UnpackHigh(upper0, upper1).AsInt32().Store(packed + lane + 12);
            }
        }
    }
}
