using Dapprox.Arithmetic;
using Dapprox.Benchmarks.Oracle;
using Dapprox.Kernels;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using TorchSharp;

namespace Dapprox.Benchmarks;

/// <summary>
/// LeNet-5, all layers, against LibTorch: batches of a hundred and of one, forward, and forward and backward to the image.
/// </summary>
static class NetworkBenchmark
{
    static readonly (FloatMultiplier Multiplier, Accumulation Accumulation)[] Entrants =
    [
        (ExactMultiplier.Rounded, Accumulation.Float32),
        (ExactMultiplier.FusedSum, Accumulation.Float32),
        (AxFpm.Released, Accumulation.Float32),
        (AxFpm.Released, Accumulation.Float64),
    ];

    public static void Run(TextWriter output)
    {
        Dataset digits = Datasets.Load("digits", Split.Test);
        using var reference = new TorchNetwork(
            TorchLeNet5.Architecture, TorchLeNet5.Architecture.InputShapes[0], TrainedModels.Weights("lenet5-digits"));
        Network exact = TrainedModels.Load("lenet5-digits");
        foreach (int batch in (int[])[100, 1])
        {
            Tensor images = digits.Images(0, batch);
            int[] labels = digits.Labels[..batch];
            foreach (int threads in (int[])[1, 2])
            {
                torch.set_num_threads(threads);
                Network[] networks = Entrants
                    .Select(entrant => exact.With(entrant.Multiplier, LayerSelection.All, entrant.Accumulation, threads))
                    .ToArray();
                var forward = new Contest(batch);
                var gradient = new Contest(batch);
                forward.Add("LibTorch, exact", () => reference.Forward(images));
                gradient.Add("LibTorch, exact", () => reference.InputGradient(images, labels));
                for (int i = 0; i < networks.Length; i++)
                {
                    Network network = networks[i];
                    string name = $"{Entrants[i].Multiplier}, {Entrants[i].Accumulation}";
                    forward.Add(name, () => network.Forward(images));
                    gradient.Add(name, () => network.InputGradient(
                        images, (image, logits, direction) => CrossEntropy.Direction(logits, labels[image], direction)));
                }

                output.WriteLine($"### LeNet-5, batch of {batch}, {(threads == 1 ? "one thread" : "two threads")}");
                output.WriteLine();
                output.WriteLine("| | forward, images/s | LibTorch = 1 | with input gradient, images/s | LibTorch = 1 |");
                output.WriteLine("|---|---:|---:|---:|---:|");
                IEnumerable<((string Name, double Rate, double Ratio) One, (string Name, double Rate, double Ratio) Both)> rows = forward
                    .Run().Zip(gradient.Run());
                foreach (((string Name, double Rate, double Ratio) one, (string Name, double Rate, double Ratio) both) in rows)
                    output.WriteLine($"| {one.Name} | {one.Rate:F0} | {one.Ratio:F2} | {both.Rate:F0} | {both.Ratio:F2} |");
                output.WriteLine();
            }
        }
    }
}
