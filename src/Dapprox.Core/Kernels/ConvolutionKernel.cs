using System.Buffers;
using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Kernels;

/// <summary>
/// A 2-D convolution (cross-correlation, as in every deep-learning library) for images of one size:
/// <c>output[n, o, y, x] = Σ_c Σ_i Σ_j input[n, c, y·stride − padding + i·dilation, x·stride − padding + j·dilation] ·
/// weights[o, c, i, j] + bias[o]</c>, c, then i, then j from 0 upwards, each product by the multiplier with the input as
/// first operand. Positions outside the image contribute nothing. See <see cref="Accumulation"/> for the rounding of sums.
/// </summary>
/// <remarks>
/// The padded image is packed once and read in place, without an im2col matrix: the index of a product's operand is the
/// origin of the output position plus an offset that depends on (c, i, j) alone. A zero in the padding adds a zero product,
/// which leaves a sum that started at +0 as it is; where operands need the definition, it skips the padding.
/// Weights are packed once; an instance can be used by many threads at the same time.
/// </remarks>
public sealed class ConvolutionKernel : IConvolutionKernel
{
    // Positions per work item when a single image is divided among threads: a multiple of a tile's rows.
    const int PositionBlock = 96;

    // More parts than threads, so that no thread waits long for the last one to finish packing.
    const int PartsPerThread = 4;

    readonly ConvolutionShape shape;
    readonly PaddedImage image;
    readonly float[] weights;
    readonly WeightedSums sums;
    readonly int[] origins;
    readonly int[] lineOrigins;
    readonly int[] offsets;

    /// <summary>Prepares the convolution.</summary>
    /// <param name="multiplier">The multiplier of every product, activation first.</param>
    /// <param name="shape">Channels, filter size, stride, padding, dilation and groups.</param>
    /// <param name="height">Rows of an input image; at least 1.</param>
    /// <param name="width">Columns of an input image; at least 1.</param>
    /// <param name="weights"><c>[output channels, input channels / groups, kernel height, kernel width]</c>; kept, not copied,
    /// and not to change any more.</param>
    /// <param name="bias"><c>[output channels]</c>, or empty.</param>
    /// <param name="accumulation">The format of the sums.</param>
    /// <exception cref="ArgumentException">
    /// A length does not fit the shape, the filter does not fit the image, or an image is too large for an array.
    /// </exception>
    public ConvolutionKernel(
        FloatMultiplier multiplier, ConvolutionShape shape, int height, int width, float[] weights, float[] bias,
        Accumulation accumulation = Accumulation.Float32)
        : this(multiplier, shape, height, width, weights, bias, accumulation, path: null)
    {
    }

    internal ConvolutionKernel(
        FloatMultiplier multiplier, ConvolutionShape shape, int height, int width, float[] weights, float[] bias,
        Accumulation accumulation, string? path)
    {
        image = new PaddedImage(shape, height, width);
        this.shape = shape;
        this.weights = weights;
        sums = new WeightedSums(
            multiplier, accumulation, path,
            weights, shape.Groups, WeightLayout.ByColumn(shape.GroupOutputs, shape.Taps), bias, isLean: false);
        origins = image.Origins();
        lineOrigins = Enumerable.Range(0, OutputHeight).Select(y => origins[y * OutputWidth]).ToArray();
        offsets = image.Offsets();
    }

    /// <inheritdoc/>
    public int OutputHeight => image.OutputHeight;

    /// <inheritdoc/>
    public int OutputWidth => image.OutputWidth;

    int Positions => image.Positions;

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int threads = 0)
    {
        int inputLength = image.Length, outputLength = image.OutputLength, batch = image.Batch(input, output);
        threads = ParallelRange.Threads(threads, (long)output.Length * shape.Taps);
        bool byImages = batch >= threads;
        ParallelRange.ForEach(input, output, batch, byImages ? threads : 1, (index, source, destination) => RunImage(
            source.Slice(index * inputLength, inputLength),
            destination.Slice(index * outputLength, outputLength),
            byImages ? 1 : threads));
    }

    void RunImage(ReadOnlySpan<float> input, Span<float> output, int threads)
    {
        using WeightedSums.PackedActivations? packed = Pack(input, threads);
        if (packed is null)
        {
            ParallelRange.ForEach(input, output, shape.OutputChannels, threads, (channel, source, destination) =>
                Define(source, destination.Slice(channel * Positions, Positions), channel));
            return;
        }

        // Groups lie one behind the other, in the packed image as in the output; each is cut into blocks where there are few.
        bool byLines = shape.Stride == 1 && packed.PrefersLines(OutputWidth);
        int length = byLines ? OutputHeight : Positions;
        int block = shape.Groups >= PartsPerThread * threads || threads == 1 ? length
            : byLines ? (PositionBlock + OutputWidth - 1) / OutputWidth : PositionBlock;
        int blocks = (length + block - 1) / block;
        int groupInput = shape.GroupInputs * image.PaddedPlane, groupOutput = shape.GroupOutputs * Positions;
        ParallelRange.ForEach(input, output, shape.Groups * blocks, threads, (part, _, destination) =>
        {
            int group = part / blocks, first = part % blocks * block, count = Math.Min(block, length - first);
            Span<float> results = destination.Slice(group * groupOutput, groupOutput);
            if (byLines)
            {
                packed.SumLines(
                    group, group * groupInput, lineOrigins.AsSpan(first, count), OutputWidth, offsets,
                    results[(first * OutputWidth)..], columnStride: Positions);
            }
            else
            {
                packed.Sum(
                    group, group * groupInput, origins.AsSpan(first, count), offsets, panels: .., results[first..],
                    rowStride: 1, columnStride: Positions);
            }
        });
        WeightedSums.Canonicalise(output);
    }

    /// <summary>Pads and packs the image, some channels at a time. The result is null where operands need the definition.</summary>
    WeightedSums.PackedActivations? Pack(ReadOnlySpan<float> input, int threads)
    {
        int plane = image.PaddedPlane, area = image.Plane;
        int parts = threads == 1 ? 1 : Math.Min(shape.InputChannels, PartsPerThread * threads);
        return sums.TryPack(input, shape.InputChannels * plane, parts, threads, (part, source, room) =>
        {
            int first = part * shape.InputChannels / parts, end = (part + 1) * shape.InputChannels / parts;
            ReadOnlySpan<float> channels = source[(first * area)..(end * area)];
            if (shape.Padding == default)
                return room.Pack(channels, first * area);

            float[] rented = ArrayPool<float>.Shared.Rent((end - first) * plane);
            Span<float> padded = rented.AsSpan(0, (end - first) * plane);
            image.Pad(channels, padded);
            OperandRange range = room.Pack(padded, first * plane);
            ArrayPool<float>.Shared.Return(rented);
            return range;
        });
    }

    /// <summary>The definition, for one output channel.</summary>
    void Define(ReadOnlySpan<float> input, Span<float> output, int channel)
    {
        int firstWeight = channel * shape.Taps, firstChannel = channel / shape.GroupOutputs * shape.GroupInputs;
        for (int position = 0; position < Positions; position++)
        {
            int top = position / OutputWidth * shape.Stride.Height - shape.Padding.Top;
            int left = position % OutputWidth * shape.Stride.Width - shape.Padding.Left;
            var sum = new ScalarSum(sums.Multiplier, sums.Accumulation);
            int weight = firstWeight;
            for (int c = 0; c < shape.GroupInputs; c++)
            {
                for (int i = 0; i < shape.KernelHeight; i++)
                {
                    int y = top + i * shape.Dilation.Height;
                    for (int j = 0; j < shape.KernelWidth; j++, weight++)
                    {
                        int x = left + j * shape.Dilation.Width;
                        // As unsigned numbers, negative indices are too large as well.
                        if ((uint)y < (uint)image.Height && (uint)x < (uint)image.Width)
                            sum.Add(input[((firstChannel + c) * image.Height + y) * image.Width + x], weights[weight]);
                    }
                }
            }

            output[position] = sum.Finish(sums.Bias(channel));
        }
    }
}
