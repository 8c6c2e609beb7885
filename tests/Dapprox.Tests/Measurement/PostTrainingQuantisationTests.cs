using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Attacks;
using Dapprox.Tests.Kernels;
using Dapprox.Tests.Training;
using Xunit;

namespace Dapprox.Tests.Measurement;

public class PostTrainingQuantisationTests
{
    [Fact]
    public void Formats_AreThoseOfTheWeightsAndActivations()
    {
        var network = new Network("n", [1, 1, 2], 2,
        [
            new Flatten("flatten"),
            new Dense("a", 2, 2, [1, -2, 0.5f, 0.25f], [1, 2], ExactMultiplier.Rounded),
        ]);
        var images = new Tensor([-1, 3, 0.5f, 2], 2, 1, 1, 2);

        Quantisation unsigned = Of(new PostTrainingQuantisation().Run(network, images));
        Quantisation signed = Of(
            new PostTrainingQuantisation { IsSigned = true, IsPerChannel = false, WeightBits = 4 }.Run(network, images));

        // From −1 to 3 in 255 steps, with the zero a quarter of the way.
        Assert.Equal(new AffineQuantisation(4 / 255f, 64, IntegerFormat.UInt8), unsigned.Activations);
        Assert.Equal([2 / 127f, 0.5f / 127], unsigned.Weights.Select(weight => weight.Scale));
        Assert.Equal(new AffineQuantisation(3 / 127f, 0, IntegerFormat.Int8), signed.Activations);
        Assert.Equal([new AffineQuantisation(2 / 7f, 0, new IntegerFormat(4, IsSigned: true))], signed.Weights);

        static Quantisation Of(Network network) => ((WeightedLayer)network.Layers[1]).Quantisation!;
    }

    // The channels of a convolution differ by 2¹⁰ and 2⁻¹⁰, and the next layer makes up for it: the same logits with exact floats, and with
    // one scale for a layer far better ones of integers.
    [Fact]
    public void Equalisation_KeepsTheExactLogits_AndBringsChannelsTogether()
    {
        Network balanced = SmallNetwork.Create(ExactMultiplier.Rounded);
        Tensor images = Images(balanced, 40);
        float[] expected = balanced.Forward(images).Data;
        Network network = balanced.WithLayers(
        [
            .. balanced.Layers.Select((layer, index) => index == First(balanced) ? Multiplied((WeightedLayer)layer, perInput: false)
                : index == Next(balanced) ? Multiplied((WeightedLayer)layer, perInput: true)
                : layer),
        ]);
        KernelCases.AssertBits(expected, network.Forward(images).Data);

        Network equalised = WeightEqualisation.Of(network);

        KernelCases.AssertBits(expected, equalised.Forward(images).Data);
        var options = new PostTrainingQuantisation { IsPerChannel = false };
        double without = Error(options.Run(network, images)), with = Error((options with { Equalises = true }).Run(network, images));
        Assert.True(with < 0.03 && with < 0.2 * without, $"{with} {without}");

        static int First(Network network) => network.Layers.ToList().FindIndex(layer => layer is WeightedLayer);
        static int Next(Network network) => network.Layers.ToList().FindIndex(First(network) + 1, layer => layer is WeightedLayer);

        // By 2¹⁰, 1 or 2⁻¹⁰, by turns of output channels, or by its inverse for the inputs.
        WeightedLayer Multiplied(WeightedLayer layer, bool perInput)
        {
            int channels = ((WeightedLayer)balanced.Layers[First(balanced)]).Parameters[0].Shape[0];
            int fan = layer.Weights.Length / layer.Parameters[0].Shape[0], place = perInput ? fan / channels : fan;
            float Factor(int channel) => (float)Math.Pow(2, 10 * (channel % 3 - 1));
            float[] weights = [.. layer.Weights.ToArray().Select((weight, i) => perInput
                ? weight / Factor(i % fan / place)
                : weight * Factor(i / fan))];
            return layer.WithWeights(
                weights, [.. layer.Bias.ToArray().Select((bias, channel) => perInput ? bias : bias * Factor(channel))]);
        }

        double Error(Network quantised)
        {
            float[] logits = quantised.Forward(images).Data;
            return Math.Sqrt(expected.Zip(logits, (x, y) => ((double)x - y) * (x - y)).Sum() / expected.Sum(x => (double)x * x));
        }
    }

    [Fact]
    public void Logits_AreThoseOfTheFloatNetworkUpToRounding_AndGradientsThoseOfTheRoundedWeights()
    {
        Network floats = SmallNetwork.Create(ExactMultiplier.Rounded);
        Tensor images = Images(floats, 40);
        foreach (RangeMethod method in Enum.GetValues<RangeMethod>())
        {
            Network quantised = new PostTrainingQuantisation { Method = method }.Run(floats, images);

            float[] expected = floats.Forward(images).Data, logits = quantised.Forward(images).Data;
            double error = Math.Sqrt(expected.Zip(logits, (x, y) => ((double)x - y) * (x - y)).Sum() / expected.Sum(x => (double)x * x));
            Assert.InRange(error, 1e-6, 0.03);
            (Tensor _, Tensor exact) = floats.InputGradient(images, (_, _, gradient) => gradient[0] = 1);
            (Tensor _, Tensor through) = quantised.InputGradient(images, (_, _, gradient) => gradient[0] = 1);
            double product = exact.Data.Zip(through.Data, (x, y) => (double)x * y).Sum();
            Assert.InRange(
                product / Math.Sqrt(exact.Data.Sum(x => (double)x * x) * through.Data.Sum(x => (double)x * x)), 0.95, 1.000001);
        }
    }

    [Fact]
    public void Images_InAnyBatch_GiveTheSameBits()
    {
        Network floats = SmallNetwork.Create(ExactMultiplier.Rounded);
        Tensor images = Images(floats, 70);
        Network quantised = new PostTrainingQuantisation().Run(floats, images).With(
            new TableMultiplier("rough", 8, isSigned: false, (a, b) => a * b & ~15L));
        float[] all = quantised.Forward(images).Data;

        KernelCases.AssertBits(all.AsSpan(3 * floats.Classes, floats.Classes), quantised.Forward(images.Rows(3, 1)).Data);
        KernelCases.AssertBits(all, quantised.WithLayers(quantised.Layers, threads: 3).Forward(images).Data);
    }

    [Fact]
    public void Multipliers_OfTheOtherKind_AreRefusedWithTheWayOut()
    {
        Network floats = SmallNetwork.Create(ExactMultiplier.Rounded);
        Network quantised = new PostTrainingQuantisation().Run(floats, Images(floats, 2));

        Refused("--quantise int8", () => floats.With(ExactIntegerMultiplier.Int8));
        Refused("exact-int8", () => quantised.With(AxFpm.Released));
        Refused("quantised already", () => new PostTrainingQuantisation().Run(quantised, Images(floats, 2)));
    }

    [Fact]
    public void LayersThatAreNotSelected_StayFloats()
    {
        Network floats = SmallNetwork.Create(ExactMultiplier.Rounded);

        Network quantised = new PostTrainingQuantisation { Layers = LayerSelection.Convolutions }.Run(floats, Images(floats, 2));
        Network both = quantised.With(ExactIntegerMultiplier.Int8).With(AxFpm.Released);

        Assert.All(
            both.Layers.OfType<WeightedLayer>(),
            layer => Assert.Equal(layer is Convolution2D ? ExactIntegerMultiplier.Int8 : (Multiplier)AxFpm.Released, layer.Multiplier));
    }

    [Fact]
    public void InputsThatAreNotFinite_AndZeros_AreHandled()
    {
        var network = new Network("n", [1, 1, 1], 1, [new Flatten("flatten"), new Dense("a", 1, 1, [0], [1], ExactMultiplier.Rounded)]);

        Assert.Contains(
            "not finite",
            Assert.Throws<InputException>(
                () => new PostTrainingQuantisation().Run(network, new Tensor([float.NaN], 1, 1, 1, 1))).Message, StringComparison.Ordinal);
        foreach (RangeMethod method in Enum.GetValues<RangeMethod>())
        {
            Network zeros = new PostTrainingQuantisation { Method = method }.Run(network, new Tensor([0], 1, 1, 1, 1));
            Assert.Equal([1f], zeros.Forward(new Tensor([0], 1, 1, 1, 1)).Data);
        }
    }

    // One number of a hundred thousand is far away.
    [Fact]
    public void Methods_LeaveOutAnOutlier_AndMinmaxDoesNot()
    {
        float[] numbers = [.. Enumerable.Range(0, 100_000).Select(i => i % 1000 / 1000f), 50];
        var network = new Network(
            "n", [1, 1, numbers.Length], 1,
            [new Flatten("flatten"), new Dense("a", numbers.Length, 1, new float[numbers.Length], [], ExactMultiplier.Rounded)]);
        float Scale(RangeMethod method) => ((WeightedLayer)new PostTrainingQuantisation { Method = method }.Run(
            network, new Tensor(numbers, 1, 1, 1, numbers.Length)).Layers[1]).Quantisation!.Activations.Scale;

        Assert.Equal(50 / 255f, Scale(RangeMethod.MinMax));
        Assert.InRange(Scale(RangeMethod.Percentile), 0.9f / 255, 1.1f / 255);
        // The squared error of clamping it outweighs much of that of coarser steps.
        Assert.InRange(Scale(RangeMethod.Mse), 40f / 255, 49f / 255);
        Assert.InRange(Scale(RangeMethod.Entropy), 0.9f / 255, 49f / 255);
    }

    // The slope of the line through the products of a weight: of exact ones the weight.
    [Fact]
    public void Slopes_OfExactProducts_AreTheWeights()
    {
        (from isSigned in Gen.Bool
         from zero in Gen.Int[0, 100]
         from hasSignedWeights in Gen.Bool
         from signs in Gen.Enum<SignHandling>()
         from weights in Gen.Float[-1, 1].Array[1, 20]
         select (isSigned, zero, hasSignedWeights, signs, weights)).Sample(x =>
        {
            var formats = new Quantisation(
                new AffineQuantisation(0.1f, x.zero, new IntegerFormat(8, x.isSigned)),
                [new AffineQuantisation(0.01f, x.zero, new IntegerFormat(8, x.hasSignedWeights))], x.signs);
            foreach (bool isSigned in (bool[])[false, true])
            {
                var lines = new Dapprox.Measurement.IntegerSlopes(IntegerProducts.Of(new ExactIntegerMultiplier(8, isSigned), formats));
                float[] slopes = new float[x.weights.Length], inWeight = new float[x.weights.Length];
                lines.InActivation(formats, x.weights, channels: 1, slopes);
                lines.InWeight(formats.Activations, x.weights, inWeight);

                // By magnitude the line is bent at zero; it is straight where the other operands have one sign.
                if (isSigned || x.signs == SignHandling.Offset || !x.isSigned)
                    Assert.All(formats.Round(x.weights, 1).Zip(slopes), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
                if (isSigned || x.signs == SignHandling.Offset || !x.hasSignedWeights)
                {
                    Assert.All(
                        x.weights.Select(formats.Activations.Round).Zip(inWeight),
                        pair => Assert.Equal(pair.First, pair.Second, 1e-5));
                }
            }
        });
    }

    // Layers take activations of the kind of their own multipliers, and each layer is that of the network with its multiplier throughout.
    [Fact]
    public void Multipliers_ForLayers_HaveLayersOfTheirKind()
    {
        Network floats = LeNet5.Architecture.Build("n", TrainedArchitectureTests.RandomWeights(LeNet5.Architecture));
        ActivationRanges ranges = new PostTrainingQuantisation().Measure(floats, Images(floats, 3));
        var signed = new MitchellMultiplier(8, isSigned: true);
        var unsigned = new DrumMultiplier(8, k: 4);
        string[] names = [.. floats.Layers.OfType<WeightedLayer>().Select(layer => layer.Name)];

        Network mixed = ranges.With(new LayerMultipliers(
            "mix", [(signed, LayerSelection.Named([names[0], names[1]])), (unsigned, LayerSelection.Named([names[1], names[2]]))]));

        Multiplier[] expected = [signed, unsigned, unsigned, ExactIntegerMultiplier.Int8];
        WeightedLayer[] layers = [.. mixed.Layers.OfType<WeightedLayer>()];
        Assert.Equal(expected, layers.Select(layer => layer.Multiplier));
        foreach ((WeightedLayer layer, Multiplier multiplier) in layers.Zip(expected))
        {
            WeightedLayer own = ranges.With(multiplier).Layers.OfType<WeightedLayer>().Single(other => other.Name == layer.Name);
            Assert.Equal(own.Quantisation!.Activations, layer.Quantisation!.Activations);
        }

        Refused("no layer is 'other'", () => ranges.With(new LayerMultipliers("m", [(signed, LayerSelection.Named(["other"]))])));
        Refused("the multipliers of a network are of one kind", () =>
            new LayerMultipliers("m", [(signed, LayerSelection.All), (AxFpm.Released, LayerSelection.All)]));
    }

    static void Refused(string message, Func<object> make) =>
        Assert.Contains(message, Assert.Throws<InputException>(make).Message, StringComparison.Ordinal);

    static Tensor Images(Network network, int count)
    {
        Tensor images = Tensor.Zeros([count, .. network.InputShape]);
        var random = new CounterRandom(1);
        foreach (ref float pixel in images.Data.AsSpan())
            pixel = random.NextSingle(0, 1);
        return images;
    }
}
