using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Measurement;

/// <summary>
/// The operands of a multiplier in a layer, in the order of weight-stationary hardware: the multiplier keeps a weight and
/// multiplies it by one activation after another. In a convolution these are the activations of all positions, row by row, image
/// after image; in a dense layer, one per image. In a product of two matrices of activations the multiplier keeps an element of the
/// second matrix for a column of the first, then takes the next image's element.
/// </summary>
public static class LayerOperands
{
    /// <summary>
    /// Draws streams of operands, each with a random weight and a random start, uniformly distributed; the first image follows the last.
    /// </summary>
    /// <param name="inputs">The inputs of the layer, at least one image.</param>
    /// <param name="streams">The number of streams.</param>
    /// <param name="length">The number of operands of each stream.</param>
    /// <param name="random">The random numbers.</param>
    /// <returns>
    /// The activations and the weights, stream by stream; padding is an activation of 0. Those of a quantised layer are its integers.
    /// </returns>
    /// <exception cref="ArgumentException">The kind of layer is unknown.</exception>
    public static (float[] Activations, float[] Weights) Sample(
        IMultiplies layer, IReadOnlyList<Tensor> inputs, int streams, int length, CounterRandom random)
    {
        float[] activations = new float[streams * length], weights = new float[streams * length];
        int weightCount = layer switch
        {
            WeightedLayer weighted => weighted.Weights.Length,
            MatrixMultiply => inputs[1].RowLength,
            _ => throw new ArgumentException($"{layer} is neither a convolution, a dense layer nor a product of matrices.", nameof(layer)),
        };
        for (int stream = 0; stream < streams; stream++)
        {
            int weight = random.NextInt32(weightCount);
            Func<int, (float, float)> operands = Operands(layer, inputs, weight, out int count);
            int start = random.NextInt32(count);
            for (int i = 0; i < length; i++)
                (activations[stream * length + i], weights[stream * length + i]) = operands((int)(((long)start + i) % count));
            if (layer is not WeightedLayer { Quantisation: Quantisation formats } quantised)
                continue;
            AffineQuantisation weightFormat = formats.Weight(weight / (weightCount / quantised.Parameters[0].Shape[0]));
            for (int i = stream * length; i < (stream + 1) * length; i++)
            {
                activations[i] = formats.Activations.Quantise(activations[i]);
                weights[i] = weightFormat.Quantise(weights[i]);
            }
        }

        return (activations, weights);
    }

    /// <summary>Counts how often the products of a quantised layer have each pair of operands.</summary>
    /// <param name="layer">A layer that multiplies integers.</param>
    /// <param name="input">A batch of its inputs.</param>
    /// <param name="counts">
    /// Incremented; that of the integers a and w has the index <c>(a − lowest a) · (number of weights) + (w − lowest w)</c>.
    /// </param>
    internal static void Count(WeightedLayer layer, Tensor input, long[] counts)
    {
        Quantisation formats = layer.Quantisation!;
        AffineQuantisation activations = formats.Activations;
        IntegerFormat weights = formats.Weights[0].Format;
        int channels = layer.Parameters[0].Shape[0], taps = layer.Weights.Length / channels;
        int groupChannels = layer is Convolution2D convolution ? convolution.Shape.GroupOutputs : channels;
        long[] seen = new long[activations.Format.Count];
        for (int first = 0; first < channels; first += groupChannels)
        {
            for (int tap = 0; tap < taps; tap++)
            {
                // All channels of a group multiply the same activations.
                Array.Clear(seen);
                Func<int, (float Activation, float)> operands = Operands(layer, [input], first * taps + tap, out int count);
                for (int i = 0; i < count; i++)
                    seen[activations.Quantise(operands(i).Activation) - activations.Format.Low]++;
                for (int channel = first; channel < first + groupChannels; channel++)
                {
                    int weight = formats.Weight(channel).Quantise(layer.Weights[channel * taps + tap]) - weights.Low;
                    for (int activation = 0; activation < seen.Length; activation++)
                        counts[activation * weights.Count + weight] += seen[activation];
                }
            }
        }
    }

    /// <summary>The operands of the multiplier of a weight, by index.</summary>
    static Func<int, (float Activation, float Weight)> Operands(IMultiplies layer, IReadOnlyList<Tensor> inputs, int weight, out int count)
    {
        Tensor input = inputs[0];
        switch (layer)
        {
            case Dense dense:
                int features = dense.Inputs;
                float kept = dense.Weights[weight];
                count = input.Data.Length / features;
                return index => (input.Data[index * features + weight % features], kept);
            case Convolution2D convolution:
                var shape = convolution.Shape;
                float tap = convolution.Weights[weight];
                int height = input.Shape[2], width = input.Shape[3];
                int outputHeight = shape.OutputHeight(height), outputWidth = shape
                    .OutputWidth(width), positions = outputHeight * outputWidth;
                int column = weight % shape.KernelWidth, row = weight / shape.KernelWidth % shape.KernelHeight;
                int channelInGroup = weight / (shape.KernelWidth * shape.KernelHeight) % shape.GroupInputs, filter = weight / shape.Taps;
                int channel = filter / shape.GroupOutputs * shape.GroupInputs + channelInGroup;
                count = checked(input.Batch * positions);
                return index =>
                {
                    int image = index / positions, position = index % positions;
                    int y = position / outputWidth * shape.Stride.Height + row * shape.Dilation.Height - shape.Padding.Top;
                    int x = position % outputWidth * shape.Stride.Width + column * shape.Dilation.Width - shape.Padding.Left;
                    bool isInside = y >= 0 && y < height && x >= 0 && x < width;
                    return (isInside ? input.Data[((image * shape.InputChannels + channel) * height + y) * width + x] : 0, tap);
                };
            default:
                Tensor second = inputs[1];
                int columns = second.Shape[^1], inner = second.Shape[^2], rows = input.Shape[^2];
                int matrix = weight / (inner * columns), k = weight / columns % inner;
                count = input.Batch * rows;
                return index => (
                    input.Row(index / rows)[(matrix * rows + index % rows) * inner + k],
                    second.Row(index / rows)[weight]);
        }
    }
}
