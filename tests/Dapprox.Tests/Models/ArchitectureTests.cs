using Dapprox.Foundation;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Models;

public class ArchitectureTests
{
    [Fact]
    public void Recognise_LeNet5sNamesAndShapesInAnyOrder_IsLeNet5()
    {
        var reversed = new Dictionary<string, Tensor>(Zeros().Reverse());

        Assert.Equal("lenet5", Architecture.Recognise("weights", reversed).Name);
    }

    [Fact]
    public void Recognise_TensorMissing_SaysWhich() => AssertRefused(tensors => tensors.Remove("conv2.bias"), "'conv2.bias' is missing");

    [Fact]
    public void Recognise_TensorOfAnotherShape_SaysBothShapes() => AssertRefused(
        tensors => tensors["linear1.weight"] = Tensor.Zeros(200, 784),
        "'linear1.weight' has the shape [200, 784] instead of [200, 3136]");

    [Fact]
    public void Recognise_TensorTooMany_SaysWhich() => AssertRefused(
        tensors => tensors["linear3.bias"] = Tensor.Zeros(10),
        "'linear3.bias' is not one of its tensors");

    [Fact]
    public void Recognise_NoTensorAtAll_SaysWhatIsMissing() => AssertRefused(tensors => tensors.Clear(), "'conv1.weight' is missing");

    [Theory]
    [InlineData("dq-full")]
    [InlineData("dq-weights")]
    [InlineData("dq-float")]
    public void Recognise_TensorsOfSeveral_TakesTheNamedOne_AndNoneWithoutAName(string name)
    {
        Dictionary<string, Tensor> tensors = Architecture.Find(name).Tensors.ToDictionary(
            pair => pair.Key, pair => Tensor.Zeros(pair.Value));

        Assert.Equal(name, Architecture.Recognise("weights", tensors, name).Name);
        Assert.Contains(
            "fit dq-full, dq-weights, dq-float alike",
            Assert.Throws<InputException>(() => Architecture.Recognise("weights", tensors)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lenet5-mnis", "did you mean 'lenet5-mnist'?")]
    [InlineData("lenet5-digit", "did you mean 'lenet5-digits'?")]
    [InlineData("resnet", "did you mean 'resnet-20-cifar-10'?")]
    [InlineData("vgg-16", "known: alexnet-cifar-10, dq-float-cifar-10, dq-full-cifar-10, dq-weights-cifar-10, lenet5-digits, "
        + "lenet5-mnist, resnet-20-cifar-10, resnet-8-cifar-10, or the path of a .safetensors, .pt or .onnx file")]
    public void Load_UnknownName_SuggestsTheNearestAndListsTheKnown(string given, string part)
    {
        string message = Assert.Throws<InputException>(() => TrainedModels.Load(given)).Message;

        Assert.StartsWith($"unknown model '{given}'", message, StringComparison.Ordinal);
        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void Load_ShippedNames_InAnyCase()
    {
        Assert.Equal(
            [
                "alexnet-cifar-10", "dq-float-cifar-10", "dq-full-cifar-10", "dq-weights-cifar-10", "lenet5-digits", "lenet5-mnist",
                "resnet-20-cifar-10", "resnet-8-cifar-10",
            ],
            TrainedModels.Shipped);
        Assert.All(TrainedModels.Shipped, name => Assert.Equal(name, TrainedModels.Load(name.ToUpperInvariant()).Name));
    }

    [Fact]
    public void Load_FileThatIsNotThere_NamesIt() =>
        Assert.Contains(
            "absent.safetensors", Assert.Throws<InputException>(() => TrainedModels.Load("absent.safetensors")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Load_FileOfAnotherNetwork_NamesTheFileAndTheDifference()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "other.safetensors");
        try
        {
            Dictionary<string, Tensor> tensors = Zeros();
            tensors["conv1.weight"] = Tensor.Zeros(6, 1, 5, 5);
            Safetensors.Save(path, tensors);

            string message = Assert.Throws<InputException>(() => TrainedModels.Load(path)).Message;

            Assert.StartsWith(path, message, StringComparison.Ordinal);
            Assert.Contains("'conv1.weight' has the shape [6, 1, 5, 5] instead of [32, 1, 3, 3]", message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    static void AssertRefused(Action<Dictionary<string, Tensor>> change, string part)
    {
        Dictionary<string, Tensor> tensors = Zeros();
        change(tensors);

        string message = Assert.Throws<InputException>(() => Architecture.Recognise("weights.safetensors", tensors)).Message;

        Assert.StartsWith("weights.safetensors: ", message, StringComparison.Ordinal);
        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.Contains(
            "Known: lenet5, alexnet, dq-full, dq-weights, dq-float, resnet-8, resnet-20. Any other network is read from ONNX", message,
            StringComparison.Ordinal);
    }

    static Dictionary<string, Tensor> Zeros() =>
        LeNet5.Architecture.Tensors.ToDictionary(pair => pair.Key, pair => Tensor.Zeros(pair.Value));
}
