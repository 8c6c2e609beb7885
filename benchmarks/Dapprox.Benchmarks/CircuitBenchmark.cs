using System.Runtime.Intrinsics;
using Dapprox.Arithmetic;
using Dapprox.Circuits;
using Dapprox.Foundation;
using Dapprox.Kernels;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;

namespace Dapprox.Benchmarks;

/// <summary>
/// Products by simulated circuits, on one thread: the array alone, with the bits of its operands and products transposed, as a
/// float multiplier, and in LeNet-5.
/// </summary>
static class CircuitBenchmark
{
    const int Lanes = BitSlicedSimulator.Lanes, Pairs = 1 << 16;
    const int Rows = 128, Inner = 256, Columns = 64, Products = Rows * Inner * Columns;

    static readonly string[] Circuits = ["array:24:fa", "array:24:ama1", "array:24:ama5"];

    static readonly (string Name, int VectorBytes, bool IsSupported)[] Vectors =
    [
        ("avx512", 64, Vector512.IsHardwareAccelerated),
        ("avx2", 32, Vector256.IsHardwareAccelerated),
        ("vector128", 16, Vector128.IsHardwareAccelerated),
    ];

    public static void Run(TextWriter output)
    {
        Network exact = TrainedModels.Load("lenet5-digits");
        Tensor images = Datasets.Load("digits", Split.Test).Images(0, 25);
        foreach (string circuit in Circuits)
        {
            var multiplier = new CircuitMultiplier(CircuitDescription.Build(circuit));
            output.WriteLine($"### `{circuit}`, {multiplier.Circuit.Elements.Count} cells, one thread");
            output.WriteLine();
            output.WriteLine("| | G products/s | first = 1 |");
            output.WriteLine("|---|---:|---:|");
            var contest = new Contest(Products);
            foreach ((string name, int vectorBytes, _) in Vectors.Where(vector => vector.IsSupported))
            {
                AddSimulator(contest, name, new BitSlicedSimulator(multiplier.Circuit, vectorBytes));
                AddBulk(contest, name, multiplier);
                AddDense(contest, name, multiplier);
            }

            foreach ((string name, double speed, double ratioToFirst) in contest.Run())
                output.WriteLine($"| {name} | {speed / 1e9:F2} | {ratioToFirst:F2} |");
            output.WriteLine();
            Network network = exact.With(multiplier, LayerSelection.All, Accumulation.Float32, threads: 1);
            Network axFpm = exact.With(AxFpm.Released, LayerSelection.All, Accumulation.Float32, threads: 1);
            var inference = new Contest(images.Batch);
            inference.Add("ax-fpm", () => axFpm.Forward(images));
            inference.Add(circuit, () => network.Forward(images));
            (_, double rate, double ratio) = inference.Run()[1];
            output.WriteLine(
                $"LeNet-5, all layers, batch of {images.Batch}: {rate:F0} images/s, {ratio:F3} of the rate of the Ax-FPM kernel.");
            output.WriteLine();
        }
    }

    static void AddSimulator(Contest contest, string name, BitSlicedSimulator simulator)
    {
        BitSlicedSimulator.Slots slots = simulator.NewSlots();
        var random = new CounterRandom(1);
        Vector512<uint>[] a = Mantissas(ref random), b = Mantissas(ref random);
        contest.Add($"{name}, the array alone", () =>
        {
            for (int done = 0; done < Products; done += Lanes)
                simulator.Run(slots);
        });
        contest.Add($"{name}, bits transposed in and out", () =>
        {
            for (int done = 0; done < Products; done += Lanes)
            {
                Load(a, slots.From(simulator.InputSlots[0]));
                Load(b, slots.From(simulator.InputSlots[1]));
                simulator.Run(slots);
                for (int bit = 0; bit < simulator.Netlist.Outputs[0].Width; bit += BitTranspose.Rows)
                    BitTranspose.ToNumbers(slots.From(simulator.OutputSlots[0] + bit), BitTranspose.Rows);
            }
        });

        static Vector512<uint>[] Mantissas(ref CounterRandom random)
        {
            var mantissas = new Vector512<uint>[BitTranspose.Rows];
            for (int i = 0; i < Lanes; i++)
                mantissas[i / Vector512<uint>.Count] = mantissas[i / Vector512<uint>.Count].WithElement(
                    i % Vector512<uint>.Count, Binary32.HiddenOne | (uint)random.NextInt32(1 << Binary32.FractionBits));
            return mantissas;
        }

        static void Load(Vector512<uint>[] mantissas, Span<Vector512<uint>> rows)
        {
            mantissas.CopyTo(rows);
            BitTranspose.ToSlices(rows, Binary32.FractionBits + 1);
        }
    }

    static void AddBulk(Contest contest, string path, CircuitMultiplier multiplier)
    {
        float[] a = KernelBenchmark.Uniform(Pairs, 0, 1, 1), b = KernelBenchmark.Uniform(Pairs, -1, 1, 2), products = new float[Pairs];
        contest.Add($"{path}, binary32, one by one", () =>
        {
            for (int done = 0; done < Products; done += Pairs)
                BulkMultiply.Run(multiplier, a, b, products, path);
        });
    }

    static void AddDense(Contest contest, string path, CircuitMultiplier multiplier)
    {
        float[] a = KernelBenchmark.Uniform(Rows * Inner, 0, 1, 1), result = new float[Rows * Columns];
        var kernel = new DenseKernel(
            multiplier, KernelBenchmark.Uniform(Inner * Columns, -1, 1, 2), [], WeightLayout.ByRow(Columns, Inner), Accumulation.Float32,
            path);
        contest.Add($"{path}, matrix product {Rows} × {Inner} × {Columns}", () => kernel.Run(a, result, threads: 1));
    }
}
