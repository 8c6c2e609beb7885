using Dapprox.Arithmetic;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using Dapprox.Networks.Training;
using Dapprox.Tests.Layers;
using Xunit;

namespace Dapprox.Tests.Training;

public class DropoutTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Forward_DropsTheRate_AndScalesTheOthersUp(double rate)
    {
        const int Images = 20, Length = 1000;
        Tensor input = new([.. Enumerable.Range(1, Images * Length).Select(i => (float)i)], Images, Length);

        Tensor output = new Dropout("d", rate, seed: 1, layer: 2, step: 3).Forward(input, threads: 1);

        float scale = (float)(1 / (1 - rate));
        Assert.All(output.Data.Zip(input.Data), pair => Assert.True(pair.First == 0 || pair.First == pair.Second * scale));
        // Five standard deviations of the number of zeros.
        double zeros = output.Data.Count(number => number == 0), deviation = Math.Sqrt(Images * Length * rate * (1 - rate));
        Assert.InRange(zeros, Images * Length * rate - 5 * deviation, Images * Length * rate + 5 * deviation);
    }

    [Fact]
    public void InputGradient_PassesWhatForwardPassed()
    {
        Tensor ones = new([.. Enumerable.Repeat(1f, 400)], 4, 100);
        var layer = new Dropout("d", 0.4, seed: 1, layer: 2, step: 3);

        Tensor output = layer.Forward(ones, threads: 1);

        Assert.Equal(output.Data, layer.InputGradient(ones, output, ones, threads: 1).Data);
        Assert.Equal(output.Data, layer.Forward(ones, threads: 1).Data);
    }

    [Fact]
    public void Mask_DependsOnTheImagesPlaceInTheBatch_OnLayerStepAndSeed()
    {
        Tensor ones = new([.. Enumerable.Repeat(1f, 600)], 6, 100);
        Tensor all = new Dropout("d", 0.5, seed: 1, layer: 2, step: 3).Forward(ones, threads: 1);

        Assert.Equal(
            all.Data[300..500], new Dropout("d", 0.5, seed: 1, layer: 2, step: 3).From(3).Forward(ones.Rows(0, 2), threads: 1).Data);
        Assert.NotEqual(all.Row(0).ToArray(), all.Row(1).ToArray());
        Assert.NotEqual(all.Data, new Dropout("d", 0.5, seed: 4, layer: 2, step: 3).Forward(ones, threads: 1).Data);
        Assert.NotEqual(all.Data, new Dropout("d", 0.5, seed: 1, layer: 4, step: 3).Forward(ones, threads: 1).Data);
        Assert.NotEqual(all.Data, new Dropout("d", 0.5, seed: 1, layer: 2, step: 4).Forward(ones, threads: 1).Data);
    }

    [Fact]
    public void Insert_PutsItBeforeEveryDenseLayerButTheLast()
    {
        var network = new Network("n", [1, 2, 2], 3,
        [
            new Flatten("flat"), Dense("first", 4, 4), new Relu("relu"), Dense("second", 4, 4), Dense("last", 4, 3),
        ]);

        Network with = Dropout.Insert(network, 0.5, seed: 1, step: 1, out int[] places);

        Assert.Equal(
            ["flat", "first.dropout", "first", "relu", "second.dropout", "second", "last"], with.Layers.Select(layer => layer.Name));
        Assert.Equal(network.Layers, places.Select(place => with.Layers[place]));
        Assert.Equal(network.Layers, Dropout.Insert(network, 0, seed: 1, step: 1, out places).Layers);
        Assert.Equal([0, 1, 2, 3, 4], places);

        static Dense Dense(string name, int inputs, int outputs) =>
            new(name, inputs, outputs, Torch.Numbers(1, outputs * inputs).Data, [], ExactMultiplier.FusedSum);
    }
}
