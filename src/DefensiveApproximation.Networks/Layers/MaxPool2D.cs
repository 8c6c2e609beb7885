namespace DefensiveApproximation.Networks.Layers;

/// <summary>
/// The largest number of each window, windows side by side: <c>[batch, channels, height, width]</c> to
/// <c>[batch, channels, ⌊height / size⌋, ⌊width / size⌋]</c>. Among equals the first in reading order counts and gets the
/// gradient; a NaN in the window wins.
/// </summary>
/// <param name="name">The name inside the network.</param>
/// <param name="size">Rows and columns of a window, and the stride; at least 1.</param>
public sealed class MaxPool2D(string name, int size) : Layer(name)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        (int planes, int height, int width) = Planes(input);
        int outputHeight = height / size, outputWidth = width / size;
        Tensor output = Tensor.Unfilled(input.Batch, input.Shape[1], outputHeight, outputWidth);
        for (int row = 0; row < planes * outputHeight; row++)
        {
            int plane = row / outputHeight, y = row % outputHeight;
            Span<float> destination = output.Data.AsSpan(row * outputWidth, outputWidth);
            destination.Fill(float.NegativeInfinity);
            for (int i = 0; i < size; i++)
            {
                ReadOnlySpan<float> source = input.Data.AsSpan((plane * height + y * size + i) * width, outputWidth * size);
                for (int x = 0; x < destination.Length; x++)
                {
                    float largest = destination[x];
                    foreach (float value in source.Slice(x * size, size))
                        largest = MathF.Max(largest, value);
                    destination[x] = largest;
                }
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
        for (int plane = 0; plane < planes; plane++)
        {
            for (int y = 0; y < outputHeight; y++)
            {
                for (int x = 0; x < outputWidth; x++)
                {
                    int position = (plane * outputHeight + y) * outputWidth + x;
                    int winner = Winner(input.Data, output.Data[position], (plane * height + y * size) * width + x * size, width);
                    result.Data[winner] += outputGradient.Data[position];
                }
            }
        }

        return result;
    }

    /// <summary>The first place of the window, in reading order, that holds its largest number.</summary>
    int Winner(float[] data, float largest, int corner, int width)
    {
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                int place = corner + i * width + j;
                // Equals, unlike ==, finds a NaN.
                if (data[place].Equals(largest))
                    return place;
            }
        }

        throw new ArgumentException("The output does not come from this input.", nameof(largest));
    }

    static (int Planes, int Height, int Width) Planes(Tensor input) =>
        (input.Shape[0] * input.Shape[1], input.Shape[2], input.Shape[3]);
}
