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
/// How strong the attacks are that see scores or classes only, on the authors' exact network: the first 100 MNIST test
/// images that it and Ax-FPM get right. What is near in L2 is measured against the attack of Carlini and Wagner.
/// </summary>
public class AuthorsLeNet5QueryStrengthTests
{
    static readonly Lazy<double> CarliniWagnerL2 = new(() =>
    {
        AttackSummary summary = new AuthorsLeNet5QueryStrengthTests().Run(new CarliniWagner { SearchSteps = 9, Iterations = 1000 });
        Assert.Equal(1, summary.Success.Value);
        return summary.MeanL2!.Value;
    });

    readonly NetworkVictim victim;
    readonly Dataset mnist = AuthorsLeNet5.Mnist();
    readonly int[] places;

    public AuthorsLeNet5QueryStrengthTests()
    {
        Network network = AuthorsLeNet5.Load().With(ExactMultiplier.Rounded);
        victim = new NetworkVictim(network);
        places = AuthorsLeNet5AttackTests.BothRight(mnist, network, network.With(AxFpm.Released));
    }

    [TheoryOf(Tier.Long)]
    [InlineData(false, 1.85, 1.3)]
    [InlineData(true, 2.2, null)]
    public void BoundaryAttack_IsNear(bool foolbox, double most, double? mostOverCarliniWagner)
    {
        AttackSummary summary = Run(foolbox ? BoundaryAttack.Foolbox24 : new BoundaryAttack { Steps = 10_000 });

        Assert.Equal(1, summary.Success.Value);
        Assert.InRange(summary.MeanL2!.Value, 1, most);
        AssertNear(summary, mostOverCarliniWagner);
    }

    [TheoryOf(Tier.Long)]
    [InlineData(false, Norm.L2, 1.8, 1.5)]
    [InlineData(true, Norm.L2, 1.8, 1.5)]
    [InlineData(false, Norm.LInf, 0.16, null)]
    public void HopSkipJump_IsNear(bool foolbox, Norm norm, double most, double? mostOverCarliniWagner)
    {
        AttackSummary summary = Run((foolbox ? HopSkipJump.Foolbox24 : new HopSkipJump()) with { BallNorm = norm, Iterations = 64 });

        Assert.Equal(1, summary.Success.Value);
        Assert.InRange((norm == Norm.L2 ? summary.MeanL2 : summary.MeanLInf)!.Value, 0.05, most);
        AssertNear(summary, mostOverCarliniWagner);
    }

    // A target that noise never hits is begun at from images of that class.
    [FactOf(Tier.Long)]
    public void HopSkipJump_Targeted_IsNear()
    {
        Tensor others = mnist.Images(5000, 100);
        float[][] starts = [.. Enumerable.Range(0, others.Batch).Select(i => others.Row(i).ToArray())];

        AttackSummary summary = Run(
            new HopSkipJump { Iterations = 20, Starts = starts }, [.. places.Select(place => (mnist.Labels[place] + 1) % 10)]);

        Assert.Equal(1, summary.Success.Value);
        Assert.InRange(summary.MeanL2!.Value, 1.5, 4);
    }

    [TheoryOf(Tier.Long)]
    [InlineData("foolbox-2.4", 0.1)]
    [InlineData("lowest", 0.05)]
    [InlineData("strong", 0.9)]
    public void LocalSearch_Succeeds(string preset, double least)
    {
        AttackSummary summary = Run(preset switch
        {
            "foolbox-2.4" => LocalSearch.Foolbox24,
            "lowest" => LocalSearch.Foolbox24 with { Order = PixelOrder.Lowest },
            _ => new LocalSearch(),
        });

        Assert.InRange(summary.Success.Value!.Value, least, 1);
    }

    [TheoryOf(Tier.Long)]
    [InlineData(Norm.LInf, 0.15)]
    [InlineData(Norm.L2, 2)]
    public void Square_FoolsMoreThanNoise_AndNearlyAsManyAsPgd(Norm norm, double epsilon)
    {
        int noise = Run(new RandomNoise(epsilon) { BallNorm = norm }).Successes;
        int pgd = Run(new Pgd(epsilon) { BallNorm = norm }).Successes;
        int square = Run(new Square(epsilon) { BallNorm = norm }).Successes;

        Assert.True(square > noise + 5 && square > 0.8 * pgd, $"{square} of square, {noise} of noise, {pgd} of PGD");
    }

    /// <summary>The mean L2 distance is at most so many times that of the attack of Carlini and Wagner; null asserts nothing.</summary>
    static void AssertNear(AttackSummary summary, double? most)
    {
        if (most is double ratio)
            Assert.InRange(summary.MeanL2!.Value / CarliniWagnerL2.Value, 0, ratio);
    }

    AttackSummary Run<TVictim>(IAttack<TVictim> attack, int[]? targets = null)
        where TVictim : ILabelVictim
    {
        int[] labels = [.. places.Select(place => mnist.Labels[place])];
        return AttackSummary.Of(AttackLaws.Report($"{attack}", () =>
            AttackRunner.Run(attack, (TVictim)(object)victim, mnist.Images(places), labels, 1, targets, places)));
    }
}
