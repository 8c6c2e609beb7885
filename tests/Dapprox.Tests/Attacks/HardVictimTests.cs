using Dapprox.Arithmetic;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

/// <summary>Victims that show an attack no way, or lead it astray: it ends, in its budget, and says why.</summary>
public class HardVictimTests
{
    static readonly Tensor Image = new([0.5f, 0.5f], 1, 1, 1, 2);

    public static TheoryData<string> Attacks => ["fgsm", "pgd", "pgd random"];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_ConstantVictim_EndsWithZeroGradientAfterOneQuery(string attack) =>
        AssertStops(attack, _ => [1, 0], _ => [0, 0], StopReason.ZeroGradient, queries: 1);

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_GradientNotANumber_EndsWithNonFiniteAfterOneQuery(string attack)
    {
        AssertStops(attack, _ => [1, 0], _ => [1, float.NaN], StopReason.NonFinite, queries: 1);
        AssertStops(attack, _ => [1, 0], _ => [float.NegativeInfinity, 1], StopReason.NonFinite, queries: 1);
    }

    // From the second query on the logits are not numbers, though the gradient is: no step is taken in the dark.
    [Fact]
    public void Run_LogitsNotNumbersAwayFromTheImage_IsNoSuccess()
    {
        AssertStops("fgsm", NaNAway, _ => [1, 1], StopReason.BudgetSpent, queries: 1);
        AssertStops("pgd", NaNAway, _ => [1, 1], StopReason.NonFinite, queries: 2);

        static float[] NaNAway(float[] image) => image[0] == 0.5f ? [1, 0] : [float.NaN, 0];
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_VictimWithoutAnswerForTheCleanImage_CountsAsMisclassifiedAndCostsNothing(string attack)
    {
        AttackRecord record = Run(attack, new RowVictim([1, 1, 2], 2, _ => [float.NaN, 0], (_, _) => [1, 1]));

        Assert.Equal(
            (StopReason.AlreadyMisclassified, -1, 0L, false), (record.Reason, record.CleanPrediction, record.Queries, record.Success));
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_AlreadyMisclassified_AsksTheVictimNothing(string attack)
    {
        var victim = new RowVictim([1, 1, 2], 2, _ => [0, 1], (_, _) => [1, 1]);

        AttackRecord record = Run(attack, victim);

        Assert.Equal((StopReason.AlreadyMisclassified, false, false), (record.Reason, record.Success, record.CleanCorrect));
        Assert.Equal(0, victim.GradientQueries);
        Assert.Equal(Image.Data, record.Adversarial);
    }

    // With logits 200 apart p − 1 is 0 in binary32, and with it the gradient of a cross-entropy that is computed plainly.
    [Theory]
    [InlineData("fgsm", false)]
    [InlineData("fgsm", true)]
    [InlineData("pgd", false)]
    [InlineData("pgd", true)]
    public void Run_LogitsFarApart_StillHasAGradient(string attack, bool targeted)
    {
        var network = new Network("steep", [1, 1, 2], 2,
            [new Flatten("flatten"), new Dense("dense", 2, 2, [1000, 1000, 0, 0], [-800, 0], ExactMultiplier.Rounded)]);
        Assert.Equal([200, 0], network.Forward(Image).Data);

        AttackRecord record = Run(attack, new NetworkVictim(network), targeted ? [1] : null);

        Assert.True(record.Success);
    }

    [Fact]
    public void Run_Cancelled_AsksNothingMoreAndThrows()
    {
        using var source = new CancellationTokenSource();
        int asked = 0;
        var victim = new RowVictim([1, 1, 2], 2, _ => [1, 0], (_, _) =>
        {
            if (++asked == 3)
                source.Cancel();
            return [1, 1];
        });

        Assert.Throws<OperationCanceledException>(() => AttackRunner.Run(
            Pgd.Foolbox24 with { Epsilon = 0.3, Steps = 1000 }, victim, Image, [0], 0, cancellation: source.Token));

        Assert.Equal(3, asked);
    }

    static void AssertStops(
        string attack, Func<float[], float[]> logits, Func<float[], float[]> gradient, StopReason reason, int queries)
    {
        AttackRecord record = Run(attack, new RowVictim([1, 1, 2], 2, logits, (image, _) => gradient(image)));

        Assert.Equal((reason, false, (long)queries), (record.Reason, record.Success, record.Queries));
    }

    static AttackRecord Run(string attack, IGradientVictim victim, int[]? targets = null) => AttackRunner.Run<IGradientVictim>(
        attack switch
        {
            "fgsm" => new Fgsm(0.3),
            "pgd" => Pgd.Foolbox24 with { Epsilon = 0.3 },
            _ => new Pgd(0.3) { Restarts = 1 },
        },
        victim, Image, [0], seed: 1, targets)[0];
}
