using System.Numerics;
using Dapprox.Arithmetic;

namespace Dapprox.Kernels;

/// <summary>Products one by one.</summary>
public static class BulkMultiply
{
    const int Block = 2048;

    /// <summary>
    /// Effectively computes <c>products[i] = multiplier.Multiply(activations[i], weights[i])</c>, for all operands: the
    /// results are the definition's bits, signs of zeros and NaN included.
    /// </summary>
    /// <param name="multiplier">Any multiplier; one without fast paths is called once per product.</param>
    /// <param name="activations">Operands A.</param>
    /// <param name="weights">As many operands B.</param>
    /// <param name="products">Room for as many products; may be one of the operands' spans.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Run(
        FloatMultiplier multiplier, ReadOnlySpan<float> activations, ReadOnlySpan<float> weights, Span<float> products) =>
        Run(multiplier, activations, weights, products, path: null);

    internal static void Run(
        FloatMultiplier multiplier, ReadOnlySpan<float> activations, ReadOnlySpan<float> weights, Span<float> products, string? path)
    {
        if (activations.Length != weights.Length || activations.Length != products.Length)
        {
            throw new ArgumentException(
                $"The lengths differ: {activations.Length} activations, {weights.Length} weights, {products.Length} products.",
                nameof(products));
        }

        KernelPath[] paths = KernelTable.Usable(multiplier, Accumulation.Float32, path);
        for (int start = 0; start < products.Length; start += Block)
        {
            int count = Math.Min(Block, products.Length - start);
            MultiplyBlock(
                multiplier, paths, activations.Slice(start, count), weights.Slice(start, count), products.Slice(start, count));
        }
    }

    static void MultiplyBlock(
        FloatMultiplier multiplier, KernelPath[] paths, ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> products)
    {
        foreach (KernelPath path in paths)
        {
            uint smallest = path.Format.Smallest;
            OperandRange activations = OperandRange.Of(a, smallest), weights = OperandRange.Of(b, smallest);
            if (!path.Range.Covers(activations, weights))
                continue;

            // Products may overwrite the operands, which the signs are taken from afterwards.
            Span<float> results = stackalloc float[Block];
            path.Multiply(a, b, results[..products.Length]);
            if (multiplier is MantissaMultiplier)
                ClearSignsOfFlushed(a, b, results);
            results[..products.Length].CopyTo(products);
            return;
        }

        for (int i = 0; i < products.Length; i++)
            products[i] = multiplier.Multiply(a[i], b[i]);
    }

    /// <summary>
    /// Where an operand is flushed, because it counts as zero, the definition gives +0 and the fast paths a zero with the product's sign.
    /// </summary>
    static void ClearSignsOfFlushed(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> products)
    {
        var magnitude = new Vector<uint>(~Binary32.SignMask);
        var smallest = new Vector<uint>(MantissaMultiplier.FlushBits);
        int vectorised = a.Length - a.Length % Vector<uint>.Count;
        for (int i = 0; i < vectorised; i += Vector<uint>.Count)
        {
            var product = new Vector<float>(products[i..]);
            Vector<uint> flushed = Vector.LessThan(Vector.AsVectorUInt32(new Vector<float>(a[i..])) & magnitude, smallest)
                | Vector.LessThan(Vector.AsVectorUInt32(new Vector<float>(b[i..])) & magnitude, smallest);
            // A mask of all ones is also the sign bit, and the product under it is a zero: clearing all bits clears the sign.
            Vector<uint> signs = flushed & Vector.AsVectorUInt32(Vector.Equals(product, Vector<float>.Zero));
            Vector.AsVectorSingle(Vector.AndNot(Vector.AsVectorUInt32(product), signs)).CopyTo(products[i..]);
        }

        for (int i = vectorised; i < a.Length; i++)
        {
            if (products[i] == 0 && (MantissaMultiplier.CountsAsZero(a[i]) || MantissaMultiplier.CountsAsZero(b[i])))
                products[i] = 0f;
        }
    }
}
