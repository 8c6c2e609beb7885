namespace Dapprox.Kernels;

/// <summary>
/// The geometry of a 2-D convolution. Output size in each direction:
/// ⌊(size + padding before and after − dilation·(kernel − 1) − 1) / stride⌋ + 1.
/// </summary>
/// <param name="InputChannels">Channels of the input; a multiple of <see cref="Groups"/>.</param>
/// <param name="OutputChannels">Channels of the output; a multiple of <see cref="Groups"/>.</param>
/// <param name="KernelHeight">Rows of a filter.</param>
/// <param name="KernelWidth">Columns of a filter.</param>
public sealed record ConvolutionShape(int InputChannels, int OutputChannels, int KernelHeight, int KernelWidth)
{
    /// <summary>Distance from one position of the filter to the next; at least 1.</summary>
    public Steps Stride { get; init; } = 1;

    /// <summary>How many rows and columns around the image count as absent; at least 0.</summary>
    public Padding Padding { get; init; }

    /// <summary>Distance from one tap of the filter to the next; at least 1.</summary>
    public Steps Dilation { get; init; } = 1;

    /// <summary>The number of independent convolutions that the channels are divided into; at least 1.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Channels of the input that one output sees.</summary>
    public int GroupInputs => InputChannels / Groups;

    /// <summary>Output channels of one group.</summary>
    public int GroupOutputs => OutputChannels / Groups;

    /// <summary>How many products an output has, padding included.</summary>
    public int Taps => GroupInputs * KernelHeight * KernelWidth;

    /// <summary>Rows of the output; below 1 where the filter does not fit.</summary>
    /// <param name="height">Rows of the input, padding not included.</param>
    public int OutputHeight(int height) => OutputSize(height, KernelHeight, Padding.Top, Padding.Bottom, Stride.Height, Dilation.Height);

    /// <summary>Columns of the output; below 1 where the filter does not fit.</summary>
    /// <param name="width">Columns of the input, padding not included.</param>
    public int OutputWidth(int width) => OutputSize(width, KernelWidth, Padding.Left, Padding.Right, Stride.Width, Dilation.Width);

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Groups, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(InputChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(OutputChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(KernelHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(KernelWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(Stride.Height, Stride.Width), 1, nameof(Stride));
        ArgumentOutOfRangeException.ThrowIfLessThan(Math.Min(Dilation.Height, Dilation.Width), 1, nameof(Dilation));
        ArgumentOutOfRangeException.ThrowIfNegative(
            Math.Min(Math.Min(Padding.Top, Padding.Left), Math.Min(Padding.Bottom, Padding.Right)), nameof(Padding));
        if (InputChannels % Groups != 0 || OutputChannels % Groups != 0)
        {
            throw new ArgumentException(
                $"{InputChannels} input and {OutputChannels} output channels do not divide into {Groups} groups.", nameof(Groups));
        }
    }

    static int OutputSize(int size, int kernel, int before, int after, int stride, int dilation)
    {
        long room = (long)size + before + after - (long)dilation * (kernel - 1) - 1;
        return room < 0 ? 0 : (int)Math.Min(room / stride + 1, int.MaxValue);
    }
}
