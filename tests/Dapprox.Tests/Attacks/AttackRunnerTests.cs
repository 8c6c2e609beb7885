using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class AttackRunnerTests
{
    static readonly NetworkVictim Victim = new(SmallNetwork.Create(ExactMultiplier.Rounded));

    static readonly Tensor Image = Tensor.Zeros(1, 1, 3, 4);

    [Fact]
    public void Run_NoImages_GivesNoRecords() =>
        Assert.Empty(AttackRunner.Run(Pgd.Foolbox24 with { Epsilon = 0.1 }, Victim, Tensor.Zeros(0, 1, 3, 4), [], 0));

    [Fact]
    public void Run_MoreOrFewerLabelsTargetsOrPositionsThanImages_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => AttackRunner.Run(new Fgsm(0.1), Victim, Image, [0, 1], 0));
        Assert.Throws<ArgumentException>(() => AttackRunner.Run(new Fgsm(0.1), Victim, Image, [0], 0, targets: []));
        Assert.Throws<ArgumentException>(() => AttackRunner.Run(new Fgsm(0.1), Victim, Image, [0], 0, positions: [1, 2]));
    }

    [Fact]
    public void Run_LabelOrTargetThatIsNoClassOrTheSame_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => AttackRunner.Run(new Fgsm(0.1), Victim, Image, [3], 0));
        Assert.Throws<ArgumentException>(() => AttackRunner.Run(new Fgsm(0.1), Victim, Image, [0], 0, targets: [3]));
        Assert.Throws<ArgumentException>(() => AttackRunner.Run(new Fgsm(0.1), Victim, Image, [0], 0, targets: [-1]));
        Assert.Throws<ArgumentException>(() => AttackRunner.Run(new Fgsm(0.1), Victim, Image, [1], 0, targets: [1]));
    }

    [Theory]
    [InlineData(-0.001f)]
    [InlineData(1.001f)]
    [InlineData(float.NaN)]
    public void Run_PixelOutOfRange_IsRefused(float pixel)
    {
        Tensor images = Tensor.Zeros(1, 1, 3, 4);
        images.Data[5] = pixel;

        Assert.Contains(
            "[0, 1]", Assert.Throws<ArgumentException>(() => AttackRunner.Run(new Fgsm(0.1), Victim, images, [0], 0)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.5f, 12)]
    [InlineData(float.NaN, 12)]
    [InlineData(0.5f, 11)]
    public void Run_AttackThatReturnsNoImage_IsFoundOut(float pixel, int length)
    {
        int label = Victim.Labels(Image)[0];

        Assert.Throws<InvalidOperationException>(() => AttackRunner.Run(new Constant(pixel, length), Victim, Image, [label], 0));
    }

    [Fact]
    public void Run_AttackThatClaimsToHaveFoundSomething_IsNotBelieved()
    {
        int label = Victim.Labels(Image)[0];

        AttackRecord record = AttackRunner.Run(new Constant(0, 12), Victim, Image, [label], 0)[0];

        Assert.Equal((false, StopReason.BudgetSpent), (record.Success, record.Reason));
    }

    // An attack of the other kind: no budget, and a victim that shows neither scores nor gradients.
    [Fact]
    public void Run_LabelOnlyMinimalNormAttack_IsCarriedAndCounted()
    {
        var victim = new LabelOnly(Victim);
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, 20, 8);

        AttackRecord[] records = AttackRunner.Run(new NearestNoise(), victim, images, labels, 5);

        Assert.Contains(records, record => record.Success);
        Assert.All(records, record => Assert.Null(record.Margin));
        Assert.All(
            records, record => Assert.Equal((record.CleanCorrect ? NearestNoise.Draws : 0, 0), (record.Queries, record.GradientCalls)));
        // Two checks of every image and one of every success, rounded, are the runner's.
        Assert.Equal(victim.Asked - 2 * images.Batch - records.Count(record => record.Success), records.Sum(record => record.Queries));
    }

    [Fact]
    public void Run_PointsOfAnotherShapeThanTheImage_AreRefused()
    {
        int label = Victim.Labels(Image)[0];

        Assert.Throws<ArgumentException>(() => AttackRunner.Run(new WrongShape(), Victim, Image, [label], 0));
    }

    [Fact]
    public void Run_TwoQuestionsAtATime_AreRefused()
    {
        int label = Victim.Labels(Image)[0];

        Assert.Throws<InvalidOperationException>(() => AttackRunner.Run(new Impatient(), Victim, Image, [label], 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(NearestNoise.Draws)]
    public void Run_QueryBudget_IsNeverExceeded(int budget)
    {
        var victim = new LabelOnly(Victim);
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, 10, 8);

        AttackRecord[] records = AttackRunner.Run(new NearestNoise(), victim, images, labels, 5, maxQueries: budget);

        // Two checks of every image and one of every success, rounded, are the runner's.
        Assert.Equal(8 * budget, victim.Asked - 2 * 10 - records.Count(record => record.Success));
        Assert.All(
            records.Where(record => record.CleanCorrect && !record.Success), record => Assert.Equal(StopReason.BudgetSpent, record.Reason));
        Assert.All(records, record => Assert.True((record.QueriesToBest ?? 0) <= budget));
    }

    [Fact]
    public void Run_Progress_AddsUpToTheNumberOfImages()
    {
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, 10, 8);
        double done = 0;

        AttackRunner.Run(new NearestNoise(), Victim, images, labels, 5, progress: part => done += part);

        Assert.Equal(10, done, 1e-9);
    }

    // A gradient takes 1,501 evaluations here. Those of all images at once would take long, without a word and past a cancellation.
    [Fact]
    public void Run_CostlyGradients_AreAskedForOneByOne()
    {
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, 10, 8);
        var scores = RowVictim.Of(SmallNetwork.Create(ExactMultiplier.Rounded, threads: 1));
        var victim = new EstimatedGradientVictim(scores, new Nes(), 1);
        var asked = new List<int>();
        using var source = new CancellationTokenSource();

        AttackRunner.Run(new Fgsm(0.1), victim, images, labels, 5, progress: _ => asked.Add(scores.ScoreQueries));
        int before = scores.ScoreQueries;
        Assert.Throws<OperationCanceledException>(() =>
            AttackRunner.Run(new Fgsm(0.1), victim, images, labels, 5, progress: _ => source.Cancel(), cancellation: source.Token));

        Assert.Equal(8 * victim.GradientCost, asked[^1]);
        Assert.All(asked.Zip(asked.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 0, victim.GradientCost));
        Assert.Equal(victim.GradientCost, scores.ScoreQueries - before);
    }

    // A point that is no image may be asked about, but is no adversarial image.
    [Fact]
    public void Run_SuccessOutsideTheRangeOfPixels_IsNotKept()
    {
        var victim = new RowVictim([1, 1, 1], 2, image => image[0] > 0.9f ? [0, 1] : [1, 0], (_, _) => [1]);

        AttackRecord record = AttackRunner.Run(new Walk([2, 1.5f, 0.95f, 0.97f]), victim, new Tensor([0.5f], 1, 1, 1, 1), [0], 0)[0];

        Assert.Equal((true, 0.95f, 4L, 3L), (record.Success, record.Adversarial[0], record.Queries, record.QueriesToBest!.Value));
    }

    [Theory]
    [InlineData(0.95f, true)]
    [InlineData(0.9f + 1e-5f, false)]
    public void Run_Success_IsTriedAgainRoundedTo8Bits(float pixel, bool survives)
    {
        // 0.9 is 229.5 / 255, which becomes 230; just above, the threshold lies between the pixel and 230 / 255.
        var victim = new RowVictim(
            [1, 1, 1], 2, image => image[0] > 0.9f && image[0] is < 0.901f or > 0.93f ? [0, 1] : [1, 0], (_, _) => [1]);

        AttackRecord record = AttackRunner.Run(new Walk([pixel]), victim, new Tensor([0.5f], 1, 1, 1, 1), [0], 0)[0];

        Assert.Equal((true, survives), (record.Success, record.SurvivesRounding));
    }

    sealed class Constant(float pixel, int length) : IAttack<ILabelVictim>
    {
        public string Name => "constant";

        public Norm Norm => Norm.L2;

        public double? Epsilon => null;

        public Task<StopReason> Run(ILabelVictim victim, AttackedImage image)
        {
            image.Candidate = Enumerable.Repeat(pixel, length).ToArray();
            return Task.FromResult(StopReason.Found);
        }
    }

    sealed class WrongShape : IAttack<IScoreVictim>
    {
        public string Name => "wrong shape";

        public Norm Norm => Norm.L2;

        public double? Epsilon => null;

        public async Task<StopReason> Run(IScoreVictim victim, AttackedImage image)
        {
            await image.Logits(victim, Tensor.Zeros(2, 1, 4, 3));
            return StopReason.BudgetSpent;
        }
    }

    sealed class Impatient : IAttack<ILabelVictim>
    {
        public string Name => "impatient";

        public Norm Norm => Norm.L2;

        public double? Epsilon => null;

        public async Task<StopReason> Run(ILabelVictim victim, AttackedImage image)
        {
            async Task Ask() => await image.Label(victim, image.Clean.ToArray());
            await Task.WhenAll(Ask(), Ask());
            return StopReason.BudgetSpent;
        }
    }

    /// <summary>Asks about images of one pixel.</summary>
    sealed class Walk(float[] pixels) : IAttack<IScoreVictim>
    {
        public string Name => "walk";

        public Norm Norm => Norm.L2;

        public double? Epsilon => null;

        public async Task<StopReason> Run(IScoreVictim victim, AttackedImage image)
        {
            foreach (float pixel in pixels)
                await image.Logits(victim, [pixel]);
            return StopReason.BudgetSpent;
        }
    }

    /// <summary>The nearest wrong one of a few noisy images.</summary>
    sealed class NearestNoise : IAttack<ILabelVictim>
    {
        public const int Draws = 20;

        public string Name => "nearest noise";

        public Norm Norm => Norm.L2;

        public double? Epsilon => null;

        public async Task<StopReason> Run(ILabelVictim victim, AttackedImage image)
        {
            for (int draw = 0; draw < Draws; draw++)
            {
                CounterRandom random = image.Random((ulong)draw);
                float[] noisy = new float[image.Clean.Length];
                foreach (ref float pixel in noisy.AsSpan())
                    pixel = random.NextSingle(0, 1);
                await image.Label(victim, noisy);
                image.Progress = (draw + 1.0) / Draws;
            }

            return StopReason.BudgetSpent;
        }
    }

    sealed class LabelOnly(NetworkVictim victim) : ILabelVictim
    {
        public int Asked { get; private set; }

        public ReadOnlySpan<int> InputShape => victim.InputShape;

        public int Classes => victim.Classes;

        public int[] Labels(Tensor images)
        {
            Asked += images.Batch;
            return victim.Labels(images);
        }
    }
}
