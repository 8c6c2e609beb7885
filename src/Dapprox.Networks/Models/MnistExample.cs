using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Models;

/// <summary>
/// The network of PyTorch's MNIST example (pytorch/examples, mnist/main.py), for 28×28 grey images and ten classes: two 3×3 convolutions
/// without padding with 32 and 64 filters, each followed by ReLU, 2×2 max-pooling, then dense layers of 128 and 10 with ReLU between
/// them. Dropout and the final log-softmax are left out. 11.99 million multiplications an image, 1,199,882 weights.
/// </summary>
public static class MnistExample
{
    const int Size = 28, Filters1 = 32, Filters2 = 64, Kernel = 3, Hidden = 128, Classes = 10;

    // Each convolution takes a pixel from either side, and pooling halves what is left.
    const int Between = Size - Kernel + 1, Pooled = (Between - Kernel + 1) / 2, Flat = Filters2 * Pooled * Pooled;

    /// <summary>The tensors and layers of the network.</summary>
    public static Architecture Architecture { get; } = new(
        "pytorch-mnist",
        [1, Size, Size],
        new Dictionary<string, int[]>
        {
            ["conv1.weight"] = [Filters1, 1, Kernel, Kernel],
            ["conv1.bias"] = [Filters1],
            ["conv2.weight"] = [Filters2, Filters1, Kernel, Kernel],
            ["conv2.bias"] = [Filters2],
            ["fc1.weight"] = [Hidden, Flat],
            ["fc1.bias"] = [Hidden],
            ["fc2.weight"] = [Classes, Hidden],
            ["fc2.bias"] = [Classes],
        },
        Build)
    {
        Hint = "the network of PyTorch's MNIST example, which normalises images before it: give --mean 0.1307 --deviation 0.3081 if its "
            + "training did",
    };

    static Network Build(string name, IReadOnlyDictionary<string, Tensor> tensors) => new(name, [1, Size, Size], Classes,
    [
        new Convolution2D(
            "conv1", new ConvolutionShape(1, Filters1, Kernel, Kernel), Size, Size, tensors["conv1.weight"].Data,
            tensors["conv1.bias"].Data, ExactMultiplier.Rounded),
        new Relu("relu1"),
        new Convolution2D(
            "conv2", new ConvolutionShape(Filters1, Filters2, Kernel, Kernel), Between, Between, tensors["conv2.weight"].Data,
            tensors["conv2.bias"].Data, ExactMultiplier.Rounded),
        new Relu("relu2"),
        new MaxPool2D("pool", 2),
        new Flatten("flatten"),
        new Dense("fc1", Flat, Hidden, tensors["fc1.weight"].Data, tensors["fc1.bias"].Data, ExactMultiplier.Rounded),
        new Relu("relu3"),
        new Dense("fc2", Hidden, Classes, tensors["fc2.weight"].Data, tensors["fc2.bias"].Data, ExactMultiplier.Rounded),
    ]);
}
