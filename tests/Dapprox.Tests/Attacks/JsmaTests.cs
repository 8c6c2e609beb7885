using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class JsmaTests
{
    // Three classes of six pixels. For target 1: α = the second row, β = the first and the third together.
    static readonly float[] Weights =
    [
        1, -2, 0, -1, 0, 3,
        2, 1, 3, 1, -1, 5,
        0, 0, 1, -3, -2, 1,
    ];

    static readonly Tensor Grey = new([0.25f, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f], 1, 1, 1, 6);

    [Fact]
    public void PapernotPairs_TakesThePairWithTheLargestProduct()
    {
        AttackRecord record = Step(new Jsma { Theta = 0.5, Gamma = 1, Steps = 1 }, bias: [100, 0, 0]);

        Assert.Equal(Expected(0.5f, BestPair([2, 1, 3, 1, -1, 5], [1, -2, 1, -4, -2, 4])), record.Adversarial);
        Assert.Equal(StopReason.BudgetSpent, record.Reason);
        Assert.Equal((4, 4), (record.Queries, record.GradientCalls));
    }

    [Fact]
    public void PapernotPairs_NegativeTheta_TakesThePairWhoseDecreaseDoesMost()
    {
        AttackRecord record = Step(new Jsma { Theta = -0.125, Gamma = 1, Steps = 1 }, bias: [100, 0, 0], target: 2);

        Assert.Equal(Expected(-0.125f, BestPair([0, 0, -1, 3, 2, -1], [-3, 1, -3, 0, 1, -8])), record.Adversarial);
    }

    // Without clipping the best pair would be (1, 3), as pixel 3 lowers the others most.
    [Fact]
    public void PapernotPairs_PassesOverAPixelThatHardlyRises()
    {
        var image = new Tensor([0.25f, 0.25f, 0.25f, 0.984375f, 0.25f, 0.25f], 1, 1, 1, 6);

        AttackRecord record = AttackRunner.Run(
            new Jsma { Theta = 0.5, Gamma = 1, Steps = 1 }, new NetworkVictim(Linear(Weights, [100, 0, 0])), image, [0], 1, [1])[0];

        Assert.Equal([0.25f, 0.75f, 0.75f, 0.984375f, 0.25f, 0.25f], record.Adversarial);
    }

    // The fourth pixel's weights raise the target by 1 and lower the others by 4; no pixel but it and the second lowers them.
    [Fact]
    public void PapernotPairs_NoPairIsAdmissible_StopsAndSaysSo()
    {
        AttackRecord record = Step(new Jsma { Gamma = 1 }, bias: [100, 0, 0]);

        Assert.Equal((StopReason.NoStepLeft, false), (record.Reason, record.Success));
        // The first pixel is the one that programs change that take the first of an empty choice.
        Assert.Equal(0.25f, record.Adversarial[5]);
        Assert.InRange(record.Distances.L0, 2, 5);
    }

    [Fact]
    public void Gamma_CountsDistinctPixels()
    {
        AttackRecord record = Step(new Jsma { Theta = 0.25, Gamma = 0.34 }, bias: [100, 0, 0]);

        // Two pixels are allowed, and may go all the way in three steps.
        Assert.Equal((2, StopReason.BudgetSpent), (record.Distances.L0, record.Reason));
        Assert.Equal(2, record.Adversarial.Count(pixel => pixel == 1));
    }

    // The cross-entropy of the target falls fastest with the pixel whose weight for the class that leads is the most above the
    // target's: the second last one, −1 against −2; 100 apart the softmax is that of the leading class alone.
    [Fact]
    public void FoolboxFast_LowersThePixelThatSpeaksMostAgainstTheTarget()
    {
        Jsma attack = Jsma.Foolbox24 with { Theta = 0.125, Steps = 1 };

        // First row minus third: 1 −2 −1 2 2 2; the first of the equals is taken.
        Assert.Equal([0.25f, 0.25f, 0.25f, 0.125f, 0.25f, 0.25f], Step(attack, [100, 0, 0], target: 2).Adversarial);
        Assert.Equal([0.25f, 0.25f, 0.25f, 0, 0, 0.125f], Step(attack with { Steps = 5 }, [100, 0, 0], target: 2).Adversarial);
        // Once per pixel, and pixels that speak for the target are never touched.
        Assert.Equal(
            [0.125f, 0.25f, 0.25f, 0.125f, 0.125f, 0.125f],
            Step(attack with { MaxChangesPerPixel = 1, Steps = 9 }, [100, 0, 0], target: 2).Adversarial);
        Assert.Equal(StopReason.NoStepLeft, Step(attack with { MaxChangesPerPixel = 1, Steps = 9 }, [100, 0, 0], target: 2).Reason);
    }

    [Fact]
    public void ArtTargetGradient_TakesTheTwoPixelsThatRaiseTheTargetMost()
    {
        var attack = new Jsma { Variant = JsmaVariant.ArtTargetGradient, Theta = 0.5, Gamma = 1, Steps = 1 };

        // 5 and 3, whatever they do for the others.
        Assert.Equal([0.25f, 0.25f, 0.75f, 0.25f, 0.25f, 0.75f], Step(attack, bias: [100, 0, 0]).Adversarial);
    }

    [Fact]
    public void Run_AnyWrongClass_TriesSeveralAndKeepsTheFewestChanges()
    {
        // Class 1 is the most likely other, and four pixels do not suffice for it; two suffice for class 2.
        Network network = Linear(
            [-0.01f, -0.01f, -0.01f, -0.01f, -0.01f, -0.01f, 0.25f, 0.25f, 0.25f, 0.25f, 0, 0, 0, 0, 0, 0, 9, 9], [3.06f, 2, -2.75f]);

        AttackRecord both = AttackRunner.Run(new Jsma { Gamma = 1 }, new NetworkVictim(network), Grey, [0], 1)[0];
        AttackRecord one = AttackRunner.Run(new Jsma { Gamma = 1, Targets = 1 }, new NetworkVictim(network), Grey, [0], 1)[0];

        Assert.Equal((StopReason.NoStepLeft, 4), (one.Reason, one.Distances.L0));
        Assert.Equal((2, 2), (both.Prediction, both.Distances.L0));
    }

    // Class 1 has slopes of −1 at every pixel, class 2 one of −4 at the first, and both are ½ below the leading class. A step
    // along the signs of the gradient leads to class 1, one along the gradient (−5, −1, −1, …) to class 2. JSMA lowers the
    // first pixel for class 2, and any other for class 1.
    [Fact]
    public void Foolbox24_AimsAtTheClassThatAStepAlongTheGradientLeadsTo()
    {
        Network network = Linear([0, 0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1, -4, 0, 0, 0, 0, 0], [0, 1, 0.5f]);

        AttackRecord record = AttackRunner.Run(
            Jsma.Foolbox24 with { Theta = 0.125, Steps = 1 }, new NetworkVictim(network), Grey, [0], 1)[0];

        Assert.Equal([0.125f, 0.25f, 0.25f, 0.25f, 0.25f, 0.25f], record.Adversarial);
        // With a root mean square of ε the logit rises by ε·4·√5: 56 thousandths are the first to suffice. Then the class of the
        // image there, and a gradient before and after the step.
        Assert.Equal((1 + 56 + 1 + 2, 1 + 2), (record.Queries, record.GradientCalls));
    }

    // Only raising pixels helps, which the search for the class does and JSMA as in Foolbox 2.4 never.
    [Theory]
    [InlineData(long.MaxValue, StopReason.NoStepLeft)]
    [InlineData(10, StopReason.BudgetSpent)]
    public void Foolbox24_WithoutSuccessOfItsOwn_HasFailedThoughTheSearchForTheClassFoundAnImage(long budget, StopReason reason)
    {
        Network network = Linear([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0], [0, -1.53f, -100]);

        AttackRecord record = AttackRunner.Run(Jsma.Foolbox24, new NetworkVictim(network), Grey, [0], 1, maxQueries: budget)[0];

        Assert.Equal((false, reason, null), (record.Success, record.Reason, record.QueriesToBest));
        Assert.Equal(Grey.Data, record.Adversarial);
        // A gradient, 6 steps of which the last succeeds, and finer ones: 17 twentieths of it are the first to suffice.
        Assert.Equal(Math.Min(budget, 1 + 6 + 17 + 1 + 1), record.Queries);
    }

    // Here the gradient is flat though the target's is not, and so the class is drawn.
    [Fact]
    public void Foolbox24_NoStepSucceeds_AimsAtARandomWrongClass()
    {
        var victim = new RowVictim(
            [1, 1, 4], 4, _ => [2, 1, 1, 1], (_, back) => Array.ConvertAll([0, 1, 2, 3], i => i == 0 ? 0 : -back[i] - 0.5f));
        Tensor images = new(Enumerable.Repeat(0.5f, 400).ToArray(), 100, 1, 1, 4);

        AttackRecord[] records = AttackRunner.Run(Jsma.Foolbox24 with { Steps = 1 }, victim, images, new int[100], 1);

        int[] lowered = records.Select(record => Array.FindIndex(record.Adversarial, pixel => pixel != 0.5f)).ToArray();
        Assert.All(Enumerable.Range(1, 3), target => Assert.InRange(lowered.Count(pixel => pixel == target), 20, 47));
        Assert.DoesNotContain(0, lowered);
    }

    // CleverHans' toy: 1000 features, 10 classes, a linear model with standard normal weights.
    [Theory]
    [InlineData(JsmaVariant.PapernotPairs)]
    [InlineData(JsmaVariant.ArtTargetGradient)]
    public void Run_AToyOfAThousandFeatures_ReachesItsTargets(JsmaVariant variant)
    {
        var random = new CounterRandom(8);
        float[] weights = Enumerable.Range(0, 10_000).Select(_ => (float)random.NextNormal()).ToArray();
        var network = new Network(
            "toy", [1, 1, 1000], 10,
            [new Flatten("flatten"), new Dense("dense", 1000, 10, weights, new float[10], ExactMultiplier.Rounded)]);
        Tensor images = new(Enumerable.Range(0, 10_000).Select(_ => random.NextSingle(0, 1)).ToArray(), 10, 1, 1, 1000);
        int[] labels = Scores.Labels(network.Forward(images));
        int[] targets = labels.Select(label => (label + 1) % 10).ToArray();

        AttackRecord[] records = AttackRunner.Run(
            new Jsma { Variant = variant, Gamma = 0.25 }, new NetworkVictim(network), images, labels, 1, targets);

        Assert.InRange(records.Count(record => record.Success), 10, 10);
        Assert.All(records, record => Assert.InRange(record.Distances.L0, 0, 250));
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        foreach (double theta in (double[])[0, 1.1, -1.1, double.NaN])
            Assert.Throws<ArgumentOutOfRangeException>(() => new Jsma { Theta = theta });
        foreach (double gamma in (double[])[0, -0.1, 1.1, double.NaN])
            Assert.Throws<ArgumentOutOfRangeException>(() => new Jsma { Gamma = gamma });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Jsma { Steps = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Jsma { Targets = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new Jsma { MaxChangesPerPixel = 0 });
    }

    static AttackRecord Step(Jsma attack, float[] bias, int target = 1) =>
        AttackRunner.Run(attack, new NetworkVictim(Linear(Weights, bias)), Grey, [0], 1, [target])[0];

    static Network Linear(float[] weights, float[] bias) =>
        new("linear", [1, 1, 6], 3, [new Flatten("flatten"), new Dense("dense", 6, 3, weights, bias, ExactMultiplier.Rounded)]);

    /// <summary>By the definition, over all pairs.</summary>
    static int[] BestPair(int[] alpha, int[] beta) => (
        from p in Enumerable.Range(0, 6)
        from q in Enumerable.Range(p + 1, 5 - p)
        where alpha[p] + alpha[q] > 0 && beta[p] + beta[q] < 0
        orderby (alpha[p] + alpha[q]) * (beta[p] + beta[q])
        select (int[])[p, q]).First();

    static float[] Expected(float change, int[] pixels) =>
        Enumerable.Range(0, 6).Select(i => 0.25f + (pixels.Contains(i) ? change : 0)).ToArray();
}
