using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;

namespace Dapprox.Networks.Models;

/// <summary>
/// Residual networks for 32×32 colour images and ten classes: a 3×3 convolution with 16 filters, three stages of blocks with 16, 32 and 64
/// filters, the average of each channel, and a dense layer. A block is two 3×3 convolutions, each with batch normalisation, whose result is
/// added to the block's input; the first block of the second and of the third stage halves rows and columns.
/// </summary>
public static class ResNet
{
    const int Size = 32, Classes = 10, Stages = 3, FirstFilters = 16, Kernel = 3;

    const float Epsilon = 1e-5f;

    /// <summary>
    /// ResNet-8 of MLPerf Tiny (Banbury et al., "MLPerf Tiny Benchmark", NeurIPS 2021): one block a stage, convolutions with biases, and
    /// 1×1 convolutions where a block changes the shape. 12.5 million multiplications an image, 77,706 weights.
    /// </summary>
    public static Architecture Eight { get; } = Create("resnet-8", blocks: 1, isTiny: true);

    /// <summary>
    /// ResNet-20 (He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, section 4.2): three blocks a stage, and where a
    /// block changes the shape, every second row and column of its input with zeros for the new channels. The names are those of the
    /// usual PyTorch implementations. 40.6 million multiplications an image, 269,722 weights.
    /// </summary>
    public static Architecture Twenty { get; } = Create("resnet-20", blocks: 3, isTiny: false);

    static Architecture Create(string name, int blocks, bool isTiny) => new(
        name, [3, Size, Size], Tensors(blocks, isTiny), (own, tensors) => Build(own, tensors, blocks, isTiny));

    static Dictionary<string, int[]> Tensors(int blocks, bool isTiny)
    {
        var tensors = new Dictionary<string, int[]>();
        Add("conv1", "bn1", 3, FirstFilters);
        for (int stage = 1, channels = FirstFilters; stage <= Stages; stage++)
        {
            int filters = FirstFilters << (stage - 1);
            for (int block = 0; block < blocks; block++, channels = filters)
            {
                Add($"layer{stage}.{block}.conv1", $"layer{stage}.{block}.bn1", channels, filters);
                Add($"layer{stage}.{block}.conv2", $"layer{stage}.{block}.bn2", filters, filters);
                if (isTiny && channels != filters)
                {
                    tensors.Add($"layer{stage}.{block}.shortcut.weight", [filters, channels, 1, 1]);
                    tensors.Add($"layer{stage}.{block}.shortcut.bias", [filters]);
                }
            }
        }

        tensors.Add("linear.weight", [Classes, FirstFilters << (Stages - 1)]);
        tensors.Add("linear.bias", [Classes]);
        return tensors;

        void Add(string convolution, string normalization, int channels, int filters)
        {
            tensors.Add($"{convolution}.weight", [filters, channels, Kernel, Kernel]);
            if (isTiny)
                tensors.Add($"{convolution}.bias", [filters]);
            foreach (string part in (string[])["weight", "bias", "running_mean", "running_var"])
                tensors.Add($"{normalization}.{part}", [filters]);
        }
    }

    static Network Build(string name, IReadOnlyDictionary<string, Tensor> tensors, int blocks, bool isTiny)
    {
        var nodes = new List<Node>();
        int size = Size;
        int last = Normalised("conv1", "bn1", Node.Images, 3, FirstFilters, stride: 1);
        last = Add(new Relu("relu1"), last);
        for (int stage = 1, channels = FirstFilters; stage <= Stages; stage++)
        {
            int filters = FirstFilters << (stage - 1);
            for (int block = 0; block < blocks; block++, channels = filters)
            {
                string prefix = $"layer{stage}.{block}";
                int stride = channels == filters ? 1 : 2, input = last, inputSize = size;
                last = Normalised($"{prefix}.conv1", $"{prefix}.bn1", input, channels, filters, stride);
                size /= stride;
                last = Add(new Relu($"{prefix}.relu1"), last);
                last = Normalised($"{prefix}.conv2", $"{prefix}.bn2", last, filters, filters, stride: 1);
                int shortcut = channels == filters ? input : Shortcut($"{prefix}.shortcut", input, channels, filters, inputSize);
                last = Add(
                    new Combine($"{prefix}.add", Combination.Add, [filters, size, size], [filters, size, size]), last, shortcut);
                last = Add(new Relu($"{prefix}.relu2"), last);
            }
        }

        last = Add(new Pool("pool", Pooling.Average, [1, 1], [[.. Enumerable.Range(0, size * size)]]), last);
        last = Add(new Flatten("flatten"), last);
        Add(
            new Dense(
                "linear", FirstFilters << (Stages - 1), Classes, tensors["linear.weight"].Data, tensors["linear.bias"].Data,
                ExactMultiplier.Rounded),
            last);
        return new Network(name, [3, Size, Size], Classes, nodes);

        int Add(Layer layer, params int[] inputs)
        {
            nodes.Add(new Node(layer, inputs));
            return nodes.Count - 1;
        }

        int Normalised(string convolution, string normalization, int input, int channels, int filters, int stride)
        {
            var shape = new ConvolutionShape(channels, filters, Kernel, Kernel) { Padding = 1, Stride = stride };
            int convolved = Add(
                new Convolution2D(
                    convolution, shape, size, size, tensors[$"{convolution}.weight"].Data,
                    isTiny ? tensors[$"{convolution}.bias"].Data : [], ExactMultiplier.Rounded),
                input);
            return Add(
                new BatchNormalization(
                    normalization, tensors[$"{normalization}.weight"].Data, tensors[$"{normalization}.bias"].Data,
                    tensors[$"{normalization}.running_mean"].Data, tensors[$"{normalization}.running_var"].Data, Epsilon),
                convolved);
        }

        int Shortcut(string layer, int input, int channels, int filters, int inputSize) => isTiny
            ? Add(
                new Convolution2D(
                    layer, new ConvolutionShape(channels, filters, 1, 1) { Stride = 2 }, inputSize, inputSize,
                    tensors[$"{layer}.weight"].Data, tensors[$"{layer}.bias"].Data, ExactMultiplier.Rounded),
                input)
            : Add(new Rearrange(layer, [filters, size, size], Halved(channels, filters, inputSize)), input);
    }

    /// <summary>For each number of the output, its index in the input: every second row and column, the new channels half before and half
    /// behind, without a source.</summary>
    static int[] Halved(int channels, int filters, int inputSize)
    {
        int size = inputSize / 2, before = (filters - channels) / 2;
        int[] sources = new int[filters * size * size];
        for (int i = 0; i < sources.Length; i++)
        {
            int channel = i / (size * size) - before, y = i / size % size, x = i % size;
            sources[i] = channel < 0 || channel >= channels ? -1 : (channel * inputSize + 2 * y) * inputSize + 2 * x;
        }

        return sources;
    }
}
