using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Kernels.Integers;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;
using Dapprox.Networks.Training;
using Dapprox.Tests.Layers;
using Xunit;

namespace Dapprox.Tests.Training;

public sealed class LearntScalesTests : IDisposable
{
    static readonly Dataset Data = Patterns.Training(200);

    static readonly TrainingOptions Options = new()
    {
        Epochs = 2,
        BatchSize = 29,
        Optimiser = Optimiser.Sgd,
        LearningRate = 1e-3,
        Gradient = ProductGradient.Window,
        Shift = 0,
        Rotation = 0,
        Threads = 1,
    };

    readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    // Esser et al., equation 3: inside the range the rounding error in steps, outside the bound.
    [Theory]
    [InlineData(0.5f, 0)]
    [InlineData(0.7f, -0.4)]
    [InlineData(-0.7f, 0.4)]
    [InlineData(100f, 7)]
    [InlineData(-100f, -8)]
    public void SlopeOfAScale_IsThatOfThePaper(float number, double expected) => Assert.Equal(
        3 * expected, StepGradient.Sum(new AffineQuantisation(0.5f, 0, new IntegerFormat(4, true)), [number], [3]), 1e-6);

    [Fact]
    public void SlopeOfAScale_WithAZeroPoint_CountsFromIt()
    {
        var format = new AffineQuantisation(0.5f, 5, new IntegerFormat(4, false));

        Assert.Equal(10 - 2 * 5, StepGradient.Sum(format, [100, -100], [1, 2]), 1e-6);
        Assert.Equal(1 / Math.Sqrt(30 * 15), StepGradient.Factor(format, 30), 1e-12);
    }

    [Fact]
    public void Gradients_OfALayer_HaveThoseOfItsScales()
    {
        var formats = new Quantisation(
            new AffineQuantisation(0.02f, 3, new IntegerFormat(6, false)),
            [.. Enumerable.Range(0, 5).Select(i => new AffineQuantisation(0.02f + 0.01f * i, 0, new IntegerFormat(6, true)))]);
        float[] weights = Torch.Numbers(1, 5, 7).Data;
        WeightedLayer layer = new Dense("d", 7, 5, weights, [], ExactMultiplier.Rounded)
            .Quantised(formats, ExactIntegerMultiplier.Int8);
        // The learnt weights are those before rounding.
        var learning = (WeightedLayer)((WeightedLayer)layer.With([weights])).WithLearntScales(true);
        Tensor input = Torch.Numbers(2, 11, 7), back = Torch.Numbers(3, 11, 5);

        IReadOnlyList<float[]> gradients = learning.Gradients(input, back, threads: 1);

        Assert.Equal(["weight", "input_scale", "weight_scale"], learning.Parameters.Select(parameter => parameter.Name));
        double[] ofInputs = new double[input.Data.Length], ofWeights = new double[weights.Length];
        for (int n = 0; n < 11; n++)
        {
            for (int o = 0; o < 5; o++)
            {
                for (int k = 0; k < 7; k++)
                {
                    ofInputs[n * 7 + k] += back.Data[n * 5 + o] * (double)layer.Weights[o * 7 + k];
                    ofWeights[o * 7 + k] += back.Data[n * 5 + o] * (double)formats.Activations.Round(input.Data[n * 7 + k]);
                }
            }
        }

        double inputScale = ofInputs.Select((g, i) => g * Slope(formats.Activations, input.Data[i])).Sum() / Math.Sqrt(7 * 63);
        Assert.Equal(inputScale, gradients[1].Single(), 1e-4);
        for (int o = 0; o < 5; o++)
        {
            double scale = Enumerable.Range(o * 7, 7).Sum(i => ofWeights[i] * Slope(formats.Weight(o), weights[i])) / Math.Sqrt(7 * 31);
            Assert.Equal(scale, gradients[2][o], 1e-4);
            for (int i = o * 7; i < (o + 1) * 7; i++)
                Assert.Equal(Math.Abs(weights[i] / formats.Weight(o).Scale) > 31.5 ? 0 : ofWeights[i], gradients[0][i], 1e-4);
        }

        static double Slope(AffineQuantisation format, float number)
        {
            double steps = number / format.Scale, low = format.Format.Low - format.ZeroPoint, high = format.Format.High - format.ZeroPoint;
            double rounded = Math.Round(steps);
            return rounded < low ? low : rounded > high ? high : rounded - steps;
        }
    }

    [Fact]
    public void Train_LearnsScales_KeepsZeroPoints_OnAnyNumberOfThreads()
    {
        Network network = LearntScales.Of(Quantised());

        Network one = Train(network, Options).Network;

        Assert.Equal(Numbers(one), Numbers(Train(network, Options with { Threads = 2 }).Network));
        // The images of the first layer are numbers of its format, so they are not rounded.
        foreach ((WeightedLayer before, WeightedLayer after) in Layers(network).Zip(Layers(one)).Skip(1))
        {
            Quantisation old = before.Quantisation!, now = after.Quantisation!;
            Assert.False(now.LearnsScales);
            Assert.NotEqual(old.Activations.Scale, now.Activations.Scale);
            Assert.Equal(old.Activations with { }, new AffineQuantisation(
                old.Activations.Scale, now.Activations.ZeroPoint, now.Activations.Format));
            Assert.Contains(old.Weights.Zip(now.Weights), pair => pair.First != pair.Second);
            // A step is about as long, compared with the scale, as that of the weights.
            Assert.All(old.Weights.Zip(now.Weights), pair => Assert.InRange(pair.Second.Scale / pair.First.Scale, 0.5f, 2f));
            Assert.DoesNotContain(after.Parameters, parameter => parameter.Name.EndsWith("scale", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Train_Continued_GivesTheSameScales_AndNotWithFixedOnes()
    {
        Network network = LearntScales.Of(Quantised());
        TrainingOptions options = Options with { CheckpointPath = Path.Combine(folder, "c.safetensors") };
        using var cancellation = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Trainer.Train(
            network, Data, options, new Listener<EpochReport>(_ => cancellation.Cancel()), cancellation.Token));

        Assert.Contains(
            "scales learnt", Assert.Throws<InputException>(() => Train(Quantised(), options)).Message, StringComparison.Ordinal);
        Assert.Equal(Numbers(Train(network, Options).Network), Numbers(Train(network, options).Network));
    }

    [Fact]
    public void Train_WithAdam_IsRefused() => Assert.Contains(
        "sgd or nesterov",
        Assert.Throws<InputException>(() => Train(LearntScales.Of(Quantised()), Options with { Optimiser = Optimiser.AdamW })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Of_ANetworkOfFloats_IsRefused() => Assert.Contains(
        "--quantise int8", Assert.Throws<InputException>(() => LearntScales.Of(Recipe.Find("lenet5").Initial(Data, Options))).Message,
        StringComparison.Ordinal);

    static Network Quantised() => new PostTrainingQuantisation().Run(Recipe.Find("lenet5").Initial(Data, Options), Data.Images(0, 20))
        .With(new DrumMultiplier(8, k: 4));

    static TrainingResult Train(Network network, TrainingOptions options) =>
        Trainer.Train(network, Data, options, cancellation: TestContext.Current.CancellationToken);

    static IEnumerable<WeightedLayer> Layers(Network network) => network.Layers.OfType<WeightedLayer>();

    static float[] Numbers(Network network) =>
    [
        .. Layers(network).SelectMany(layer => (float[])[
            .. layer.Weights, .. layer.Bias, layer.Quantisation!.Activations.Scale,
            .. layer.Quantisation.Weights.Select(format => format.Scale)]),
    ];
}
