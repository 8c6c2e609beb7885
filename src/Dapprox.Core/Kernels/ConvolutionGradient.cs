using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using Dapprox.Arithmetic;

namespace Dapprox.Kernels;

/// <summary>
/// The gradient of a loss with respect to the filters of a <see cref="ConvolutionKernel"/> with exact products:
/// <c>gradient[o, c, i, j] = Σ_n Σ_y Σ_x input[n, c, y·stride − padding + i·dilation, x·stride − padding + j·dilation] ·
/// outputGradient[n, o, y, x]</c>.
/// </summary>
/// <remarks>
/// <para>The sums of some images, about <see cref="GroupPositions"/> positions, are fused sums in binary32: image, y, x upwards. The
/// sums of these groups are added in order. Results are bit-identical on every path.</para>
/// <para>The tile of the forward pass computes them: its rows are the taps of a filter, its columns the output channels, and the
/// products of a sum run over the positions. An instance can be used by many threads at the same time.</para>
/// </remarks>
public sealed class ConvolutionGradient
{
    // Enough products for a sum to outweigh its store, few enough to stay in the nearest caches.
    const int GroupPositions = 1024;

    readonly ConvolutionShape shape;
    readonly PaddedImage image;
    readonly int groupImages;
    readonly int[] offsets;
    // The origins of the positions of all images of a group.
    readonly int[] origins;
    readonly KernelPath? path;
    readonly ConcurrentBag<Scratch> scratches = [];

    /// <summary>Prepares the gradient.</summary>
    /// <param name="shape">The geometry of the convolution.</param>
    /// <param name="height">Rows of an input image; at least 1.</param>
    /// <param name="width">Columns of an input image; at least 1.</param>
    public ConvolutionGradient(ConvolutionShape shape, int height, int width)
        : this(shape, height, width, path: null)
    {
    }

    internal ConvolutionGradient(ConvolutionShape shape, int height, int width, string? path)
    {
        this.shape = shape;
        image = new PaddedImage(shape, height, width);
        this.path = KernelTable.Usable(ExactMultiplier.FusedSum, Accumulation.Float32, path).FirstOrDefault();
        groupImages = Math.Max(1, GroupPositions / image.Positions);
        offsets = image.Offsets();
        int[] first = image.Origins();
        origins = new int[groupImages * first.Length];
        for (int i = 0; i < origins.Length; i++)
            origins[i] = i / first.Length * shape.InputChannels * image.PaddedPlane + first[i % first.Length];
    }

    /// <summary>Computes the gradient, on one thread.</summary>
    /// <param name="input"><c>[batch, input channels, height, width]</c>.</param>
    /// <param name="outputGradient"><c>[batch, output channels, output height, output width]</c>.</param>
    /// <param name="gradient">Receives <c>[output channels, input channels / groups, kernel height, kernel width]</c>.</param>
    /// <exception cref="ArgumentException">A length is not a multiple of an image's, or the numbers of images differ.</exception>
    public void Run(ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> gradient)
    {
        int outputLength = shape.OutputChannels * image.Positions, batch = outputGradient.Length / outputLength;
        if (input.Length != (long)batch * image.Length || outputGradient.Length != (long)batch * outputLength
            || gradient.Length != shape.OutputChannels * shape.Taps)
        {
            throw new ArgumentException(
                $"{input.Length} inputs, {outputGradient.Length} gradients of outputs and {gradient.Length} of filters do not fit images "
                    + $"of {image.Length} and {outputLength} numbers and {shape.OutputChannels * shape.Taps} weights.",
                nameof(gradient));
        }

        if (!scratches.TryTake(out Scratch? scratch))
            scratch = new Scratch();
        gradient.Clear();
        for (int first = 0; first < batch; first += groupImages)
        {
            int count = Math.Min(groupImages, batch - first);
            ReadOnlySpan<float> padded = Pad(input.Slice(first * image.Length, count * image.Length), scratch);
            Span<float> sums = scratch.Sums(gradient.Length);
            RunGroup(padded, outputGradient.Slice(first * outputLength, count * outputLength), count, sums, scratch);
            Add(sums, gradient);
        }

        scratches.Add(scratch);
    }

    ReadOnlySpan<float> Pad(ReadOnlySpan<float> images, Scratch scratch)
    {
        if (shape.Padding == default)
            return images;
        Span<float> padded = scratch.Padded(images.Length / image.Plane * image.PaddedPlane);
        image.Pad(images, padded);
        return padded;
    }

    /// <summary>The sums over the images of one group.</summary>
    void RunGroup(ReadOnlySpan<float> padded, ReadOnlySpan<float> outputGradient, int images, Span<float> sums, Scratch scratch)
    {
        WeightLayout layout = WeightLayout.ByPosition(images, shape.GroupOutputs, shape.OutputChannels, image.Positions);
        for (int group = 0; group < shape.Groups; group++)
        {
            ReadOnlySpan<float> activations = padded[(group * shape.GroupInputs * image.PaddedPlane)..];
            ReadOnlySpan<float> weights = outputGradient[(group * shape.GroupOutputs * image.Positions)..];
            Span<float> results = sums.Slice(group * shape.GroupOutputs * shape.Taps, shape.GroupOutputs * shape.Taps);
            if (path is null)
            {
                Define(activations, weights, layout, results);
                continue;
            }

            path.SumUnpacked(
                activations, offsets, origins, scratch.Pack(path, weights, layout), results, rowStride: 1, columnStride: shape.Taps);
        }
    }

    void Define(ReadOnlySpan<float> activations, ReadOnlySpan<float> weights, WeightLayout layout, Span<float> results)
    {
        for (int i = 0; i < results.Length; i++)
        {
            var sum = new ScalarSum(ExactMultiplier.FusedSum, Accumulation.Float32);
            for (int k = 0; k < layout.Count; k++)
                sum.Add(activations[origins[k] + offsets[i % shape.Taps]], weights[layout.IndexOf(i / shape.Taps, k)]);
            results[i] = sum.Finish(0);
        }
    }

    static void Add(ReadOnlySpan<float> sums, Span<float> gradient)
    {
        ReadOnlySpan<Vector<float>> more = MemoryMarshal.Cast<float, Vector<float>>(sums);
        Span<Vector<float>> all = MemoryMarshal.Cast<float, Vector<float>>(gradient);
        for (int i = 0; i < all.Length; i++)
            all[i] += more[i];
        for (int i = all.Length * Vector<float>.Count; i < gradient.Length; i++)
            gradient[i] += sums[i];
    }

    /// <summary>Memory that one thread uses at a time.</summary>
    sealed class Scratch
    {
        float[] padded = [];
        float[] sums = [];
        PackedWeights? packed;

        public Span<float> Padded(int length) => Fit(ref padded, length);

        public Span<float> Sums(int length) => Fit(ref sums, length);

        public PackedWeights Pack(KernelPath path, ReadOnlySpan<float> weights, WeightLayout layout)
        {
            if (packed is not null && packed.Columns == layout.Columns && packed.Count == layout.Count)
                path.Repack(weights, layout, packed);
            else
                packed = path.Pack(weights, layout, bias: [], isLean: false);
            return packed;
        }

        static Span<float> Fit(ref float[] memory, int length)
        {
            if (memory.Length < length)
                memory = new float[length];
            return memory.AsSpan(0, length);
        }
    }
}
