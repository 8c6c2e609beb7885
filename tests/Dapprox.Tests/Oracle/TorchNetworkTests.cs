using System.Text.Json;
using Dapprox.Benchmarks.Oracle;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Data;
using Dapprox.Tests.Layers;
using Dapprox.Tests.Training;
using Xunit;

namespace Dapprox.Tests.Oracle;

public class TorchNetworkTests
{
    static readonly string[] Names =
        ["conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias"];

    static readonly int[][] Shapes = [[32, 1, 3, 3], [32], [64, 32, 3, 3], [64], [200, 3136], [200], [10, 200], [10]];

    [Fact]
    public void Forward_OfWeightsThatPassOnePixelThrough_IsWhatTheyCompute()
    {
        // The centre tap of the first filter of each convolution passes the image on; linear1's unit 0 takes the
        // largest of the 4×4 pixels from (8, 12) on, doubled; linear2 gives class 3 that minus 1.
        Dictionary<string, Tensor> weights = Zeros();
        weights["conv1.weight"].Data[4] = 1;
        weights["conv2.weight"].Data[4] = 1;
        weights["linear1.weight"].Data[2 * 7 + 3] = 2;
        weights["linear2.weight"].Data[3 * 200] = 1;
        weights["linear2.bias"].Data[3] = -1;
        Tensor images = Tensor.Zeros(2, 1, 28, 28);
        images.Row(1)[11 * 28 + 12] = 0.75f;
        images.Row(1)[9 * 28 + 14] = 0.5f;
        using var network = Torch.Network(TorchLeNet5.Architecture, weights);

        Tensor logits = network.Forward(images);

        Assert.Equal([2, 10], logits.Shape.ToArray());
        Assert.Equal([0, 0, 0, -1, 0, 0, 0, 0, 0, 0], logits.Row(0).ToArray());
        Assert.Equal([0, 0, 0, 0.5f, 0, 0, 0, 0, 0, 0], logits.Row(1).ToArray());
    }

    [Fact]
    public void Forward_OfTheAuthorsWeights_GivesTheirLogits()
    {
        // The reference is printed to 6 digits; LibTorch's sums in binary32 are off by as much again.
        const double Relative = 1e-5, Absolute = 1e-4;
        string reference = DataFolder.Reference, data = DataFolder.With("mnist");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(reference, "lenet5-authors-logits.json")));
        double[][] expected = document.RootElement.GetProperty("exact").Deserialize<double[][]>()!;
        var weights = Safetensors.Load(Path.Combine(reference, "lenet5-authors.safetensors"));
        using var network = Torch.Network(TorchLeNet5.Architecture, weights.Tensors);

        Tensor logits = network.Forward(Datasets.Load("mnist", Split.Test, data).Images(0, expected.Length));

        for (int i = 0; i < expected.Length; i++)
        {
            for (int j = 0; j < 10; j++)
                Assert.Equal(expected[i][j], logits.Row(i)[j], Absolute + Relative * Math.Abs(expected[i][j]));
        }
    }

    [Fact]
    public void InputGradient_IsTheSlopeOfTheCrossEntropy()
    {
        Dictionary<string, Tensor> weights = Zeros();
        for (int i = 0; i < Names.Length; i++)
        {
            float bound = 1.5f / MathF.Sqrt(weights[Names[i]].RowLength);
            var random = new CounterRandom(21, (ulong)i);
            foreach (ref float weight in weights[Names[i]].Data.AsSpan())
                weight = random.NextSingle(-bound, bound);
        }

        Tensor images = Patterns.Training(2).Images(0, 2);
        int[] labels = [3, 7];
        using var network = Torch.Network(TorchLeNet5.Architecture, weights);

        Tensor gradient = network.InputGradient(images, labels);

        Assert.Equal(images.Shape.ToArray(), gradient.Shape.ToArray());
        // One step along the gradient changes the loss by step · |gradient|², less what the kinks of ReLU and max-pooling take.
        const float Step = 1e-3f;
        const double Relative = 0.05;
        for (int i = 0; i < 2; i++)
        {
            double squared = 0;
            foreach (float slope in gradient.Row(i))
                squared += (double)slope * slope;
            double rise = Loss(network, images, gradient, Step, i, labels[i]) - Loss(network, images, gradient, -Step, i, labels[i]);
            Assert.True(squared > 0);
            Assert.InRange(rise / (2 * Step * squared), 1 - Relative, 1 + Relative);
        }
    }

    [Fact]
    public void Constructor_TensorMissingOrOfAnotherShape_SaysWhich()
    {
        Dictionary<string, Tensor> missing = Zeros();
        missing.Remove("conv2.bias");
        Dictionary<string, Tensor> wrong = Zeros();
        wrong["linear1.weight"] = Tensor.Zeros(200, 784);

        Assert.Contains("'conv2.bias'", Refusal(missing), StringComparison.Ordinal);
        Assert.Contains("[200, 784]", Refusal(wrong), StringComparison.Ordinal);

        static string Refusal(Dictionary<string, Tensor> weights) =>
            Assert.Throws<InputException>(
                () => Torch.Network(TorchLeNet5.Architecture, weights)).Message;
    }

    static double Loss(TorchNetwork network, Tensor images, Tensor gradient, float step, int image, int label)
    {
        Tensor moved = images.Rows(image, 1);
        for (int i = 0; i < moved.Data.Length; i++)
            moved.Data[i] += step * gradient.Row(image)[i];
        float[] logits = network.Forward(moved).Data;
        return Math.Log(logits.Sum(logit => Math.Exp(logit))) - logits[label];
    }

    static Dictionary<string, Tensor> Zeros() => Names.Zip(Shapes).ToDictionary(pair => pair.First, pair => Tensor.Zeros(pair.Second));
}
