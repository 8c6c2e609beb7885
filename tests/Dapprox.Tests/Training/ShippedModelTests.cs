using Dapprox.Networks.Data;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Data;
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
    [InlineData("resnet-8", "cifar-10", "32")]
    [InlineData("resnet-20", "cifar-10", "16")]
    public void Model_SaysWhereItComesFrom(string architecture, string dataset, string epochs)
    {
        string name = $"models/{architecture}-{dataset}.safetensors";
        using Stream stream = typeof(Tensor).Assembly.GetManifestResourceStream(name)!;

        var model = Safetensors.Load(stream, name);

        Assert.Equal(architecture, model.Metadata["architecture"]);
        Assert.Equal(dataset, model.Metadata["dataset"]);
        Assert.Equal("1", model.Metadata["seed"]);
        Assert.Equal(epochs, model.Metadata["epochs"]);
    }

    // The same on every processor, so the number is exact.
    [Fact]
    public void DigitsModel_OnTheTestSplit_IsAsAccurateAsItsReadMeSays() => Assert.Equal(989, Correct("lenet5", "digits", folder: null));

    [FactOf(Tier.Ci)]
    public void MnistModel_OnTheTestSplit_IsAsAccurateAsItsReadMeSays()
    {
        string folder = DataFolder.With("mnist");

        Assert.Equal(9936, Correct("lenet5", "mnist", folder));
    }

    // Of the copy of CIFAR-10 that it was trained on, whose pixels went through JPEG; the published images are others.
    [TheoryOf(Tier.Ci)]
    [InlineData("alexnet", 8089)]
    [InlineData("dq-float", 8041)]
    [InlineData("dq-full", 8207)]
    [InlineData("dq-weights", 8026)]
    [InlineData("resnet-8", 8080)]
    [InlineData("resnet-20", 8342)]
    public void Cifar10Model_OnTheTestSplit_IsAsAccurateAsItsReadMeSays(string architecture, int correct)
    {
        string folder = DataFolder.With("cifar-10-batches-bin");
        Assert.SkipWhen(
            Datasets.Load("cifar-10", Split.Test, folder).Canonical,
            "These are the published images, and the number in the README is of a copy that went through JPEG.");

        Assert.Equal(correct, Correct(architecture, "cifar-10", folder));
    }

    [TheoryOf(Tier.Long)]
    [InlineData("lenet5-mnist-ax-fpm", "ax-fpm", "mnist", "mnist", 9925)]
    [InlineData("alexnet-cifar-10-ax-fpm", "ax-fpm", "cifar-10", "cifar-10-batches-bin", 7960)]
    [InlineData("dq-full-cifar-10-ax-fpm", "ax-fpm", "cifar-10", "cifar-10-batches-bin", 8136)]
    [InlineData("lenet5-mnist-pgd", "exact-fused", "mnist", "mnist", 9721)]
    public void TunedModel_IsAsAccurateAsItsReadMeSays(string file, string multiplier, string dataset, string data, int correct)
    {
        Network network = TrainedModels.Load(Repository.Path($"models/tuned/{file}.safetensors"));

        Assert.Equal(correct, Correct(network.With(Multipliers.Find(multiplier)), dataset, DataFolder.With(data)));
    }

    static int Correct(string architecture, string dataset, string? folder) =>
        Correct(TrainedModels.Load($"{architecture}-{dataset}"), dataset, folder);

    static int Correct(Network network, string dataset, string? folder)
    {
        Dataset test = Datasets.Load(dataset, Split.Test, folder);
        int correct = 0;
        for (int start = 0; start < test.Count; start += BatchSize)
        {
            int[] classes = Scores.Labels(network.Forward(test.Images(start, BatchSize)));
            correct += classes.Where((label, i) => label == test.Labels[start + i]).Count();
        }

        return correct;
    }
}
