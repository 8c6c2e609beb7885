using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Dapprox.Foundation;

namespace Dapprox.Networks.Layers;

/// <summary>
/// The maximum of each window, with adjacent windows: <c>[batch, channels, height, width]</c> to <c>[batch, channels, ⌊height /
/// size⌋, ⌊width / size⌋]</c>; rows and columns beyond the last full window are dropped. Of equal maxima the first in reading order
/// counts and gets the gradient; a NaN in the window wins.
/// </summary>
public sealed class MaxPool2D : Layer
{
    readonly int size;

    /// <summary>Creates the layer.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="size">Rows and columns of a window, and the stride; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    public MaxPool2D(string name, int size)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        this.size = size;
    }

    internal override bool IsHomogeneous => true;

    internal int Size => size;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        (int planes, int height, int width) = Planes(input);
        int outputHeight = height / size, outputWidth = width / size;
        Tensor output = Tensor.Unfilled(input.Batch, input.Shape[1], outputHeight, outputWidth);
        // Rows first, along the memory: the maximum of each column of a window, for adjacent windows.
        int usedWidth = outputWidth * size;
        ParallelRange.ForEach(planes, height * width, threads, (first, count) =>
        {
            Span<float> columns = new float[outputHeight * usedWidth];
            for (int plane = first; plane < first + count; plane++)
            {
                ReadOnlySpan<float> source = input.Data.AsSpan(plane * height * width, height * width);
                for (int y = 0; y < outputHeight; y++)
                {
                    Span<float> largest = columns.Slice(y * usedWidth, usedWidth);
                    ReadOnlySpan<float> rows = source[(y * size * width)..];
                    // The first and the last row, which are the same in windows of one row, then the rows between.
                    Larger(rows[..usedWidth], rows.Slice((size - 1) * width, usedWidth), largest);
                    for (int i = 1; i < size - 1; i++)
                        Larger(largest, rows.Slice(i * width, usedWidth), largest);
                }

                LargestOfEach(columns, output.Data.AsSpan(plane * outputHeight * outputWidth, outputHeight * outputWidth));
            }
        });
        return output;
    }

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        (int planes, int height, int width) = Planes(input);
        int outputHeight = height / size, outputWidth = width / size;
        Tensor result = Tensor.Unfilled(input.Shape);
        result.Data.AsSpan().Clear();
        for (int row = 0; row < planes * outputHeight; row++)
        {
            int corner = (row / outputHeight * height + row % outputHeight * size) * width;
            int position = row * outputWidth, end = position + outputWidth;
            if (size == 2)
            {
                int done = PairsOfRows(
                    input.Data.AsSpan(corner, 2 * width), output.Data.AsSpan(position, outputWidth),
                    outputGradient.Data.AsSpan(position, outputWidth), result.Data.AsSpan(corner, 2 * width));
                position += done;
                corner += done * size;
            }

            for (; position < end; position++, corner += size)
                result.Data[Winner(input.Data, output.Data[position], corner, width)] = outputGradient.Data[position];
        }

        return result;
    }

    /// <summary>
    /// The gradient of a row of 2×2 windows, as far as whole vectors reach; returns the number of these windows.
    /// </summary>
    /// <param name="input">The two rows that the windows cover.</param>
    /// <param name="output">The maximum of each window.</param>
    /// <param name="outputGradient">The gradient with respect to the output.</param>
    /// <param name="result">Receives the gradient of the two rows.</param>
    static int PairsOfRows(ReadOnlySpan<float> input, ReadOnlySpan<float> output, ReadOnlySpan<float> outputGradient, Span<float> result)
    {
        int width = input.Length / 2, windows = Vector128<float>.Count;
        ReadOnlySpan<float> lower = input[width..];
        Span<float> lowerResult = result[width..];
        int last = output.Length - windows;
        if (last < 0)
            return 0;
        for (int i = 0; i < output.Length; i += windows)
        {
            // The last vector ends with the row and recomputes its overlap with the previous one.
            int start = Math.Min(i, last);
            (Vector128<ulong> largest0, Vector128<ulong> largest1) = Vector128.Widen(Vector128.Create(output[start..]).AsUInt32());
            (Vector128<ulong> gradient0, Vector128<ulong> gradient1) = Vector128.Widen(
                Vector128.Create(outputGradient[start..]).AsUInt32());
            int place = 2 * start;
            Windows(input[place..], lower[place..], Twice(largest0), Twice(gradient0), result[place..], lowerResult[place..]);
            place += windows;
            Windows(input[place..], lower[place..], Twice(largest1), Twice(gradient1), result[place..], lowerResult[place..]);
        }

        return output.Length;
    }

    /// <summary>A vector of windows: every 64-bit lane is the upper or lower half of a window.</summary>
    static void Windows(
        ReadOnlySpan<float> upper, ReadOnlySpan<float> lower, Vector128<ulong> largest, Vector128<ulong> gradient,
        Span<float> upperResult, Span<float> lowerResult)
    {
        Vector128<ulong> inUpper = FirstOfPair(upper, largest), inLower = FirstOfPair(lower, largest);
        // A winner in the upper row excludes both numbers of the lower row.
        Vector128<ulong> upperWins = inUpper | (inUpper << 32) | (inUpper >>> 32);
        Vector128<ulong> lowerWins = inLower | (inLower << 32) | (inLower >>> 32);
        if ((upperWins | lowerWins) != Vector128<ulong>.AllBitsSet)
            throw new ArgumentException("The output does not come from this input.", nameof(largest));
        (gradient & inUpper).AsSingle().CopyTo(upperResult);
        (gradient & inLower & ~upperWins).AsSingle().CopyTo(lowerResult);
    }

    /// <summary>All ones in the first half of each 64-bit lane that equals the largest number of its window.</summary>
    static Vector128<ulong> FirstOfPair(ReadOnlySpan<float> row, Vector128<ulong> largest)
    {
        // Compares bits, as Winner does.
        Vector128<ulong> equal = Vector128.Equals(
            (Vector128.Create(row) + Vector128<float>.Zero).AsInt32(),
            (largest.AsSingle() + Vector128<float>.Zero).AsInt32()).AsUInt64();
        // The first number is the lower half: if it is the maximum, the second number is not the first maximum.
        return equal & ~(equal << 32);
    }

    static Vector128<ulong> Twice(Vector128<ulong> low) => low | (low << 32);

    /// <summary>The index of the first maximum of the window, in reading order.</summary>
    int Winner(float[] data, float largest, int corner, int width)
    {
        // Advances while no element has won. Branches would be mispredicted most of the time, so bits are compared instead: adding
        // +0 unifies the two zeros and keeps every other number, including the payload of a NaN.
        int largestBits = BitConverter.SingleToInt32Bits(largest + 0f);
        int winner = corner, undecided = 1;
        for (int i = 0; i < size; i++)
        {
            foreach (float value in data.AsSpan(corner + i * width, size))
            {
                int difference = BitConverter.SingleToInt32Bits(value + 0f) ^ largestBits;
                // The top bit of d | −d is 1 unless d is 0.
                undecided &= (difference | -difference) >>> 31;
                winner += undecided;
            }

            winner += undecided * (width - size);
        }

        if (undecided != 0)
            throw new ArgumentException("The output does not come from this input.", nameof(largest));
        return winner;
    }

    /// <summary>The elementwise maximum; the destination can be one of the sources.</summary>
    static void Larger(ReadOnlySpan<float> one, ReadOnlySpan<float> other, Span<float> larger)
    {
        if (larger.Length < Vector<float>.Count)
        {
            for (int i = 0; i < larger.Length; i++)
                larger[i] = MathF.Max(one[i], other[i]);
            return;
        }

        // The last vector ends with the data; its overlap with the previous one keeps its values.
        int last = larger.Length - Vector<float>.Count;
        for (int i = 0; i < larger.Length; i += Vector<float>.Count)
        {
            int start = Math.Min(i, last);
            Vector.Max(new Vector<float>(one[start..]), new Vector<float>(other[start..])).CopyTo(larger[start..]);
        }
    }

    /// <summary>The maximum of each group of <see cref="size"/> numbers.</summary>
    void LargestOfEach(ReadOnlySpan<float> numbers, Span<float> largest)
    {
        int done = size == 2 ? LargestOfPairs(numbers, largest) : 0;
        for (int i = done; i < largest.Length; i++)
        {
            ReadOnlySpan<float> group = numbers.Slice(i * size, size);
            float candidate = group[0];
            foreach (float number in group[1..])
                candidate = MathF.Max(candidate, number);
            largest[i] = candidate;
        }
    }

    /// <summary>The maximum of each pair, as far as whole vectors reach; returns the number of these pairs.</summary>
    static int LargestOfPairs(ReadOnlySpan<float> numbers, Span<float> largest)
    {
        ReadOnlySpan<Vector<ulong>> pairs = MemoryMarshal.Cast<float, Vector<ulong>>(numbers);
        int done = 0;
        for (int i = 0; i + 1 < pairs.Length; i += 2, done += Vector<float>.Count)
        {
            // Each 64-bit lane is a pair: its halves are separated into a vector of the first numbers and a vector of the second ones.
            Vector<uint> one = Vector.Narrow(pairs[i], pairs[i + 1]);
            Vector<uint> other = Vector.Narrow(pairs[i] >>> 32, pairs[i + 1] >>> 32);
            Vector.Max(Vector.AsVectorSingle(one), Vector.AsVectorSingle(other)).CopyTo(largest[done..]);
        }

        return done;
    }

    static (int Planes, int Height, int Width) Planes(Tensor input) =>
        (input.Shape[0] * input.Shape[1], input.Shape[2], input.Shape[3]);
}
