namespace Dapprox.Kernels;

/// <summary>A fully connected layer with its weights, in some arithmetic.</summary>
public interface IDenseKernel
{
    /// <summary>The number of inputs per row.</summary>
    int Inputs { get; }

    /// <summary>The number of outputs per row.</summary>
    int Outputs { get; }

    /// <summary>Computes the layer for any number of rows.</summary>
    /// <param name="input"><c>[rows, inputs]</c>.</param>
    /// <param name="output">Receives <c>[rows, outputs]</c>; must not overlap the input.</param>
    /// <param name="threads">The maximum degree of parallelism; 0 for the number of processors. Results do not depend on it.</param>
    /// <exception cref="ArgumentException">A length is not a multiple of a row's, or the numbers of rows differ.</exception>
    void Run(ReadOnlySpan<float> input, Span<float> output, int threads = 0);
}
