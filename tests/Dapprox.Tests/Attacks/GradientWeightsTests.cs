using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Measurement;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class GradientWeightsTests
{
    static readonly Network Small = SmallNetwork.Create(AxFpm.Released, threads: 1);

    readonly Tensor images = SmallNetwork.Images(new NetworkVictim(Small), 20, stream: 5).Images;

    [Fact]
    public void GainMatched_OfLeNet5WithAxFpm_EnlargesEveryLayerByAFifthToThreeFifths()
    {
        Network network = TrainedModels.Load("lenet5-digits").With(AxFpm.Released);

        Network matched = GradientWeights.GainMatched(network, Datasets.Load("digits", Split.Test).Images(0, 20));

        WeightedLayer[] layers = matched.Layers.OfType<WeightedLayer>().ToArray();
        Assert.Equal(4, layers.Length);
        foreach (WeightedLayer layer in layers)
        {
            double gain = Largest(layer.GradientWeights) / (double)Largest(layer.Weights);
            Assert.InRange(gain, 1.2, 1.6);
        }
    }

    [Fact]
    public void GainMatched_IsTheLeastSquaresFitAtTheActivationsOfTheApproximateNetwork()
    {
        // The gradient weights are rounded to binary32, and so are the layer's outputs with their bias.
        const double Tolerance = 1e-5;
        Network matched = GradientWeights.GainMatched(Small, images);

        Tensor input = images;
        for (int i = 0; i < Small.Layers.Count; i++)
        {
            if (Small.Layers[i] is WeightedLayer layer)
            {
                var other = (WeightedLayer)matched.Layers[i];
                double gain = layer is Dense ? DenseGain(layer, input) : LayerGain.Of(layer, input, threads: 1);
                for (int k = 0; k < layer.Weights.Length; k++)
                    Assert.Equal(gain, other.GradientWeights[k] / (double)layer.Weights[k], Tolerance);
                Assert.Equal(layer.Forward(input, 1).Data, other.Forward(input, 1).Data);
            }

            input = Small.Layers[i].Forward(input, threads: 1);
        }
    }

    [Fact]
    public void Gain_OfAConvolution_IsThatOfTheDenseLayerWithItsFilter()
    {
        float[] weights = [0.3f, -0.7f, 1.9f, 0.2f, 0.5f, -1.1f];
        var input = new Tensor([0.1f, 0.9f, -0.4f, 0.6f, 0.8f, 0.7f], 2, 3);
        var dense = new Dense("d", 3, 2, weights, [5, -7], AxFpm.Released);
        var convolution = new Convolution2D("c", new ConvolutionShape(3, 2, 1, 1), 1, 1, weights, [5, -7], AxFpm.Released);

        // Outputs near 7 are rounded to 2⁻²², then the bias is taken away again.
        Assert.Equal(DenseGain(dense, input), LayerGain.Of(dense, input, 1), 1e-5);
        Assert.Equal(LayerGain.Of(dense, input, 1), LayerGain.Of(convolution, input.Reshape(2, 3, 1, 1), 1));
    }

    [Fact]
    public void GainMatchedAndSmoothed_OfAMultiplierThatTriples_TripleTheWeights()
    {
        Network network = SmallNetwork.Create(new Tripling(), threads: 1);

        foreach (Network changed in (Network[])[GradientWeights.GainMatched(network, images), GradientWeights.Smoothed(network)])
        {
            foreach (WeightedLayer layer in changed.Layers.OfType<WeightedLayer>())
            {
                for (int k = 0; k < layer.Weights.Length; k++)
                    Assert.Equal(3, layer.GradientWeights[k] / layer.Weights[k], 1e-5f);
            }
        }
    }

    [Fact]
    public void Gain_OfAnExactLayer_IsOne() =>
        Assert.All(
            SmallNetwork.Create(ExactMultiplier.Rounded).Layers.OfType<Dense>(),
            layer => Assert.Equal(1, LayerGain.Of(layer, SmallActivations, threads: 1)));

    [Theory]
    [InlineData("exact")]
    [InlineData("exact-fused")]
    public void GainMatchedAndSmoothed_OfExactLayers_ChangeNothing(string name)
    {
        Network exact = SmallNetwork.Create(Multipliers.Find(name), threads: 1);
        Network mixed = exact.With(AxFpm.Released, LayerSelection.Convolutions);

        AssertSameGradient(exact, GradientWeights.GainMatched(exact, images));
        AssertSameGradient(exact, GradientWeights.Smoothed(exact));
        foreach (Network changed in (Network[])[GradientWeights.GainMatched(mixed, images), GradientWeights.Smoothed(mixed)])
        {
            Assert.All(changed.Layers.OfType<Dense>(), layer => Assert.True(layer.Weights == layer.GradientWeights));
            Assert.All(changed.Layers.OfType<Convolution2D>(), layer => Assert.False(layer.Weights.SequenceEqual(layer.GradientWeights)));
        }
    }

    [Fact]
    public void GainMatched_OutputsThatAreNotFinite_AreLeftOut()
    {
        var layer = new Dense("d", 1, 2, [2, 3e38f], [], ExactMultiplier.Rounded);

        Assert.Equal(1, LayerGain.Of(layer, new Tensor([100], 1, 1), 1));
        Assert.Equal(1, LayerGain.Of(layer, new Tensor([float.NaN], 1, 1), 1));
    }

    [Fact]
    public void GainMatched_LooksAtNoMoreThanAHundredImages()
    {
        Tensor many = SmallNetwork.Images(new NetworkVictim(Small), 130, stream: 6).Images;

        AssertSameGradient(GradientWeights.GainMatched(Small, many.Rows(0, 100)), GradientWeights.GainMatched(Small, many));
    }

    [Fact]
    public void GainMatched_WithoutImagesOrWithOthers_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => GradientWeights.GainMatched(Small, Tensor.Zeros(0, 1, 3, 4)));
        Assert.Throws<ArgumentException>(() => GradientWeights.GainMatched(Small, Tensor.Zeros(2, 1, 4, 3)));
    }

    [Fact]
    public void Smoothed_HasTheExpectedSlopesAsGradientWeights()
    {
        foreach (WeightedLayer layer in GradientWeights.Smoothed(Small).Layers.OfType<WeightedLayer>())
            Assert.Equal(ExpectedSlope.Of(AxFpm.Released, layer.Weights.ToArray()), layer.GradientWeights);
    }

    void AssertSameGradient(Network expected, Network actual)
    {
        static void Loss(int image, ReadOnlySpan<float> logits, Span<float> gradient) =>
            CrossEntropy.Direction(logits, image % 3, gradient);
        Assert.Equal(expected.InputGradient(images, Loss).Gradient.Data, actual.InputGradient(images, Loss).Gradient.Data);
    }

    static Tensor SmallActivations { get; } = new([0.5f, 1, 0, 2, 0.25f, 3, 0, 1.5f], 1, 8);

    /// <summary>The definition, product by product.</summary>
    static double DenseGain(WeightedLayer layer, Tensor input)
    {
        double products = 0, squares = 0;
        for (int row = 0; row < input.Batch; row++)
        {
            for (int o = 0; o < layer.Weights.Length / input.RowLength; o++)
            {
                double y = 0, z = 0;
                for (int k = 0; k < input.RowLength; k++)
                {
                    float a = input.Row(row)[k], w = layer.Weights[o * input.RowLength + k];
                    y += ((FloatMultiplier)layer.Multiplier).Multiply(a, w);
                    z += (double)a * w;
                }

                products += y * z;
                squares += z * z;
            }
        }

        return products / squares;
    }

    static float Largest(ReadOnlySpan<float> numbers) => numbers.ToArray().Max(Math.Abs);

    sealed class Tripling() : FloatMultiplier("tripling", "three times the product", "")
    {
        public override float Multiply(float activation, float weight) => 3 * activation * weight;
    }
}
