using Dapprox.Networks.Attacks.Losses;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class DiverseVictimTests
{
    static readonly Tensor Images = new(LinearVictim.Numbers(2, 3 * LinearVictim.Pixels), 3, 1, 3, 4);

    [Fact]
    public void LogitsAreThoseOfTheImage_AndTheGradientIsThatOfAResizedCopy()
    {
        IGradientVictim inner = LinearVictim.Create();
        var victim = new DiverseVictim(inner, 1, seed: 4);
        var copies = new AveragingVictim(inner, new RandomResize(1), 1, seed: 4);

        (Tensor logits, Tensor gradient) = victim.InputGradient(Images, Loss);

        Assert.Equal(inner.Logits(Images).Data, logits.Data);
        Assert.Equal(inner.Logits(Images).Data, victim.Logits(Images).Data);
        Assert.Equal(inner.Labels(Images), victim.Labels(Images));
        Assert.Equal(copies.InputGradient(Images, Loss).Gradient.Data, gradient.Data);
        Assert.Equal((inner.QueryCost, inner.GradientCost + inner.QueryCost), (victim.QueryCost, victim.GradientCost));
    }

    [Fact]
    public void WithProbabilityZero_TheGradientIsTheInnerOne() => Assert.Equal(
        LinearVictim.Create().InputGradient(Images, Loss).Gradient.Data,
        new DiverseVictim(LinearVictim.Create(), 0, seed: 4).InputGradient(Images, Loss).Gradient.Data);

    static void Loss(int image, ReadOnlySpan<float> logits, Span<float> gradient) => CrossEntropy.Direction(logits, 1, gradient);
}
