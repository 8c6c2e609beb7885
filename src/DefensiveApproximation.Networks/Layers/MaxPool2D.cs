using System.Numerics;
using System.Runtime.InteropServices;

namespace DefensiveApproximation.Networks.Layers;

/// <summary>
/// The largest number of each window, windows side by side: <c>[batch, channels, height, width]</c> to
/// <c>[batch, channels, ⌊height / size⌋, ⌊width / size⌋]</c>; rows and columns that fill no window are left out. Among
/// equals the first in reading order counts and gets the gradient; a NaN in the window wins.
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

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        (int planes, int height, int width) = Planes(input);
        int outputHeight = height / size, outputWidth = width / size;
        Tensor output = Tensor.Unfilled(input.Batch, input.Shape[1], outputHeight, outputWidth);
        // Rows first, since that runs along the memory: the largest of each column of a window, windows side by side.
        int usedWidth = outputWidth * size;
        Span<float> columns = new float[outputHeight * usedWidth];
        for (int plane = 0; plane < planes; plane++)
        {
            ReadOnlySpan<float> source = input.Data.AsSpan(plane * height * width, height * width);
            for (int y = 0; y < outputHeight; y++)
            {
                Span<float> largest = columns.Slice(y * usedWidth, usedWidth);
                ReadOnlySpan<float> rows = source[(y * size * width)..];
                rows[..usedWidth].CopyTo(largest);
                for (int i = 1; i < size; i++)
                    KeepLarger(largest, rows.Slice(i * width, usedWidth));
            }

            LargestOfEach(columns, output.Data.AsSpan(plane * outputHeight * outputWidth, outputHeight * outputWidth));
        }

        return output;
    }

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        (int planes, int height, int width) = Planes(input);
        int outputHeight = height / size, outputWidth = width / size;
        Tensor result = Tensor.Zeros(input.Shape);
        for (int row = 0; row < planes * outputHeight; row++)
        {
            int corner = (row / outputHeight * height + row % outputHeight * size) * width;
            for (int position = row * outputWidth; position < (row + 1) * outputWidth; position++, corner += size)
                result.Data[Winner(input.Data, output.Data[position], corner, width)] = outputGradient.Data[position];
        }

        return result;
    }

    /// <summary>The first place of the window, in reading order, that holds its largest number.</summary>
    int Winner(float[] data, float largest, int corner, int width)
    {
        // Moves on while no place has won. Comparisons and branches would be mispredicted most of the time, so bits are
        // compared instead: adding +0 makes one zero of the two and keeps every other number, a NaN's payload too.
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

    static void KeepLarger(Span<float> largest, ReadOnlySpan<float> values)
    {
        if (largest.Length < Vector<float>.Count)
        {
            for (int i = 0; i < largest.Length; i++)
                largest[i] = MathF.Max(largest[i], values[i]);
            return;
        }

        // The last vector ends with the numbers; those that it shares with the one before stay what they are.
        int last = largest.Length - Vector<float>.Count;
        for (int i = 0; i < largest.Length; i += Vector<float>.Count)
        {
            int start = Math.Min(i, last);
            Vector.Max(new Vector<float>(largest[start..]), new Vector<float>(values[start..])).CopyTo(largest[start..]);
        }
    }

    /// <summary>The largest of each group of <see cref="size"/> numbers.</summary>
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

    /// <summary>The larger of each pair, as far as vectors reach; returns how many pairs that are.</summary>
    static int LargestOfPairs(ReadOnlySpan<float> numbers, Span<float> largest)
    {
        ReadOnlySpan<Vector<ulong>> pairs = MemoryMarshal.Cast<float, Vector<ulong>>(numbers);
        int done = 0;
        for (int i = 0; i + 1 < pairs.Length; i += 2, done += Vector<float>.Count)
        {
            // Each 64-bit lane is a pair: its halves become a vector of one of each pair and a vector of the others.
            Vector<uint> one = Vector.Narrow(pairs[i], pairs[i + 1]);
            Vector<uint> other = Vector.Narrow(pairs[i] >>> 32, pairs[i + 1] >>> 32);
            Vector.Max(Vector.AsVectorSingle(one), Vector.AsVectorSingle(other)).CopyTo(largest[done..]);
        }

        return done;
    }

    static (int Planes, int Height, int Width) Planes(Tensor input) =>
        (input.Shape[0] * input.Shape[1], input.Shape[2], input.Shape[3]);
}
