using Dapprox.Arithmetic;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;
using Dapprox.Tests.Models;
using Xunit;

namespace Dapprox.Tests.Attacks;

/// <summary>
/// How strong the attacks with gradients are on the authors' exact network: the first 100 MNIST test images that it and
/// Ax-FPM get right.
/// </summary>
public class AuthorsLeNet5StrengthTests
{
    readonly Network network = AuthorsLeNet5.Load().With(ExactMultiplier.Rounded);
    readonly Tensor images;
    readonly int[] labels;

    public AuthorsLeNet5StrengthTests()
    {
        Dataset mnist = AuthorsLeNet5.Mnist();
        int[] places = AuthorsLeNet5AttackTests.BothRight(mnist, network, network.With(AxFpm.Released));
        images = mnist.Images(places);
        labels = places.Select(place => mnist.Labels[place]).ToArray();
    }

    [TheoryOf(Tier.Ci)]
    [InlineData(false, 1.65)]
    [InlineData(true, 1.75)]
    public void DeepFool_IsNear(bool foolbox, double most)
    {
        AttackSummary summary = Run(foolbox ? DeepFool.Foolbox24 : new DeepFool());

        Assert.Equal(1, summary.Success.Value);
        Assert.InRange(summary.MeanL2!.Value, 1, most);
    }

    [TheoryOf(Tier.Long)]
    [InlineData(false, 1.45)]
    [InlineData(true, 1.5)]
    public void CarliniWagner_IsNear(bool foolbox, double most)
    {
        AttackSummary summary = Run(foolbox ? CarliniWagner.Foolbox24 : new CarliniWagner());

        Assert.Equal(1, summary.Success.Value);
        Assert.InRange(summary.MeanL2!.Value, 1, most);
    }

    // CleverHans asserts the same of its own.
    [TheoryOf(Tier.Long)]
    [InlineData(2.3)]
    public void CarliniWagner_Targeted_LeadsByItsConfidence(double confidence)
    {
        AttackRecord[] records = AttackRunner.Run(
            new CarliniWagner { Confidence = confidence }, new NetworkVictim(network), images, labels, 1, Next());

        Assert.All(records, record =>
        {
            Assert.True(record.Success);
            double lead = Scores.Margin(network.Forward(new Tensor(record.Adversarial, 1, 1, 28, 28)).Data, record.Target!.Value);
            Assert.InRange(lead, confidence, confidence + 0.1);
        });
    }

    // torchattacks 3.5.1 reaches 94 % in 40 steps, with every wrong class counted.
    [TheoryOf(Tier.Ci)]
    [InlineData(JsmaVariant.PapernotPairs, 0.95, 0.99)]
    [InlineData(JsmaVariant.ArtTargetGradient, 0.9, 0.95)]
    public void Jsma_Targeted_SucceedsWithATenthOfThePixels(JsmaVariant variant, double least, double leastWrong)
    {
        AttackRecord[] records = AttackLaws.Report(
            $"jsma {variant}",
            () => AttackRunner.Run(new Jsma { Variant = variant }, new NetworkVictim(network), images, labels, 1, Next()));

        Assert.InRange(records.Count(record => record.Success) / (double)records.Length, least, 1);
        Assert.InRange(records.Count(record => record.Prediction != record.Label) / (double)records.Length, leastWrong, 1);
        Assert.All(records, record => Assert.InRange(record.Distances.L0, 0, 78));
    }

    [TheoryOf(Tier.Ci)]
    [InlineData(false)]
    [InlineData(true)]
    public void Jsma_Untargeted_Succeeds(bool foolbox) =>
        Assert.InRange(Run(foolbox ? Jsma.Foolbox24 : new Jsma()).Success.Value!.Value, 0.99, 1);

    [TheoryOf(Tier.Long)]
    [InlineData(Norm.L2, null, 1.42)]
    [InlineData(Norm.L2, 9, 1.42)]
    [InlineData(Norm.LInf, 9, 0.13)]
    public void Fab_IsNear(Norm norm, int? targets, double most)
    {
        AttackSummary summary = Run(new Fab { BallNorm = norm, Targets = targets, Restarts = 1 });

        Assert.Equal(1, summary.Success.Value);
        Assert.InRange((norm == Norm.L2 ? summary.MeanL2 : summary.MeanLInf)!.Value, 0.05, most);
    }

    [TheoryOf(Tier.Long)]
    [InlineData(0.1)]
    [InlineData(0.15)]
    public void ApgdAndAutoAttack_FoolAtLeastWhatPgdFools(double epsilon)
    {
        int pgd = Run(new Pgd(epsilon) { Steps = 100, Restarts = 1 }).Successes;
        int apgd = Run(new Apgd(epsilon) { Restarts = 1 }).Successes;
        int dlr = Run(new Apgd(epsilon) { Restarts = 1, Loss = ApgdLoss.TargetedDlr }).Successes;
        int all = Run(new AutoAttack(epsilon)).Successes;

        Assert.True(apgd >= pgd, $"{apgd} of APGD, {pgd} of PGD");
        Assert.True(dlr >= pgd, $"{dlr} of APGD with targeted DLR, {pgd} of PGD");
        Assert.True(all >= Math.Max(apgd, dlr), $"{all} of all, {apgd} and {dlr} of APGD");
    }

    int[] Next() => labels.Select(label => (label + 1) % 10).ToArray();

    AttackSummary Run(IAttack<IGradientVictim> attack) =>
        AttackSummary.Of(
            AttackLaws.Report($"{attack}", () => AttackRunner.Run(attack, new NetworkVictim(network), images, labels, seed: 1)));
}
