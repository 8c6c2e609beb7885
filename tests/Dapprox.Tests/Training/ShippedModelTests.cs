using Dapprox.Networks.Data;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Data;
using Dapprox.Training;
using Xunit;

namespace Dapprox.Tests.Training;

public class ShippedModelTests
{
    const int BatchSize = 500;

    [Theory]
    [InlineData("lenet5", "digits", "60")]
    [InlineData("lenet5", "mnist", "12")]
    [InlineData("alexnet", "cifar-10", "50")]
    [InlineData("dq-float", "cifar-10", "12")]
    [InlineData("dq-full", "cifar-10", "15")]
    [InlineData("dq-weights", "cifar-10", "12")]
    public void Model_SaysWhereItComesFrom(string architecture, string dataset, string epochs)
    {
        Safetensors model = Model(architecture, dataset);

        Assert.Equal(architecture, model.Metadata["architecture"]);
        Assert.Equal(dataset, model.Metadata["dataset"]);
        Assert.Equal("1", model.Metadata["seed"]);
        Assert.Equal(epochs, model.Metadata["epochs"]);
    }

    // LibTorch's last bits, and so a close call, may differ between processors: two images are allowed for.
    [Fact]
    public void DigitsModel_OnTheTestSplit_IsAsAccurateAsItsReadMeSays() =>
        Assert.InRange(Correct(TorchLeNet5.Architecture, "digits", folder: null), 989 - 2, 989 + 2);

    [Fact]
    public void MnistModel_OnTheTestSplit_IsAsAccurateAsItsReadMeSays()
    {
        string folder = DataFolder.With("mnist");

        Assert.InRange(Correct(TorchLeNet5.Architecture, "mnist", folder), 9936 - 2, 9936 + 2);
    }

    // Of the copy of CIFAR-10 that it was trained on, whose pixels went through JPEG; the published images are others.
    [Theory]
    [InlineData("alexnet", 8089)]
    [InlineData("dq-float", 8041)]
    [InlineData("dq-full", 8207)]
    [InlineData("dq-weights", 8026)]
    public void Cifar10Model_OnTheTestSplit_IsAsAccurateAsItsReadMeSays(string architecture, int correct)
    {
        string folder = DataFolder.With("cifar-10-batches-bin");
        Assert.SkipWhen(
            Datasets.Load("cifar-10", Split.Test, folder).Canonical,
            "These are the published images, and the number in the README is of a copy that went through JPEG.");

        Assert.InRange(Correct(TorchArchitecture.Find(architecture), "cifar-10", folder), correct - 10, correct + 10);
    }

    static int Correct(TorchArchitecture architecture, string dataset, string? folder)
    {
        Dataset test = Datasets.Load(dataset, Split.Test, folder);
        using var network = new TorchNetwork(architecture, architecture.InputShapes[0], Model(architecture.Name, dataset).Tensors);
        int correct = 0;
        for (int start = 0; start < test.Count; start += BatchSize)
        {
            Tensor logits = network.Forward(test.Images(start, BatchSize));
            for (int i = 0; i < BatchSize; i++)
            {
                float[] row = logits.Row(i).ToArray();
                if (Array.IndexOf(row, row.Max()) == test.Labels[start + i])
                    correct++;
            }
        }

        return correct;
    }

    static Safetensors Model(string architecture, string dataset)
    {
        string name = $"models/{architecture}-{dataset}.safetensors";
        using Stream stream = typeof(Tensor).Assembly.GetManifestResourceStream(name)!;
        return Safetensors.Load(stream, name);
    }
}
