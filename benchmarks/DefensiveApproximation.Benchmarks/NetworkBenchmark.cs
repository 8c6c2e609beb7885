using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Kernels;
using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Data;
using DefensiveApproximation.Networks.Models;
using DefensiveApproximation.Training;
using TorchSharp;

namespace DefensiveApproximation.Benchmarks;

/// <summary>LeNet-5 on a batch of 100 digits, all layers, against LibTorch's exact forward pass.</summary>
static class NetworkBenchmark
{
    const int Batch = 100;

    public static void Run(TextWriter output)
    {
        Tensor images = Datasets.Load("digits", Split.Test).Images(0, Batch);
        using var reference = new TorchNetwork(TorchArchitecture.Find("lenet5"), TrainedModels.Weights("lenet5-digits"));
        Network exact = TrainedModels.Load("lenet5-digits");
        foreach (int threads in (int[])[1, 2])
        {
            torch.set_num_threads(threads);
            var contest = new Contest(Batch);
            contest.Add("LibTorch, exact", () => reference.Forward(images));
            foreach ((FloatMultiplier multiplier, Accumulation accumulation) in ((FloatMultiplier, Accumulation)[])
                [
                    (ExactMultiplier.Rounded, Accumulation.Float32),
                    (ExactMultiplier.FusedSum, Accumulation.Float32),
                    (AxFpm.Released, Accumulation.Float32),
                    (AxFpm.Released, Accumulation.Float64),
                ])
            {
                Network network = exact.With(multiplier, LayerSelection.All, accumulation, threads);
                contest.Add($"{multiplier}, {accumulation}", () => network.Forward(images));
            }

            output.WriteLine($"### LeNet-5, batch of {Batch}, {(threads == 1 ? "one thread" : "two threads")}");
            output.WriteLine();
            output.WriteLine("| | images/s | LibTorch = 1 |");
            output.WriteLine("|---|---:|---:|");
            foreach ((string name, double rate, double ratio) in contest.Run())
                output.WriteLine($"| {name} | {rate:F0} | {ratio:F2} |");
            output.WriteLine();
        }
    }
}
