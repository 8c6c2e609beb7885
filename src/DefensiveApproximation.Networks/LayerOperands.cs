using DefensiveApproximation.Networks.Layers;

namespace DefensiveApproximation.Networks;

/// <summary>
/// The operands that a multiplier meets in a layer, in the order of weight-stationary hardware: a multiplier keeps a weight
/// while all activations go by that it multiplies, in a convolution those of one position after the other, row by row, then
/// of the next image; in a dense layer one image after the other.
/// </summary>
public static class LayerOperands
{
    /// <summary>Draws streams of operands: each of a weight and a place to begin drawn at random, all equally likely; after the last image comes the first.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">What goes into it, at least one image.</param>
    /// <param name="streams">How many streams.</param>
    /// <param name="length">How many operands each has.</param>
    /// <param name="random">The source of what is drawn.</param>
    /// <returns>The activations and the weights, stream after stream; padding is an activation of 0.</returns>
    /// <exception cref="ArgumentException">The layer is of a kind that is not known.</exception>
    public static (float[] Activations, float[] Weights) Sample(WeightedLayer layer, Tensor input, int streams, int length, CounterRandom random)
    {
        float[] activations = new float[streams * length], weights = new float[streams * length];
        for (int stream = 0; stream < streams; stream++)
        {
            int weight = random.NextInt32(layer.Weights.Length);
            Func<int, float> activation = Activations(layer, input, weight, out int count);
            int start = random.NextInt32(count);
            for (int i = 0; i < length; i++)
            {
                activations[stream * length + i] = activation((int)(((long)start + i) % count));
                weights[stream * length + i] = layer.Weights[weight];
            }
        }

        return (activations, weights);
    }

    /// <summary>The activations that a weight meets, by their place in the order.</summary>
    static Func<int, float> Activations(WeightedLayer layer, Tensor input, int weight, out int count)
    {
        switch (layer)
        {
            case Dense dense:
                int inputs = dense.Inputs;
                count = input.Data.Length / inputs;
                return place => input.Data[place * inputs + weight % inputs];
            case Convolution2D convolution:
                var shape = convolution.Shape;
                int height = input.Shape[2], width = input.Shape[3];
                int outputHeight = shape.OutputHeight(height), outputWidth = shape.OutputWidth(width), positions = outputHeight * outputWidth;
                int column = weight % shape.KernelWidth, row = weight / shape.KernelWidth % shape.KernelHeight;
                int channelInGroup = weight / (shape.KernelWidth * shape.KernelHeight) % shape.GroupInputs, filter = weight / shape.Taps;
                int channel = filter / shape.GroupOutputs * shape.GroupInputs + channelInGroup;
                count = checked(input.Batch * positions);
                return place =>
                {
                    int image = place / positions, position = place % positions;
                    int y = position / outputWidth * shape.Stride.Height + row * shape.Dilation.Height - shape.Padding.Top;
                    int x = position % outputWidth * shape.Stride.Width + column * shape.Dilation.Width - shape.Padding.Left;
                    return y >= 0 && y < height && x >= 0 && x < width ? input.Data[((image * shape.InputChannels + channel) * height + y) * width + x] : 0;
                };
            default:
                throw new ArgumentException($"{layer.Name} is neither a convolution nor a dense layer.", nameof(layer));
        }
    }
}
