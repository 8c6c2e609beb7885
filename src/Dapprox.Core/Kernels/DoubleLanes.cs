using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dapprox.Kernels;

readonly unsafe struct Double512 : IDoubleLanes<Vector512<double>, Vector256<float>>
{
    public static bool IsSupported => Vector512.IsHardwareAccelerated;

    public static int Count => Vector512<double>.Count;

    public static Vector512<double> Load(double* source) => Vector512.Load(source);

    public static Vector512<double> Broadcast(double value) => Vector512.Create(value);

    public static void Store(Vector512<double> vector, double* destination) => vector.Store(destination);

    public static Vector512<double> Add(Vector512<double> left, Vector512<double> right) => left + right;

    public static Vector512<double> MultiplyAdd(Vector512<double> left, Vector512<double> right, Vector512<double> addend) =>
        Vector512.MultiplyAddEstimate(left, right, addend);

    public static Vector512<double> Subtract(Vector512<double> left, Vector512<double> right) => left - right;

    public static Vector512<double> Multiply(Vector512<double> left, Vector512<double> right) => left * right;

    public static Vector512<double> And(Vector512<double> left, Vector512<double> right) => left & right;

    // Two instructions instead of three: a select, which is one ternary-logic instruction, and a mask.
    public static Vector512<double> Merge(Vector512<double> exponent, Vector512<double> fraction) =>
        Vector512.ConditionalSelect(Vector512.Create(Binary64.SignAndExponent), exponent, fraction)
            & Vector512.Create(Binary64.SinglePart);

    public static Vector512<double> LessThan(Vector512<double> left, Vector512<double> right) => Vector512.LessThan(left, right);

    public static Vector512<double> AndNot(Vector512<double> mask, Vector512<double> right) => right & ~mask;

    public static Vector256<float> ToSingles(Vector512<double> doubles) => Avx512F.ConvertToVector256Single(doubles);

    public static Vector512<double> ToDoubles(Vector256<float> singles) => Avx512F.ConvertToVector512Double(singles);

    public static Vector256<float> LoadSingles(float* source) => Vector256.Load(source);

    public static Vector256<float> AddSingles(Vector256<float> left, Vector256<float> right) => left + right;

    public static void StoreSingles(Vector256<float> singles, float* destination) => singles.Store(destination);
}

readonly unsafe struct Double256 : IDoubleLanes<Vector256<double>, Vector128<float>>
{
    public static bool IsSupported => Vector256.IsHardwareAccelerated;

    public static int Count => Vector256<double>.Count;

    public static Vector256<double> Load(double* source) => Vector256.Load(source);

    public static Vector256<double> Broadcast(double value) => Vector256.Create(value);

    public static void Store(Vector256<double> vector, double* destination) => vector.Store(destination);

    public static Vector256<double> Add(Vector256<double> left, Vector256<double> right) => left + right;

    public static Vector256<double> MultiplyAdd(Vector256<double> left, Vector256<double> right, Vector256<double> addend) =>
        Vector256.MultiplyAddEstimate(left, right, addend);

    public static Vector256<double> Subtract(Vector256<double> left, Vector256<double> right) => left - right;

    public static Vector256<double> Multiply(Vector256<double> left, Vector256<double> right) => left * right;

    public static Vector256<double> And(Vector256<double> left, Vector256<double> right) => left & right;

    public static Vector256<double> Merge(Vector256<double> exponent, Vector256<double> fraction) =>
        (exponent & Vector256.Create(Binary64.SignAndExponent)) | (fraction & Vector256.Create(Binary64.SingleFraction));

    public static Vector256<double> LessThan(Vector256<double> left, Vector256<double> right) => Vector256.LessThan(left, right);

    public static Vector256<double> AndNot(Vector256<double> mask, Vector256<double> right) => right & ~mask;

    public static Vector128<float> ToSingles(Vector256<double> doubles) => Avx.ConvertToVector128Single(doubles);

    public static Vector256<double> ToDoubles(Vector128<float> singles) => Avx.ConvertToVector256Double(singles);

    public static Vector128<float> LoadSingles(float* source) => Vector128.Load(source);

    public static Vector128<float> AddSingles(Vector128<float> left, Vector128<float> right) => left + right;

    public static void StoreSingles(Vector128<float> singles, float* destination) => singles.Store(destination);
}

readonly unsafe struct Double128 : IDoubleLanes<Vector128<double>, Vector128<float>>
{
    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    public static int Count => Vector128<double>.Count;

    public static Vector128<double> Load(double* source) => Vector128.Load(source);

    public static Vector128<double> Broadcast(double value) => Vector128.Create(value);

    public static void Store(Vector128<double> vector, double* destination) => vector.Store(destination);

    public static Vector128<double> Add(Vector128<double> left, Vector128<double> right) => left + right;

    public static Vector128<double> MultiplyAdd(Vector128<double> left, Vector128<double> right, Vector128<double> addend) =>
        Vector128.MultiplyAddEstimate(left, right, addend);

    public static Vector128<double> Subtract(Vector128<double> left, Vector128<double> right) => left - right;

    public static Vector128<double> Multiply(Vector128<double> left, Vector128<double> right) => left * right;

    public static Vector128<double> And(Vector128<double> left, Vector128<double> right) => left & right;

    public static Vector128<double> Merge(Vector128<double> exponent, Vector128<double> fraction) =>
        (exponent & Vector128.Create(Binary64.SignAndExponent)) | (fraction & Vector128.Create(Binary64.SingleFraction));

    public static Vector128<double> LessThan(Vector128<double> left, Vector128<double> right) => Vector128.LessThan(left, right);

    public static Vector128<double> AndNot(Vector128<double> mask, Vector128<double> right) => right & ~mask;

    // Two numbers make two binary32 numbers: the lower half counts, the upper half repeats it.
    public static Vector128<float> ToSingles(Vector128<double> doubles) => Vector128.Narrow(doubles, doubles);

    public static Vector128<double> ToDoubles(Vector128<float> singles) => Vector128.WidenLower(singles);

    // Eight bytes: sixteen would read beyond the end of an array.
    public static Vector128<float> LoadSingles(float* source) => Vector64.Load(source).ToVector128();

    public static Vector128<float> AddSingles(Vector128<float> left, Vector128<float> right) => left + right;

    public static void StoreSingles(Vector128<float> singles, float* destination) => singles.GetLower().Store(destination);
}
