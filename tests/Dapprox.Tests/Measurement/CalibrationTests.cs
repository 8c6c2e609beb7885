using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Data;
using Xunit;

namespace Dapprox.Tests.Measurement;

public class CalibrationTests
{
    // Of binary32 sums, relative to their size.
    const float Rounding = 1e-5f;

    static readonly Tensor Images = RandomTensor(stream: 1, 40, 2, 4, 4);

    [Fact]
    public void Calibration_OfTwoDenseLayersByHand_ScalesBiasesByTheGainAndRemovesTheMeanError()
    {
        // Triples and adds 1 to each product: the first layer's outputs are 3·2x + 1 + 5, the exact ones 2x + 5.
        var network = new Network("n", [1, 1, 1], 1,
        [
            new Flatten("flatten"),
            new Dense("a", 1, 1, [2], [5], new TriplingPlusOne()),
            new Relu("relu"),
            new Dense("b", 1, 1, [1], [], new TriplingPlusOne()),
        ]);
        var images = new Tensor([1, 3], 2, 1, 1, 1);

        Calibration calibration = Calibration.Of(network, images);

        // Products without bias: y = 7, 19 for z = 2, 6.
        double first = (7.0 * 2 + 19 * 6) / (2 * 2 + 6 * 6);
        // Exact outputs 7, 11 with the mean 9; approximate ones 12, 24 with the mean 18.
        double bias = 5 + first * 9 - 18;
        // The second layer is fitted on the outputs of the calibrated first one.
        double[] hidden = [7 + bias, 19 + bias], products = [3 * hidden[0] + 1, 3 * hidden[1] + 1];
        double second = (products[0] * hidden[0] + products[1] * hidden[1]) / (hidden[0] * hidden[0] + hidden[1] * hidden[1]);
        // The logits are brought near their exact size by a power of two.
        double scale = Math.Pow(2, -Math.Round(Math.Log2(first * second))), gain = first * second * scale;
        double added = gain * 9 - (3 * scale * (hidden[0] + hidden[1]) + 2) / 2;
        Assert.Equal(["a", "b"], calibration.Layers.Select(layer => layer.Layer));
        Assert.Equal(first, calibration.Layers[0].Gain, Rounding);
        Assert.Equal(gain, calibration.Layers[1].Gain, Rounding * 10);
        Assert.Equal(scale, calibration.Network.Parameters["b.weight"].Values[0]);
        Assert.Equal(bias, Bias(calibration.Network, "a")[0], Rounding * 10);
        Assert.Equal(added, Bias(calibration.Network, "b")[0], Rounding * 100);
        Assert.Equal(Math.Abs(bias - 5), calibration.Layers[0].Change, Rounding * 10);
    }

    [Fact]
    public void Calibration_OfBatchNormalization_GivesItsOutputsTheMeanAndVarianceOfTheExactNetwork()
    {
        Network exact = Normalised(ExactMultiplier.Rounded), approximate = exact.With(AxFpm.Released);

        Network calibrated = Calibration.Of(approximate, Images).Network;

        (double Mean, double Variance)[] expected = Moments(exact), before = Moments(approximate), after = Moments(calibrated);
        for (int channel = 0; channel < expected.Length; channel++)
        {
            Assert.Equal(expected[channel].Mean, after[channel].Mean, 1e-4);
            Assert.Equal(expected[channel].Variance, after[channel].Variance, 1e-4 * expected[channel].Variance);
            Assert.NotEqual(expected[channel].Variance, before[channel].Variance, 0.1 * expected[channel].Variance);
        }

        // The bias before it has no effect.
        Assert.Equal(Bias(exact, "conv"), Bias(calibrated, "conv"));

        static (double, double)[] Moments(Network network)
        {
            var cut = new Network("cut", network.InputShape, network.Classes, [.. network.Nodes.Take(2), new Node(new Flatten("f"), [1])]);
            Tensor output = cut.Layers[1].Forward(cut.Layers[0].Forward(Images, 1), 1);
            int area = output.RowLength / 3;
            return [.. Enumerable.Range(0, 3).Select(channel =>
            {
                float[] own = [.. Enumerable.Range(0, output.Batch).SelectMany(
                    image => output.Row(image).Slice(channel * area, area).ToArray())];
                double mean = own.Average(number => (double)number);
                return (mean, own.Average(number => (number - mean) * (number - mean)));
            })];
        }
    }

    [Fact]
    public void Calibration_OfAMultiplierThatScalesByAPowerOfTwo_GivesTheExactLogitsTimesTheGain() =>
        Gen.Select(Gen.Int[0, Kinds.Length - 1].Select(index => Kinds[index]), Gen.Int[-4, 4], Gen.ULong[100, 1000])
            .Sample((kind, exponent, stream) =>
        {
            Tensor images = RandomTensor(stream, 10, 2, 4, 4);
            Network approximate = kind.Create(new Scaling(MathF.ScaleB(1, exponent)));
            Calibration calibration = Calibration.Of(approximate, images);

            float[] expected = kind.Create(ExactMultiplier.Rounded).Forward(images).Data;
            double gain = calibration.Layers[^1].Gain;
            double[] actual = Array.ConvertAll(calibration.Network.Forward(images).Data, logit => logit / gain);

            float largest = expected.Max(Math.Abs);
            Assert.All(expected.Zip(actual), both => Assert.Equal(both.First, both.Second, 1e-4 * largest));
        }, iter: 100);

    [Fact]
    public void Calibration_OfBranchesOfDifferentGainAndOfLogits_MakesWeightsSmallerByAPowerOfTwo()
    {
        Network residual = Residual(new Scaling(8));

        Calibration calibration = Calibration.Of(residual, Images);

        Assert.Equal([-3, -3, -3], calibration.Layers.Select(layer => layer.Exponent));
        Assert.Equal(
            residual.Layers.OfType<Convolution2D>().First().Weights.ToArray().Select(weight => weight / 8),
            calibration.Network.Layers.OfType<Convolution2D>().First().Weights.ToArray());
    }

    [Fact]
    public void Calibration_OfAnExactNetwork_ChangesNoBit()
    {
        foreach ((_, Func<FloatMultiplier, Network> create) in Kinds)
        {
            foreach (FloatMultiplier exact in (FloatMultiplier[])[ExactMultiplier.Rounded, ExactMultiplier.FusedSum])
            {
                Network network = create(exact);

                Calibration calibration = Calibration.Of(network, Images);

                Assert.All(calibration.Layers, layer => Assert.Equal((1, 0, 0), (layer.Gain, layer.Change, layer.Exponent)));
                Assert.Equal(network.Forward(Images).Data, calibration.Network.Forward(Images).Data);
                Assert.Equal(
                    network.Parameters.Select(own => (own.Key, string.Join(' ', own.Value.Values))),
                    calibration.Network.Parameters.Select(own => (own.Key, string.Join(' ', own.Value.Values))));
            }
        }
    }

    [Fact]
    public void Calibration_OfACalibratedNetwork_ChangesLittle()
    {
        foreach ((_, Func<FloatMultiplier, Network> create) in Kinds)
        {
            Network exact = create(ExactMultiplier.Rounded);
            Calibration once = Calibration.Of(create(AxFpm.Released), Images), twice = Calibration.Of(once.Network, Images, exact);

            for (int i = 0; i < once.Layers.Count; i++)
            {
                Assert.Equal(once.Layers[i].Gain, twice.Layers[i].Gain, 1e-4);
                Assert.InRange(twice.Layers[i].Change, 0, 1e-4 + 1e-4 * once.Layers[i].Change);
                Assert.Equal(0, twice.Layers[i].Exponent);
            }
        }
    }

    [Fact]
    public void Calibration_IsTheSameForAnyNumberOfThreads()
    {
        foreach ((_, Func<FloatMultiplier, Network> create) in Kinds)
        {
            float[][] weights = [.. ((int[])[1, 3]).Select(threads =>
                Calibration.Of(create(AxFpm.Released).With(AxFpm.Released, threads: threads), Images).Network)
                .Select(network => network.Parameters.Values.SelectMany(own => own.Values).ToArray())];

            Assert.Equal(weights[0], weights[1]);
        }
    }

    [Fact]
    public void Calibration_OfSomeLayers_GivesTheOthersAGainOfOneOfTheirOwn()
    {
        Network mixed = Plain(ExactMultiplier.Rounded).With(new Scaling(2), LayerSelection.Convolutions);

        Calibration calibration = Calibration.Of(mixed, Images);

        Assert.Equal([2, 1], calibration.Layers.Select(layer => Math.Round(layer.Gain, 5)));
        Assert.Equal([0, -1], calibration.Layers.Select(layer => layer.Exponent));
        Assert.Equal(Bias(mixed, "conv").Select(bias => 2 * bias), Bias(calibration.Network, "conv"), new Close(Rounding));
        Assert.Equal(Bias(mixed, "dense"), Bias(calibration.Network, "dense"), new Close(Rounding));
    }

    [Fact]
    public void Calibration_ChangesNoWeight_ExceptThoseOfLogitsByAPowerOfTwo()
    {
        Network network = Normalised(AxFpm.Released);

        Calibration calibration = Calibration.Of(network, Images);

        Assert.All(
            network.Parameters.Where(own => own.Key.EndsWith(".weight", StringComparison.Ordinal) || own.Key == "norm.bias"),
            own => Assert.Equal(
                own.Value.Values.Select(
                    number => own.Key == "dense.weight" ? MathF.ScaleB(number, calibration.Layers[^1].Exponent) : number),
                calibration.Network.Parameters[own.Key].Values));
    }

    [Fact]
    public void Calibration_GivesNoBiasToALayerThatNeedsNone()
    {
        var network = new Network("n", [2, 4, 4], 2,
        [
            new Convolution2D("conv", new(2, 3, 3, 3), 4, 4, Numbers(30, 54), [], AxFpm.Released),
            Normalization("norm", 31, 3),
            new Flatten("flatten"),
            new Dense("dense", 12, 2, Numbers(32, 24), [], AxFpm.Released),
        ]);

        Network calibrated = Calibration.Of(network, Images).Network;

        Assert.DoesNotContain("conv.bias", calibrated.Parameters.Keys);
        Assert.Contains("dense.bias", calibrated.Parameters.Keys);
    }

    [Fact]
    public void Calibration_OfProductsThatVanishOrAreNotFinite_LeavesFiniteBiases()
    {
        foreach (FloatMultiplier broken in (FloatMultiplier[])[new Scaling(0), new Scaling(float.NaN), new Scaling(-1), new Scaling(1e38f)])
        {
            foreach ((_, Func<FloatMultiplier, Network> create) in Kinds)
            {
                Network calibrated = Calibration.Of(create(broken), Images).Network;

                Assert.All(calibrated.Parameters.Values, own => Assert.All(own.Values, number => Assert.True(float.IsFinite(number))));
            }
        }
    }

    [Fact]
    public void Calibration_WithoutImagesOrWithOthers_IsRefused()
    {
        Network network = Plain(AxFpm.Released);

        Assert.Throws<ArgumentException>(() => Calibration.Of(network, Tensor.Zeros(0, 2, 4, 4)));
        Assert.Throws<ArgumentException>(() => Calibration.Of(network, Tensor.Zeros(2, 4, 2, 4)));
    }

    [Fact]
    public void Calibration_ThatIsCancelled_Stops()
    {
        using var source = new CancellationTokenSource();
        int layers = 0;

        Assert.Throws<OperationCanceledException>(() => Calibration.Of(
            Plain(AxFpm.Released), Images,
            progress: () =>
            {
                layers++;
                source.Cancel();
            },
            cancellation: source.Token));
        Assert.Equal(1, layers);
    }

    [Fact]
    public void IsHomogeneous_OfALayerThatCommutesWithFactors_AndOfNoOther()
    {
        int[] shape = [2, 4, 4];
        (Layer Layer, bool Expected)[] layers =
        [
            (new Relu("l"), true), (new MaxPool2D("l", 2), true), (new Flatten("l"), true), (new Reshape("l", [8, 4]), true),
            (new Pool("l", Pooling.Average, [1], [[0, 1, 5]]), true), (new Pool("l", Pooling.Max, [1], [[0, 1, 5]]), true),
            (new Reduce("l", Reduction.Mean, shape, [1, 2], keep: false), true),
            (new Rearrange("l", [3], [5, 1, 2]), true), (new Rearrange("l", [3], [5, -1, 2]), true),
            (new Rearrange("l", [3], [5, -1, 2], constant: 1), false),
            (new ChannelScale("l", [2, 3], [0, 0]), true), (new ChannelScale("l", [2, 3], [0, 1]), false),
            (Pointwise.LeakyRelu("l", 0.1f), true), (Pointwise.Sigmoid("l"), false), (Pointwise.HardSwish("l"), false),
            (new Clip("l", 0, 0.3f), false), (new QuantisedRelu("l", 3, 4), false), (new Softmax("l", 4, 1), false),
            (Constant(Combination.Multiply), true), (Constant(Combination.Divide), true), (Constant(Combination.ScaleNegative), true),
            (Constant(Combination.Add), false), (Constant(Combination.Subtract), false),
            (new Combine("l", Combination.Divide, [1, 1, 1], shape, left: [2]), false),
        ];

        Assert.All(layers, pair =>
        {
            Tensor doubled = Times(Images, 2);
            float[] expected = Times(pair.Layer.Forward(Images, 1), 2).Data, actual = pair.Layer.Forward(doubled, 1).Data;

            Assert.Equal(pair.Expected, pair.Layer.IsHomogeneous);
            Assert.Equal(pair.Expected, expected.Zip(actual).All(both => Math.Abs(both.First - both.Second) < 1e-5));
        });

        Combine Constant(Combination combination) => new("l", combination, shape, [1, 1, 1], right: [0.7f]);

        static Tensor Times(Tensor tensor, float factor) =>
            new(Array.ConvertAll(tensor.Data, number => number * factor), tensor.Shape);
    }

    [Theory]
    [InlineData("lenet5-digits", 0.93)]
    public void Digits_OnAxFpm_StayAsAccurateOrBecomeBetter(string model, double accuracy)
    {
        Network approximate = TrainedModels.Load(model).With(AxFpm.Released);
        Dataset test = Datasets.Load("digits", Split.Test);

        Network calibrated = Calibration.Of(
            approximate, Datasets.Load("digits", Split.Train).Images(0, Calibration.DefaultImages)).Network;

        double after = Evaluation.Of(calibrated, test).Accuracy;
        Assert.InRange(after, Math.Max(accuracy, Evaluation.Of(approximate, test).Accuracy), 1);
    }

    // Without calibration: 56.6 % and 10.0 %.
    [TheoryOf(Tier.Ci)]
    [InlineData("alexnet-cifar-10", 0.765)]
    [InlineData("dq-full-cifar-10", 0.725)]
    public void Cifar10_OnAxFpm_IsClassifiedAsWellAsTheDocumentSays(string model, double accuracy)
    {
        string folder = DataFolder.With("cifar-10-batches-bin");

        Network calibrated = Calibration.Of(
            TrainedModels.Load(model).With(AxFpm.Released),
            Datasets.Load("cifar-10", Split.Train, folder).Images(0, Calibration.DefaultImages)).Network;

        Assert.InRange(Evaluation.Of(calibrated, Datasets.Load("cifar-10", Split.Test, folder)).Accuracy, accuracy, 1);
    }

    static readonly (string Name, Func<FloatMultiplier, Network> Create)[] Kinds =
        [("plain", Plain), ("normalised", Normalised), ("residual", Residual), ("added", Added), ("clipped", Clipped)];

    static Network Plain(FloatMultiplier multiplier) => new("plain", [2, 4, 4], 2,
    [
        new Convolution2D("conv", new(2, 3, 3, 3) { Padding = 1 }, 4, 4, Numbers(10, 54), Numbers(11, 3), multiplier),
        new Relu("relu"),
        new MaxPool2D("pool", 2),
        new Flatten("flatten"),
        new Dense("dense", 12, 2, Numbers(12, 24), Numbers(13, 2), multiplier),
    ]);

    static Network Normalised(FloatMultiplier multiplier) => new("normalised", [2, 4, 4], 2,
    [
        new Convolution2D("conv", new(2, 3, 3, 3), 4, 4, Numbers(10, 54), Numbers(11, 3), multiplier),
        Normalization("norm", 14, 3),
        new Relu("relu"),
        new Flatten("flatten"),
        new Dense("dense", 12, 2, Numbers(12, 24), Numbers(13, 2), multiplier),
    ]);

    /// <summary>A sum of an activation and of a convolution of it.</summary>
    static Network Residual(FloatMultiplier multiplier) => new("residual", [2, 4, 4], 2,
    [
        new Node(new Convolution2D("stem", new(2, 3, 3, 3), 4, 4, Numbers(10, 54), Numbers(11, 3), multiplier), [Node.Images]),
        new Node(new Relu("relu"), [0]),
        new Node(new Convolution2D("branch", new(3, 3, 1, 1), 2, 2, Numbers(15, 9), Numbers(16, 3), multiplier), [1]),
        new Node(new Combine("sum", Combination.Add, [3, 2, 2], [3, 2, 2]), [1, 2]),
        new Node(new Flatten("flatten"), [3]),
        new Node(new Dense("dense", 12, 2, Numbers(12, 24), Numbers(13, 2), multiplier), [4]),
    ]);

    /// <summary>Biases that are layers of their own, as in exported networks.</summary>
    static Network Added(FloatMultiplier multiplier) => new("added", [2, 4, 4], 2,
    [
        new Flatten("flatten"),
        new Dense("hidden", 32, 5, Numbers(17, 160), [], multiplier),
        new Combine("hidden.bias", Combination.Add, [5], [5], right: Numbers(18, 5)),
        new Relu("relu"),
        new Dense("dense", 5, 2, Numbers(19, 10), Numbers(13, 2), multiplier),
    ]);

    static Network Clipped(FloatMultiplier multiplier) => new("clipped", [2, 4, 4], 2,
    [
        new Convolution2D("conv", new(2, 3, 3, 3), 4, 4, Numbers(10, 54), Numbers(11, 3), multiplier),
        new Clip("clip", 0, 0.6f),
        new Flatten("flatten"),
        new Dense("dense", 12, 2, Numbers(12, 24), Numbers(13, 2), multiplier),
    ]);

    static BatchNormalization Normalization(string name, ulong stream, int channels) => new(
        name, Numbers(stream, channels), Numbers(stream + 100, channels), Numbers(stream + 200, channels),
        Array.ConvertAll(Numbers(stream + 300, channels), number => 0.2f + number * number), 1e-5f);

    static float[] Bias(Network network, string layer) => network.Parameters[$"{layer}.bias"].Values;

    static float[] Numbers(ulong stream, int count)
    {
        var random = new CounterRandom(43, stream);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle(-1, 1))];
    }

    static Tensor RandomTensor(ulong stream, params int[] shape)
    {
        var random = new CounterRandom(44, stream);
        return new Tensor([.. Enumerable.Range(0, (int)Tensor.Count(shape)).Select(_ => random.NextSingle(0, 1))], shape);
    }

    sealed class Close(float tolerance) : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) <= tolerance;

        public int GetHashCode(float number) => 0;
    }

    sealed class Scaling(float factor) : FloatMultiplier("scaling", "the product times a factor", "")
    {
        public override float Multiply(float activation, float weight) => factor * (activation * weight);
    }

    sealed class TriplingPlusOne() : FloatMultiplier("tripling-plus-one", "three times the product, plus 1", "")
    {
        public override float Multiply(float activation, float weight) => 3 * activation * weight + 1;
    }
}
