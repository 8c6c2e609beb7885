using Dapprox.Arithmetic;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Models;
using Xunit;

namespace Dapprox.Tests.Attacks;

/// <summary>
/// The median distances of the attacks for the nearest example on the authors' exact network, MNIST test images 2000 to 2099, at the
/// attacks' default settings. No setting was chosen on these images.
/// </summary>
public class MinimalNormStrengthTests
{
    const int First = 2000, Count = 100;

    // DDN, FMN and PDPGD make one run of 1000 gradients; C&W makes nine of as many, and FAB 500 steps with the gradients of nine classes.
    const double Allowance = 1.05;

    readonly Network network = AuthorsLeNet5.Load().With(ExactMultiplier.Rounded);
    readonly Tensor images;
    readonly int[] labels;

    public MinimalNormStrengthTests()
    {
        Dataset mnist = AuthorsLeNet5.Mnist();
        images = mnist.Images(First, Count);
        labels = [.. mnist.Labels.Skip(First).Take(Count)];
    }

    [FactOf(Tier.Long)]
    public void L2_TheNearestIsOneOfTheNewer() => Compare(
        [new DeepFool(), new CarliniWagner(), new Fab { BallNorm = Norm.L2 }, new Pgd { BallNorm = Norm.L2 }],
        [new Ddn(), new Fmn(), new Pdpgd(), new Strongest()]);

    [FactOf(Tier.Long)]
    public void LInf_TheNearestIsOneOfTheNewer() => Compare(
        [new Fgsm(), new Pgd(), new Fab()],
        [
            new Fmn { BallNorm = Norm.LInf }, new Pdpgd { BallNorm = Norm.LInf }, new Strongest { BallNorm = Norm.LInf },
        ]);

    [FactOf(Tier.Long)]
    public void L1_TheNearestIsOneOfTheNewer() => Compare(
        [new Fab { BallNorm = Norm.L1 }, new Pgd { BallNorm = Norm.L1 }, new Ead()],
        [new Fmn { BallNorm = Norm.L1 }, new Pdpgd { BallNorm = Norm.L1 }, new Strongest { BallNorm = Norm.L1 }]);

    [FactOf(Tier.Long)]
    public void L0_SigmaZeroFmnAndTheStrongest_ChangeAsFewPixelsAsJsma() => Compare(
        [new Jsma()], [new Fmn { BallNorm = Norm.L0 }, new SigmaZero(), new Strongest { BallNorm = Norm.L0 }]);

    void Compare(IAttack<IGradientVictim>[] older, IAttack<IGradientVictim>[] newer)
    {
        double nearest = older.Min(Median);

        double[] medians = Array.ConvertAll(newer, Median);

        Assert.InRange(medians.Min(), 0, nearest);
        Assert.All(medians, median => Assert.InRange(median, 0, Allowance * nearest));
    }

    /// <summary>Failures count as infinitely far.</summary>
    double Median(IAttack<IGradientVictim> attack)
    {
        AttackRecord[] records = AttackLaws.Report(
            $"{attack}", () => AttackRunner.Run(attack, new NetworkVictim(network), images, labels, seed: 1));
        double[] ordered = records.Where(record => record.CleanCorrect)
            .Select(record => record.Success ? record.Distances.In(attack.Norm) : double.PositiveInfinity)
            .Order()
            .ToArray();
        double median = (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;
        TestContext.Current.TestOutputHelper!.WriteLine($"median {attack.Norm.Symbol()} {median:G5}");
        return median;
    }
}
