using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dapprox.Kernels;

/// <summary>The same where the exponent moves with the carry, one instruction less; see <see cref="AxFpmSingle"/>.</summary>
readonly struct AxFpmRenormalisedSingle : IProductStages<Vector512<float>, Vector512<float>>
{
    public static bool Split => true;

    public static bool DerivesWeights => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> SplitWeight(Vector512<float> b0) => AxFpmSingle.SplitWeight(b0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Begin(Vector512<float> a0, Vector512<float> b0, Vector512<float> b1) =>
        AxFpmSingle.Begin(a0, b0, b1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Continue(Vector512<float> a0, Vector512<float> b1, Vector512<float> begun) =>
        AxFpmSingle.Continue(a0, b1, begun);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Refine(Vector512<float> a1, Vector512<float> b0, Vector512<float> continued) =>
        AxFpmSingle.Refine(a1, b0, continued);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> End(
        Vector512<float> sum, Vector512<float> a0, Vector512<float> a1, Vector512<float> b0, Vector512<float> b1,
        Vector512<float> begun, Vector512<float> refined) =>
        sum + Avx512F.Add(begun, refined, FloatRoundingMode.ToZero);
}
