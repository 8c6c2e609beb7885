using Dapprox.Networks.Attacks;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class UniversalTests
{
    static readonly float[] Weights = [1, -2, 0.5f, 0];

    // Class 0 where w·x ≤ 1/4; the gradient of its loss is along w.
    static readonly RowVictim Linear = new(
        [1, 2, 2], 2, image => [0, Sum(image) - 0.25f], (_, back) => [.. Weights.Select(weight => weight * back[1])]);

    static readonly Tensor Images = new([0.5f, 0.6f, 0.4f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.4f, 0.4f, 0.6f, 0.6f], 3, 1, 2, 2);

    [Theory]
    [InlineData(Norm.LInf)]
    [InlineData(Norm.L2)]
    public void OnALinearVictim_ThePerturbationIsTheSteepestOfTheBall(Norm norm)
    {
        AttackRecord[] records = Attack(new Universal(0.2) { BallNorm = norm, Examples = GivenImages.Of(Images) });

        double length = Math.Sqrt(Weights.Sum(weight => weight * weight));
        for (int i = 0; i < records.Length; i++)
        {
            float[] change = [.. records[i].Adversarial.Zip(Images.Row(i).ToArray(), (after, before) => after - before)];
            double[] steepest = [.. Weights.Select(weight => norm == Norm.LInf ? 0.2 * Math.Sign(weight) : 0.2 * weight / length)];
            Assert.Equal(steepest, change.Select(one => (double)one), (one, other) => Math.Abs(one - other) < 1e-6);
            Assert.Equal(1, records[i].Queries);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(30)]
    public void HoweverFewTheEpochs_ThePerturbationReachesTheSphere(int epochs) => Assert.Equal(
        0.2, Attack(new Universal(0.2) { Epochs = epochs, Examples = GivenImages.Of(Images) })[0].Distances.LInf, 1e-6);

    [Fact]
    public void WithoutExamples_ThePerturbationIsThatOfTheImage() =>
        Assert.Equal(
            Attack(new Universal(0.2) { Examples = GivenImages.Of(Images) })[0].Adversarial, Attack(new Universal(0.2))[0].Adversarial);

    [Fact]
    public void ExamplesThatAreFooledLongSince_HaveNoSay()
    {
        // The loss of the first kind of image grows to the right, without end; that of the second to the left.
        var victim = new RowVictim(
            [1, 1, 1], 2, image => [0, image[0] > 0.5f ? 100 * image[0] - 55 : -0.1f - image[0]],
            (image, back) => [image[0] > 0.5f ? 100 * back[1] : -back[1]]);
        float[][] examples = [[0.53f], [0.2f]];

        float Change(params float[][] given) => AttackRunner.Run(
            new Universal(0.15) { Examples = given }, victim, new Tensor([0.3f], 1, 1, 1, 1), [0], seed: 1)[0].Adversarial[0] - 0.3f;

        // Steps are a quarter of 0.15: three of them take the loss of the first beyond 9, and with it its say.
        Assert.Equal(0.1125, Change(examples[0]), 1e-6);
        Assert.Equal(-0.15, Change(examples[1]), 1e-6);
        // The first has the larger gradient; where it has no say, the second takes a step back.
        Assert.InRange(Change(examples), 0.07, 0.115);
    }

    [Fact]
    public void OnATrainedNetwork_FoolsMoreThanNoiseDoes_AndOtherImagesThanItsExamples()
    {
        Network network = TrainedModels.Load("lenet5-digits");
        Dataset training = Datasets.Load("digits", Split.Train);
        var campaign = new Campaign(Datasets.Load("digits", Split.Test), network) { CorrectOn = [network], First = 200 };

        double universal = Success(new Universal(0.2) { Examples = GivenImages.Of(training.Images(0, 300)) });

        Assert.InRange(universal, Success(new RandomNoise(0.2) { Draws = 1 }) + 0.2, 1);

        double Success(IAttack<IGradientVictim> attack) => campaign.Run(attack).Worst.Summary.Success.Value!.Value;
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Universal(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Universal(0.1) { BallNorm = Norm.L0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Universal(0.1) { Epochs = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Universal(0.1) { Examples = [[1.5f]] });
    }

    static AttackRecord[] Attack(Universal attack) => AttackRunner.Run(attack, Linear, Images, new int[Images.Batch], seed: 1);

    static float Sum(float[] image) => image.Zip(Weights, (pixel, weight) => pixel * weight).Sum();
}
