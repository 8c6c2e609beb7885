using Dapprox.Arithmetic;
using Dapprox.Kernels;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Models;
using Xunit;

namespace Dapprox.Tests.Attacks;

/// <summary>
/// Attacks on the authors' exact network, tried on Ax-FPM, against what Foolbox 3.3.4 and PyTorch gave: the first 100
/// MNIST test images that both networks get right.
/// </summary>
public class AuthorsLeNet5AttackTests
{
    const int Count = 100;

    // Percentage points: other random starts, and steps that differ where a gradient is about zero.
    const double SuccessTolerance = 3;

    // Percentage points: of other successes, and there are as few as 20.
    const double TransferTolerance = 5;

    static readonly double[] Epsilons = [0.1, 0.2, 0.3];

    [Theory]
    [InlineData(Accumulation.Float32)]
    [InlineData(Accumulation.Float64)]
    public void Fgsm_SucceedsAndTransfersAsMeasured(Accumulation accumulation) =>
        Check(epsilon => new Fgsm(epsilon), accumulation, [20, 82, 100], [90, 99, 99]);

    [TheoryOf(Tier.Ci)]
    [InlineData(Accumulation.Float32)]
    [InlineData(Accumulation.Float64)]
    public void Pgd_SucceedsAndTransfersAsMeasured(Accumulation accumulation) =>
        Check(epsilon => new Pgd(epsilon) { Steps = 40, Restarts = 1 }, accumulation, [37, 99, 100], [97, 99, 100]);

    static void Check(
        Func<double, IAttack<IGradientVictim>> create, Accumulation accumulation, double[] successes, double[] transfers)
    {
        Network exact = AuthorsLeNet5.Load().With(ExactMultiplier.Rounded, LayerSelection.All, accumulation);
        Network approximate = exact.With(AxFpm.Released, LayerSelection.All, accumulation);
        Network convolutions = exact.With(AxFpm.Released, LayerSelection.Convolutions, accumulation);
        Dataset mnist = AuthorsLeNet5.Mnist();
        int[] places = BothRight(mnist, exact, approximate);
        int[] labels = places.Select(place => mnist.Labels[place]).ToArray();

        for (int i = 0; i < Epsilons.Length; i++)
        {
            AttackRecord[] records = AttackRunner.Run(
                create(Epsilons[i]), new NetworkVictim(exact), mnist.Images(places), labels, seed: 1, positions: places);
            AttackRecord[] fooling = records.Where(record => record.Success).ToArray();
            double success = 100.0 * fooling.Length / Count;
            double transfer = Transfer(fooling, approximate);
            TestContext.Current.TestOutputHelper!.WriteLine(
                $"ε {Epsilons[i]}: success {success} %, transfer {transfer:F1} % (all layers), {Transfer(fooling, convolutions):F1} % "
                    + $"(convolutions), L2 {fooling.Average(record => record.Distances.L2):F2}");

            Assert.InRange(success, successes[i] - SuccessTolerance, successes[i] + SuccessTolerance);
            Assert.InRange(transfer, transfers[i] - TransferTolerance, transfers[i] + TransferTolerance);
        }
    }

    internal static int[] BothRight(Dataset mnist, Network exact, Network approximate)
    {
        Tensor images = mnist.Images(0, Count + Count / 2);
        int[] ofExact = Scores.Labels(exact.Forward(images)), ofApproximate = Scores.Labels(approximate.Forward(images));
        int[] places = Enumerable.Range(0, images.Batch)
            .Where(i => ofExact[i] == mnist.Labels[i] && ofApproximate[i] == mnist.Labels[i])
            .Take(Count)
            .ToArray();
        Assert.Equal(Count, places.Length);
        return places;
    }

    static double Transfer(AttackRecord[] records, Network network)
    {
        var images = new Tensor(records.SelectMany(record => record.Adversarial).ToArray(), [records.Length, .. network.InputShape]);
        int[] predictions = Scores.Labels(network.Forward(images));
        return 100.0 * predictions.Zip(records).Count(pair => pair.First != pair.Second.Label) / records.Length;
    }
}
