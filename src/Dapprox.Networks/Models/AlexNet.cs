using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Models;

/// <summary>
/// AlexNet for 32×32 colour images or 28×28 grey ones, and ten classes: the layers of Krizhevsky, Sutskever, Hinton, "ImageNet
/// Classification with
/// Deep Convolutional Neural Networks", NIPS 2012, with filters for small images. Five 3×3 convolutions with 32, 64, 96, 96 and
/// 64 filters, each followed by ReLU and the first, the second and the last by 2×2 max-pooling, then dense layers of 512, 512
/// and 10. 18.8 million multiplications an image of 32×32, 1.01 million weights.
/// </summary>
public static class AlexNet
{
    const int Classes = 10, Hidden = 512, Kernel = 3;

    /// <summary>For 32×32 colour images: CIFAR-10.</summary>
    public static Architecture Colour { get; } = Create(3, 32);

    /// <summary>For 28×28 grey images: Fashion-MNIST.</summary>
    public static Architecture Grey { get; } = Create(1, 28);

    static Architecture Create(int channels, int size)
    {
        int[] filters = [channels, 32, 64, 96, 96, 64];
        int[] widths = [filters[^1] * (size / 8) * (size / 8), Hidden, Hidden, Classes];
        return new Architecture(
            "alexnet", [channels, size, size], Tensors(filters, widths), (name, tensors) => Build(name, tensors, size, filters, widths));
    }

    static Dictionary<string, int[]> Tensors(int[] filters, int[] widths)
    {
        var tensors = new Dictionary<string, int[]>();
        for (int i = 1; i < filters.Length; i++)
        {
            tensors.Add($"conv{i}.weight", [filters[i], filters[i - 1], Kernel, Kernel]);
            tensors.Add($"conv{i}.bias", [filters[i]]);
        }

        for (int i = 1; i < widths.Length; i++)
        {
            tensors.Add($"linear{i}.weight", [widths[i], widths[i - 1]]);
            tensors.Add($"linear{i}.bias", [widths[i]]);
        }

        return tensors;
    }

    static Network Build(string name, IReadOnlyDictionary<string, Tensor> tensors, int size, int[] filters, int[] widths)
    {
        var layers = new List<Layer>();
        int side = size;
        for (int i = 1; i < filters.Length; i++)
        {
            layers.Add(new Convolution2D(
                $"conv{i}", new ConvolutionShape(filters[i - 1], filters[i], Kernel, Kernel) { Padding = 1 }, side, side,
                tensors[$"conv{i}.weight"].Data, tensors[$"conv{i}.bias"].Data, ExactMultiplier.Rounded));
            layers.Add(new Relu($"relu{i}"));
            if (i is 1 or 2 or 5)
            {
                layers.Add(new MaxPool2D($"pool{i}", 2));
                side /= 2;
            }
        }

        layers.Add(new Flatten("flatten"));
        for (int i = 1; i < widths.Length; i++)
        {
            layers.Add(new Dense(
                $"linear{i}", widths[i - 1], widths[i], tensors[$"linear{i}.weight"].Data, tensors[$"linear{i}.bias"].Data,
                ExactMultiplier.Rounded));
            if (i + 1 < widths.Length)
                layers.Add(new Relu($"relu{filters.Length - 1 + i}"));
        }

        return new Network(name, [filters[0], size, size], Classes, layers);
    }
}
