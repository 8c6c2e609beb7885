using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Models;
using DefensiveApproximation.Training;
using Xunit;

namespace DefensiveApproximation.Tests.Training;

public class AlexNetTests
{
    // Whatever weights: ours and LibTorch's network are the same, within its sums' rounding.
    [Fact]
    public void OurNetwork_GivesLibTorchsLogits()
    {
        var random = new CounterRandom(3, 1);
        Dictionary<string, Tensor> weights = AlexNet.Architecture.Tensors.ToDictionary(named => named.Key, named =>
        {
            Tensor tensor = Tensor.Zeros(named.Value);
            float bound = MathF.Sqrt(6f / Math.Max(1, tensor.RowLength));
            for (int i = 0; i < tensor.Data.Length; i++)
                tensor.Data[i] = random.NextSingle(-bound, bound);
            return tensor;
        });
        Tensor images = Tensor.Zeros(3, 3, 32, 32);
        for (int i = 0; i < images.Data.Length; i++)
            images.Data[i] = random.NextSingle(0, 1);
        Network network = AlexNet.Architecture.Build("alexnet", weights);
        using var oracle = new TorchNetwork(TorchAlexNet.Architecture, weights);

        Tensor expected = oracle.Forward(images), actual = network.Forward(images);

        Assert.Equal(18_781_184, network.Multiplications);
        float largest = expected.Data.Max(MathF.Abs);
        for (int i = 0; i < expected.Data.Length; i++)
            Assert.Equal(expected.Data[i], actual.Data[i], 1e-4f * largest);
    }

    [Fact]
    public void Flip_MirrorsEveryRow()
    {
        float[] image = [1, 2, 3, 4, 5, 6];

        Augmentation.Flip(image, 3);

        Assert.Equal([3, 2, 1, 6, 5, 4], image);
    }
}
