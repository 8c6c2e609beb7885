using System.Numerics.Tensors;
using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Kernels.Integers;
using Dapprox.Networks.Tensors;

namespace Dapprox.Networks.Layers;

/// <summary>
/// A 2-D convolution: <c>[batch, channels, height, width]</c> to <c>[batch, filters, output height, output width]</c>; see
/// <see cref="ConvolutionKernel"/> for the formula.
/// </summary>
public sealed class Convolution2D : WeightedLayer
{
    // Images whose weight gradients one thread sums: a constant, because the order of the sum depends on it.
    const int SliceImages = 12;

    readonly int height;
    readonly int width;
    readonly float[] learnt;
    readonly float[] weights;
    readonly float[] bias;
    readonly IConvolutionKernel kernel;
    // The kernel of the exact layer, shared by all layers with these weights, and the kernel of this layer.
    readonly Lazy<ConvolutionKernel> exactGradient;
    readonly Lazy<ConvolutionKernel> gradient;
    readonly Lazy<ConvolutionGradient> weightGradient;
    // Both gradients, where products have derivatives of their own.
    readonly Lazy<DerivativeKernel>? ofDerivatives;

    /// <summary>Creates the layer for images of one size.</summary>
    /// <param name="name">The name inside the network.</param>
    /// <param name="shape">The geometry.</param>
    /// <param name="height">Rows of the input.</param>
    /// <param name="width">Columns of the input.</param>
    /// <param name="weights"><c>[filters, channels / groups, kernel height, kernel width]</c>; shared, not copied.</param>
    /// <param name="bias"><c>[filters]</c>, or empty; shared, not copied.</param>
    /// <param name="accumulation">The format of the sums.</param>
    /// <param name="weightBits">The bits to quantise the weights to (<see cref="DoReFa.Weights"/>); 0 to use them as they are.</param>
    public Convolution2D(
        string name, ConvolutionShape shape, int height, int width, float[] weights, float[] bias,
        FloatMultiplier multiplier, Accumulation accumulation = Accumulation.Float32, int weightBits = 0)
        : this(name, shape, height, width, weights, weightBits, quantisation: null, bias, multiplier, accumulation, weightGradient: null)
    {
    }

    Convolution2D(
        string name, ConvolutionShape shape, int height, int width, float[] learnt, int weightBits, Quantisation? quantisation,
        float[] bias, Multiplier multiplier, Accumulation accumulation, Lazy<ConvolutionGradient>? weightGradient)
        : this(
            name, null, shape, height, width, learnt, Multiplied(learnt, weightBits, quantisation, shape.OutputChannels), weightBits,
            quantisation, bias, multiplier, accumulation, exactGradient: null, gradientWeights: null, derivatives: null, weightGradient)
    {
    }

    Convolution2D(
        string name, IConvolutionKernel? kernel, ConvolutionShape shape, int height, int width, float[] learnt, float[] weights,
        int weightBits, Quantisation? quantisation, float[] bias, Multiplier multiplier, Accumulation accumulation,
        Lazy<ConvolutionKernel>? exactGradient, float[]? gradientWeights, ProductDerivatives? derivatives,
        Lazy<ConvolutionGradient>? weightGradient)
        : base(
            name, [shape.OutputChannels, shape.GroupInputs, shape.KernelHeight, shape.KernelWidth], learnt, weights, weightBits,
            quantisation, bias, multiplier, accumulation, gradientWeights, derivatives)
    {
        Shape = shape;
        this.height = height;
        this.width = width;
        this.learnt = learnt;
        this.weights = weights;
        this.bias = bias;
        this.kernel = kernel ?? (quantisation is null
            ? new ConvolutionKernel((FloatMultiplier)multiplier, shape, height, width, weights, bias, accumulation)
            : new QuantisedConvolutionKernel((IntegerMultiplier)multiplier, quantisation, shape, height, width, weights, bias));
        this.exactGradient = exactGradient ?? new Lazy<ConvolutionKernel>(() => GradientKernel(weights));
        gradient = gradientWeights is null || gradientWeights == weights
            ? this.exactGradient
            : new Lazy<ConvolutionKernel>(() => GradientKernel(gradientWeights));
        this.weightGradient = weightGradient ?? new Lazy<ConvolutionGradient>(() => new ConvolutionGradient(shape, height, width));
        ofDerivatives = derivatives is null
            ? null
            : new Lazy<DerivativeKernel>(() => new DerivativeKernel(derivatives, quantisation!, shape, height, width, weights));
    }

    /// <summary>The geometry.</summary>
    public ConvolutionShape Shape { get; }

    /// <inheritdoc/>
    public override long Multiplications => (long)Shape.OutputChannels * Shape.Taps * kernel.OutputHeight * kernel.OutputWidth;

    int ZeroInsertedHeight => height + Shape.Dilation.Height * (Shape.KernelHeight - 1);

    int ZeroInsertedWidth => width + Shape.Dilation.Width * (Shape.KernelWidth - 1);

    /// <inheritdoc/>
    public override WeightedLayer With(Multiplier multiplier, Accumulation accumulation) => new Convolution2D(
        Name, kernel: null, Shape, height, width, learnt, weights, WeightBits, Quantisation, bias, multiplier, accumulation,
        exactGradient, GradientWeightsFor(multiplier), DerivativesFor(multiplier), weightGradient);

    /// <inheritdoc/>
    public override WeightedLayer Quantised(Quantisation quantisation, IntegerMultiplier multiplier) => new Convolution2D(
        Name, Shape, height, width, weights, weightBits: 0, quantisation, bias, multiplier, Accumulation, weightGradient);

    /// <inheritdoc/>
    public override WeightedLayer WithGradientWeights(float[] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return new Convolution2D(
            Name, kernel, Shape, height, width, learnt, this.weights, WeightBits, Quantisation, bias, Multiplier, Accumulation,
            exactGradient, weights, derivatives: null, weightGradient);
    }

    /// <inheritdoc/>
    public override WeightedLayer WithDerivatives(ProductDerivatives derivatives) => new Convolution2D(
        Name, kernel, Shape, height, width, learnt, weights, WeightBits, Quantisation, bias, Multiplier, Accumulation, exactGradient,
        gradientWeights: null, derivatives, weightGradient);

    internal override int Channels => Shape.OutputChannels;

    internal override int ChannelLength(Tensor output) => output.RowLength / Shape.OutputChannels;

    /// <inheritdoc/>
    public override Layer With(IReadOnlyList<float[]> parameters)
    {
        (float[] bias, Quantisation? quantisation) = Others(parameters);
        return new Convolution2D(
            Name, Shape, height, width, parameters[0], WeightBits, quantisation, bias, Multiplier, Accumulation, weightGradient);
    }

    internal override WeightedLayer WithLearntScales(bool areLearnt) => new Convolution2D(
        Name, Shape, height, width, learnt, WeightBits, Quantisation! with { LearnsScales = areLearnt }, bias, Multiplier, Accumulation,
        weightGradient);

    /// <inheritdoc/>
    public override WeightedLayer WithWeights(float[] weights, float[] bias) =>
        new Convolution2D(
            Name, Shape, height, width, weights, weightBits: 0, Quantisation, bias, Multiplier, Accumulation, weightGradient);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, int threads)
    {
        Tensor output = Tensor.Unfilled(input.Batch, Shape.OutputChannels, kernel.OutputHeight, kernel.OutputWidth);
        kernel.Run(input.Data, output.Data, threads);
        return output;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// With <c>g</c> the output's gradient, <c>dx[c, p] = Σ_o Σ_i g[o, (p + padding − i·dilation) / stride] · w[o, c, i]</c>
    /// over the taps for which the division has no remainder, with w the <see cref="WeightedLayer.GradientWeights"/>: a convolution
    /// of g, zero-inserted by the stride, with the flipped filters. <see cref="DerivativeKernel"/> has the formula with
    /// <see cref="WeightedLayer.Derivatives"/>.
    /// </remarks>
    private protected override Tensor RoundedInputGradient(Tensor input, Tensor outputGradient, int threads)
    {
        Tensor result = Tensor.Unfilled(input.Shape);
        if (ofDerivatives is not null)
        {
            ofDerivatives.Value.InputGradient(input.Data, outputGradient.Data, result.Data, threads);
        }
        else
        {
            Tensor zeroInserted = ZeroInsert(outputGradient);
            gradient.Value.Run(zeroInserted.Data, result.Data, threads);
            Workspace.Return(zeroInserted);
        }

        return result;
    }

    /// <summary>
    /// The zero-inserted gradient of the output: position y lies at dilation·(kernel − 1) − padding + y·stride, so that a
    /// convolution without padding gives the input's size. Positions that only cover padding are dropped.
    /// </summary>
    Tensor ZeroInsert(Tensor outputGradient)
    {
        int outputHeight = kernel.OutputHeight, outputWidth = kernel.OutputWidth;
        int top = Shape.Dilation.Height * (Shape.KernelHeight - 1) - Shape.Padding.Top;
        int left = Shape.Dilation.Width * (Shape.KernelWidth - 1) - Shape.Padding.Left;
        // The positions that stay inside the grid: first ≤ position < end.
        (int firstY, int endY) = Inside(top, outputHeight, ZeroInsertedHeight, Shape.Stride.Height);
        (int firstX, int endX) = Inside(left, outputWidth, ZeroInsertedWidth, Shape.Stride.Width);
        Tensor zeroInserted = Tensor.Unfilled(outputGradient.Batch, Shape.OutputChannels, ZeroInsertedHeight, ZeroInsertedWidth);
        zeroInserted.Data.AsSpan().Clear();
        for (int plane = 0; plane < outputGradient.Batch * Shape.OutputChannels; plane++)
        {
            for (int y = firstY; y < endY; y++)
            {
                ReadOnlySpan<float> source = outputGradient.Data.AsSpan(
                    (plane * outputHeight + y) * outputWidth, outputWidth)[firstX..endX];
                if (source.IsEmpty)
                    continue;
                Span<float> destination = zeroInserted.Data.AsSpan(
                    (plane * ZeroInsertedHeight + top + y * Shape.Stride.Height) * ZeroInsertedWidth + left + firstX * Shape.Stride.Width);
                if (Shape.Stride.Width == 1)
                {
                    source.CopyTo(destination);
                    continue;
                }

                for (int x = 0; x < source.Length; x++)
                    destination[x * Shape.Stride.Width] = source[x];
            }
        }

        return zeroInserted;
    }

    static (int First, int End) Inside(int start, int count, int size, int stride)
    {
        int first = Math.Min(count, start >= 0 ? 0 : (-start + stride - 1) / stride);
        int end = start >= size ? 0 : Math.Min(count, (size - start - 1) / stride + 1);
        return (first, Math.Max(first, end));
    }

    internal override bool PrefersWholeBatch => false;

    /// <summary>See <see cref="ConvolutionGradient"/> for the formula. Slices of images are summed apart and added in order.</summary>
    internal override void WeightGradient(Tensor input, Tensor outputGradient, float[] gradient, int threads)
    {
        if (ofDerivatives is not null)
        {
            ofDerivatives.Value.WeightGradient(input.Data, outputGradient.Data, gradient, threads);
            return;
        }

        int slices = (input.Batch + SliceImages - 1) / SliceImages;
        float[][] sums = [.. Enumerable.Range(0, slices).Select(slice => slice == 0 ? gradient : new float[gradient.Length])];
        Parallel.For(0, slices, new ParallelOptions { MaxDegreeOfParallelism = threads }, slice =>
        {
            int first = slice * SliceImages, count = Math.Min(SliceImages, input.Batch - first);
            weightGradient.Value.Run(
                input.Data.AsSpan(first * input.RowLength, count * input.RowLength),
                outputGradient.Data.AsSpan(first * outputGradient.RowLength, count * outputGradient.RowLength), sums[slice]);
        });
        foreach (float[] sum in sums.Skip(1))
            TensorPrimitives.Add(gradient, sum, gradient);
        if (slices == 0)
            Array.Clear(gradient);
    }

    internal override double[] BiasGradient(Tensor outputGradient)
    {
        double[] sums = new double[Shape.OutputChannels];
        int area = outputGradient.RowLength / sums.Length;
        for (int plane = 0; plane < outputGradient.Batch * sums.Length; plane++)
            sums[plane % sums.Length] += OrderedSum.Of(outputGradient.Data.AsSpan(plane * area, area));
        return sums;
    }

    ConvolutionKernel GradientKernel(float[] filters)
    {
        var transposed = new ConvolutionShape(Shape.OutputChannels, Shape.InputChannels, Shape.KernelHeight, Shape.KernelWidth)
        {
            Dilation = Shape.Dilation,
            Groups = Shape.Groups,
        };
        int area = Shape.KernelHeight * Shape.KernelWidth;
        float[] flipped = new float[filters.Length];
        for (int o = 0; o < Shape.OutputChannels; o++)
        {
            int group = o / Shape.GroupOutputs, oInGroup = o % Shape.GroupOutputs;
            for (int c = 0; c < Shape.GroupInputs; c++)
            {
                int from = (o * Shape.GroupInputs + c) * area;
                int to = ((group * Shape.GroupInputs + c) * Shape.GroupOutputs + oInGroup) * area;
                for (int tap = 0; tap < area; tap++)
                    flipped[to + area - 1 - tap] = filters[from + tap];
            }
        }

        return new ConvolutionKernel(ExactMultiplier.FusedSum, transposed, ZeroInsertedHeight, ZeroInsertedWidth, flipped, []);
    }
}
