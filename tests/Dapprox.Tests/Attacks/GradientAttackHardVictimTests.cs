using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

/// <summary>Victims that show an attack with gradients no way: it ends, soon, and says why.</summary>
public class GradientAttackHardVictimTests
{
    // One or two for each start and class that an attack tries; JSMA as in Foolbox 2.4 begins with a search for its class,
    // which may ask 1000 times.
    const int Few = 30;

    static readonly Tensor Image = new([0.5f, 0.5f, 0.5f, 0.5f], 1, 1, 1, 4);

    public static TheoryData<string> Attacks => [.. GradientAttacks.Names];

    /// <summary>Those that may change every pixel.</summary>
    public static TheoryData<string> AttacksOnAllPixels =>
        [.. GradientAttacks.Names.Where(name => !name.StartsWith("jsma", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_ConstantVictim_EndsWithZeroGradient(string attack) =>
        AssertStops(attack, _ => [2, 1, 0], _ => [0, 0, 0, 0], StopReason.ZeroGradient, Few);

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_GradientNotANumber_EndsWithNonFinite(string attack)
    {
        AssertStops(attack, _ => [2, 1, 0], _ => [1, float.NaN, 1, 1], StopReason.NonFinite, Few);
        AssertStops(attack, _ => [2, 1, 0], _ => [float.NegativeInfinity, 1, 1, 1], StopReason.NonFinite, Few);
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_LogitsNotNumbersAwayFromTheImage_EndsWithNonFinite(string attack) => AssertStops(
        attack, image => Array.TrueForAll(image, pixel => pixel == 0.5f) ? [2, 1, 0] : [float.NaN, 1, 0], Way, StopReason.NonFinite,
        attack == "jsma foolbox-2.4" ? 1100 : Few);

    // The true class cannot lose, and a loss is −∞ or not a number.
    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_TrueLogitInfinite_Ends(string attack)
    {
        AttackRecord record = Run(attack, new RowVictim([1, 1, 4], 3, _ => [float.PositiveInfinity, 1, 0], (_, _) => [1, 1, -1, -1]));

        Assert.False(record.Success);
        Assert.InRange(record.Queries, 1, 2000 + OfSquare(attack));
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_ImpossibleVictim_EndsWithinItsBudget(string attack)
    {
        AttackRecord record = Run(attack, new RowVictim([1, 1, 4], 3, _ => [2, 1, 0], (_, back) => Way(back)));

        Assert.False(record.Success);
        Assert.Contains(record.Reason, (StopReason[])[StopReason.BudgetSpent, StopReason.NoStepLeft]);
        Assert.InRange(record.Queries, 1, 2000 + OfSquare(attack));
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_AlreadyMisclassified_AsksTheVictimNothing(string attack)
    {
        var victim = new RowVictim([1, 1, 4], 3, _ => [0, 1, 0], (_, back) => Way(back));

        AttackRecord record = Run(attack, victim);

        Assert.Equal((StopReason.AlreadyMisclassified, 0L, 0), (record.Reason, record.Queries, victim.GradientQueries));
        Assert.Equal(Image.Data, record.Adversarial);
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_BudgetOfQueries_EndsTheAttack(string attack)
    {
        var victim = new RowVictim([1, 1, 4], 3, _ => [2, 1, 0], (_, back) => Way(back));

        AttackRecord record = AttackRunner.Run(GradientAttacks.Named(attack, 0.3), victim, Image, [0], 1, maxQueries: 5)[0];

        Assert.InRange(record.Queries, 0, 5);
        Assert.False(record.Success);
    }

    // With logits some 400 apart p − 1 is 0 in binary32, and the cross-entropy is 0 in binary64 as well.
    [Theory]
    [MemberData(nameof(AttacksOnAllPixels))]
    public void Run_LogitsFarApart_StillFindsTheWay(string attack)
    {
        var model = new LinearModel(5, 3, scale: 1000);

        AttackRecord[] records = AttackRunner.Run(GradientAttacks.Named(attack, 0.4), model.Victim, model.Images, model.Labels, 1);

        Assert.All(records, record => Assert.True(record.Success));
    }

    // The same way up for two pixels and down for two, whichever class is to win over the first.
    static float[] Way(float[] back)
    {
        float slope = back[1] - back[0] + back[2] / 2;
        return [slope, slope, -slope, -slope];
    }

    static void AssertStops(string attack, Func<float[], float[]> logits, Func<float[], float[]> gradient, StopReason reason, int most)
    {
        AttackRecord record = Run(attack, new RowVictim([1, 1, 4], 3, logits, (_, back) => gradient(back)));

        Assert.Equal((reason, false), (record.Reason, record.Success));
        Assert.InRange(record.Queries, 1, most + OfSquare(attack));
    }

    /// <summary>AutoAttack goes on without gradients.</summary>
    static int OfSquare(string attack) => attack.Contains("autoattack", StringComparison.Ordinal) ? 21 : 0;

    static AttackRecord Run(string attack, IGradientVictim victim) =>
        AttackRunner.Run(GradientAttacks.Named(attack, 0.3), victim, Image, [0], seed: 1)[0];
}
