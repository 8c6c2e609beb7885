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
    /// <summary>The word on the command line.</summary>
    public const string Name = "training";

    const int Batch = 100, StepsForMemory = 10, ThreadsForMemory = 2;

    // A rate at which the weights hardly change, so that every step does the same work.
    const double Rate = 1e-9;

    const string Reference = "LibTorch, exact";

    static readonly FloatMultiplier[] Entrants = [ExactMultiplier.FusedSum, ExactMultiplier.Rounded, AxFpm.Released];

    static readonly (string Model, TorchArchitecture Architecture)[] Networks =
    [
        ("lenet5-mnist", TorchLeNet5.Architecture),
        ("alexnet-cifar-10", TorchAlexNet.Architecture),
        ("dq-float-cifar-10", TorchQuantisedNetwork.Unquantised),
        ("dq-full-cifar-10", TorchQuantisedNetwork.Full),
    ];

    public static void Run(TextWriter output)
    {
        output.WriteLine(
            $"Medians of {Contest.Rounds} rounds; every round runs every row. Memory is the peak of a separate process, from reading the "
                + $"weights to step {StepsForMemory} on {ThreadsForMemory} threads.");
        output.WriteLine();
        foreach ((string model, TorchArchitecture architecture) in Networks)
            Run(output, model, architecture);
    }

    /// <summary>Reads a model and trains it for some steps: the work whose memory is measured.</summary>
    public static void Work(string side, string model)
    {
        (Tensor images, int[] labels) = Examples(TrainedModels.Load(model));
        TorchArchitecture architecture = Networks.First(network => network.Model == model).Architecture;
        (Action step, IDisposable? network) = Entrant(side, model, architecture, images, labels, ThreadsForMemory);
        using (network)
        {
            for (int i = 0; i < StepsForMemory; i++)
                step();
        }
    }

    static void Run(TextWriter output, string model, TorchArchitecture architecture)
    {
        (Tensor images, int[] labels) = Examples(TrainedModels.Load(model));
        output.WriteLine($"### {model}, batch of {Batch}");
        output.WriteLine();
        output.WriteLine("| | one thread, steps/s | LibTorch = 1 | two threads, steps/s | LibTorch = 1 | memory, MB | LibTorch = 1 |");
        output.WriteLine("|---|---:|---:|---:|---:|---:|---:|");
        (string Name, double Rate, double Ratio)[][] columns = [.. ((int[])[1, 2]).Select(threads =>
        {
            var contest = new Contest(1);
            (Action step, IDisposable? network) = Entrant(Reference, model, architecture, images, labels, threads);
            using IDisposable? reference = network;
            contest.Add(Reference, step);
            foreach (FloatMultiplier multiplier in Entrants)
                contest.Add(multiplier.Name, Entrant(multiplier.Name, model, architecture, images, labels, threads).Step);
            return contest.Run().ToArray();
        })];
        double? most = null;
        foreach (((string Name, double Rate, double Ratio) one, (string Name, double Rate, double Ratio) two) in columns[0].Zip(columns[1]))
        {
            double memory = PeakMemory.Measure(Name, one.Name, model);
            most ??= memory;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {one.Name} | {one.Rate:F2} | {one.Ratio:F2} | {two.Rate:F2} | {two.Ratio:F2} "
                    + $"| {memory / 1e6:F0} | {memory / most:F2} |"));
        }

        output.WriteLine();
    }

    /// <summary>A batch of noise with random labels.</summary>
    static (Tensor Images, int[] Labels) Examples(Network network)
    {
        Tensor images = Tensor.Zeros([Batch, .. network.InputShape]);
        var random = new CounterRandom(1);
        foreach (ref float pixel in images.Data.AsSpan())
            pixel = random.NextSingle(0, 1);
        return (images, [.. Enumerable.Range(0, Batch).Select(_ => random.NextInt32(network.Classes))]);
    }

    static (Action Step, IDisposable? Network) Entrant(
        string side, string model, TorchArchitecture architecture, Tensor images, int[] labels, int threads)
    {
        if (side == Reference)
        {
            LibTorch.Load();
            torch.set_num_threads(threads);
            var network = new TorchNetwork(architecture, TrainedModels.Load(model).InputShape.ToArray(), TrainedModels.Weights(model));
            torch.optim.Optimizer optimiser = torch.optim.SGD(network.Parameters(), Rate, momentum: 0.9);
            return (() => network.Step(images, labels, optimiser), network);
        }

        double dropout = model.StartsWith("alexnet", StringComparison.Ordinal) ? 0.5 : 0;
        var run = new TrainingRun(
            TrainedModels.Load(model).With(Dapprox.Multipliers.Find(side), threads: threads),
            new() { Optimiser = Optimiser.Sgd, Dropout = dropout });
        return (() => run.Step(images, labels, Rate), null);
    }
}
