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

/// <summary>What pairs of 16-bit products have in common.</summary>
static unsafe class ShortDots
{
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
                Vector128<byte> even = Vector128.Load(codes + lane);
                Vector128<byte> odd = isPair ? Vector128.Load(codes + IntegerPath.Lanes + lane) : default;
                Store(even, odd, isPair, start, packed + lane);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store(Vector128<byte> even, Vector128<byte> odd, bool isPair, Vector128<short> start, int* packed)
    {
        (Vector128<ushort> evenLow, Vector128<ushort> evenHigh) = Vector128.Widen(even);
        (Vector128<ushort> oddLow, Vector128<ushort> oddHigh) = Vector128.Widen(odd);
        // The weight beside an operand that is missing is zero.
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

/// <summary>Pairs of 16-bit products in 512 bits.</summary>
readonly unsafe struct ShortDots512 : IDots<ShortDots512, Vector512<int>>
{
    public static bool IsSupported => Avx512BW.IsSupported;

    public static int Lanes => Vector512<int>.Count;

    public static bool Split => false;

    public static int Products => 2;

    public static bool TakesCodes => false;

    public static bool TakesUnsignedWeights => true;

    public static Vector512<int> NegativeZero => default;

    public static Vector512<int> Load(int* source) => Vector512.Load(source);

    public static Vector512<int> Broadcast(int* source) => Vector512.Create(*source);

    public static void StoreSum(Vector512<int> sum, float* bias, float* destination) => sum.Store((int*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Begin(Vector512<int> a0, Vector512<int> b0, Vector512<int> b1) =>
        Avx512BW.MultiplyAddAdjacent(a0.AsInt16(), b0.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> End(
        Vector512<int> sum, Vector512<int> a0, Vector512<int> a1, Vector512<int> b0, Vector512<int> b1, Vector512<int> begun,
        Vector512<int> refined) => sum + begun;

    public static void PackWeights(ReadOnlySpan<short> weights, Span<int> packed) => ShortDots.PackWeights(weights, packed);

    public static void PackActivations(byte* codes, int count, int groups, int width, short first, int* packed) =>
        ShortDots.PackActivations(codes, count, groups, width, first, packed);
}

/// <summary>Pairs of 16-bit products in 256 bits.</summary>
readonly unsafe struct ShortDots256 : IDots<ShortDots256, Vector256<int>>
{
    public static bool IsSupported => Avx2.IsSupported;

    public static int Lanes => Vector256<int>.Count;

    public static bool Split => false;

    public static int Products => 2;

    public static bool TakesCodes => false;

    public static bool TakesUnsignedWeights => true;

    public static Vector256<int> NegativeZero => default;

    public static Vector256<int> Load(int* source) => Vector256.Load(source);

    public static Vector256<int> Broadcast(int* source) => Vector256.Create(*source);

    public static void StoreSum(Vector256<int> sum, float* bias, float* destination) => sum.Store((int*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Begin(Vector256<int> a0, Vector256<int> b0, Vector256<int> b1) =>
        Avx2.MultiplyAddAdjacent(a0.AsInt16(), b0.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> End(
        Vector256<int> sum, Vector256<int> a0, Vector256<int> a1, Vector256<int> b0, Vector256<int> b1, Vector256<int> begun,
        Vector256<int> refined) => sum + begun;

    public static void PackWeights(ReadOnlySpan<short> weights, Span<int> packed) => ShortDots.PackWeights(weights, packed);

    public static void PackActivations(byte* codes, int count, int groups, int width, short first, int* packed) =>
        ShortDots.PackActivations(codes, count, groups, width, first, packed);
}

/// <summary>Pairs of 16-bit products in 128 bits.</summary>
readonly unsafe struct ShortDots128 : IDots<ShortDots128, Vector128<int>>
{
    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    public static int Lanes => Vector128<int>.Count;

    public static bool Split => false;

    public static int Products => 2;

    public static bool TakesCodes => false;

    public static bool TakesUnsignedWeights => true;

    public static Vector128<int> NegativeZero => default;

    public static Vector128<int> Load(int* source) => Vector128.Load(source);

    public static Vector128<int> Broadcast(int* source) => Vector128.Create(*source);

    public static void StoreSum(Vector128<int> sum, float* bias, float* destination) => sum.Store((int*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Begin(Vector128<int> a0, Vector128<int> b0, Vector128<int> b1) =>
        ((a0 << 16 >> 16) * (b0 << 16 >> 16)) + ((a0 >> 16) * (b0 >> 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> End(
        Vector128<int> sum, Vector128<int> a0, Vector128<int> a1, Vector128<int> b0, Vector128<int> b1, Vector128<int> begun,
        Vector128<int> refined) => sum + begun;

    public static void PackWeights(ReadOnlySpan<short> weights, Span<int> packed) => ShortDots.PackWeights(weights, packed);

    public static void PackActivations(byte* codes, int count, int groups, int width, short first, int* packed) =>
        ShortDots.PackActivations(codes, count, groups, width, first, packed);
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
