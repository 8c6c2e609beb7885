using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.References;
using Xunit;

namespace Dapprox.Tests.Layers;

/// <summary>Laws of the gradients of layers that are linear in weights and inputs.</summary>
public class GradientLawTests
{
    // Beside the product of the lengths of both sides: sums of some hundred rounded products.
    const double Tolerance = 1e-5;

    sealed record Case(Func<float[], WeightedLayer> Layer, int Weights, int[] Shape, ulong Seed);

    static readonly Gen<Case> Cases = Gen.OneOf(
        from groups in Gen.Int[1, 2]
        from inputs in Gen.Int[1, 3]
        from outputs in Gen.Int[1, 6]
        from kernel in Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3])
        from stride in Gen.Select(Gen.Int[1, 2], Gen.Int[1, 2], (down, right) => new Steps(down, right))
        from dilation in Gen.Select(Gen.Int[1, 2], Gen.Int[1, 2], (down, right) => new Steps(down, right))
        from padding in Gen.Int[0, 2]
        from size in Gen.Select(Gen.Int[5, 9], Gen.Int[5, 9])
        from batch in Gen.Int[1, 15]
        from seed in Gen.ULong
        let shape = new ConvolutionShape(groups * inputs, groups * outputs, kernel.Item1, kernel.Item2)
        {
            Stride = stride,
            Dilation = dilation,
            Padding = padding,
            Groups = groups,
        }
        select new Case(
            weights => new Convolution2D("c", shape, size.Item1, size.Item2, weights, [], ExactMultiplier.FusedSum),
            shape.OutputChannels * shape.Taps, [batch, shape.InputChannels, size.Item1, size.Item2], seed),
        from inputs in Gen.Int[1, 40]
        from outputs in Gen.Int[1, 20]
        from rows in Gen.Int[1, 3]
        from batch in Gen.Int[1, 15]
        from seed in Gen.ULong
        select new Case(
            weights => new Dense("d", inputs, outputs, weights, [], ExactMultiplier.FusedSum, rows: rows), outputs * inputs,
            [batch, rows, inputs], seed));

    // ⟨J v, u⟩ = ⟨v, Jᵀ u⟩ of both derivatives: the layer with weights v, and the layer of inputs v.
    [Fact]
    public void GradientsOfWeightsAndInputs_AreAdjointToTheForwardPass() => Cases.Sample(given =>
    {
        (WeightedLayer layer, Tensor input, Tensor output, Tensor back) = Build(given);

        float[] weightGradient = layer.Gradients(input, back, threads: 1).Single();
        Tensor inputGradient = layer.InputGradient(input, output, back, threads: 1);

        double expected = Product(output.Data, back.Data), tolerance = Tolerance * Length(output.Data) * Length(back.Data);
        Assert.Equal(expected, Product(weightGradient, layer.Weights.ToArray()), tolerance);
        Assert.Equal(expected, Product(inputGradient.Data, input.Data), tolerance);
        // And of any other v than the weights themselves.
        float[] others = SampleOperands.Ordinary(given.Weights, given.Seed + 3);
        Tensor moved = given.Layer(others).Forward(input, threads: 1);
        Assert.Equal(
            Product(moved.Data, back.Data), Product(weightGradient, others), Tolerance * Length(moved.Data) * Length(back.Data) + 1e-30);
    }, iter: 200);

    [Fact]
    public void GradientsOfWeights_AreLinearInTheOutputsGradient() => Cases.Sample(given =>
    {
        const float A = 0.75f, B = -1.3f;
        (WeightedLayer layer, Tensor input, Tensor output, Tensor one) = Build(given);
        Tensor two = new(SampleOperands.Ordinary(output.Data.Length, given.Seed + 4), output.Shape.ToArray());
        Tensor both = new([.. one.Data.Zip(two.Data, (left, right) => A * left + B * right)], output.Shape.ToArray());

        float[] first = Of(one), second = Of(two), sum = Of(both);

        double tolerance = Tolerance * (Length(first) + Length(second));
        Assert.All(
            sum.Select((number, i) => number - (A * first[i] + B * second[i])), difference => Assert.Equal(0, difference, tolerance));

        float[] Of(Tensor back) => layer.Gradients(input, back, threads: 1).Single();
    }, iter: 200);

    // Chunks of a training and slices of a layer are summed apart: the same for any number of threads.
    [Fact]
    public void Gradients_DoNotDependOnThreads() => Cases.Sample(given =>
    {
        (WeightedLayer layer, Tensor input, _, Tensor back) = Build(given);

        Assert.Equal(layer.Gradients(input, back, threads: 1).Single(), layer.Gradients(input, back, threads: 3).Single());
    }, iter: 100);

    static (WeightedLayer Layer, Tensor Input, Tensor Output, Tensor Back) Build(Case given)
    {
        WeightedLayer layer = given.Layer(SampleOperands.Ordinary(given.Weights, given.Seed));
        Tensor input = new(SampleOperands.Ordinary(given.Shape.Aggregate((a, b) => a * b), given.Seed + 1), given.Shape);
        Tensor output = layer.Forward(input, threads: 1);
        return (layer, input, output, new Tensor(SampleOperands.Ordinary(output.Data.Length, given.Seed + 2), output.Shape.ToArray()));
    }

    static double Product(float[] left, float[] right) => left.Zip(right, (a, b) => (double)a * b).Sum();

    static double Length(float[] numbers) => Math.Sqrt(Product(numbers, numbers));
}
