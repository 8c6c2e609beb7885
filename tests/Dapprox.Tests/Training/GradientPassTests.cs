using Dapprox.Arithmetic;
using Dapprox.Benchmarks.Oracle;
using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Networks.Training;
using Dapprox.Tests.Layers;
using TorchSharp;
using Xunit;

namespace Dapprox.Tests.Training;

/// <summary>The gradients of whole networks.</summary>
public class GradientPassTests
{
    // Both in binary32, through nine layers and the sums of a batch.
    const double Rounding = 2e-5;

    // A sum that is near the middle between two levels of an activation can fall on the one here and on the other there.
    const double OtherLevels = 0.15;

    [Theory]
    [InlineData("lenet5", Rounding)]
    [InlineData("alexnet", Rounding)]
    [InlineData("dq-float", Rounding)]
    [InlineData("dq-weights", Rounding)]
    [InlineData("dq-full", OtherLevels)]
    public void GradientsOfABatch_AndStatistics_AreLibTorchs(string name, double tolerance)
    {
        // Chunks of 12, 12 and 6 images.
        const int Batch = 30;
        Architecture architecture = Architecture.Find(name);
        Dictionary<string, Tensor> weights = TrainedArchitectureTests.RandomWeights(architecture);
        using TorchNetwork oracle = Torch.Network(TorchArchitecture.Find(name), weights, [.. architecture.InputShape]);
        oracle.OmitDropout();
        Network network = architecture.Build(name, weights).With(ExactMultiplier.FusedSum);
        Tensor images = Uniform(Batch, architecture.InputShape);
        int[] labels = [.. Enumerable.Range(0, Batch).Select(i => i * 7 % network.Classes)];
        // The step is of no length; what counts are the gradients and the statistics.
        using (torch.optim.Optimizer still = torch.optim.SGD(oracle.Parameters(), 0))
            oracle.Step(images, labels, still);
        var learnt = new LearntNetwork(network);

        IReadOnlyList<float[]> gradients = Gradients(learnt, images, labels);

        LearntArray[] arrays = [.. learnt.Arrays.Where(array => array.HasGradient)];
        IReadOnlyDictionary<string, Tensor> expected = oracle.Gradients();
        Assert.Equal(expected.Keys.Order(), arrays.Select(array => array.Name).Order());
        // Biases in front of a batch normalisation have no effect: what is left of their gradients is rounding, which is small beside the
        // gradient of the layer's weights.
        foreach ((LearntArray array, float[] gradient) in arrays.Zip(gradients))
        {
            double difference = Length([.. expected[array.Name].Data.Zip(gradient, (theirs, ours) => theirs - ours)]);
            double length = Math.Max(
                Length(expected[array.Name].Data), Length(expected[$"{array.Name[..array.Name.IndexOf('.')]}.weight"].Data));
            TestContext.Current.TestOutputHelper?.WriteLine($"{array.Name}: {difference / length:E2}");
            Assert.True(difference <= tolerance * length, $"{array.Name}: {difference:E2} of {length:E2}");
        }

        IReadOnlyDictionary<string, Tensor> state = oracle.State();
        foreach (LearntArray array in learnt.Arrays.Where(array => !array.HasGradient))
        {
            double difference = Length([.. state[array.Name].Data.Zip(array.Values, (theirs, ours) => theirs - ours)]);
            Assert.True(difference <= tolerance * Length(state[array.Name].Data), $"{array.Name}: {difference:E2}");
        }
    }

    // Without LibTorch: the slopes of the mean cross-entropy of the formulas, written down in binary64. Two branches, whose gradients are
    // added, padding, stride, groups and a batch normalisation over two chunks.
    [Fact]
    public void GradientsOfATinyNetwork_AreTheSlopesOfItsFormula()
    {
        const int Batch = 14, Side = 5, Channels = 2, Features = 4;
        const double Step = 1e-6, Tolerance = 1e-6;
        ConvolutionShape first = new(1, Features, 3, 3) { Stride = 2, Padding = 1 }, second = new(Features, Features, 3, 1)
        {
            Padding = new Dapprox.Kernels.Padding(1, 0, 1, 0),
            Groups = Channels,
        };
        var network = new Network("tiny", [1, Side, Side], 3, (Node[])
        [
            new(new Convolution2D("conv1", first, Side, Side, Some(1, 36), Some(2, Features), ExactMultiplier.FusedSum), [Node.Images]),
            new(new BatchNormalization("norm", Some(3, Features), Some(4, Features), new float[Features], Some(0, Features), 1e-3f), [0]),
            new(Pointwise.Tanh("tanh"), [1]),
            new(new Convolution2D("conv2", second, 3, 3, Some(5, 24), [], ExactMultiplier.FusedSum), [2]),
            new(new Combine("sum", Combination.Add, [Features, 3, 3], [Features, 3, 3]), [2, 3]),
            new(new Flatten("flat"), [4]),
            new(new Dense("last", Features * 9, 3, Some(6, Features * 27), Some(7, 3), ExactMultiplier.FusedSum), [5]),
        ]);
        Tensor images = Uniform(Batch, [1, Side, Side]);
        int[] labels = [.. Enumerable.Range(0, Batch).Select(i => i % 3)];
        var learnt = new LearntNetwork(network);

        IReadOnlyList<float[]> gradients = Gradients(learnt, images, labels);

        LearntArray[] arrays = [.. learnt.Arrays.Where(array => array.HasGradient)];
        double[][] numbers = [.. arrays.Select(array => Array.ConvertAll(array.Values, number => (double)number))];
        for (int array = 0; array < arrays.Length; array++)
        {
            for (int i = 0; i < numbers[array].Length; i++)
            {
                double old = numbers[array][i];
                numbers[array][i] = old + Step;
                double more = Loss();
                numbers[array][i] = old - Step;
                double less = Loss();
                numbers[array][i] = old;
                Assert.Equal((more - less) / (2 * Step), gradients[array][i], Tolerance);
            }
        }

        double Loss()
        {
            double[] conv1 = numbers[0], bias1 = numbers[1], gamma = numbers[2], beta = numbers[3], conv2 = numbers[4], last = numbers[5],
                bias = numbers[6];
            double[,,,] x = new double[Batch, Features, 3, 3];
            ForEach((n, c, y, z) =>
            {
                double sum = bias1[c];
                for (int i = 0; i < 9; i++)
                {
                    int row = 2 * y - 1 + i / 3, column = 2 * z - 1 + i % 3;
                    if (row is >= 0 and < Side && column is >= 0 and < Side)
                        sum += conv1[c * 9 + i] * images.Data[n * Side * Side + row * Side + column];
                }

                x[n, c, y, z] = sum;
            });
            double[] mean = new double[Features], variance = new double[Features];
            ForEach((n, c, y, z) => mean[c] += x[n, c, y, z] / (Batch * 9));
            ForEach((n, c, y, z) => variance[c] += Math.Pow(x[n, c, y, z] - mean[c], 2) / (Batch * 9));
            ForEach((n, c, y, z) => x[n, c, y, z] = Math.Tanh(
                (x[n, c, y, z] - mean[c]) / Math.Sqrt(variance[c] + 1e-3f) * gamma[c] + beta[c]));
            double[,] logits = new double[Batch, 3];
            for (int n = 0; n < Batch; n++)
            {
                for (int k = 0; k < 3; k++)
                    logits[n, k] = bias[k];
            }

            ForEach((n, c, y, z) =>
            {
                double sum = x[n, c, y, z];
                for (int own = 0; own < 2; own++)
                {
                    for (int i = Math.Max(0, 1 - y); i < Math.Min(3, 4 - y); i++)
                        sum += conv2[(c * 2 + own) * 3 + i] * x[n, c / 2 * 2 + own, y - 1 + i, z];
                }

                for (int k = 0; k < 3; k++)
                    logits[n, k] += last[k * Features * 9 + c * 9 + y * 3 + z] * sum;
            });
            double loss = 0;
            for (int n = 0; n < Batch; n++)
                loss += (Math.Log(Enumerable.Range(0, 3).Sum(k => Math.Exp(logits[n, k]))) - logits[n, labels[n]]) / Batch;
            return loss;
        }

        static void ForEach(Action<int, int, int, int> body)
        {
            for (int i = 0; i < Batch * Features * 9; i++)
                body(i / (Features * 9), i / 9 % Features, i / 3 % 3, i % 3);
        }

        static float[] Some(ulong stream, int length) => [.. Torch.Numbers(stream, length).Data.Select(number => number + 0.1f)];
    }

    // Batches of the sizes of chunks and of others, one after the other in the same pass: nothing of an earlier batch is left.
    [FactOf(Tier.Ci)]
    public void Run_DoesNotDependOnThreadsOrOnWhatRanBefore()
    {
        Dictionary<string, Tensor> weights = TrainedArchitectureTests.RandomWeights(QuantisedNetwork.Full);
        GradientPass kept = StraightThrough();
        foreach (int batch in (int[])[26, 1, 13, 26])
        {
            Tensor images = Uniform(batch, QuantisedNetwork.Full.InputShape);
            int[] labels = [.. Enumerable.Range(0, batch).Select(i => i % 10)];
            float[][] expected = Fresh(1);

            Assert.Equal(expected, Fresh(2));
            Assert.Equal(expected, Fresh(3));
            Assert.Equal(expected, Of(kept, 2));

            float[][] Fresh(int threads) => Of(StraightThrough(), threads);

            float[][] Of(GradientPass pass, int threads)
            {
                var learnt = new LearntNetwork(QuantisedNetwork.Full.Build("n", weights).With(AxFpm.Released, threads: threads));
                return [.. Gradients(learnt, images, labels, pass).Select(gradient => (float[])gradient.Clone())];
            }
        }
    }

    // The smoothed gradient of a multiplier whose slopes are those of the exact product is the exact gradient.
    [Fact]
    public void Run_WithTheSlopesOfTheExactProduct_IsTheExactGradient()
    {
        Dictionary<string, Tensor> weights = TrainedArchitectureTests.RandomWeights(LeNet5.Architecture);
        Network network = LeNet5.Architecture.Build("n", weights), unknown = network.With(new Product());
        Tensor images = Uniform(13, LeNet5.Architecture.InputShape);
        int[] labels = [.. Enumerable.Range(0, 13).Select(i => i % 10)];

        IReadOnlyList<float[]> exact = Gradients(new LearntNetwork(network), images, labels), smoothed = Estimated(unknown, images, labels);

        foreach ((float[] theirs, float[] ours) in exact.Zip(smoothed))
            Assert.True(Length([.. theirs.Zip(ours, (a, b) => a - b)]) <= Rounding * Length(theirs));
    }

    // The same of integers; and a multiplier that doubles products has gradients that are twice as large behind a layer.
    [Fact]
    public void Run_OfAQuantisedNetwork_UsesTheSlopesOfItsTable()
    {
        Dictionary<string, Tensor> weights = TrainedArchitectureTests.RandomWeights(LeNet5.Architecture);
        Tensor images = Uniform(13, LeNet5.Architecture.InputShape);
        int[] labels = [.. Enumerable.Range(0, 13).Select(i => i % 10)];
        Network network = new PostTrainingQuantisation { IsSigned = true }.Run(LeNet5.Architecture.Build("n", weights), images);
        var same = new TableMultiplier("same", 8, isSigned: true, (a, b) => a * b);
        var twice = new TableMultiplier("twice", 8, isSigned: true, (a, b) => 2 * a * b);

        IReadOnlyList<float[]> exact = Gradients(new LearntNetwork(network), images, labels);
        foreach (ProductGradient gradient in Enum.GetValues<ProductGradient>())
        {
            foreach ((float[] theirs, float[] own) in exact.Zip(Estimated(network.With(same), images, labels, gradient)))
                Assert.True(Length([.. theirs.Zip(own, (a, b) => a - b)]) <= Rounding * Length(theirs));
        }

        var last = LayerSelection.Named([network.Layers.OfType<WeightedLayer>().Last().Name]);
        Network doubled = network.With(twice, last);
        IReadOnlyList<float[]> slopes = Estimated(doubled, images, labels), plain = Gradients(new LearntNetwork(doubled), images, labels);
        // All arrays but the bias of the last layer, the last array.
        for (int i = 0; i < plain.Count - 1; i++)
            Assert.True(Length([.. plain[i].Zip(slopes[i], (a, b) => 2 * a - b)]) <= Rounding * Length(slopes[i]));
        Assert.Equal(plain[^1], slopes[^1]);
    }

    [Theory]
    [InlineData(ProductGradient.Window)]
    [InlineData(ProductGradient.Window2d)]
    public void Run_WithAWindow_DoesNotDependOnThreads(ProductGradient gradient)
    {
        Dictionary<string, Tensor> weights = TrainedArchitectureTests.RandomWeights(LeNet5.Architecture);
        Tensor images = Uniform(26, LeNet5.Architecture.InputShape);
        int[] labels = [.. Enumerable.Range(0, 26).Select(i => i % 10)];
        Network network = new PostTrainingQuantisation().Run(LeNet5.Architecture.Build("n", weights), images)
            .With(new DrumMultiplier(8, k: 3));

        float[][] one = Gradients(1);

        Assert.Equal(one, Gradients(2));
        Assert.NotEqual(one, [.. Estimated(network, images, labels, ProductGradient.StraightThrough)]);

        float[][] Gradients(int threads) =>
            [.. Estimated(network.WithLayers(network.Layers, threads), images, labels, gradient).Select(own => (float[])own.Clone())];
    }

    [Fact]
    public void Window_OnAMultiplierOfFloats_IsRefused() => Assert.Contains(
        "ax-fpm multiplies floats; quantise the network", Assert.Throws<InputException>(() => new ProductSlopes(
            LeNet5.Architecture.Build("n", TrainedArchitectureTests.RandomWeights(LeNet5.Architecture)).With(AxFpm.Released),
            new TrainingOptions { Gradient = ProductGradient.Window })).Message, StringComparison.Ordinal);

    static IReadOnlyList<float[]> Estimated(
        Network network, Tensor images, int[] labels, ProductGradient gradient = ProductGradient.Smoothed)
    {
        var slopes = new ProductSlopes(network, new TrainingOptions { Gradient = gradient });
        var learnt = new LearntNetwork(network);
        return learnt.Gradients(new GradientPass(slopes).Run(
            slopes.WithGradient(learnt.Current()), images,
            (image, logits, gradient) => CrossEntropyLoss.Of(logits, labels[image], 0, 1.0 / labels.Length, gradient)));
    }

    static GradientPass StraightThrough() =>
        new(new ProductSlopes(new Network("n", [1, 1, 1], 1, (Layer[])[]), new TrainingOptions()));

    /// <summary>The exact product, which nothing knows to be exact.</summary>
    sealed class Product() : FloatMultiplier("product", "", "")
    {
        public override float Multiply(float activation, float weight) => activation * weight;
    }

    // Two layers, one array: the sum of the gradients that they have as two arrays.
    [Fact]
    public void Gradients_OfLayersThatShareAnArray_AreAdded()
    {
        float[] weights = Torch.Numbers(1, 36).Data;
        Tensor images = Uniform(5, [1, 2, 3]);
        int[] labels = [0, 1, 2, 3, 4];
        var apart = new LearntNetwork(Build((float[])weights.Clone()));
        var together = new LearntNetwork(Build(weights));

        float[][] two = [.. Gradients(apart, images, labels)], one = [.. Gradients(together, images, labels)];

        Assert.Equal(["first.weight", "second.weight"], apart.Arrays.Select(array => array.Name));
        Assert.Equal(["first.weight"], together.Arrays.Select(array => array.Name));
        Assert.Equal(two[0].Zip(two[1], (a, b) => a + b), one.Single());

        Network Build(float[] second) => new("shared", [1, 2, 3], 6,
        [
            new Flatten("flat"), new Dense("first", 6, 6, weights, [], ExactMultiplier.FusedSum), new Relu("relu"),
            new Dense("second", 6, 6, second, [], ExactMultiplier.FusedSum),
        ]);
    }

    // A layer that the logits do not depend on has gradients of zero, and does not learn.
    [Fact]
    public void Gradients_OfALayerWithoutEffect_AreZero()
    {
        var network = new Network("idle", [1, 1, 4], 4, (Node[])
        [
            new(new Flatten("flat"), [Node.Images]),
            new(new Dense("idle", 4, 4, Torch.Numbers(1, 16).Data, Torch.Numbers(2, 4).Data, ExactMultiplier.FusedSum), [0]),
            new(new BatchNormalization("norm", [1, 1, 1, 1], new float[4], new float[4], [1, 1, 1, 1], 1e-5f), [1]),
            new(new Dense("used", 4, 4, Torch.Numbers(3, 16).Data, Torch.Numbers(4, 4).Data, ExactMultiplier.FusedSum), [0]),
        ]);

        IReadOnlyList<float[]> gradients = Gradients(new LearntNetwork(network), Uniform(3, [1, 1, 4]), [0, 1, 2]);

        Assert.Equal(new float[16 + 4 + 4 + 4], gradients.Take(4).SelectMany(gradient => gradient));
        Assert.All(gradients.Skip(4), gradient => Assert.NotEqual(new float[gradient.Length], gradient));
    }

    static IReadOnlyList<float[]> Gradients(LearntNetwork learnt, Tensor images, int[] labels, GradientPass? pass = null) =>
        learnt.Gradients((pass ?? StraightThrough()).Run(
            learnt.Current(), images,
            (image, logits, gradient) => CrossEntropyLoss.Of(logits, labels[image], 0, 1.0 / labels.Length, gradient)));

    static Tensor Uniform(int batch, IReadOnlyList<int> shape)
    {
        Tensor images = Tensor.Zeros([batch, .. shape]);
        var random = new CounterRandom(5, (ulong)batch);
        foreach (ref float pixel in images.Data.AsSpan())
            pixel = random.NextSingle(0, 1);
        return images;
    }

    static double Length(float[] numbers) => Math.Sqrt(numbers.Sum(number => (double)number * number));
}
