namespace Dapprox.Kernels;

/// <summary>
/// Where the operands of a convolution lie in an image with its padding: at the origin of the output position plus the offset of the
/// filter's tap.
/// </summary>
sealed class PaddedImage
{
    readonly ConvolutionShape shape;

    /// <summary>Describes an image.</summary>
    /// <param name="shape">Channels, filter size, stride, padding, dilation and groups.</param>
    /// <param name="height">Rows of the image; at least 1.</param>
    /// <param name="width">Columns of the image; at least 1.</param>
    /// <exception cref="ArgumentException">The filter does not fit the image, or an image is too large for an array.</exception>
    public PaddedImage(ConvolutionShape shape, int height, int width)
    {
        shape.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ThrowIfTooLarge(shape, height, width);
        this.shape = shape;
        Height = height;
        Width = width;
        OutputHeight = shape.OutputHeight(height);
        OutputWidth = shape.OutputWidth(width);
        if (OutputHeight < 1 || OutputWidth < 1)
        {
            throw new ArgumentException(
                $"A {shape.KernelHeight}x{shape.KernelWidth} filter with dilation {shape.Dilation} does not fit "
                + $"a {height}x{width} image with padding {shape.Padding}.",
                nameof(shape));
        }
    }

    /// <summary>Rows of the image.</summary>
    public int Height { get; }

    /// <summary>Columns of the image.</summary>
    public int Width { get; }

    /// <summary>Rows of the output.</summary>
    public int OutputHeight { get; }

    /// <summary>Columns of the output.</summary>
    public int OutputWidth { get; }

    /// <summary>The number of outputs of a channel.</summary>
    public int Positions => OutputHeight * OutputWidth;

    /// <summary>The number of pixels of a channel.</summary>
    public int Plane => Height * Width;

    /// <summary>The number of pixels of a channel with its padding.</summary>
    public int PaddedPlane => (Height + shape.Padding.Height) * PaddedWidth;

    /// <summary>The number of pixels of all channels.</summary>
    public int Length => shape.InputChannels * Plane;

    /// <summary>The number of outputs of all channels.</summary>
    public int OutputLength => shape.OutputChannels * Positions;

    int PaddedWidth => Width + shape.Padding.Width;

    /// <summary>The number of images that a convolution computes.</summary>
    /// <exception cref="ArgumentException">A length is not a multiple of an image's, or the numbers of images differ.</exception>
    public int Batch(ReadOnlySpan<float> input, ReadOnlySpan<float> output)
    {
        int batch = input.Length / Length;
        return input.Length == batch * Length && output.Length == (long)batch * OutputLength ? batch : throw new ArgumentException(
            $"{input.Length} inputs and {output.Length} outputs are not images of {Length} and {OutputLength} numbers.", nameof(output));
    }

    /// <summary>Copies channels into zeros.</summary>
    /// <param name="channels">Any number of channels without padding.</param>
    /// <param name="padded">Receives as many with padding.</param>
    public void Pad(ReadOnlySpan<float> channels, Span<float> padded)
    {
        padded.Clear();
        for (int row = 0; row < channels.Length / Width; row++)
        {
            int channel = row / Height, y = row % Height;
            channels.Slice(row * Width, Width).CopyTo(padded[(channel * PaddedPlane + RowIndex(y))..]);
        }
    }

    /// <summary>The index of the first pixel of a row, in a channel with its padding.</summary>
    public int RowIndex(int y) => (y + shape.Padding.Top) * PaddedWidth + shape.Padding.Left;

    /// <summary>The index of the filter's first tap in the padded image, for every output position.</summary>
    public int[] Origins()
    {
        int[] result = new int[Positions];
        for (int position = 0; position < result.Length; position++)
            result[position] = position / OutputWidth * shape.Stride.Height * PaddedWidth + position % OutputWidth * shape.Stride.Width;
        return result;
    }

    /// <summary>The distance from the first tap to every tap of a group, in the order of summation: channel, row, column.</summary>
    public int[] Offsets()
    {
        int[] result = new int[shape.Taps];
        for (int tap = 0; tap < result.Length; tap++)
        {
            int j = tap % shape.KernelWidth;
            int i = tap / shape.KernelWidth % shape.KernelHeight;
            int c = tap / (shape.KernelWidth * shape.KernelHeight);
            result[tap] = c * PaddedPlane + i * shape.Dilation.Height * PaddedWidth + j * shape.Dilation.Width;
        }

        return result;
    }

    /// <summary>Origins and offsets are 32-bit integers, and the addresses computed from them are not checked again.</summary>
    static void ThrowIfTooLarge(ConvolutionShape shape, int height, int width)
    {
        // In binary64, where these products do not overflow and those that matter are exact.
        double paddedHeight = (double)height + shape.Padding.Top + shape.Padding.Bottom;
        double paddedWidth = (double)width + shape.Padding.Left + shape.Padding.Right;
        double input = paddedHeight * paddedWidth * shape.InputChannels;
        double output = (double)shape.OutputHeight(height) * shape.OutputWidth(width) * shape.OutputChannels;
        double filter = (double)shape.KernelHeight * shape.KernelWidth * shape.GroupInputs;
        if (Math.Max(Math.Max(input, output), filter) > Array.MaxLength)
        {
            throw new ArgumentException(
                $"{input} padded inputs, {output} outputs or {filter} weights a filter are more than {Array.MaxLength}.", nameof(shape));
        }
    }
}
