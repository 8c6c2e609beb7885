using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Kernels;
using Dapprox.Measurement;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Hardware;

public sealed class NetworkCostTests
{
    [Fact]
    public void Operands_OfADenseLayer_AreAWeightAndItsInputImageByImage()
    {
        // Input k of image i is 10·i + k, and the weight of output o and input k is 100·o + k.
        var layer = new Dense("dense", 3, 2, [0, 1, 2, 100, 101, 102], [], ExactMultiplier.Rounded);
        var input = new Tensor([0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32], 4, 3);

        (float[] activations, float[] weights) = LayerOperands.Sample(layer, [input], streams: 50, length: 6, new CounterRandom(1));

        for (int stream = 0; stream < 50; stream++)
        {
            float weight = weights[stream * 6];
            for (int i = 0; i < 6; i++)
            {
                float image = (activations[stream * 6] - weight % 100) / 10;
                Assert.Equal((weight, 10 * ((image + i) % 4) + weight % 100), (weights[stream * 6 + i], activations[stream * 6 + i]));
            }
        }

        Assert.Equal(6, weights.Distinct().Count());
    }

    // The sums over all k of a's column times b's number are the output's.
    [Fact]
    public void Operands_OfAProductOfMatrices_AreANumberOfTheSecondAndAColumnOfTheFirst()
    {
        // Of image i, matrix m: a[r, k] = 1000·i + 100·m + 10·r + k, and b[k, c] = −(1000·i + 100·m + 10·k + c).
        var layer = new MatrixMultiply("product", 2, 3, 4, 2, ExactMultiplier.Rounded);
        var a = new Tensor(
            [.. Enumerable.Range(0, 3 * 2 * 12).Select(i => (float)(1000 * (i / 24) + 100 * (i / 12 % 2) + 10 * (i / 4 % 3) + i % 4))], 3,
            2, 3, 4);
        var b = new Tensor(
            [.. Enumerable.Range(0, 3 * 2 * 8).Select(i => -(float)(1000 * (i / 16) + 100 * (i / 8 % 2) + 10 * (i / 2 % 4) + i % 2))], 3,
            2, 4, 2);

        (float[] activations, float[] weights) = LayerOperands.Sample(layer, [a, b], streams: 50, length: 9, new CounterRandom(1));

        for (int i = 0; i < activations.Length; i++)
        {
            int left = (int)activations[i], right = -(int)weights[i];
            // The same image and matrix, and the column of one is the row of the other.
            Assert.Equal((left / 100, left % 10), (right / 100, right / 10 % 10));
            // Row by row, then the next image.
            if (i % 9 > 0)
                Assert.Equal(
                    (((int)activations[i - 1] / 1000 * 3 + (int)activations[i - 1] / 10 % 10) + 1) % 9, left / 1000 * 3 + left / 10 % 10);
        }
    }

    [Fact]
    public void Operands_OfAConvolution_GiveItsOutputs()
    {
        var shape = new ConvolutionShape(4, 2, 3, 2) { Stride = 2, Padding = 1, Groups = 2 };
        float[] filters = [.. Enumerable.Range(1, 2 * shape.Taps).Select(i => (float)i)];
        var random = new CounterRandom(2);
        var input = new Tensor([.. Enumerable.Range(0, 2 * 4 * 5 * 6).Select(_ => random.NextSingle(-1, 1))], 2, 4, 5, 6);
        var layer = new Convolution2D("conv", shape, 5, 6, filters, [], ExactMultiplier.Rounded, Accumulation.Float64);
        Tensor output = layer.Forward(input, 1);
        int positions = output.Shape[2] * output.Shape[3], count = 2 * positions;

        // One stream of every weight and start is enough: it goes around. All weights are different.
        (float[] activations, float[] weights) = LayerOperands.Sample(layer, [input], streams: 4000, length: count, new CounterRandom(3));
        double[] sums = new double[output.Data.Length];
        foreach (float weight in filters)
        {
            int filter = Array.IndexOf(filters, weight) / shape.Taps;
            float[][] streams = [
                .. Enumerable.Range(0, 4000).Where(
                    stream => weights[stream * count] == weight).Select(stream => activations[(stream * count)..((stream + 1) * count)])];
            float[] first = streams[0];
            // All are the same cycle.
            Assert.All(
                streams,
                stream => Assert.Contains(
                    Enumerable.Range(0, count), turn => Enumerable.Range(0, count).All(i => stream[i] == first[(i + turn) % count])));
            float[] cycle = Turned(first, input, shape, Array.IndexOf(filters, weight));
            for (int place = 0; place < count; place++)
                sums[(place / positions * 2 + filter) * positions + place % positions] += (double)cycle[place] * weight;
        }

        for (int i = 0; i < sums.Length; i++)
            Assert.Equal(output.Data[i], sums[i], 1e-4);
    }

    /// <summary>The cycle from the first output of the first image on.</summary>
    static float[] Turned(float[] cycle, Tensor input, ConvolutionShape shape, int weight)
    {
        // The activations at the first outputs of a filter's row, by the formula of a convolution.
        int tap = weight % shape.Taps, channel = weight / shape.Taps * shape.GroupInputs + tap / 6, row = tap % 6 / 2, column = tap % 2;
        float[] expected = [.. Enumerable.Range(0, cycle.Length).Select(place =>
        {
            int outputHeight = shape.OutputHeight(5), outputWidth = shape.OutputWidth(6), position = place % (outputHeight * outputWidth);
            int y = position / outputWidth * 2 + row - 1, x = position % outputWidth * 2 + column - 1;
            return y is >= 0 and < 5
                && x is >= 0 and < 6 ? input.Data[((place / (outputHeight * outputWidth) * 4 + channel) * 5 + y) * 6 + x] : 0;
        })];
        int turn = Enumerable.Range(
            0, cycle.Length).First(turn => Enumerable.Range(0, cycle.Length).All(i => cycle[(i + turn) % cycle.Length] == expected[i]));
        return [.. Enumerable.Range(0, cycle.Length).Select(i => cycle[(i + turn) % cycle.Length])];
    }

    [Fact]
    public void Of_ANetwork_MultipliesEnergiesByProducts()
    {
        var random = new CounterRandom(4);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle(-1, 1))];
        var network = new Network("small", [1, 1, 4], 3, [
            new Flatten("flatten"), new Dense("one", 4, 5, Numbers(20), [], ExactMultiplier.Rounded), new Relu("relu"),
            new Dense("two", 5, 3, Numbers(15), [], ExactMultiplier.Rounded),
        ]);
        var images = new Tensor(Numbers(40), 10, 1, 1, 4);
        var measurement = new CostMeasurement(CircuitDescription.Build("array:8"), CellLibrary.Shipped);

        IReadOnlyList<LayerCost> layers = NetworkCost.Of(network, images, _ => measurement, 1000, seed: 1);

        Assert.Equal(["one", "two"], layers.Select(layer => layer.Layer));
        Assert.Equal([20, 15], layers.Select(layer => layer.Products));
        Assert.All(layers, layer => Assert.Equal(layer.Products * layer.Product.TotalEnergy, layer.Energy));
        Assert.Equal(0, layers[0].ZeroActivations);
        Assert.InRange(layers[1].ZeroActivations, 0.05, 0.95);
        // Half of the operands stay, and only activations change.
        Assert.True(
            layers[0].Product.Energy < measurement.OnRandomOperands(IntegerDistribution.Normalised, 1000, 1).Energy);
        Assert.Throws<InputException>(
            () => NetworkCost.Of(network, images.Rows(0, 1), _ => measurement, 1000, seed: 1));
    }
}
