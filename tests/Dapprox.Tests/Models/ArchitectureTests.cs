using Dapprox.Foundation;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Circuits.Formats;
using Dapprox.Tests.Formats.Onnx;
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

    // LeCun's LeNet-5: the tensors do not tell tanh from ReLU, average from maximum, or padded images from larger ones.
    [Fact]
    public void Recognise_LeNet5Of1998_IsRefusedWithTheChoices()
    {
        Dictionary<string, Tensor> tensors = ClassicTensors(new CounterRandom(1));

        string message = Assert.Throws<InputException>(() => Architecture.Recognise("weights.pt", tensors)).Message;

        Assert.Equal(
            "weights.pt: the tensors fit lenet5-classic-{relu|tanh|sigmoid}-{max|average}-{28|32} (28: images of 28×28, padded by 2; "
                + "32: of 32×32) alike; say which in the header of a .safetensors file, under 'architecture' (dapprox model convert "
                + "--architecture NAME)",
            message);
        Assert.Equal(
            "lenet5-classic-tanh-average-32", Architecture.Recognise("weights.pt", tensors, "lenet5-classic-tanh-average-32").Name);
    }

    [Theory]
    [InlineData("Relu", "MaxPool", 28)]
    [InlineData("Relu", "AveragePool", 32)]
    [InlineData("Tanh", "AveragePool", 32)]
    [InlineData("Tanh", "MaxPool", 28)]
    [InlineData("Sigmoid", "AveragePool", 28)]
    [InlineData("Sigmoid", "MaxPool", 32)]
    public void LeNet5Of1998_GivesWhatItsDefinitionGivesInOnnxRuntime(string activation, string pooling, int size)
    {
        var random = new CounterRandom(3);
        Dictionary<string, Tensor> tensors = ClassicTensors(random);
        string name = $"lenet5-classic-{activation}-{pooling.Replace("Pool", "")}-{size}".ToLowerInvariant();
        var graph = new OnnxGraph(17, 1, size, size);
        string x = OnnxGraph.Input;
        for (int i = 1; i <= 2; i++)
        {
            int padding = i == 1 ? (32 - size) / 2 : 0;
            x = graph.Node("Conv", [x, .. Weights($"conv{i}")], ("pads", new[] { padding, padding, padding, padding }));
            x = graph.Node(
                pooling, [graph.Node(activation, [x])], ("kernel_shape", new[] { 2, 2 }), ("strides", new[] { 2, 2 }));
        }

        x = graph.Node("Flatten", [x]);
        for (int i = 1; i <= 3; i++)
        {
            x = graph.Node("Gemm", [x, .. Weights($"fc{i}")], ("transB", 1));
            x = i < 3 ? graph.Node(activation, [x]) : x;
        }

        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("m.onnx"), graph.Bytes(x));
        var images = new Tensor([.. Enumerable.Range(0, 2 * size * size).Select(_ => random.NextSingle(0, 1))], 2, 1, size, size);

        Network network = Architecture.Recognise("weights", tensors, name).Build("lenet", tensors);

        OnnxGraph.AssertNear(OnnxGraph.Runtime(folder.File("m.onnx"), images), network.Forward(images).Data);
        Assert.Equal(416_520, network.Multiplications);
        Assert.Equal(61_706, tensors.Values.Sum(tensor => tensor.Data.Length));

        string[] Weights(string layer) => [.. ((string[])["weight", "bias"]).Select(
            part => graph.Constant(tensors[$"{layer}.{part}"].Data, tensors[$"{layer}.{part}"].Shape.ToArray()))];
    }

    // From a state dict, as the message says.
    [Fact]
    public void LeNet5Of1998_IsNamedByTheHeader()
    {
        using var folder = new TemporaryFolder();
        var header = new Dictionary<string, string> { [TrainedModels.ArchitectureKey] = "lenet5-classic-relu-max-28" };
        Safetensors.Save(folder.File("lenet.safetensors"), ClassicTensors(new CounterRandom(1)), header);

        Network network = TrainedModels.Load(folder.File("lenet.safetensors"));

        Assert.Equal([1, 28, 28], network.InputShape.ToArray());
        Assert.Equal("lenet5-classic-relu-max-28", TrainedModels.Metadata(folder.File("lenet.safetensors"))["architecture"]);
    }

    static Dictionary<string, Tensor> ClassicTensors(CounterRandom random)
    {
        var shapes = new Dictionary<string, int[]>
        {
            ["conv1.weight"] = [6, 1, 5, 5],
            ["conv1.bias"] = [6],
            ["conv2.weight"] = [16, 6, 5, 5],
            ["conv2.bias"] = [16],
            ["fc1.weight"] = [120, 400],
            ["fc1.bias"] = [120],
            ["fc2.weight"] = [84, 120],
            ["fc2.bias"] = [84],
            ["fc3.weight"] = [10, 84],
            ["fc3.bias"] = [10],
        };
        return shapes.ToDictionary(pair => pair.Key, pair =>
        {
            Tensor tensor = Tensor.Zeros(pair.Value);
            for (int i = 0; i < tensor.Data.Length; i++)
                tensor.Data[i] = random.NextSingle(-0.2f, 0.2f);
            return tensor;
        });
    }

    [Fact]
    public void MnistExample_HasTheSizeThatItsDescriptionStates()
    {
        Dictionary<string, Tensor> zeros = MnistExample.Architecture.Tensors.ToDictionary(own => own.Key, own => Tensor.Zeros(own.Value));

        Assert.Equal(11_992_448, MnistExample.Architecture.Build("mnist", zeros).Multiplications);
        Assert.Equal(1_199_882, zeros.Values.Sum(tensor => tensor.Data.Length));
        Assert.Equal("pytorch-mnist", Architecture.Recognise("weights", zeros).Name);
    }

    // The forward pass as pytorch/examples has it, in evaluation mode.
    [FactOf(Tier.Ci)]
    public async Task MnistExample_OfAStateDict_GivesPyTorchsScores()
    {
        string python = Python.With("numpy, torch");
        const string Script = """
            import torch, torch.nn as nn, torch.nn.functional as F
            torch.manual_seed(1)
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.conv1, self.conv2 = nn.Conv2d(1, 32, 3, 1), nn.Conv2d(32, 64, 3, 1)
                    self.dropout1, self.dropout2 = nn.Dropout(0.25), nn.Dropout(0.5)
                    self.fc1, self.fc2 = nn.Linear(9216, 128), nn.Linear(128, 10)
                def forward(self, x):
                    x = F.max_pool2d(F.relu(self.conv2(F.relu(self.conv1(x)))), 2)
                    x = F.relu(self.fc1(torch.flatten(self.dropout1(x), 1)))
                    return F.log_softmax(self.fc2(self.dropout2(x)), dim=1)
            net, images = Net().eval(), torch.rand(3, 1, 28, 28)
            torch.save(net.state_dict(), 'mnist_cnn.pt')
            images.numpy().tofile('images')
            net(images).detach().numpy().tofile('scores')
            """;
        using var folder = new TemporaryFolder();
        await Tool.RunAsync(folder.Path, python, "-c", Script);

        Tensor logits = TrainedModels.Load(folder.File("mnist_cnn.pt")).Forward(new Tensor(Floats("images"), 3, 1, 28, 28));

        float[] scores = Floats("scores");
        for (int image = 0; image < 3; image++)
        {
            float[] row = logits.Row(image).ToArray();
            double sum = Math.Log(row.Sum(logit => Math.Exp(logit)));
            for (int i = 0; i < 10; i++)
                Assert.Equal(scores[10 * image + i], row[i] - sum, 1e-5);
        }

        float[] Floats(string name)
        {
            byte[] bytes = File.ReadAllBytes(folder.File(name));
            return [.. Enumerable.Range(0, bytes.Length / 4).Select(i => BitConverter.ToSingle(bytes, 4 * i))];
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
            "Known: lenet5, alexnet, dq-full, dq-weights, dq-float, resnet-8, resnet-20, pytorch-mnist, "
                + "lenet5-classic-{relu|tanh|sigmoid}-{max|average}-{28|32} (28: images of 28×28, padded by 2; 32: of 32×32). "
                + "Activations and pooling are not in such a file, so any other network is read from ONNX: torch.onnx.export(model, "
                + "images, 'model.onnx').",
            message, StringComparison.Ordinal);
    }

    static Dictionary<string, Tensor> Zeros() =>
        LeNet5.Architecture.Tensors.ToDictionary(pair => pair.Key, pair => Tensor.Zeros(pair.Value));
}
