using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Dapprox.Arithmetic;
using Dapprox.Foundation;

namespace Dapprox.Kernels.Integers;

/// <summary>
/// The gradients of a quantised convolution, or dense layer, whose products have <see cref="ProductDerivatives"/>. With g the gradient of
/// the outputs, and q_a and q_w the operands of the product of position p, output channel o and tap k,
/// <c>dx = Σ_o g[o, p] · s_w · (D_a(q_a, q_w) − z_w)</c>, summed over the products that the input takes part in, and
/// <c>dw[o, k] = s_a · Σ_p g[o, p] · (D_w(q_a, q_w) − z_a)</c>. Padding is an operand like any other, so it counts in dw.
/// </summary>
/// <remarks>
/// One tap of all positions at a time: their activations are indices in the row of the table that belongs to a weight, and all output
/// channels use them. Sums have a fixed order, so results are the same bits for any number of threads.
/// </remarks>
sealed unsafe class DerivativeKernel
{
    // Positions of a vector, and those whose sums stay in registers together.
    const int Lanes = 8, Together = 4 * Lanes;

    // Small images are taken together until there are so many positions.
    const int BlockPositions = 1024;

    readonly ConvolutionShape shape;
    readonly PaddedImage image;
    readonly Quantisation quantisation;
    readonly ProductDerivatives derivatives;
    readonly int[] origins;
    readonly int[] offsets;
    readonly int blockImages;
    // [groups, taps, output channels of a group]: where the weight's row begins in a table.
    readonly int[] rows;
    // By output channel: z_w.
    readonly float[] zeros;

    /// <summary>Prepares the gradients.</summary>
    /// <param name="derivatives">Those of the multiplier's products for the formats.</param>
    /// <param name="quantisation">The formats of the operands.</param>
    /// <param name="shape">Channels, filter size, stride, padding, dilation and groups.</param>
    /// <param name="height">Rows of an input image; at least 1.</param>
    /// <param name="width">Columns of an input image; at least 1.</param>
    /// <param name="weights"><c>[output channels, input channels / groups, kernel height, kernel width]</c>, as real numbers.</param>
    public DerivativeKernel(
        ProductDerivatives derivatives, Quantisation quantisation, ConvolutionShape shape, int height, int width,
        ReadOnlySpan<float> weights)
    {
        this.derivatives = derivatives;
        this.quantisation = quantisation;
        this.shape = shape;
        image = new PaddedImage(shape, height, width);
        origins = image.Origins();
        offsets = image.Offsets();
        blockImages = Math.Max(1, BlockPositions / image.Positions);
        rows = new int[weights.Length];
        zeros = new float[shape.OutputChannels];
        for (int output = 0; output < shape.OutputChannels; output++)
        {
            AffineQuantisation format = quantisation.Weight(output);
            zeros[output] = format.ZeroPoint;
            for (int tap = 0; tap < shape.Taps; tap++)
            {
                int code = format.Quantise(weights[output * shape.Taps + tap]) - format.Format.Low;
                rows[FirstRow(output / shape.GroupOutputs, tap) + output] = code * quantisation.Activations.Format.Count;
            }
        }
    }

    /// <summary>The gradient with respect to the rounded inputs.</summary>
    /// <param name="input">A batch of inputs.</param>
    /// <param name="outputGradient">The gradient with respect to the outputs.</param>
    /// <param name="gradient">Receives as many numbers as there are inputs.</param>
    /// <param name="threads">The maximum number of threads; results do not depend on it.</param>
    public void InputGradient(float[] input, float[] outputGradient, float[] gradient, int threads)
    {
        int batch = image.Batch(input, outputGradient), blocks = (batch + blockImages - 1) / blockImages;
        ParallelRange.OneByOne(
            blocks, ParallelRange.Threads(threads, (long)outputGradient.Length * shape.Taps), index =>
            {
                int first = index * blockImages;
                var block = new Block(this, input, outputGradient, first, Math.Min(blockImages, batch - first), scalesGradients: true);
                InputGradient(block, gradient.AsSpan(first * image.Length, block.Images * image.Length));
            });
    }

    /// <summary>The gradient with respect to the rounded weights.</summary>
    /// <param name="input">A batch of inputs.</param>
    /// <param name="outputGradient">The gradient with respect to the outputs.</param>
    /// <param name="gradient">Receives as many numbers as there are weights.</param>
    /// <param name="threads">The maximum number of threads; results do not depend on it.</param>
    public void WeightGradient(float[] input, float[] outputGradient, float[] gradient, int threads)
    {
        int batch = image.Batch(input, outputGradient);
        threads = ParallelRange.Threads(threads, (long)outputGradient.Length * shape.Taps);
        Array.Clear(gradient);
        for (int first = 0; first < batch; first += blockImages)
        {
            var block = new Block(this, input, outputGradient, first, Math.Min(blockImages, batch - first), scalesGradients: false);
            ParallelRange.OneByOne(shape.Groups * shape.Taps, threads, index =>
                WeightGradient(block, index / shape.Taps, index % shape.Taps, gradient));
        }

        float scale = quantisation.Activations.Scale;
        foreach (ref float sum in gradient.AsSpan())
            sum *= scale;
    }

    void InputGradient(Block block, Span<float> gradient)
    {
        int[] indices = new int[block.Length];
        float[] sums = new float[block.Length], padded = new float[block.Codes.Length];
        for (int index = 0; index < shape.Groups * shape.Taps; index++)
        {
            (int group, int tap) = Math.DivRem(index, shape.Taps);
            int start = Start(group, tap);
            block.Gather(start, indices);
            SumOutputs(block, group, tap, indices, sums);
            for (int i = 0, at = 0; i < block.Images; i++, start += block.PaddedLength)
            {
                foreach (int origin in origins)
                    padded[start + origin] += sums[at++];
            }
        }

        for (int row = 0; row < gradient.Length / image.Width; row++)
        {
            (int plane, int y) = Math.DivRem(row, image.Height);
            padded.AsSpan(plane * image.PaddedPlane + image.RowIndex(y), image.Width).CopyTo(gradient[(row * image.Width)..]);
        }
    }

    /// <summary>Σ_o g[o, p] · (D_a − z_w) for all positions.</summary>
    void SumOutputs(Block block, int group, int tap, int[] indices, float[] sums)
    {
        fixed (float* table = derivatives.InActivation, gradients = block.Gradients, to = sums)
        fixed (int* codes = indices, first = rows)
        {
            int* starts = first + FirstRow(group, tap);
            int p = 0;
            for (; p <= block.Length - Together; p += Together)
            {
                Vector256<int> codes0 = Vector256.Load(codes + p), codes1 = Vector256.Load(codes + p + 8);
                Vector256<int> codes2 = Vector256.Load(codes + p + 16), codes3 = Vector256.Load(codes + p + 24);
                Vector256<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
                for (int output = group * shape.GroupOutputs; output < (group + 1) * shape.GroupOutputs; output++)
                {
                    float* row = table + starts[output], g = gradients + (nint)output * block.Length + p;
                    Vector256<float> zero = Vector256.Create(zeros[output]);
                    sum0 += (LookUp(row, codes0) - zero) * Vector256.Load(g);
                    sum1 += (LookUp(row, codes1) - zero) * Vector256.Load(g + 8);
                    sum2 += (LookUp(row, codes2) - zero) * Vector256.Load(g + 16);
                    sum3 += (LookUp(row, codes3) - zero) * Vector256.Load(g + 24);
                }

                sum0.Store(to + p);
                sum1.Store(to + p + 8);
                sum2.Store(to + p + 16);
                sum3.Store(to + p + 24);
            }

            for (; p < block.Length; p += Lanes)
            {
                var own = Vector256.Load(codes + p);
                Vector256<float> sum = default;
                for (int output = group * shape.GroupOutputs; output < (group + 1) * shape.GroupOutputs; output++)
                {
                    sum += (LookUp(table + starts[output], own) - Vector256.Create(zeros[output]))
                        * Vector256.Load(gradients + (nint)output * block.Length + p);
                }

                sum.Store(to + p);
            }
        }
    }

    /// <summary>Adds Σ_p g[o, p] · (D_w − z_a) for one tap of a group's output channels.</summary>
    void WeightGradient(Block block, int group, int tap, float[] gradient)
    {
        int[] indices = new int[block.Length];
        block.Gather(Start(group, tap), indices);
        Vector256<float> zero = Vector256.Create((float)quantisation.Activations.ZeroPoint);
        fixed (float* table = derivatives.InWeight, gradients = block.Gradients)
        fixed (int* codes = indices, first = rows)
        {
            int* starts = first + FirstRow(group, tap);
            for (int output = group * shape.GroupOutputs; output < (group + 1) * shape.GroupOutputs; output++)
            {
                float* row = table + starts[output], g = gradients + (nint)output * block.Length;
                Vector256<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
                int p = 0;
                for (; p <= block.Length - Together; p += Together)
                {
                    sum0 += (LookUp(row, Vector256.Load(codes + p)) - zero) * Vector256.Load(g + p);
                    sum1 += (LookUp(row, Vector256.Load(codes + p + 8)) - zero) * Vector256.Load(g + p + 8);
                    sum2 += (LookUp(row, Vector256.Load(codes + p + 16)) - zero) * Vector256.Load(g + p + 16);
                    sum3 += (LookUp(row, Vector256.Load(codes + p + 24)) - zero) * Vector256.Load(g + p + 24);
                }

                for (; p < block.Length; p += Lanes)
                    sum0 += (LookUp(row, Vector256.Load(codes + p)) - zero) * Vector256.Load(g + p);
                Vector256<float> sum = (sum0 + sum1) + (sum2 + sum3);
                Vector128<float> half = sum.GetLower() + sum.GetUpper();
                gradient[output * shape.Taps + tap] += (half[0] + half[1]) + (half[2] + half[3]);
            }
        }
    }

    /// <summary>The index of a tap's rows, those of all output channels of a group, less the first of these channels.</summary>
    int FirstRow(int group, int tap) => (group * shape.Taps + tap - group) * shape.GroupOutputs;

    /// <summary>The index of a tap at the first position, in the padded image.</summary>
    int Start(int group, int tap) => group * shape.GroupInputs * image.PaddedPlane + offsets[tap];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> LookUp(float* row, Vector256<int> codes) => Avx2.IsSupported
        ? Avx2.GatherVector256(row, codes, sizeof(float))
        : Vector256.Create(
            row[codes[0]], row[codes[1]], row[codes[2]], row[codes[3]], row[codes[4]], row[codes[5]], row[codes[6]], row[codes[7]]);

    /// <summary>Some images: their codes with padding, and the gradients of their outputs.</summary>
    sealed class Block
    {
        readonly DerivativeKernel kernel;

        public Block(
            DerivativeKernel kernel, float[] input, float[] outputGradient, int firstImage, int images, bool scalesGradients)
        {
            this.kernel = kernel;
            Images = images;
            PaddedImage image = kernel.image;
            PaddedLength = kernel.shape.InputChannels * image.PaddedPlane;
            Length = (images * image.Positions + Lanes - 1) / Lanes * Lanes;
            AffineQuantisation format = kernel.quantisation.Activations;
            Codes = new byte[images * PaddedLength];
            Codes.AsSpan().Fill((byte)(format.ZeroPoint - format.Format.Low));
            fixed (byte* codes = Codes)
            {
                for (int row = 0; row < images * image.Length / image.Width; row++)
                {
                    (int plane, int y) = Math.DivRem(row, image.Height);
                    RoundingKernel.Code(
                        format, input.AsSpan(firstImage * image.Length + row * image.Width, image.Width),
                        codes + plane * image.PaddedPlane + image.RowIndex(y));
                }
            }

            // Positions that only fill up the last vector have the gradient 0.
            int outputs = kernel.shape.OutputChannels;
            Gradients = new float[outputs * Length];
            for (int i = 0; i < images; i++)
            {
                for (int output = 0; output < outputs; output++)
                {
                    ReadOnlySpan<float> source = outputGradient.AsSpan(
                        ((firstImage + i) * outputs + output) * image.Positions, image.Positions);
                    float scale = scalesGradients ? kernel.quantisation.Weight(output).Scale : 1;
                    Span<float> destination = Gradients.AsSpan(output * Length + i * image.Positions);
                    for (int position = 0; position < source.Length; position++)
                        destination[position] = source[position] * scale;
                }
            }
        }

        public int Images { get; }

        /// <summary>The length of an image with its padding.</summary>
        public int PaddedLength { get; }

        /// <summary>The number of positions, filled up to whole vectors.</summary>
        public int Length { get; }

        public byte[] Codes { get; }

        /// <summary><c>[output channels, <see cref="Length"/>]</c>.</summary>
        public float[] Gradients { get; }

        /// <summary>The codes that a tap has at all positions.</summary>
        public void Gather(int start, int[] indices)
        {
            for (int i = 0, at = 0; i < Images; i++, start += PaddedLength)
            {
                foreach (int origin in kernel.origins)
                    indices[at++] = Codes[start + origin];
            }
        }
    }
}
