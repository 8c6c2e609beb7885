using System.Runtime.Intrinsics;
using Dapprox.Arithmetic;

namespace Dapprox.Kernels.Integers;

/// <summary>
/// The paths of integer products, fastest first. A layer takes the first that the processor supports and that covers its products;
/// <c>DAPPROX_KERNEL</c> restricts the choice as it does for floats.
/// </summary>
static class IntegerPaths
{
    /// <summary>All paths, supported here or not.</summary>
    public static IReadOnlyList<IntegerPath> All { get; } =
    [
        new ExactPath<ByteDots, Vector256<int>>("avx2-dots", KernelTable.Avx2),
        new ExactPath<ShortDots<Pairs512, Vector512<int>>, Vector512<int>>("avx512", KernelTable.Avx512),
        new ExactPath<ShortDots<Pairs256, Vector256<int>>, Vector256<int>>("avx2", KernelTable.Avx2),
        new ExactPath<ShortDots<Pairs128, Vector128<int>>, Vector128<int>>("vector128", KernelTable.Vector128Set),
        new FactorPath<Pairs512, Vector512<int>>("avx512-factors", KernelTable.Avx512, maxRank: 4),
        new RowPath(),
        new FactorPath<Pairs256, Vector256<int>>("avx2-factors", KernelTable.Avx2, IntegerFactors.MaxRank),
        new LookupPath(),
    ];

    /// <summary>The fastest path for some products.</summary>
    /// <param name="products">The products of a layer.</param>
    /// <param name="only">The name of the one path to use; null for the fastest.</param>
    public static IntegerPath Fastest(IntegerProducts products, string? only) => All.First(
        path => path.IsSupported && path.Covers(products)
            && (only is null ? KernelTable.Allows(path.InstructionSet) : path.Name == only));
}
