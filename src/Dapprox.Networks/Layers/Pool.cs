using Dapprox.Foundation;

namespace Dapprox.Networks.Layers;

/// <summary>The operation on a window.</summary>
public enum Pooling
{
    /// <summary>The maximum; of equal maxima the first counts and gets the gradient; a NaN wins.</summary>
    Max,

    /// <summary>The sum divided by a divisor.</summary>
    Average,
}

/// <summary>Windows of one size at equal distances, as files have them; one number for each dimension.</summary>
/// <param name="Sizes">The size of a window.</param>
/// <param name="Strides">The distance between windows.</param>
/// <param name="Dilations">The distance between the elements of a window.</param>
/// <param name="Padding">The padding before each dimension, then behind each.</param>
/// <param name="IsCeiling">Whether a last window may extend beyond the end.</param>
/// <param name="CountsPadding">Whether padding counts in an average.</param>
sealed record PoolWindows(int[] Sizes, int[] Strides, int[] Dilations, int[] Padding, bool IsCeiling, bool CountsPadding);

/// <summary>Pooling over arbitrary windows of the planes of images: <c>[batch, channels, …]</c> to <c>[batch, channels, …]</c>.</summary>
public sealed class Pool : Layer
{
    readonly Pooling pooling;
    readonly int[] planeShape;
    readonly IReadOnlyList<int[]> windows;
    readonly float[] divisors;

    /// <summary>Creates the layer.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="pooling">The operation on a window.</param>
    /// <param name="planeShape">The dimensions of one plane of the output.</param>
    /// <param name="windows">For each output of a plane, in order, the indices in the plane that it covers; at least one.</param>
    /// <param name="divisors">The divisor of an average for each output; null for the number of indices.</param>
    public Pool(string name, Pooling pooling, int[] planeShape, IReadOnlyList<int[]> windows, float[]? divisors = null)
        : base(name)
    {
        this.pooling = pooling;
        this.planeShape = planeShape;
        this.windows = windows;
        this.divisors = divisors ?? [.. windows.Select(window => (float)window.Length)];
    }

    internal override bool IsHomogeneous => true;

    internal Pooling Operation => pooling;

    /// <summary>What the windows are in a file; null for windows that no file has.</summary>
    internal PoolWindows? Windows { get; init; }

    /// <summary>Whether the one window is a whole plane of that many numbers.</summary>
    internal bool IsGlobal(int area) =>
        windows.Count == 1 && divisors[0] == area && windows[0].AsSpan().SequenceEqual([.. Enumerable.Range(0, area)]);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        int channels = input.Shape[1], area = input.RowLength / channels;
        Tensor output = Tensor.Unfilled([input.Batch, channels, .. planeShape]);
        ParallelRange.ForEach(input.Batch * channels, area, threads, (first, count) =>
        {
            for (int plane = first; plane < first + count; plane++)
            {
                ReadOnlySpan<float> from = input.Data.AsSpan(plane * area, area);
                Span<float> to = output.Data.AsSpan(plane * windows.Count, windows.Count);
                for (int i = 0; i < to.Length; i++)
                    to[i] = pooling == Pooling.Max ? from[Largest(from, windows[i])] : Sum(from, windows[i]) / divisors[i];
            }
        });
        return output;
    }

    /// <inheritdoc/>
    public override Tensor InputGradient(Tensor input, Tensor output, Tensor outputGradient, int threads)
    {
        int channels = input.Shape[1], area = input.RowLength / channels;
        Tensor result = Tensor.Unfilled(input.Shape);
        result.Data.AsSpan().Clear();
        for (int plane = 0; plane < input.Batch * channels; plane++)
        {
            ReadOnlySpan<float> from = input.Data.AsSpan(plane * area, area),
            back = outputGradient.Data.AsSpan(plane * windows.Count, windows.Count);
            Span<float> to = result.Data.AsSpan(plane * area, area);
            for (int i = 0; i < back.Length; i++)
            {
                if (pooling == Pooling.Max)
                {
                    to[Largest(from, windows[i])] += back[i];
                    continue;
                }

                foreach (int place in windows[i])
                    to[place] += back[i] / divisors[i];
            }
        }

        return result;
    }

    static int Largest(ReadOnlySpan<float> plane, int[] window)
    {
        int largest = window[0];
        foreach (int place in window)
        {
            // False if either side is NaN, except for a NaN after a number.
            if (!(plane[place] <= plane[largest]) && !float.IsNaN(plane[largest]))
                largest = place;
        }

        return largest;
    }

    static float Sum(ReadOnlySpan<float> plane, int[] window)
    {
        float sum = 0;
        foreach (int place in window)
            sum += plane[place];
        return sum;
    }
}
