namespace Dapprox.Kernels;

/// <summary>A 2-D convolution with its weights, in some arithmetic.</summary>
public interface IConvolutionKernel
{
    /// <summary>Rows of an output image.</summary>
    int OutputHeight { get; }

    /// <summary>Columns of an output image.</summary>
    int OutputWidth { get; }

    /// <summary>Computes the convolution of any number of images.</summary>
    /// <param name="input"><c>[batch, channels, height, width]</c>.</param>
    /// <param name="output">Receives <c>[batch, filters, output height, output width]</c>; must not overlap the input.</param>
    /// <param name="threads">The maximum degree of parallelism; 0 for the number of processors. Results do not depend on it.</param>
    /// <exception cref="ArgumentException">A length is not a multiple of an image's, or the numbers of images differ.</exception>
    void Run(ReadOnlySpan<float> input, Span<float> output, int threads = 0);
}
