using System.Runtime.Intrinsics;
using Dapprox.Arithmetic;
using Dapprox.Benchmarks;
using Dapprox.Benchmarks.Oracle;
using Dapprox.Circuits;
using Dapprox.Kernels;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Layers;
using TorchSharp;
using Xunit;

namespace Dapprox.Tests.Documents;

/// <summary>
/// What docs/speed.md and docs/design.md say of speed, as ratios of two things in one run. The bounds are below the measured ratios, by
/// what a
/// shared machine takes; where AVX-512 decides, there is a bound with it and one without.
/// </summary>
public class SpeedTests
{
    const int Rows = 196, Inner = 288, Columns = 64, Batch = 100;

    static readonly float[] A = KernelBenchmark.Uniform(Rows * Inner, 0, 1, 1), B = KernelBenchmark.Uniform(Inner * Columns, -1, 1, 2);

    static bool HasAvx512 => Vector512.IsHardwareAccelerated;

    // LibTorch: 0.47 to 2.1 with AVX-512, 0.33 on an Intel Xeon without.
    [FactOf(Tier.Long)]
    public void ExactProduct_AgainstLibTorchs() => AssertAtLeast(HasAvx512 ? 0.4 : 0.25, AgainstLibTorch(ExactMultiplier.Rounded));

    // 0.17 to 0.58 with AVX-512, 0.05 without.
    [FactOf(Tier.Long)]
    public void AxFpmProduct_AgainstLibTorchsExactOne() => AssertAtLeast(HasAvx512 ? 0.14 : 0.04, AgainstLibTorch(AxFpm.Released));

    // A third of our own exact product, a fifth without AVX-512.
    [FactOf(Tier.Long)]
    public void AxFpmProduct_AgainstTheExactOne()
    {
        float[] result = new float[Rows * Columns];
        DenseKernel exact = Kernel(ExactMultiplier.Rounded), axFpm = Kernel(AxFpm.Released);

        AssertAtLeast(HasAvx512 ? 0.3 : 0.15, Ratio(() => exact.Run(A, result, threads: 1), () => axFpm.Run(A, result, threads: 1)));
    }

    [FactOf(Tier.Long)]
    public void TwoThreads_AgainstOne()
    {
        Assert.SkipWhen(Environment.ProcessorCount < 2, "There is one processor.");
        float[] result = new float[Rows * Columns];
        DenseKernel kernel = Kernel(AxFpm.Released);

        AssertAtLeast(1.5, Ratio(() => kernel.Run(A, result, threads: 1), () => kernel.Run(A, result, threads: 2)));
    }

    // LibTorch: Ax-FPM 0.80 on an Intel Xeon, 5 on an AMD EPYC with AVX-512.
    [FactOf(Tier.Long)]
    public void LeNet5OnAxFpm_AgainstLibTorchsExactOne()
    {
        Torch.Load();
        torch.set_num_threads(1);
        using var reference = Torch.Network(TorchLeNet5.Architecture, TrainedModels.Weights("lenet5-digits"));
        Network network = TrainedModels.Load("lenet5-digits").With(AxFpm.Released, threads: 1);
        Tensor images = Datasets.Load("digits", Split.Test).Images(0, Batch);

        AssertAtLeast(HasAvx512 ? 0.6 : 0.1, Ratio(() => reference.Forward(images), () => network.Forward(images)));
    }

    // 133 of 4,550 images/s with AVX-512.
    [FactOf(Tier.Long)]
    public void LeNet5OnACircuit_AgainstTheKernelOfAxFpm()
    {
        Network exact = TrainedModels.Load("lenet5-digits");
        Network axFpm = exact.With(AxFpm.Released, threads: 1);
        Network circuit = exact.With(new CircuitMultiplier(CircuitDescription.Build("array:24:fa")), threads: 1);
        Tensor images = Datasets.Load("digits", Split.Test).Images(0, 25);

        AssertAtLeast(0.02, Ratio(() => axFpm.Forward(images), () => circuit.Forward(images)));
    }

    // The definition, called product by product, is what every fast path replaces: 144 times on an Intel Xeon with AVX-512.
    [FactOf(Tier.Long)]
    public void KernelOfAxFpm_AgainstTheDefinition()
    {
        float[] products = new float[A.Length];

        AssertAtLeast(HasAvx512 ? 100 : 20, Ratio(
            () =>
            {
                for (int i = 0; i < products.Length; i++)
                    products[i] = AxFpm.Released.Multiply(A[i], B[i % B.Length]);
            },
            () => Kernel(AxFpm.Released).Run(A, new float[Rows * Columns], threads: 1),
            work: (double)Rows * Inner * Columns / A.Length));
    }

    static double AgainstLibTorch(FloatMultiplier multiplier)
    {
        Torch.Load();
        torch.set_num_threads(1);
        float[] result = new float[Rows * Columns];
        using torch.Tensor left = torch.tensor(A).reshape(Rows, Inner), right = torch.tensor(B).reshape(Inner, Columns);
        DenseKernel kernel = Kernel(multiplier);
        return Ratio(() => torch.mm(left, right).Dispose(), () => kernel.Run(A, result, threads: 1));
    }

    static DenseKernel Kernel(FloatMultiplier multiplier) =>
        new(multiplier, B, [], WeightLayout.ByRow(Columns, Inner), Accumulation.Float32, path: null);

    /// <summary>How many times as fast the second is as the first.</summary>
    /// <param name="work">How many times as much the second does.</param>
    static double Ratio(Action first, Action second, double work = 1)
    {
        var contest = new Contest(1);
        contest.Add("first", first);
        contest.Add("second", second);
        return contest.Run()[1].Ratio * work;
    }

    static void AssertAtLeast(double bound, double ratio)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{ratio:F2}, at least {bound}");
        Assert.InRange(ratio, bound, double.PositiveInfinity);
    }
}
