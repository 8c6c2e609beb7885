using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Experiments.Units;
using Dapprox.Foundation;
using Dapprox.Hardware;
using Dapprox.Measurement;
using Dapprox.Networks;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Attacks;
using Xunit;

namespace Dapprox.Tests.Hardware;

public sealed class ComparisonTests
{
    static readonly Network Network = SmallNetwork.Create(ExactMultiplier.Rounded);

    static readonly CircuitMultiplier Half = new(CircuitDescription.Build("array:24:ama5:columns=24"));

    [Fact]
    public void Measure_Exact_IsOneOfItself()
    {
        ComparisonRow row = Row(new Comparison(Network, multiplier => Network.With(multiplier), Images(40)), ExactMultiplier.Rounded);

        Assert.Equal((1, 1, 1), (row.Price!.RelativeEnergy, row.Price.RelativeDelay, row.Price.RelativeArea));
        Assert.Equal(0, row.RelativeDistance!.Value, 1e-7);
        Assert.Null(row.Robust);
        Assert.Null(row.Reason);
    }

    [Fact]
    public void Measure_AMultiplier_HasTheDelayOfThePapersTable()
    {
        var comparison = new Comparison(Network, multiplier => Network.With(multiplier), Images(40));
        HardwareRow[] table = [.. HardwareTables.Measure(CellLibrary.Shipped, 512, seed: 1).Where(row => row.Table == 7)];

        FloatMultiplier[] multipliers = [ExactMultiplier.Rounded, Ama5Flat.Instance, AxFpm.Released, Bfloat16Multiplier.Truncated];
        foreach ((FloatMultiplier multiplier, HardwareRow row) in multipliers.Zip(table))
        {
            MultiplierPrice price = Row(comparison, multiplier).Price!;
            Assert.Equal(row.Normal.Delay, price.RelativeDelay, 1e-12);
            Assert.Equal(row.Normal.Cost.Area, price.Area!.Value, 1e-6);
        }
    }

    [Fact]
    public void Price_OfBfloat16_IsThatOfATruncatingFloatAroundBooth()
    {
        CircuitCost expected = new CostMeasurement(
            CircuitDescription.Build("booth:8"), CellLibrary.Shipped, FloatParts.Truncating).OnRandomOperands(
                IntegerDistribution.Normalised, 512, 1);

        CircuitCost truncated = new CostMeasurement(
            Bfloat16Multiplier.Truncated, CellLibrary.Shipped).OnRandomOperands(IntegerDistribution.Normalised, 512, 1);
        CircuitCost nearest = new CostMeasurement(
            Bfloat16Multiplier.Nearest, CellLibrary.Shipped).OnRandomOperands(IntegerDistribution.Normalised, 512, 1);

        Assert.Equal((expected.TotalEnergy, expected.Delay, expected.Area), (truncated.TotalEnergy, truncated.Delay, truncated.Area));
        Assert.True(nearest.TotalEnergy > expected.TotalEnergy && nearest.Delay > expected.Delay && nearest.Area > expected.Area);
    }

    // Of 16 bits there are 2³² pairs of operands: a sample is measured.
    [Fact]
    public void Measure_AWideMultiplierOfIntegers_HasTheErrorOfASample()
    {
        Dataset images = Images(4);
        Network quantised = new PostTrainingQuantisation().Run(Network, images.Images(0, images.Count));
        var comparison = new Comparison(Network, multiplier => quantised.With(multiplier), images);

        ComparisonRow row = Row(comparison, new DrumMultiplier(16, 6));

        // DRUM's paper has 1.47 %.
        Assert.InRange(row.RelativeDistance!.Value, 0.0145, 0.0149);
        Assert.Null(row.RelativeError);
    }

    [FactOf(Tier.Ci)]
    public void Measure_SomeLayers_AddsTheEnergyOfExactOnes()
    {
        var comparison = new Comparison(Network, multiplier => Network.With(multiplier, LayerSelection.Convolutions), Images(40));
        Tensor images = Images(40).Images(0, Comparison.PricedImages);

        MultiplierPrice price = Row(comparison, Half).Price!;

        IReadOnlyList<LayerCost> layers = NetworkCost.Of(
            Network.With(Half, LayerSelection.Convolutions), images, multiplier =>
                CostMeasurement.Of(multiplier, CellLibrary.Shipped), Comparison.CostSamples, seed: 1);
        Assert.Equal(layers.Sum(layer => layer.Energy), price.EnergyPerImage, 1e-6);
        Assert.Equal(layers[0].Product.TotalEnergy, price.EnergyPerProduct, 1e-9);
        // The dense layers are exact, and cost as much as the exact array.
        Assert.Equal(
            Row(new Comparison(Network, multiplier => Network.With(multiplier), Images(40)), ExactMultiplier.Rounded).Price!.Delay,
            layers[1].Product.Delay);
        Assert.True(layers[0].Product.Delay < layers[1].Product.Delay);
        Assert.True(price.RelativeEnergy < 1);
    }

    [Fact]
    public void Measure_WithoutACircuit_StillHasAccuracyAndErrors()
    {
        ComparisonRow fused = Row(new Comparison(Network, multiplier => Network.With(multiplier), Images(40)), ExactMultiplier.FusedSum);
        ComparisonRow single = Row(new Comparison(Network, multiplier => Network.With(multiplier), Images(1)), AxFpm.Released);

        Assert.Null(fused.Price);
        Assert.Contains("exact-fused", fused.Reason, StringComparison.Ordinal);
        Assert.Equal(40, fused.Accuracy.Count);
        // A dense layer's activations change from image to image, and one image has no next.
        Assert.Contains("at least 2", single.Reason, StringComparison.Ordinal);
        Assert.InRange(single.RelativeError!.Value, 0.3, single.RelativeDistance!.Value);
    }

    [FactOf(Tier.Ci)]
    public void Measure_WithAnEpsilon_AttacksTheFirstImages()
    {
        Dataset images = Images(40);

        Evaluation Robust(double epsilon) =>
            Row(
                new Comparison(Network, multiplier => Network.With(multiplier), images) { Epsilon = epsilon, AttackedImages = 20 },
                AxFpm.Released).Robust!;
        Evaluation clean = Evaluation.Of(Network.With(AxFpm.Released), images.First(20));

        Assert.Equal((clean.Correct, clean.Count), (Robust(0).Correct, Robust(0).Count));
        Evaluation some = Robust(0.1), none = Robust(1);
        Assert.True(some.Correct < clean.Correct, $"{some.Correct} of {clean.Correct}");
        Assert.True(none.Correct < some.Correct, $"{none.Correct} of {some.Correct}");
    }

    [Fact]
    public void Measure_Progress_AddsUpToTheEstimate()
    {
        var comparison = new Comparison(Network, multiplier => Network.With(multiplier), Images(40)) { Epsilon = 0.1, AttackedImages = 10 };
        double done = 0;

        comparison.Measure(AxFpm.Released, more => done += more, TestContext.Current.CancellationToken);

        Assert.Equal(comparison.Estimate(AxFpm.Released), done, 1e-6);
    }

    static ComparisonRow Row(Comparison comparison, Multiplier multiplier) =>
        comparison.Measure(multiplier, cancellation: TestContext.Current.CancellationToken);

    /// <summary>Images with the classes that the exact network gives them.</summary>
    static Dataset Images(int count)
    {
        byte[] pixels = new byte[40 * 12];
        var random = new CounterRandom(5);
        foreach (ref byte pixel in pixels.AsSpan())
            pixel = (byte)random.NextInt32(256);
        var unlabelled = new Dataset("noise", Split.Test, 1, 3, 4, ["a", "b", "c"], pixels, new int[40], canonical: true, "drawn");
        int[] labels = Scores.Labels(Network.Forward(unlabelled.Images(0, 40)));
        return new Dataset("noise", Split.Test, 1, 3, 4, ["a", "b", "c"], pixels, labels, canonical: true, "drawn").First(count);
    }
}
