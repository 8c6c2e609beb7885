using System.Globalization;
using Dapprox.Arithmetic;
using Dapprox.Benchmarks.Oracle;
using Dapprox.Foundation;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Networks.Training;
using TorchSharp;

namespace Dapprox.Benchmarks;

/// <summary>
/// One training step of a batch of a hundred images, against LibTorch: forward, backward, and stochastic gradient descent.
/// </summary>
static class TrainingBenchmark
{
    const int Batch = 100;

    static readonly FloatMultiplier[] Entrants = [ExactMultiplier.FusedSum, ExactMultiplier.Rounded, AxFpm.Released];

    public static void Run(TextWriter output)
    {
        LibTorch.Load();
        Run(output, "lenet5-mnist", TorchLeNet5.Architecture);
        Run(output, "alexnet-cifar-10", TorchAlexNet.Architecture);
        Run(output, "dq-float-cifar-10", TorchQuantisedNetwork.Unquantised);
        Run(output, "dq-full-cifar-10", TorchQuantisedNetwork.Full);
    }

    static void Run(TextWriter output, string model, TorchArchitecture architecture)
    {
        Network network = TrainedModels.Load(model);
        Tensor images = Tensor.Zeros([Batch, .. network.InputShape]);
        var random = new CounterRandom(1);
        foreach (ref float pixel in images.Data.AsSpan())
            pixel = random.NextSingle(0, 1);
        int[] labels = [.. Enumerable.Range(0, Batch).Select(_ => random.NextInt32(network.Classes))];
        double dropout = model.StartsWith("alexnet", StringComparison.Ordinal) ? 0.5 : 0;
        var options = new TrainingOptions { Optimiser = Optimiser.Sgd, Dropout = dropout };
        // A rate at which the weights hardly change, so that every step does the same work.
        const double Rate = 1e-9;
        output.WriteLine($"### {model}, batch of {Batch}");
        output.WriteLine();
        output.WriteLine("| | one thread, steps/s | LibTorch = 1 | two threads, steps/s | LibTorch = 1 |");
        output.WriteLine("|---|---:|---:|---:|---:|");
        (string Name, double Rate, double Ratio)[][] columns = [.. ((int[])[1, 2]).Select(threads =>
        {
            torch.set_num_threads(threads);
            using var reference = new TorchNetwork(architecture, network.InputShape.ToArray(), TrainedModels.Weights(model));
            using torch.optim.Optimizer optimiser = torch.optim.SGD(reference.Parameters(), Rate, momentum: 0.9);
            var contest = new Contest(1);
            contest.Add("LibTorch, exact", () => reference.Step(images, labels, optimiser));
            foreach (FloatMultiplier multiplier in Entrants)
            {
                var run = new TrainingRun(network.With(multiplier, threads: threads), options);
                contest.Add(multiplier.ToString()!, () => run.Step(images, labels, Rate));
            }

            return contest.Run().ToArray();
        })];
        foreach (((string Name, double Rate, double Ratio) one, (string Name, double Rate, double Ratio) two) in columns[0].Zip(columns[1]))
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {one.Name} | {one.Rate:F2} | {one.Ratio:F2} | {two.Rate:F2} | {two.Ratio:F2} |"));
        output.WriteLine();
    }
}
