using System.Numerics;

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
        // Rows first, since that runs along the memory; what remains is a fraction of the work.
        Span<float> columns = new float[outputWidth * size];
        for (int row = 0; row < planes * outputHeight; row++)
        {
            int plane = row / outputHeight, y = row % outputHeight;
            ReadOnlySpan<float> source = input.Data.AsSpan((plane * height + y * size) * width);
            source[..columns.Length].CopyTo(columns);
            for (int i = 1; i < size; i++)
                KeepLarger(columns, source.Slice(i * width, columns.Length));

            Span<float> destination = output.Data.AsSpan(row * outputWidth, outputWidth);
            for (int x = 0; x < destination.Length; x++)
                destination[x] = columns[x * size];
            for (int j = 1; j < size; j++)
            {
                for (int x = 0; x < destination.Length; x++)
                    destination[x] = MathF.Max(destination[x], columns[x * size + j]);
            }
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
        int i = 0;
        for (; i <= largest.Length - Vector<float>.Count; i += Vector<float>.Count)
            Vector.Max(new Vector<float>(largest[i..]), new Vector<float>(values[i..])).CopyTo(largest[i..]);
        for (; i < largest.Length; i++)
            largest[i] = MathF.Max(largest[i], values[i]);
    }

    static (int Planes, int Height, int Width) Planes(Tensor input) =>
        (input.Shape[0] * input.Shape[1], input.Shape[2], input.Shape[3]);
}
