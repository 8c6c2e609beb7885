using System.Buffers;
using System.Runtime.Intrinsics;
using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Kernels.Integers;

/// <summary>
/// A 2-D convolution whose products are products of integers; <see cref="Quantisation"/> has the formula, and
/// <see cref="ConvolutionKernel"/> the order of operands. The padding is the zero point, which passes through the multiplier.
/// </summary>
/// <remarks>
/// Images are quantised once. Then <see cref="IntegerPath.Lanes"/> positions at a time, of one image or several, have their operands
/// copied side by side, a byte each. Weights are packed once; an instance can be used by many threads at the same time.
/// </remarks>
public sealed unsafe class QuantisedConvolutionKernel : IConvolutionKernel
{
    // With fewer, one thread would wait long for another at the end.
    const int PartsOfThread = 4;

    readonly ConvolutionShape shape;
    readonly PaddedImage image;
    readonly QuantisedSums sums;
    readonly int[] origins;
    readonly int[] offsets;

    /// <summary>Prepares the convolution.</summary>
    /// <param name="multiplier">The multiplier of every product, activation first.</param>
    /// <param name="quantisation">The formats of its operands.</param>
    /// <param name="shape">Channels, filter size, stride, padding, dilation and groups.</param>
    /// <param name="height">Rows of an input image; at least 1.</param>
    /// <param name="width">Columns of an input image; at least 1.</param>
    /// <param name="weights"><c>[output channels, input channels / groups, kernel height, kernel width]</c>, as real numbers.</param>
    /// <param name="bias"><c>[output channels]</c>, or empty.</param>
    /// <exception cref="ArgumentException">
    /// A length does not fit the shape, the filter does not fit the image, or an image is too large for an array.
    /// </exception>
    /// <exception cref="InputException">The multiplier is too narrow for the formats.</exception>
    public QuantisedConvolutionKernel(
        IntegerMultiplier multiplier, Quantisation quantisation, ConvolutionShape shape, int height, int width, float[] weights,
        float[] bias)
        : this(multiplier, quantisation, shape, height, width, weights, bias, path: null)
    {
    }

    internal QuantisedConvolutionKernel(
        IntegerMultiplier multiplier, Quantisation quantisation, ConvolutionShape shape, int height, int width, float[] weights,
        float[] bias, string? path)
    {
        image = new PaddedImage(shape, height, width);
        this.shape = shape;
        if (weights.Length != shape.OutputChannels * shape.Taps)
            throw new ArgumentException($"{weights.Length} weights do not fill {shape.OutputChannels} x {shape.Taps}.", nameof(weights));
        sums = new QuantisedSums(multiplier, quantisation, weights, shape.Groups, shape.GroupOutputs, bias, path);
        origins = image.Origins();
        offsets = image.Offsets();
    }

    /// <inheritdoc/>
    public int OutputHeight => image.OutputHeight;

    /// <inheritdoc/>
    public int OutputWidth => image.OutputWidth;

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<float> input, Span<float> output, int threads = 0)
    {
        int batch = image.Batch(input, output);
        threads = ParallelRange.Threads(threads, (long)output.Length * shape.Taps);
        int paddedLength = shape.InputChannels * image.PaddedPlane;
        // Whole vectors are copied from behind the last operand, too.
        byte[] codes = ArrayPool<byte>.Shared.Rent(checked(batch * paddedLength + Vector512<byte>.Count));
        codes.AsSpan(batch * paddedLength, Vector512<byte>.Count).Clear();
        ParallelRange.ForEach(input, output, batch * shape.InputChannels, threads, (plane, source, _) =>
            Quantise(source.Slice(plane * image.Plane, image.Plane), codes.AsSpan(plane * image.PaddedPlane, image.PaddedPlane)));

        int positions = batch * image.Positions, blocks = (positions + IntegerPath.Lanes - 1) / IntegerPath.Lanes;
        // The channels of few blocks are divided.
        int parts = Math.Min(threads, (PartsOfThread * threads - 1) / Math.Max(blocks, 1) + 1);
        ParallelRange.ForEach(input, output, blocks * parts, threads, (index, _, destination) =>
        {
            (int block, int part) = Math.DivRem(index, parts);
            int first = block * IntegerPath.Lanes, channels = shape.OutputChannels;
            RunBlock(
                codes, destination, first, Math.Min(IntegerPath.Lanes, positions - first), part * channels / parts,
                (part + 1) * channels / parts);
        });
        ArrayPool<byte>.Shared.Return(codes);
    }

    /// <summary>Quantises a channel of an image and pads it.</summary>
    void Quantise(ReadOnlySpan<float> channel, Span<byte> padded)
    {
        padded.Fill(sums.Padding);
        fixed (byte* destination = padded)
        {
            for (int row = 0; row < image.Height; row++)
                sums.Quantise(channel.Slice(row * image.Width, image.Width), destination + image.RowIndex(row));
        }
    }

    /// <summary>Computes some channels of the outputs of a block of positions.</summary>
    void RunBlock(byte[] codes, Span<float> output, int first, int count, int firstChannel, int endChannel)
    {
        int columns = shape.GroupOutputs;
        using var block = new QuantisedSums.Block(shape.Taps, columns, count);
        Segment[] segments = Segments(first, count);
        for (int channel = firstChannel, end; channel < endChannel; channel = end)
        {
            int group = channel / columns, start = group * columns;
            end = Math.Min(endChannel, start + columns);
            Gather(codes, group * shape.GroupInputs * image.PaddedPlane, segments, block.Codes);
            sums.Sum(group, block, count, channel - start, end - start);
            for (int column = channel; column < end; column++)
            {
                var results = new ReadOnlySpan<float>(block.Outputs + (nint)(column - start) * IntegerPath.Lanes, count);
                for (int lane = 0, length; lane < count; lane += length)
                {
                    (int image, int position) = Math.DivRem(first + lane, this.image.Positions);
                    length = Math.Min(count - lane, this.image.Positions - position);
                    int plane = image * shape.OutputChannels + column;
                    results.Slice(lane, length).CopyTo(output[(plane * this.image.Positions + position)..]);
                }
            }
        }
    }

    /// <summary>Positions side by side in a row of the output.</summary>
    /// <param name="Lane">The lane of the first.</param>
    /// <param name="Length">How many they are.</param>
    /// <param name="Origin">The index of the first tap of the first position, in the padded images.</param>
    readonly record struct Segment(int Lane, int Length, int Origin);

    /// <summary>The segments of a block of positions.</summary>
    Segment[] Segments(int first, int count)
    {
        var segments = new List<Segment>();
        for (int lane = 0, length; lane < count; lane += length)
        {
            (int index, int position) = Math.DivRem(first + lane, image.Positions);
            length = Math.Min(count - lane, OutputWidth - position % OutputWidth);
            segments.Add(new Segment(lane, length, index * shape.InputChannels * image.PaddedPlane + origins[position]));
        }

        return [.. segments];
    }

    /// <summary>Copies the operands of a block of positions: for each tap those of all positions.</summary>
    void Gather(byte[] codes, int start, Segment[] segments, byte* destination)
    {
        int stride = shape.Stride.Width;
        fixed (byte* images = codes)
        {
            foreach (int offset in offsets)
            {
                byte* source = images + start + offset;
                foreach (Segment segment in segments)
                {
                    byte* from = source + segment.Origin, to = destination + segment.Lane;
                    if (stride == 1)
                    {
                        // What is copied too much is overwritten by the next segment or row.
                        for (int i = 0; i < segment.Length; i += Vector512<byte>.Count)
                            Vector512.Load(from + i).Store(to + i);
                        continue;
                    }

                    for (int i = 0; i < segment.Length; i++)
                        to[i] = from[i * stride];
                }

                destination += IntegerPath.Lanes;
            }
        }
    }
}
