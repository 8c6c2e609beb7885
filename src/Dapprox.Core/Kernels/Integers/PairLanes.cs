using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dapprox.Kernels.Integers;

/// <summary>Two 16-bit numbers in each lane; <see cref="Multiply"/> gives the sum of both products.</summary>
readonly unsafe struct Pairs512 : ILanes<Vector512<int>, int>
{
    public static bool IsSupported => Avx512BW.IsSupported;

    public static int Count => Vector512<int>.Count;

    public static Vector512<int> Load(int* source) => Vector512.Load(source);

    public static Vector512<int> Broadcast(int value) => Vector512.Create(value);

    public static void Store(Vector512<int> vector, int* destination) => vector.Store(destination);

    public static Vector512<int> Add(Vector512<int> left, Vector512<int> right) => left + right;

    public static Vector512<int> Multiply(Vector512<int> left, Vector512<int> right) =>
        Avx512BW.MultiplyAddAdjacent(left.AsInt16(), right.AsInt16());
}

/// <summary>The same in 256 bits.</summary>
readonly unsafe struct Pairs256 : ILanes<Vector256<int>, int>
{
    public static bool IsSupported => Avx2.IsSupported;

    public static int Count => Vector256<int>.Count;

    public static Vector256<int> Load(int* source) => Vector256.Load(source);

    public static Vector256<int> Broadcast(int value) => Vector256.Create(value);

    public static void Store(Vector256<int> vector, int* destination) => vector.Store(destination);

    public static Vector256<int> Add(Vector256<int> left, Vector256<int> right) => left + right;

    public static Vector256<int> Multiply(Vector256<int> left, Vector256<int> right) =>
        Avx2.MultiplyAddAdjacent(left.AsInt16(), right.AsInt16());
}

/// <summary>The same in 128 bits.</summary>
readonly unsafe struct Pairs128 : ILanes<Vector128<int>, int>
{
    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    public static int Count => Vector128<int>.Count;

    public static Vector128<int> Load(int* source) => Vector128.Load(source);

    public static Vector128<int> Broadcast(int value) => Vector128.Create(value);

    public static void Store(Vector128<int> vector, int* destination) => vector.Store(destination);

    public static Vector128<int> Add(Vector128<int> left, Vector128<int> right) => left + right;

    public static Vector128<int> Multiply(Vector128<int> left, Vector128<int> right) =>
        ((left << 16 >> 16) * (right << 16 >> 16)) + ((left >> 16) * (right >> 16));
}
