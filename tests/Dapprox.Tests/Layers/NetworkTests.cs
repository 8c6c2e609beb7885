using Dapprox.Arithmetic;
using Dapprox.Benchmarks.Oracle;
using Dapprox.Kernels;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Training;
using Xunit;

namespace Dapprox.Tests.Layers;

public class NetworkTests
{
    static readonly Network LeNet = TrainedModels.Load("lenet5-digits");

    static Tensor Digits(int count) => Datasets.Load("digits", Split.Test).Images(0, count);

    static int[] DigitLabels(int count) => Datasets.Load("digits", Split.Test).Labels[..count];

    [Fact]
    public void Forward_OfLeNet5_GivesLibTorchsLogits()
    {
        // Logits reach 30 or so; up to 3136 terms are added in another order in binary32.
        const float Tolerance = 1e-4f;
        using TorchNetwork oracle = Oracle();
        Tensor images = Digits(50);

        float[] expected = oracle.Forward(images).Data;
        float[] actual = LeNet.Forward(images).Data;

        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], Tolerance);
    }

    [Fact]
    public void InputGradient_OfLeNet5sCrossEntropy_IsLibTorchs()
    {
        // Relative to the largest component: sums in another order in binary32, and the softmax in between.
        const double Tolerance = 1e-4;
        using TorchNetwork oracle = Oracle();
        Tensor images = Digits(20);
        // Wrong classes: where the class has nearly all the probability, LibTorch's p − 1 has few digits.
        int[] labels = Array.ConvertAll(DigitLabels(20), label => (label + 1) % 10);

        Tensor expected = oracle.InputGradient(images, labels);
        (_, Tensor actual) = LeNet.InputGradient(images, (image, logits, gradient) => Softmax(logits, labels[image], gradient));

        for (int image = 0; image < images.Batch; image++)
        {
            float largest = expected.Row(image).ToArray().Max(Math.Abs);
            Assert.True(largest > 0);
            for (int i = 0; i < images.RowLength; i++)
                Assert.Equal(expected.Row(image)[i], actual.Row(image)[i], Tolerance * largest);
        }
    }

    [Fact]
    public void FoldBatchNormalization_OfExactProducts_ChangesRoundingOnly()
    {
        Network network = QuantisedNetwork.Unquantised.Build(
            "normalised", TrainedArchitectureTests.RandomWeights(QuantisedNetwork.Unquantised));

        Network folded = BatchNormalizationFolding.Fold(network);

        // These follow a pooling, and have nothing to be folded into.
        Assert.Equal(["norm2", "norm4", "norm6"], folded.Layers.OfType<ChannelScale>().Select(layer => layer.Name));
        Assert.Equal(network.Layers.Count - 5, folded.Layers.Count);
        Assert.Equal(network.Multiplications, folded.Multiplications);
        Tensor images = Torch.Numbers(8, 2, 3, 32, 32);
        float[] expected = network.Forward(images).Data, actual = folded.Forward(images).Data;
        float largest = expected.Max(Math.Abs);
        Assert.True(largest > 0);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-4f * largest);
        // Of approximate products they are others, which is why nobody folds unasked.
        Assert.NotEqual(network.With(AxFpm.Released).Forward(images).Data, folded.With(AxFpm.Released).Forward(images).Data);
    }

    [Fact]
    public void FoldBatchNormalization_OfAnOutputThatOthersNeed_LeavesIt()
    {
        Node[] nodes =
        [
            new(new Dense("d", 2, 2, [1, 2, 3, 4], [], ExactMultiplier.Rounded), [Node.Images]),
            new(new ChannelScale("n", [2, 3], [4, 5]), [0]),
            new(new Combine("sum", Combination.Add, [2], [2]), [0, 1]),
        ];
        var network = new Network("shared", [2], 2, nodes);

        Assert.Equal(nodes.Select(node => node.Layer), BatchNormalizationFolding.Fold(network).Layers);
    }

    // A row of one image [1, 3]: its one channel is the row, not the outputs.
    [Fact]
    public void FoldBatchNormalization_OfRows_LeavesThem()
    {
        var network = new Network("rows", [1, 2], 3,
        [
            new Dense("d", 2, 3, [1, 2, 3, 4, 5, 6], [], ExactMultiplier.Rounded), new ChannelScale("n", [2], [1]), new Flatten("f"),
        ]);

        Network folded = BatchNormalizationFolding.Fold(network);

        Tensor images = new([1, -1], [1, 1, 2]);
        Assert.Equal(network.Layers, folded.Layers);
        Assert.Equal([-1, -1, -1], folded.Forward(images).Data);
    }

    // 40 images make chunks of several sizes; 3 threads divide them unevenly.
    [Theory]
    [InlineData("exact", Accumulation.Float32)]
    [InlineData("ax-fpm", Accumulation.Float32)]
    [InlineData("ax-fpm", Accumulation.Float64)]
    public void ForwardAndInputGradient_DoNotDependOnBatchPlaceOrThreads(string multiplier, Accumulation accumulation)
    {
        Tensor images = Digits(40);
        Network one = WithThreads(LeNet.With(Multipliers.Find(multiplier), LayerSelection.All, accumulation), 1);
        (Tensor logits, Tensor gradient) = one.InputGradient(images, First);
        Assert.Equal(Bits(logits.Data), Bits(one.Forward(images).Data));

        foreach (int threads in (int[])[2, 3])
        {
            Network several = WithThreads(one, threads);
            (Tensor sameLogits, Tensor sameGradient) = several.InputGradient(images, First);

            Assert.Equal(Bits(logits.Data), Bits(sameLogits.Data));
            Assert.Equal(Bits(gradient.Data), Bits(sameGradient.Data));
            foreach (int[] places in (int[][])[[0], [39], [21, 3, 39, 3, 0, 8, 1]])
            {
                (Tensor some, Tensor someGradient) = several.InputGradient(images.Gather(places), First);
                Assert.Equal(Bits(logits.Gather(places).Data), Bits(some.Data));
                Assert.Equal(Bits(gradient.Gather(places).Data), Bits(someGradient.Data));
            }
        }

        static void First(int image, ReadOnlySpan<float> logits, Span<float> gradient) => gradient[0] = 1;
    }

    [Fact]
    public void ForwardAndInputGradient_OfNoImages_AreEmpty()
    {
        (Tensor logits, Tensor gradient) = LeNet.InputGradient(Tensor.Zeros(0, 1, 28, 28), (_, _, _) => Assert.Fail("No image."));

        Assert.Equal([0, 10], logits.Shape.ToArray());
        Assert.Equal([0, 1, 28, 28], gradient.Shape.ToArray());
    }

    [Fact]
    public void Forward_ImagesOfAnotherShape_SaysBothShapes()
    {
        string message = Assert.Throws<ArgumentException>(() => LeNet.Forward(Tensor.Zeros(2, 3, 32, 32))).Message;

        Assert.Contains("[1, 28, 28]", message, StringComparison.Ordinal);
        Assert.Contains("[3, 32, 32]", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("all")]
    [InlineData("convolutions")]
    public void With_ChangesTheChosenMultiplyAccumulatesAndNothingElse(string selection)
    {
        Network approximate = LeNet.With(AxFpm.Released, LayerSelection.Parse(selection), Accumulation.Float64);

        Assert.Equal(LeNet.Name, approximate.Name);
        Assert.Equal(LeNet.Layers.Count, approximate.Layers.Count);
        for (int i = 0; i < LeNet.Layers.Count; i++)
        {
            Layer before = LeNet.Layers[i], after = approximate.Layers[i];
            if (before is not WeightedLayer weighted)
            {
                Assert.Same(before, after);
                continue;
            }

            bool chosen = before is Convolution2D || selection == "all";
            Assert.Equal(before.GetType(), after.GetType());
            Assert.Same(chosen ? AxFpm.Released : weighted.Multiplier, ((WeightedLayer)after).Multiplier);
            Assert.Equal(Accumulation.Float64, ((WeightedLayer)after).Accumulation);
            Assert.Same(ExactMultiplier.Rounded, weighted.Multiplier);
        }
    }

    [Fact]
    public void With_ExactAgain_GivesTheExactLogitsBitForBit()
    {
        Tensor images = Digits(3);

        Tensor there = LeNet.With(AxFpm.Released).Forward(images);
        Tensor andBack = LeNet.With(AxFpm.Released).With(ExactMultiplier.Rounded).Forward(images);

        Assert.NotEqual(LeNet.Forward(images).Data, there.Data);
        Assert.Equal(Bits(LeNet.Forward(images).Data), Bits(andBack.Data));
    }

    // A copied array would leave the new layer with the old weights: layers compute with the arrays they were given.
    [Fact]
    public void With_SharesTheWeights()
    {
        float[] weights = [1];
        var exact = new Dense("d", 1, 1, weights, [], ExactMultiplier.Rounded);
        weights[0] = 2;

        WeightedLayer other = exact.With(ExactMultiplier.FusedSum, Accumulation.Float32);

        Assert.Equal([6], other.Forward(new Tensor([3], 1, 1), threads: 1).Data);
    }

    [Theory]
    [InlineData("all")]
    [InlineData("convolutions")]
    public void InputGradient_OfAnApproximateNetwork_IsTheExactLayersAtTheApproximateActivations(string selection)
    {
        Network approximate = LeNet.With(AxFpm.Released, LayerSelection.Parse(selection));
        Tensor images = Digits(4);
        var activations = new List<Tensor> { images };
        foreach (Layer layer in approximate.Layers)
            activations.Add(layer.Forward(activations[^1], threads: 1));
        Tensor expected = Tensor.Zeros(4, 10);
        for (int i = 0; i < 4; i++)
            CrossEntropy.Direction(activations[^1].Row(i), i, expected.Row(i));
        for (int i = LeNet.Layers.Count - 1; i >= 0; i--)
            expected = LeNet.Layers[i].InputGradient(activations[i], activations[i + 1], expected, threads: 1);

        (Tensor logits, Tensor gradient) = approximate.InputGradient(
            images, (image, scores, direction) => CrossEntropy.Direction(scores, image, direction));

        Assert.Equal(Bits(activations[^1].Data), Bits(logits.Data));
        Assert.Equal(Bits(expected.Data), Bits(gradient.Data));
        Assert.NotEqual(
            gradient.Data,
            LeNet.InputGradient(images, (image, scores, direction) => CrossEntropy.Direction(scores, image, direction)).Gradient.Data);
    }

    static TorchNetwork Oracle() => Torch.Network(TorchLeNet5.Architecture, TrainedModels.Weights("lenet5-digits"));

    static Network WithThreads(Network network, int threads) =>
        new(network.Name, network.InputShape, network.Classes, network.Layers) { Threads = threads };

    static void Softmax(ReadOnlySpan<float> logits, int label, Span<float> gradient)
    {
        double total = 0;
        foreach (float logit in logits)
            total += Math.Exp(logit);
        for (int i = 0; i < logits.Length; i++)
            gradient[i] = (float)(Math.Exp(logits[i]) / total - (i == label ? 1 : 0));
    }

    static int[] Bits(float[] numbers) => Array.ConvertAll(numbers, BitConverter.SingleToInt32Bits);
}
