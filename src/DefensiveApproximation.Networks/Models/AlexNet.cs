using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Kernels;
using DefensiveApproximation.Networks.Layers;

namespace DefensiveApproximation.Networks.Models;

/// <summary>
/// AlexNet for 32×32 colour images and ten classes: the layers of Krizhevsky, Sutskever, Hinton, "ImageNet Classification with
/// Deep Convolutional Neural Networks", NIPS 2012, with filters for small images. Five 3×3 convolutions with 32, 64, 96, 96 and
/// 64 filters, each followed by ReLU and the first, the second and the last by 2×2 max-pooling, then dense layers of 512, 512
/// and 10. 18.8 million multiplications an image, 1.03 million weights.
/// </summary>
public static class AlexNet
{
    const int Size = 32, Classes = 10, Hidden = 512, Kernel = 3;

    static readonly int[] Filters = [3, 32, 64, 96, 96, 64];

    static readonly int[] Widths = [Filters[^1] * (Size / 8) * (Size / 8), Hidden, Hidden, Classes];

    /// <summary>Its tensors and layers.</summary>
    public static Architecture Architecture { get; } = new("alexnet", Tensors(), Build);

    static Dictionary<string, int[]> Tensors()
    {
        var tensors = new Dictionary<string, int[]>();
        for (int i = 1; i < Filters.Length; i++)
        {
            tensors.Add($"conv{i}.weight", [Filters[i], Filters[i - 1], Kernel, Kernel]);
            tensors.Add($"conv{i}.bias", [Filters[i]]);
        }

        for (int i = 1; i < Widths.Length; i++)
        {
            tensors.Add($"linear{i}.weight", [Widths[i], Widths[i - 1]]);
            tensors.Add($"linear{i}.bias", [Widths[i]]);
        }

        return tensors;
    }

    static Network Build(string name, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var layers = new List<Layer>();
        int size = Size;
        for (int i = 1; i < Filters.Length; i++)
        {
            layers.Add(new Convolution2D(
                $"conv{i}", new ConvolutionShape(Filters[i - 1], Filters[i], Kernel, Kernel) { Padding = 1 }, size, size,
                tensors[$"conv{i}.weight"].Data, tensors[$"conv{i}.bias"].Data, ExactMultiplier.Rounded));
            layers.Add(new Relu($"relu{i}"));
            if (i is 1 or 2 or 5)
            {
                layers.Add(new MaxPool2D($"pool{i}", 2));
                size /= 2;
            }
        }

        layers.Add(new Flatten("flatten"));
        for (int i = 1; i < Widths.Length; i++)
        {
            layers.Add(new Dense(
                $"linear{i}", Widths[i - 1], Widths[i], tensors[$"linear{i}.weight"].Data, tensors[$"linear{i}.bias"].Data, ExactMultiplier.Rounded));
            if (i + 1 < Widths.Length)
                layers.Add(new Relu($"relu{Filters.Length - 1 + i}"));
        }

        return new Network(name, [Filters[0], Size, Size], Classes, layers);
    }
}
