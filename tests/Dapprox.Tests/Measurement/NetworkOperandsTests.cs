using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Measurement;

public class NetworkOperandsTests
{
    const int Bits = 4;

    // Two groups, a stride, padding and 35 images, which are more than go through a network together.
    static readonly ConvolutionShape Shape = new(4, 6, 3, 2) { Stride = 2, Padding = 1, Groups = 2 };

    // The products of a multiplier that gives 1 for one pair of operands and 0 for the others sum up to the number of such products.
    [Theory]
    [InlineData(true, SignHandling.SignMagnitude)]
    [InlineData(false, SignHandling.SignMagnitude)]
    [InlineData(false, SignHandling.Offset)]
    public void Count_OfEveryPair_IsTheNumberOfItsProducts(bool isSigned, SignHandling signs)
    {
        // The product of a magnitude is negated with its sign, and would not count.
        int least = isSigned || signs == SignHandling.Offset ? -8 : 0;
        var random = new CounterRandom(5);
        float[] Numbers(int count, int low) => [.. Enumerable.Range(0, count).Select(_ => low + (float)random.NextInt32(8 - low))];
        var formats = new Quantisation(
            new AffineQuantisation(1, isSigned ? 0 : 3, new IntegerFormat(Bits, isSigned)),
            [new AffineQuantisation(1, 0, new IntegerFormat(Bits, IsSigned: true))], signs);
        var exact = ExactIntegerMultiplier.Int8;
        WeightedLayer[] layers =
        [
            new Convolution2D("conv", Shape, 5, 6, Numbers(6 * Shape.Taps, least), [], ExactMultiplier.Rounded).Quantised(formats, exact),
            new Dense("dense", 120, 3, Numbers(360, least), [], ExactMultiplier.Rounded).Quantised(formats, exact),
        ];
        foreach (WeightedLayer layer in layers)
        {
            bool isDense = layer is Dense;
            var images = new Tensor(Numbers(35 * 120, isSigned ? -8 : -3), 35, 4, 5, 6);
            Layer[] all = isDense ? [new Flatten("flatten"), layer] : [layer, new Flatten("flatten")];
            var network = new Network("n", [4, 5, 6], isDense ? 3 : 6 * 3 * 4, all);
            var multiplier = new TableMultiplier("none", Bits, isSigned, (_, _) => 0);
            double[] counts = NetworkOperands.Count(network, LayerSelection.All, multiplier, images);
            double none = Sum(multiplier);

            Assert.Equal(35.0 * layer.Multiplications, counts.Sum());
            for (int pair = 0; pair < counts.Length; pair++)
            {
                (int a, int b) = (Number(pair >> Bits), Number(pair & 15));
                Assert.Equal(counts[pair], Sum(new TableMultiplier("one", Bits, isSigned, (x, y) => x == a && y == b ? 1 : 0)) - none);
            }

            double Sum(IntegerMultiplier other) => network.With(other).Forward(images).Data.Sum(output => (double)output);
        }

        int Number(int bits) => isSigned && bits >= 8 ? bits - 16 : bits;
    }

    [Fact]
    public void Count_OfWhatHasNoSuchProducts_IsRefused()
    {
        var network = new Network(
            "n", [1, 1, 2], 2, [new Flatten("flatten"), new Dense("a", 2, 2, new float[4], [], ExactMultiplier.Rounded)]);
        var images = new Tensor([1, 2], 1, 1, 1, 2);
        var quantised = new PostTrainingQuantisation().Run(network, images);

        Refused("no products of integers", network, LayerSelection.All, ExactIntegerMultiplier.Int8, images);
        Refused("no layer is 'b'", quantised, LayerSelection.Parse("b"), ExactIntegerMultiplier.Int8, images);
        Refused("no images", quantised, LayerSelection.All, ExactIntegerMultiplier.Int8, Tensor.Zeros(0, 1, 1, 2));
        Refused("quantise it to at most 7", quantised, LayerSelection.All, new ExactIntegerMultiplier(7, isSigned: true), images);
        Refused("operands of 9 bits", quantised, LayerSelection.All, new ExactIntegerMultiplier(9, isSigned: true), images);

        static void Refused(string says, Network network, LayerSelection layers, IntegerMultiplier multiplier, Tensor images) =>
            Assert.Contains(
                says,
                Assert.Throws<InputException>(() => NetworkOperands.Count(network, layers, multiplier, images)).Message);
    }
}
