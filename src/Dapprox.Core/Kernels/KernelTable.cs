using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Foundation;

namespace Dapprox.Kernels;

/// <summary>
/// The fast paths of every multiplier, fastest first. A kernel takes the first that the processor supports and whose
/// safe range covers the operands; where none does, or for a multiplier not in the table, the definition itself.
/// </summary>
/// <remarks>
/// The environment variable <c>DAPPROX_KERNEL</c> restricts the choice to one instruction set: <c>avx512</c>,
/// <c>avx2</c>, <c>vector128</c> or <c>scalar</c>, the definition. Results are bit-identical on every path.
/// </remarks>
static class KernelTable
{
    public const string EnvironmentVariable = "DAPPROX_KERNEL";

    /// <summary>The instruction sets; the last stands for the definition.</summary>
    public const string Avx512 = "avx512", Avx2 = "avx2", Vector128Set = "vector128", Scalar = "scalar";

    /// <summary>The paths of circuits, created, and the circuit compiled, on first use; collected with the multiplier.</summary>
    static readonly ConditionalWeakTable<CircuitMultiplier, CircuitPath[]> CircuitPaths = [];

    static readonly Lazy<string?> Forced = new(ReadEnvironment);

    static readonly Dictionary<(FloatMultiplier, Accumulation), KernelPath[]> Paths = new()
    {
        [(ExactMultiplier.Rounded, Accumulation.Float32)] = ExactSingles(OperandFormat.Plain, SafeRange.Finite),
        [(ExactMultiplier.Rounded, Accumulation.Float64)] = Doubles<ExactDouble>("", OperandFormat.Plain, SafeRange.Finite),
        [(ExactMultiplier.FusedSum, Accumulation.Float32)] =
        [
            Singles512<FusedSingle<Single512, Vector512<float>>>(OperandFormat.Plain, SafeRange.Finite),
            Singles256<FusedSingle<Single256, Vector256<float>>>(OperandFormat.Plain, SafeRange.Finite),
            Singles128<FusedSingle<Single128, Vector128<float>>>(OperandFormat.Plain, SafeRange.Finite),
        ],
        [(ExactMultiplier.FusedSum, Accumulation.Float64)] = Doubles<FusedDouble>("", OperandFormat.Plain, SafeRange.Finite),
        [(Bfloat16Multiplier.Truncated, Accumulation.Float32)] = ExactSingles(OperandFormat.Bfloat16, SafeRange.Finite),
        [(Bfloat16Multiplier.Truncated, Accumulation.Float64)] = Doubles<ExactDouble>("", OperandFormat.Bfloat16, SafeRange.Finite),
        [(Bfloat16Multiplier.Nearest, Accumulation.Float32)] = ExactSingles(OperandFormat.Bfloat16Nearest, Bfloat16NearestRange),
        [(Bfloat16Multiplier.Nearest, Accumulation.Float64)] =
            Doubles<ExactDouble>("", OperandFormat.Bfloat16Nearest, Bfloat16NearestRange),
        [(Ama5Flat.Instance, Accumulation.Float32)] = ExactSingles(OperandFormat.FlatAma5, FlatAma5Range),
        [(Ama5Flat.Instance, Accumulation.Float64)] = Doubles<ExactDouble>("", OperandFormat.FlatAma5, FlatAma5Range),
        [(AxFpm.Released, Accumulation.Float32)] =
        [
            Singles512<AxFpmSingle>(OperandFormat.AxFpm, AxFpmSingleRange),
            .. AxFpmFloat32<AxFpmDouble>(AxFpmDoubleRange),
        ],
        [(AxFpm.Released, Accumulation.Float64)] = AxFpmFloat64<AxFpmDouble>(AxFpmDoubleRange),
        [(AxFpm.Renormalised, Accumulation.Float32)] =
        [
            Singles512<AxFpmRenormalisedSingle>(OperandFormat.AxFpm, AxFpmSingleRange),
            .. AxFpmFloat32<AxFpmRenormalisedDouble>(AxFpmRenormalisedRange),
        ],
        [(AxFpm.Renormalised, Accumulation.Float64)] = AxFpmFloat64<AxFpmRenormalisedDouble>(AxFpmRenormalisedRange),
        [(AxFpm.Wrapped, Accumulation.Float32)] = AxFpmFloat32<AxFpmWrappedDouble>(AxFpmWrappedRange),
        [(AxFpm.Wrapped, Accumulation.Float64)] = AxFpmFloat64<AxFpmWrappedDouble>(AxFpmWrappedRange),
    };

    // See AxFpmSingle for 20. Packing doubles nibble tops, hence weights up to 253.
    static SafeRange AxFpmSingleRange => new(20, 253, 253);

    static SafeRange AxFpmDoubleRange => new(1, 254, 253);

    // The carry can raise the exponent by one.
    static SafeRange AxFpmRenormalisedRange => new(1, 253, 253);

    // What is left after the carry is lost can be as small as 2⁻⁴⁷ of the product.
    static SafeRange AxFpmWrappedRange => new(48, 254, 253);

    // Rounding up can raise the largest exponent to that of infinity, whose product with zero is NaN.
    static SafeRange Bfloat16NearestRange => SafeRange.Finite with { HighestActivation = 253, HighestWeight = 253 };

    // Packing doubles weights. A result above 254 overflows to infinity as it should; one below 1 would be subnormal.
    static SafeRange FlatAma5Range => new(1, int.MaxValue, 253);

    /// <summary>All paths of a multiplier, supported here or not; empty for a multiplier without fast paths.</summary>
    public static IReadOnlyList<KernelPath> All(FloatMultiplier multiplier, Accumulation accumulation) =>
        multiplier is CircuitMultiplier circuit
            ? [.. CircuitPaths.GetValue(circuit, CircuitPath.All).Where(path => path.Accumulation == accumulation)]
            : Paths.GetValueOrDefault((multiplier, accumulation), []);

    /// <summary>The paths that may be used here, fastest first.</summary>
    /// <param name="multiplier">Any multiplier; one that the table lacks has no paths.</param>
    /// <param name="accumulation">The format of the sums.</param>
    /// <param name="only">The name of the one path to use; null for all.</param>
    public static KernelPath[] Usable(FloatMultiplier multiplier, Accumulation accumulation, string? only) =>
        All(multiplier, accumulation)
            .Where(path => path.IsSupported
                && (only is null ? Allows(path.InstructionSet) : path.Name == only))
            .ToArray();

    /// <summary>Whether the environment allows an instruction set.</summary>
    public static bool Allows(string instructionSet) => Forced.Value is null || instructionSet == Forced.Value;

    static string? ReadEnvironment()
    {
        string? given = Environment.GetEnvironmentVariable(EnvironmentVariable);
        if (string.IsNullOrEmpty(given))
            return null;
        string name = Names.Find($"{EnvironmentVariable} value", given, [Avx512, Avx2, Vector128Set, Scalar], set => set);
        bool supported = name switch
        {
            Avx512 => Vector512.IsHardwareAccelerated,
            Avx2 => Vector256.IsHardwareAccelerated,
            Vector128Set => Vector128.IsHardwareAccelerated,
            _ => true,
        };
        return supported
            ? name
            : throw new InputException(
                $"{EnvironmentVariable}={given}: this processor does not have it; unset the variable, or use avx2, vector128 or scalar.");
    }

    static KernelPath[] ExactSingles(OperandFormat format, SafeRange range) =>
    [
        Singles512<ExactSingle<Single512, Vector512<float>>>(format, range),
        Singles256<ExactSingle<Single256, Vector256<float>>>(format, range),
        Singles128<ExactSingle<Single128, Vector128<float>>>(format, range),
    ];

#pragma warning disable CA1859 // The concrete type of a path is a line of type arguments that no caller needs.
    // Products and sums in binary32 lanes, of each width.
    static KernelPath Singles512<TProduct>(OperandFormat format, SafeRange range)
        where TProduct : IProductStages<Vector512<float>, Vector512<float>> =>
        new TilePath<SingleStep<TProduct, Single512, Vector512<float>>, float, Vector512<float>, Vector512<float>>(
            Avx512, Avx512, format, range);

    static KernelPath Singles256<TProduct>(OperandFormat format, SafeRange range)
        where TProduct : IProductStages<Vector256<float>, Vector256<float>> =>
        new TilePath<SingleStep<TProduct, Single256, Vector256<float>>, float, Vector256<float>, Vector256<float>>(
            Avx2, Avx2, format, range);

    static KernelPath Singles128<TProduct>(OperandFormat format, SafeRange range)
        where TProduct : IProductStages<Vector128<float>, Vector128<float>> =>
        new TilePath<SingleStep<TProduct, Single128, Vector128<float>>, float, Vector128<float>, Vector128<float>>(
            Vector128Set, Vector128Set, format, range);

    // Products in binary64 lanes, sums in either format.
    static KernelPath Doubles512<TProduct, TAccumulator, TSum>(string suffix, OperandFormat format, SafeRange range)
        where TProduct : IDoubleProduct
        where TAccumulator : IDoubleAccumulator<Vector512<double>, Vector256<float>, TSum>
        where TSum : unmanaged =>
        new TilePath<
            DoubleStep<TProduct, TAccumulator, Double512, Vector512<double>, Vector256<float>, TSum>,
            double, Vector512<double>, TSum>(Avx512 + suffix, Avx512, format, range);

    static KernelPath Doubles256<TProduct, TAccumulator, TSum>(string suffix, OperandFormat format, SafeRange range)
        where TProduct : IDoubleProduct
        where TAccumulator : IDoubleAccumulator<Vector256<double>, Vector128<float>, TSum>
        where TSum : unmanaged =>
        new TilePath<
            DoubleStep<TProduct, TAccumulator, Double256, Vector256<double>, Vector128<float>, TSum>,
            double, Vector256<double>, TSum>(Avx2 + suffix, Avx2, format, range);

    static KernelPath Doubles128<TProduct, TAccumulator, TSum>(string suffix, OperandFormat format, SafeRange range)
        where TProduct : IDoubleProduct
        where TAccumulator : IDoubleAccumulator<Vector128<double>, Vector128<float>, TSum>
        where TSum : unmanaged =>
        new TilePath<
            DoubleStep<TProduct, TAccumulator, Double128, Vector128<double>, Vector128<float>, TSum>,
            double, Vector128<double>, TSum>(Vector128Set + suffix, Vector128Set, format, range);
#pragma warning restore CA1859

    /// <summary>Products and sums in binary64 lanes.</summary>
    static KernelPath[] Doubles<TProduct>(string suffix, OperandFormat format, SafeRange range)
        where TProduct : IDoubleProduct =>
    [
        Doubles512<TProduct, AccumulateDoubles<Double512, Vector512<double>, Vector256<float>>, Vector512<double>>(suffix, format, range),
        Doubles256<TProduct, AccumulateDoubles<Double256, Vector256<double>, Vector128<float>>, Vector256<double>>(suffix, format, range),
        Doubles128<TProduct, AccumulateDoubles<Double128, Vector128<double>, Vector128<float>>, Vector128<double>>(suffix, format, range),
    ];

    /// <summary>Products in binary64 lanes, sums in binary32.</summary>
    static KernelPath[] ProductsInDoubles<TProduct>(string suffix, SafeRange range)
        where TProduct : IDoubleProduct =>
    [
        Doubles512<TProduct, AccumulateSingles<Double512, Vector512<double>, Vector256<float>>, Vector256<float>>(
            suffix, OperandFormat.AxFpm, range),
        Doubles256<TProduct, AccumulateSingles<Double256, Vector256<double>, Vector128<float>>, Vector128<float>>(
            suffix, OperandFormat.AxFpm, range),
        Doubles128<TProduct, AccumulateSingles<Double128, Vector128<double>, Vector128<float>>, Vector128<float>>(
            suffix, OperandFormat.AxFpm, range),
    ];

    /// <summary>Ax-FPM in binary64 lanes, sums in binary32; then the same for products that may underflow.</summary>
    static KernelPath[] AxFpmFloat32<TProduct>(SafeRange range)
        where TProduct : IDoubleProduct =>
    [
        .. ProductsInDoubles<TProduct>("-double", range),
        .. ProductsInDoubles<Underflowing<TProduct>>("-underflow", range with { LowestResult = int.MinValue }),
    ];

    /// <summary>Ax-FPM and sums in binary64 lanes; then the same for products that may underflow.</summary>
    static KernelPath[] AxFpmFloat64<TProduct>(SafeRange range)
        where TProduct : IDoubleProduct =>
    [
        .. Doubles<TProduct>("", OperandFormat.AxFpm, range),
        .. Doubles<Underflowing<TProduct>>("-underflow", OperandFormat.AxFpm, range with { LowestResult = int.MinValue }),
    ];
}
