using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class RestrictedVictimTests
{
    readonly AveragingVictim inner = new(LinearVictim.Create(), new GaussianNoise(0.1), 3, seed: 1);
    readonly Tensor images = new(LinearVictim.Numbers(4, 5 * LinearVictim.Pixels), 5, 1, 3, 4);

    [Fact]
    public void LabelOnlyVictim_TellsTheSameClassesAndNothingElse()
    {
        var victim = new LabelOnlyVictim(inner);

        Assert.False((object)victim is IScoreVictim);
        AssertSameLabels(victim);
    }

    [Fact]
    public void ScoreOnlyVictim_TellsTheSameClassesAndScoresAndNothingElse()
    {
        var victim = new ScoreOnlyVictim(inner);

        Assert.False((object)victim is IGradientVictim);
        AssertSameLabels(victim);
        Assert.Equal(inner.Logits(images).Data, victim.Logits(images).Data);
    }

    void AssertSameLabels(ILabelVictim victim)
    {
        Assert.Equal(inner.Labels(images), victim.Labels(images));
        Assert.Equal(inner.InputShape, victim.InputShape);
        Assert.Equal((inner.Classes, 3), (victim.Classes, victim.QueryCost));
    }
}
