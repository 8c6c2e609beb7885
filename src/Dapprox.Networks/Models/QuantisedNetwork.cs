using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Models;

/// <summary>
/// The networks of Guesmi et al., ASPLOS 2021, table 11, for 32×32 colour images and ten classes, with weights and activations of
/// four bits after <see cref="DoReFa"/>: six 3×3 convolutions and three dense layers with batch normalisation. The paper gives the
/// order of the layers but not their sizes; these networks have 16, 32, 48, 48, 96 and 96 filters and widths of 256, 256 and 10.
/// 22.4 million multiplications an image, 0.63 million weights.
/// </summary>
/// <remarks>
/// All three have the same tensors, with the learnt weights; building the network quantises them, except for the last layer.
/// </remarks>
public static class QuantisedNetwork
{
    /// <summary>The number of bits of quantised weights and activations.</summary>
    public const int Bits = 4;

    /// <summary>
    /// The activation that is quantised to 1: normalised activations seldom exceed it. The following normalisation makes the scale
    /// irrelevant.
    /// </summary>
    public const float Range = 3;

    const int Size = 32, Classes = 10, Hidden = 256, Kernel = 3;

    const float Epsilon = 1e-5f;

    static readonly int[] InputShape = [3, Size, Size];

    static readonly int[] Filters = [3, 16, 32, 48, 48, 96, 96];

    static readonly int[] Widths = [Filters[^1] * (Size / 8) * (Size / 8), Hidden, Hidden, Classes];

    /// <summary><c>dq-full</c>: weights of four bits, and activations of four bits after every ReLU.</summary>
    public static Architecture Full { get; } = new(
        "dq-full", InputShape, Tensors(), (name, tensors) => Build(name, tensors, weights: true, activations: true));

    /// <summary><c>dq-weights</c>: weights of four bits.</summary>
    public static Architecture WeightsOnly { get; } = new(
        "dq-weights", InputShape, Tensors(), (name, tensors) => Build(name, tensors, weights: true, activations: false));

    /// <summary><c>dq-float</c>: nothing quantised; the reference for the others.</summary>
    public static Architecture Unquantised { get; } = new(
        "dq-float", InputShape, Tensors(), (name, tensors) => Build(name, tensors, weights: false, activations: false));

    static Dictionary<string, int[]> Tensors()
    {
        var tensors = new Dictionary<string, int[]>();
        for (int i = 1; i < Filters.Length; i++)
        {
            tensors.Add($"conv{i}.weight", [Filters[i], Filters[i - 1], Kernel, Kernel]);
            tensors.Add($"conv{i}.bias", [Filters[i]]);
            AddNormalization(i, Filters[i]);
        }

        for (int i = 1; i < Widths.Length; i++)
        {
            tensors.Add($"linear{i}.weight", [Widths[i], Widths[i - 1]]);
            tensors.Add($"linear{i}.bias", [Widths[i]]);
            if (i + 1 < Widths.Length)
                AddNormalization(Filters.Length - 1 + i, Widths[i]);
        }

        return tensors;

        void AddNormalization(int number, int channels)
        {
            foreach (string part in (string[])["weight", "bias", "running_mean", "running_var"])
                tensors.Add($"norm{number}.{part}", [channels]);
        }
    }

    static Network Build(string name, IReadOnlyDictionary<string, Tensor> tensors, bool weights, bool activations)
    {
        var layers = new List<Layer>();
        int size = Size;
        for (int i = 1; i < Filters.Length; i++)
        {
            layers.Add(new Convolution2D(
                $"conv{i}", new ConvolutionShape(Filters[i - 1], Filters[i], Kernel, Kernel) { Padding = 1 }, size, size,
                tensors[$"conv{i}.weight"].Data, tensors[$"conv{i}.bias"].Data, ExactMultiplier.Rounded,
                weightBits: weights ? Bits : 0));
            if (i == 2)
                layers.Add(Relu("relu2a"));
            if (i % 2 == 0)
            {
                layers.Add(new MaxPool2D($"pool{i}", 2));
                size /= 2;
            }

            layers.Add(Normalization(i));
            layers.Add(Relu($"relu{i}"));
        }

        layers.Add(new Flatten("flatten"));
        for (int i = 1; i < Widths.Length; i++)
        {
            bool isLast = i + 1 == Widths.Length;
            layers.Add(new Dense(
                $"linear{i}", Widths[i - 1], Widths[i], tensors[$"linear{i}.weight"].Data, tensors[$"linear{i}.bias"].Data,
                ExactMultiplier.Rounded, weightBits: weights && !isLast ? Bits : 0));
            if (isLast)
                break;
            layers.Add(Normalization(Filters.Length - 1 + i));
            layers.Add(Relu($"relu{Filters.Length - 1 + i}"));
        }

        return new Network(name, [Filters[0], Size, Size], Classes, layers);

        Layer Relu(string layer) => activations ? new QuantisedRelu(layer, Range, Bits) : new Relu(layer);

        BatchNormalization Normalization(int number) => new(
            $"norm{number}", tensors[$"norm{number}.weight"].Data, tensors[$"norm{number}.bias"].Data,
            tensors[$"norm{number}.running_mean"].Data, tensors[$"norm{number}.running_var"].Data, Epsilon);
    }
}
