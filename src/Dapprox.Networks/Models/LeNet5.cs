using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Models;

/// <summary>
/// LeNet-5 as in the released code of "Defensive Approximation", for 28×28 grey images and ten classes: two 3×3 convolutions with
/// 32 and 64 filters, each followed by ReLU and 2×2 max-pooling, then dense layers of 200 and 10. 4.47 million multiplications an
/// image, 648,226 weights.
/// </summary>
public static class LeNet5
{
    const int Size = 28, Filters1 = 32, Filters2 = 64, Kernel = 3, Hidden = 200, Classes = 10;

    const int Flat = Filters2 * (Size / 4) * (Size / 4);

    /// <summary>The tensors and layers of the network.</summary>
    public static Architecture Architecture { get; } = new(
        "lenet5",
        [1, Size, Size],
        new Dictionary<string, int[]>
        {
            ["conv1.weight"] = [Filters1, 1, Kernel, Kernel],
            ["conv1.bias"] = [Filters1],
            ["conv2.weight"] = [Filters2, Filters1, Kernel, Kernel],
            ["conv2.bias"] = [Filters2],
            ["linear1.weight"] = [Hidden, Flat],
            ["linear1.bias"] = [Hidden],
            ["linear2.weight"] = [Classes, Hidden],
            ["linear2.bias"] = [Classes],
        },
        Build);

    static Network Build(string name, IReadOnlyDictionary<string, Tensor> tensors) => new(name, [1, Size, Size], Classes,
    [
        new Convolution2D(
            "conv1", new ConvolutionShape(1, Filters1, Kernel, Kernel) { Padding = 1 }, Size, Size,
            tensors["conv1.weight"].Data, tensors["conv1.bias"].Data, ExactMultiplier.Rounded),
        new Relu("relu1"),
        new MaxPool2D("pool1", 2),
        new Convolution2D(
            "conv2", new ConvolutionShape(Filters1, Filters2, Kernel, Kernel) { Padding = 1 }, Size / 2, Size / 2,
            tensors["conv2.weight"].Data, tensors["conv2.bias"].Data, ExactMultiplier.Rounded),
        new Relu("relu2"),
        new MaxPool2D("pool2", 2),
        new Flatten("flatten"),
        new Dense("linear1", Flat, Hidden, tensors["linear1.weight"].Data, tensors["linear1.bias"].Data, ExactMultiplier.Rounded),
        new Relu("relu3"),
        new Dense("linear2", Hidden, Classes, tensors["linear2.weight"].Data, tensors["linear2.bias"].Data, ExactMultiplier.Rounded),
    ]);
}
