using System.Text.Json;
using Dapprox.Kernels;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Data;
using Xunit;

namespace Dapprox.Tests.Models;

public class AuthorsLeNet5Tests
{
    [Theory]
    [InlineData("exact", "exact", "all")]
    [InlineData("ax_fpm_all_layers", "ax-fpm", "all")]
    [InlineData("ax_fpm_convolutions_only", "ax-fpm", "convolutions")]
    public void Forward_Float64Sums_GivesThePublishedLogits(string key, string multiplier, string selection)
    {
        // The reference is printed to 6 digits: up to 5e-5 below 100, which the largest logits reach.
        const double Tolerance = 1e-4;
        Network network = AuthorsLeNet5.Load().With(Multipliers.Find(multiplier), LayerSelection.Parse(selection), Accumulation.Float64);
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(DataFolder.Reference, "lenet5-authors-logits.json")));
        double[][] expected = document.RootElement.GetProperty(key).Deserialize<double[][]>()!;

        Tensor logits = network.Forward(AuthorsLeNet5.Mnist().Images(0, expected.Length));

        Assert.Equal(200, expected.Length);
        double worst = expected
            .SelectMany((row, image) => row.Select((logit, i) => Math.Abs(logit - logits.Row(image)[i])))
            .Max();
        TestContext.Current.TestOutputHelper!.WriteLine($"largest difference {worst:G3}");
        Assert.InRange(worst, 0, Tolerance);
    }

    [TheoryOf(Tier.Ci)]
    [InlineData("exact", "all", 9889)]
    [InlineData("ax-fpm", "all", 9750)]
    [InlineData("ax-fpm", "convolutions", 9705)]
    public void Accuracy_Float64Sums_IsTheMeasuredOne(string multiplier, string selection, int expected)
    {
        Network network = AuthorsLeNet5.Load().With(Multipliers.Find(multiplier), LayerSelection.Parse(selection), Accumulation.Float64);
        Dataset mnist = AuthorsLeNet5.Mnist();

        int[] predictions = Scores.Labels(network.Forward(mnist.Images(0, mnist.Count)));

        Assert.Equal(10_000, predictions.Length);
        Assert.Equal(expected, predictions.Zip(mnist.Labels).Count(pair => pair.First == pair.Second));
    }
}
