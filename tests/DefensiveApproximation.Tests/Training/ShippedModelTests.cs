using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Data;
using DefensiveApproximation.Networks.Formats;
using DefensiveApproximation.Training;
using Xunit;

namespace DefensiveApproximation.Tests.Training;

public class ShippedModelTests
{
    const int BatchSize = 500;

    [Theory]
    [InlineData("digits", "60")]
    [InlineData("mnist", "12")]
    public void Model_SaysWhereItComesFrom(string dataset, string epochs)
    {
        Safetensors model = Model(dataset);

        Assert.Equal("lenet5", model.Metadata["architecture"]);
        Assert.Equal(dataset, model.Metadata["dataset"]);
        Assert.Equal("1", model.Metadata["seed"]);
        Assert.Equal(epochs, model.Metadata["epochs"]);
    }

    // LibTorch's last bits, and so a close call, may differ between processors: two images are allowed for.
    [Fact]
    public void DigitsModel_OnTheTestSplit_IsAsAccurateAsItsReadMeSays() =>
        Assert.InRange(Correct("digits", folder: null), 989 - 2, 989 + 2);

    [Fact]
    public void MnistModel_OnTheTestSplit_IsAsAccurateAsItsReadMeSays()
    {
        string? folder = Datasets.Folder(null);
        Assert.SkipWhen(folder is null, "DAPPROX_DATA names no folder with the MNIST images.");

        Assert.InRange(Correct("mnist", folder), 9936 - 2, 9936 + 2);
    }

    static int Correct(string dataset, string? folder)
    {
        Dataset test = Datasets.Load(dataset, Split.Test, folder);
        using var network = new TorchNetwork(TorchLeNet5.Architecture, TorchLeNet5.Architecture.InputShapes[0], Model(dataset).Tensors);
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

    static Safetensors Model(string dataset)
    {
        string name = $"models/lenet5-{dataset}.safetensors";
        using Stream stream = typeof(Tensor).Assembly.GetManifestResourceStream(name)!;
        return Safetensors.Load(stream, name);
    }
}
