using Dapprox.Arithmetic;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class EnsembleVictimTests
{
    static readonly Network Exact = TrainedModels.Load("lenet5-digits");

    static readonly IGradientVictim[] Members = [new NetworkVictim(Exact), new NetworkVictim(Exact.With(AxFpm.Released))];

    static readonly Tensor Images = Datasets.Load("digits", Split.Test).Images(0, 5);

    [Fact]
    public void Logits_AreTheMean()
    {
        Tensor[] own = [.. Members.Select(member => member.Logits(Images))];

        Assert.Equal(own[0].Data.Zip(own[1].Data, (a, b) => (float)(((double)a + b) / 2)), new EnsembleVictim(Members).Logits(Images).Data);
    }

    [Fact]
    public void Gradient_IsThatOfTheMeanLogits()
    {
        // The loss is linear in the logits, so its gradient does not depend on them.
        static void Loss(int image, ReadOnlySpan<float> logits, Span<float> gradient)
        {
            gradient.Clear();
            gradient[image] = 2;
        }

        Tensor[] own = [.. Members.Select(member => member.InputGradient(Images, Loss).Gradient)];

        Assert.Equal(
            own[0].Data.Zip(own[1].Data, (a, b) => (float)(((double)a + b) / 2)),
            new EnsembleVictim(Members).InputGradient(Images, Loss).Gradient.Data);
    }

    [Fact]
    public void Gradient_LosesSeeTheMean()
    {
        var ensemble = new EnsembleVictim(Members);
        Tensor logits = ensemble.Logits(Images);

        ensemble.InputGradient(Images, (image, seen, _) => Assert.Equal(logits.Row(image).ToArray(), seen.ToArray()));
    }

    [Fact]
    public void Of_NobodyOrOfOtherImages_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new EnsembleVictim([]));
        Assert.Throws<ArgumentException>(() => new EnsembleVictim([Members[0], new NetworkVictim(TrainedModels.Load("alexnet-cifar-10"))]));
    }
}
