using Dapprox.Foundation;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Models;

public sealed class TrainedModelsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Load_WeightsThatAreNotFinite_AreRefusedByName(float weight)
    {
        Dictionary<string, Tensor> tensors = LeNet5.Architecture.Tensors.ToDictionary(pair => pair.Key, pair => Tensor.Zeros(pair.Value));
        tensors["conv2.weight"].Data[17] = weight;
        string path = folder.File("broken.safetensors");
        Safetensors.Save(path, tensors);

        string message = Assert.Throws<InputException>(() => TrainedModels.Load(path)).Message;

        Assert.Contains("'conv2.weight' holds a NaN or an infinity", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_UnknownName_SuggestsAShippedOne()
    {
        string message = Assert.Throws<InputException>(() => TrainedModels.Load("lenet5-digit")).Message;

        Assert.Contains("did you mean 'lenet5-digits'?", message, StringComparison.Ordinal);
    }
}
