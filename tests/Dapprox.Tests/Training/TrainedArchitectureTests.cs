using Dapprox.Benchmarks.Oracle;
using Dapprox.Foundation;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Networks.Training;
using Dapprox.Tests.Layers;
using Xunit;

namespace Dapprox.Tests.Training;

/// <summary>Each architecture that can be trained is the one that we run.</summary>
public class TrainedArchitectureTests
{
    // Sums of some thousand products, through nine layers.
    const float Rounding = 1e-4f;

    // Now and then a sum lies so near the middle between two levels that it falls on the one here and on the other there; a wrong
    // scale of one activation would change gradients three times.
    const float OtherLevels = 0.3f;

    public static TheoryData<string, string> All =>
        [.. TorchArchitecture.All
            .SelectMany(architecture => architecture.InputShapes.Select(shape => (architecture.Name, string.Join('×', shape))))];

    // Whatever weights: ours and LibTorch's network are the same, within its sums' rounding.
    [Theory]
    [MemberData(nameof(All))]
    public void OurNetwork_GivesLibTorchsLogitsAndGradients(string name, string shape)
    {
        int[] inputShape = [.. shape.Split('×').Select(int.Parse)];
        Architecture ours = Architecture.All.Single(known => known.Name == name && known.Tensors["conv1.weight"][1] == inputShape[0]);
        Dictionary<string, Tensor> weights = RandomWeights(ours);
        Tensor images = Uniform(new CounterRandom(4, 1), [3, .. inputShape], 0, 1);
        Network network = ours.Build(name, weights);
        using var oracle = Torch.Network(TorchArchitecture.Find(name), weights, inputShape);
        int[] labels = [1, 2, 3];

        (Tensor logits, Tensor gradient) = network.InputGradient(images, (image, row, result) =>
        {
            float largest = System.Numerics.Tensors.TensorPrimitives.Max(row), sum = 0;
            foreach (float logit in row)
                sum += MathF.Exp(logit - largest);
            for (int i = 0; i < row.Length; i++)
                result[i] = MathF.Exp(row[i] - largest) / sum - (i == labels[image] ? 1 : 0);
        });

        Assert.Equal(inputShape, network.InputShape.ToArray());
        float tolerance = ours == QuantisedNetwork.Full ? OtherLevels : Rounding;
        AssertClose(oracle.Forward(images), logits, tolerance);
        AssertClose(oracle.InputGradient(images, labels), gradient, tolerance);
    }

    [Theory]
    [InlineData("lenet5", 4_467_664, 648_226)]
    [InlineData("alexnet", 18_781_184, 1_005_770)]
    [InlineData("dq-full", 22_432_256, 629_578)]
    public void Architecture_HasTheSizeThatItsDescriptionStates(string name, long multiplications, int weights)
    {
        Architecture architecture = Architecture.Find(name);
        Dictionary<string, Tensor> zeros = architecture.Tensors.ToDictionary(named => named.Key, named => Tensor.Zeros(named.Value));

        Assert.Equal(multiplications, architecture.Build(name, zeros).Multiplications);
        Assert.Equal(weights, zeros.Values.Sum(tensor => tensor.Data.Length));
    }

    [FactOf(Tier.Ci)]
    public void Train_QuantisedNetwork_Learns_AndContinuesToTheSameBits_StatisticsIncluded()
    {
        Dataset data = Colours(120);
        using var folder = new TemporaryFolder();
        var options = new TrainingOptions
        {
            Epochs = 3,
            BatchSize = 20,
            Shift = 0,
            Rotation = 0,
            Threads = 1,
            LearningRate = 2e-3,
            Gain = 2
        };
        var losses = new List<double>();
        Network initial = Recipe.Find("dq-full").Initial(data, options);
        IReadOnlyDictionary<string, Parameter> uninterrupted = Trainer.Train(
            initial, data, options, new Listener<EpochReport>(report => losses.Add(report.Loss))).Network.Parameters;
        TrainingOptions kept = options with { CheckpointPath = folder.File("checkpoint.safetensors") };
        using var cancellation = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() =>
            Trainer.Train(initial, data, kept, new Listener<EpochReport>(_ => cancellation.Cancel()), cancellation.Token));
        IReadOnlyDictionary<string, Parameter> continued = Trainer.Train(initial, data, kept).Network.Parameters;

        Assert.Equal(QuantisedNetwork.Full.Tensors.Keys.Order(), continued.Keys.Order());
        Assert.All(uninterrupted, named => Assert.Equal(named.Value.Values, continued[named.Key].Values));
        // Statistics are of the data, not the zeros and ones that they started as.
        Assert.All(continued["norm1.running_var"].Values, variance => Assert.True(variance is > 0 and not 1));
        Assert.True(losses[^1] < losses[0] - 0.1, string.Join(", ", losses));
    }

    /// <summary>
    /// Weights for an architecture, such that numbers stay of one size through its layers and normalisations change them.
    /// </summary>
    internal static Dictionary<string, Tensor> RandomWeights(Architecture architecture)
    {
        var random = new CounterRandom(3, 1);
        return architecture.Tensors.ToDictionary(named => named.Key, named => named.Key.EndsWith("running_var", StringComparison.Ordinal)
            ? Uniform(random, named.Value, 0.5f, 2)
            : Uniform(random, named.Value, -MathF.Sqrt(6f / Inputs(named.Value)), MathF.Sqrt(6f / Inputs(named.Value))));

        static int Inputs(int[] shape) => shape.Length == 1 ? 6 : shape[1..].Aggregate(1, (product, dimension) => product * dimension);
    }

    static Tensor Uniform(CounterRandom random, int[] shape, float least, float most)
    {
        Tensor tensor = Tensor.Zeros(shape);
        for (int i = 0; i < tensor.Data.Length; i++)
            tensor.Data[i] = random.NextSingle(least, most);
        return tensor;
    }

    /// <summary>The difference, as a vector, is short beside what is expected.</summary>
    static void AssertClose(Tensor expected, Tensor actual, float tolerance)
    {
        double difference = 0, size = 0;
        foreach ((float theirs, float ours) in expected.Data.Zip(actual.Data))
        {
            difference += ((double)theirs - ours) * ((double)theirs - ours);
            size += (double)theirs * theirs;
        }

        Assert.True(size > 0);
        Assert.InRange(Math.Sqrt(difference / size), 0, tolerance);
    }

    /// <summary>The class is how bright the image is, in noise.</summary>
    static Dataset Colours(int count)
    {
        byte[] pixels = new byte[count * 3 * 32 * 32];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)(i / (3 * 32 * 32) % 10 * 20 + new CounterRandom(12, (ulong)i).NextInt32(50));
        return new Dataset("colours", Split.Train, 3, 32, 32, [.. "0123456789".Select(digit => digit.ToString())], pixels,
            [.. Enumerable.Range(0, count).Select(i => i % 10)], canonical: false, "made for the tests");
    }
}
