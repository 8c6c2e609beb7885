using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Models;

/// <summary>
/// LeNet-5 of LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to Document Recognition", Proc. IEEE 1998, as it is usually
/// written in PyTorch, for grey images and ten classes: 5×5 convolutions with 6 and 16 filters, each followed by an activation and 2×2
/// pooling, then dense layers of 120, 84 and 10 with activations between them. The paper's trainable factors of its pooling, partial
/// connections and distances to prototypes are left out. 61,706 weights, 416,520 multiplications an image.
/// </summary>
/// <remarks>
/// The weights say neither activation nor pooling, nor whether the images are 32×32, or 28×28 and padded by 2, so these are in the name.
/// </remarks>
static class ClassicLeNet5
{
    const int Filters1 = 6, Filters2 = 16, Kernel = 5, Side = 32, Padding = 2, Classes = 10;

    // Each convolution takes two pixels from either side, and pooling halves what is left.
    const int Plane1 = Side - Kernel + 1, Pooled1 = Plane1 / 2, Plane2 = Pooled1 - Kernel + 1, Pooled2 = Plane2 / 2;

    static readonly int[] Widths = [Filters2 * Pooled2 * Pooled2, 120, 84, Classes];

    static readonly (string Name, Func<string, Layer> Create)[] Activations =
        [("relu", name => new Relu(name)), ("tanh", Pointwise.Tanh), ("sigmoid", Pointwise.Sigmoid)];

    static readonly (string Name, Func<string, int, Layer> Create)[] Poolings =
        [("max", (name, _) => new MaxPool2D(name, 2)), ("average", Average)];

    /// <summary>One for each activation, pooling and size of the images.</summary>
    public static IReadOnlyList<Architecture> All { get; } =
    [
        .. Activations.SelectMany(activation => Poolings.SelectMany(pooling => new[] { Side - 2 * Padding, Side }.Select(size =>
            new Architecture(
                $"lenet5-classic-{activation.Name}-{pooling.Name}-{size}", [1, size, size], Tensors(),
                (name, tensors) => Build(name, tensors, size, activation.Create, pooling.Create))
            {
                Family = "lenet5-classic-{relu|tanh|sigmoid}-{max|average}-{28|32} (28: images of 28×28, padded by 2; 32: of 32×32)",
            }))),
    ];

    static Dictionary<string, int[]> Tensors()
    {
        var tensors = new Dictionary<string, int[]>
        {
            ["conv1.weight"] = [Filters1, 1, Kernel, Kernel],
            ["conv1.bias"] = [Filters1],
            ["conv2.weight"] = [Filters2, Filters1, Kernel, Kernel],
            ["conv2.bias"] = [Filters2],
        };
        for (int i = 1; i < Widths.Length; i++)
        {
            tensors.Add($"fc{i}.weight", [Widths[i], Widths[i - 1]]);
            tensors.Add($"fc{i}.bias", [Widths[i]]);
        }

        return tensors;
    }

    static Network Build(
        string name, IReadOnlyDictionary<string, Tensor> tensors, int size, Func<string, Layer> activation,
        Func<string, int, Layer> pooling)
    {
        int padding = (Side - size) / 2;
        var layers = new List<Layer>
        {
            new Convolution2D(
                "conv1", new ConvolutionShape(1, Filters1, Kernel, Kernel) { Padding = padding }, size, size, tensors["conv1.weight"].Data,
                tensors["conv1.bias"].Data, ExactMultiplier.Rounded),
            activation("activation1"),
            pooling("pool1", Plane1),
            new Convolution2D(
                "conv2", new ConvolutionShape(Filters1, Filters2, Kernel, Kernel), Pooled1, Pooled1, tensors["conv2.weight"].Data,
                tensors["conv2.bias"].Data, ExactMultiplier.Rounded),
            activation("activation2"),
            pooling("pool2", Plane2),
            new Flatten("flatten"),
        };
        for (int i = 1; i < Widths.Length; i++)
        {
            layers.Add(new Dense(
                $"fc{i}", Widths[i - 1], Widths[i], tensors[$"fc{i}.weight"].Data, tensors[$"fc{i}.bias"].Data, ExactMultiplier.Rounded));
            if (i + 1 < Widths.Length)
                layers.Add(activation($"activation{i + 2}"));
        }

        return new Network(name, [1, size, size], Classes, layers);
    }

    /// <summary>The average of each 2×2 window of a square plane.</summary>
    static Pool Average(string name, int side)
    {
        int half = side / 2;
        return new Pool(name, Pooling.Average, [half, half], [
            .. Enumerable.Range(0, half * half).Select(i =>
            {
                int first = 2 * (i / half) * side + 2 * (i % half);
                return new[] { first, first + 1, first + side, first + side + 1 };
            })]);
    }
}
