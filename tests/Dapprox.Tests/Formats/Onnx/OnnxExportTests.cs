using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Networks.Formats.Onnx;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;
using static Dapprox.Tests.Formats.Onnx.OnnxGraph;

namespace Dapprox.Tests.Formats.Onnx;

/// <summary>
/// Networks written as ONNX files of their own, in ONNX Runtime and read again; <see cref="OnnxGraph.Check"/> does the same with every
/// operator that is read.
/// </summary>
public class OnnxExportTests
{
    public static TheoryData<string> WithoutResidual =>
        [.. TrainedModels.Shipped.Where(name => !name.StartsWith("resnet", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(WithoutResidual))]
    public void IncludedNetworks_AreReadAsWritten(string name)
    {
        Network network = TrainedModels.Load(name);

        Network read = AssertExported(network.With(Multipliers.Find("ax-fpm")), network, nearLogits: !name.StartsWith("dq-full"));

        Assert.Equal(
            network.Layers.Where(layer => layer is not QuantisedRelu).Select(layer => layer.Name),
            read.Layers.Where(layer => network.Layers.Any(own => own.Name == layer.Name && own is not QuantisedRelu))
                .Select(layer => layer.Name));
        foreach ((string parameter, Parameter own) in read.Parameters)
        {
            string layer = parameter[..parameter.LastIndexOf('.')];
            ReadOnlySpan<float> expected = parameter.EndsWith(".weight") && network.Layers.Single(
                one => one.Name == layer) is WeightedLayer weighted
                ? weighted.Weights
                : network.Parameters[parameter].Values;
            Assert.Equal(expected.ToArray(), own.Values);
        }
    }

    // A mean over the whole image is read as one that is summed in binary64: logits are near, not equal.
    [Theory]
    [InlineData("resnet-8")]
    [InlineData("resnet-20")]
    public void ResidualNetworks_AreWritten(string name)
    {
        Architecture architecture = Architecture.Find(name);
        var random = new CounterRandom(8, 8);
        var tensors = new Dictionary<string, Tensor>();
        foreach ((string tensor, int[] shape) in architecture.Tensors)
        {
            float[] numbers = Random(ref random, (int)Tensor.Count(shape));
            tensors[tensor] = new Tensor(tensor.EndsWith("running_var") ? Array.ConvertAll(numbers, MathF.Abs) : numbers, shape);
        }

        Network network = architecture.Build(name, tensors);
        using var folder = new TemporaryFolder();
        OnnxModels.Save(folder.File("a.onnx"), network);

        Tensor images = Images(network, 3);
        float[] expected = network.Forward(images).Data;
        AssertNear(expected, Runtime(folder.File("a.onnx"), images));
        AssertNear(expected, OnnxModels.Load(folder.File("a.onnx")).Forward(images).Data);
    }

    // ONNX Runtime adds the products in another order. In a few images an activation is so near the middle of two levels that it is rounded
    // to the other one; in the others, nothing differs.
    [Fact]
    public void QuantisedNetwork_DiffersOnlyWhereAnActivationIsNearATie()
    {
        const int Count = 60;
        Network network = TrainedModels.Load("dq-full-cifar-10");
        using var folder = new TemporaryFolder();
        OnnxModels.Save(folder.File("a.onnx"), network);
        Tensor images = Images(network, Count);
        float[] ours = network.Forward(images).Data, theirs = Runtime(folder.File("a.onnx"), images);
        float largest = ours.Max(MathF.Abs);

        int near = ours.Zip(
            theirs, (a, b) => MathF.Abs(a - b) <= 1e-4f * largest).Chunk(network.Classes).Count(logits => logits.All(one => one));

        Assert.True(near >= Count * 9 / 10, $"{near} of {Count} images have the same logits");
    }

    // Written with QuantizeLinear and DequantizeLinear, and a Clip for fewer bits.
    [Theory]
    [InlineData("lenet5-digits", 8, false, true)]
    [InlineData("lenet5-digits", 8, true, false)]
    [InlineData("lenet5-digits", 4, false, true)]
    [InlineData("dq-float-cifar-10", 8, false, true)]
    [InlineData("dq-float-cifar-10", 6, true, true)]
    public void NetworksOfIntegers_AreReadAsWritten(string name, int bits, bool isSigned, bool isPerChannel)
    {
        Network network = TrainedModels.Load(name);
        var options = new PostTrainingQuantisation
        {
            ActivationBits = bits,
            WeightBits = bits,
            IsSigned = isSigned,
            IsPerChannel = isPerChannel,
        };
        Network quantised = options.Run(network, Images(network, 20));

        Network read = AssertExported(quantised, quantised, nearLogits: false);

        Assert.Equal(
            quantised.Layers.OfType<WeightedLayer>().Select(layer => (layer.Name, layer.Quantisation!.Activations)),
            read.Layers.OfType<WeightedLayer>().Select(layer => (layer.Name, layer.Quantisation!.Activations)));
        using var folder = new TemporaryFolder();
        OnnxModels.Save(folder.File("a.onnx"), quantised);
        Tensor images = Images(network, 20);
        float[] ours = quantised.Forward(images).Data, theirs = Runtime(folder.File("a.onnx"), images, isOptimised: false);
        // A sum between two integers becomes either, which the next layers spread; few images have one.
        float near = 1e-4f * ours.Max(MathF.Abs);
        int alike = ours.Zip(theirs, (a, b) => MathF.Abs(a - b) <= near).Chunk(network.Classes).Count(logits => logits.All(one => one));
        Assert.True(alike >= 14, $"{alike} of 20 images have the same logits");
    }

    // Levels of each number of bits, ties between them, and what lies outside, bit for bit.
    [Theory]
    [InlineData(1, 1f)]
    [InlineData(4, 3f)]
    [InlineData(7, 0.3f)]
    public void QuantisedActivation_HasTheSameBits(int bits, float range)
    {
        int steps = (1 << bits) - 1;
        float[] numbers = [-1, -0f, range * 2, .. Enumerable.Range(0, 4 * steps + 1).Select(i => range * i / (4 * steps))];
        var network = new Network("q", [numbers.Length], numbers.Length, [new QuantisedRelu("relu", range, bits)]);
        using var folder = new TemporaryFolder();

        OnnxModels.Save(folder.File("a.onnx"), network);

        var images = new Tensor(numbers, 1, numbers.Length);
        float[] expected = network.Forward(images).Data;
        Assert.Equal(expected, Runtime(folder.File("a.onnx"), images));
        Assert.Equal(expected, OnnxModels.Load(folder.File("a.onnx")).Forward(images).Data);
    }

    [Fact]
    public void Preprocessing_IsWritten()
    {
        var random = new CounterRandom(3, 3);
        var network = new Network("nhwc", [4, 5, 2], 3, [
            new Flatten("flatten"), new Dense("dense", 40, 3, Random(ref random, 120), Random(ref random, 3), ExactMultiplier.Rounded)]);

        AssertExported(new Preprocessing([0.5, 0.25], [0.25, 2], ImageLayout.Nhwc).ApplyTo(network));
    }

    [Fact]
    public void FoldedNormalisations_AreWritten() =>
        AssertExported(BatchNormalizationFolding.Fold(TrainedModels.Load("dq-float-cifar-10")));

    // Names that the file has, and layers that are called alike.
    [Fact]
    public void Names_AreMadeUnique()
    {
        var random = new CounterRandom(4, 4);
        AssertExported(new Network("x", [3], 3, [
            new Relu("images"), new Relu("logits"), new Relu("same"), new Relu("same"), new Relu("same.weight"),
            new Dense("same", 3, 3, Random(ref random, 9), [], ExactMultiplier.Rounded)]));
    }

    [Fact]
    public void RandomNetworks_AreReadAsWritten() => Gen.Select(Gen.Int[0, 10].Array[1, 5], Gen.ULong[0, 1000]).Sample(
        (kinds, seed) =>
        {
            const int Channels = 4, Size = 6;
            var random = new CounterRandom(seed, 1);
            var nodes = new List<Node>();
            foreach (int kind in kinds)
            {
                string name = $"layer{nodes.Count}";
                int last = nodes.Count - 1;
                Layer layer = kind switch
                {
                    0 => new Relu(name),
                    1 => new QuantisedRelu(name, 1.5f, 8),
                    2 => new Clip(name, -0.5f, float.PositiveInfinity),
                    3 => Pointwise.Tanh(name),
                    4 => new ChannelScale(name, Random(ref random, Channels), Random(ref random, Channels)),
                    5 => new BatchNormalization(
                        name, Random(ref random, Channels), Random(ref random, Channels), Random(ref random, Channels), [1, 2, 3, 4],
                        1e-3f),
                    6 => new Combine(name, Combination.Add, [Channels, Size, Size], [Channels, Size, Size]),
                    7 => new Softmax(name, 2 * Size, 3),
                    8 => new LayerNormalization(name, Random(ref random, Size * Size), Random(ref random, Size * Size), 1e-3f),
                    9 => new Dense(
                        name, Size, Size, Random(ref random, Size * Size), Random(ref random, Size), ExactMultiplier.Rounded,
                        rows: Channels * Size),
                    _ => new Convolution2D(
                        name, new ConvolutionShape(Channels, Channels, 3, 3) { Padding = 1, Groups = 2 }, Size, Size,
                        Random(ref random, 72), Random(ref random, Channels), ExactMultiplier.Rounded, weightBits: seed % 2 == 0 ? 4 : 0),
                };
                // The sum is of the last two layers; before the second, of the images and themselves.
                nodes.Add(new Node(layer, kind == 6 ? [last, Math.Max(last - 1, Node.Images)] : [last]));
            }

            nodes.Add(new Node(new Flatten("flatten"), [nodes.Count - 1]));
            AssertExported(new Network("random", [Channels, Size, Size], Channels * Size * Size, nodes));
        },
        iter: 60);

    [Fact]
    public void LayersWithoutOperators_AreRefusedByName()
    {
        AssertRefused(new Pointwise("cube", x => x * x * x, (x, _) => 3 * x * x), "the layer 'cube' (Pointwise) is no operator of ONNX");
        AssertRefused(new Pool("pool", Pooling.Max, [2], [[0, 1], [1, 2]]), "the layer 'pool' (Pool)");
        AssertRefused(
            new Combine("slopes", Combination.ScaleNegative, [1, 1], [1, 3], left: [-1]), "the layer 'slopes' (Combine)");

        static void AssertRefused(Layer layer, string reason)
        {
            using var folder = new TemporaryFolder();
            var network = new Network("x", [1, 3], 3, [layer, new Flatten("flatten")]);

            InputException refused = Assert.Throws<InputException>(() => OnnxModels.Save(folder.File("a.onnx"), network));

            Assert.Contains(reason, refused.Message);
            Assert.Empty(Directory.GetFiles(folder.Path));
        }
    }

    // What is calibrated or trained further goes back into the file.
    [Fact]
    public void ExportedNetwork_IsWrittenBack()
    {
        using var folder = new TemporaryFolder();
        OnnxModels.Save(folder.File("a.onnx"), TrainedModels.Load("lenet5-digits"));
        Network network = OnnxModels.Load(folder.File("a.onnx"));
        Network changed = network.WithLayers([.. network.Layers.Select(layer => layer is ILearnt learnt
            ? learnt.With([.. learnt.Parameters.Select(own => own.Values.Select(number => number * 0.75f).ToArray())])
            : layer)]);

        OnnxModels.Save(folder.File("b.onnx"), changed, folder.File("a.onnx"));

        Tensor images = Images(network, 2);
        Assert.Equal(changed.Forward(images).Data, OnnxModels.Load(folder.File("b.onnx")).Forward(images).Data);
        AssertNear(Runtime(folder.File("b.onnx"), images), changed.Forward(images).Data);
    }

    static Network AssertExported(Network network) => AssertExported(network, network, nearLogits: true);

    /// <summary>
    /// The file gives the logits of the exact network, here bit for bit, and in ONNX Runtime to 1e-4, for one image and for several.
    /// </summary>
    static Network AssertExported(Network network, Network exact, bool nearLogits)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.onnx");

        OnnxModels.Save(path, network);

        ModelProto file = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        Assert.Equal((8, 17), (file.IrVersion, file.OpsetImport.Single().Version));
        Assert.Equal(("images", "logits"), (file.Graph.Input.Single().Name, file.Graph.Output.Single().Name));
        Network read = OnnxModels.Load(path);
        foreach (int batch in (int[])[1, 3])
        {
            Tensor images = Images(network, batch);
            float[] expected = exact.Forward(images).Data;
            if (nearLogits)
                AssertNear(expected, Runtime(path, images));
            Assert.Equal(expected, read.Forward(images).Data);
        }

        return read;
    }

    static Tensor Images(Network network, int batch)
    {
        var random = new CounterRandom(2, 6);
        int count = batch * (int)Tensor.Count(network.InputShape);
        return new Tensor([.. Enumerable.Range(0, count).Select(_ => random.NextSingle(0, 1))], [batch, .. network.InputShape]);
    }

    static float[] Random(ref CounterRandom random, int count)
    {
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++)
            numbers[i] = random.NextSingle(-0.5f, 0.5f);
        return numbers;
    }
}
