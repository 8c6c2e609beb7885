using Dapprox.Arithmetic;

namespace Dapprox.Kernels.Integers;

/// <summary>
/// A fast way to compute sums of integer products on one instruction set, equal to the definition bit for bit. Sums are those of int32
/// accumulators in two's complement, so their order does not matter; <see cref="LookupPath"/> alone adds as another accumulator does.
/// <see cref="IntegerPaths"/> lists the paths.
/// </summary>
abstract class IntegerPath(string name, string instructionSet)
{
    /// <summary>Operands that are summed together: positions of outputs, one byte each.</summary>
    public const int Lanes = 128;

    /// <summary>The name of the path: <c>avx512-rows</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The instruction set that the path needs, one of those of <see cref="KernelTable"/>.</summary>
    public string InstructionSet { get; } = instructionSet;

    /// <summary>Whether this processor can run it.</summary>
    public abstract bool IsSupported { get; }

    /// <summary>Whether it computes these products.</summary>
    public abstract bool Covers(IntegerProducts products);

    /// <summary>Prepares weights.</summary>
    /// <param name="products">The products of the layer, which the path covers.</param>
    /// <param name="codes">The codes of the weights, <c>[columns, count]</c>; kept, not copied.</param>
    /// <param name="columns">The number of sums that a position has.</param>
    /// <param name="count">The number of products of a sum.</param>
    public abstract IntegerMatrix Prepare(IntegerProducts products, byte[] codes, int columns, int count);
}

/// <summary>The weights of a matrix, prepared for an <see cref="IntegerPath"/>.</summary>
abstract unsafe class IntegerMatrix
{
    /// <summary>Computes sums of products.</summary>
    /// <param name="activations">The codes of the activations, <c>[count, <see cref="IntegerPath.Lanes"/>]</c>, aligned to 64
    /// bytes.</param>
    /// <param name="lanes">How many of the lanes are wanted; the others hold any codes of the format.</param>
    /// <param name="firstColumn">The first of the columns that are wanted.</param>
    /// <param name="endColumn">The column behind the last.</param>
    /// <param name="sums">Receives the sums of these columns, <c>[columns, lanes]</c>.</param>
    public abstract void Sum(byte* activations, int lanes, int firstColumn, int endColumn, int* sums);
}
