using DefensiveApproximation.Arithmetic;
using DefensiveApproximation.Networks;
using DefensiveApproximation.Networks.Attacks;
using Xunit;

namespace DefensiveApproximation.Tests.Attacks;

public class AttackRunnerTests
{
    static readonly NetworkVictim Victim = new(SmallNetwork.Create(ExactMultiplier.Rounded));

    static readonly Tensor Image = Tensor.Zeros(1, 1, 3, 4);

    [Fact]
    public void Run_NoImages_GivesNoRecords() =>
        Assert.Empty(AttackRunner.Run(new Pgd(0.1), Victim, Tensor.Zeros(0, 1, 3, 4), [], 0));

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

        Assert.Contains("[0, 1]", Assert.Throws<ArgumentException>(() => AttackRunner.Run(new Fgsm(0.1), Victim, images, [0], 0)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.5f, 12)]
    [InlineData(float.NaN, 12)]
    [InlineData(0.5f, 11)]
    public void Run_AttackThatReturnsNoImage_IsFoundOut(float pixel, int length)
    {
        byte label = (byte)Victim.Labels(Image)[0];

        Assert.Throws<InvalidOperationException>(() => AttackRunner.Run(new Constant(pixel, length), Victim, Image, [label], 0));
    }

    [Fact]
    public void Run_AttackThatClaimsToHaveFoundSomething_IsNotBelieved()
    {
        byte label = (byte)Victim.Labels(Image)[0];

        AttackRecord record = AttackRunner.Run(new Constant(0, 12), Victim, Image, [label], 0)[0];

        Assert.Equal((false, StopReason.BudgetSpent), (record.Success, record.Reason));
    }

    // An attack of the other kind: no budget, and a victim that shows neither scores nor gradients.
    [Fact]
    public void Run_LabelOnlyMinimalNormAttack_IsCarriedAndCounted()
    {
        var victim = new LabelOnly(Victim);
        (Tensor images, byte[] labels) = SmallNetwork.Images(Victim, 20, 8);

        AttackRecord[] records = AttackRunner.Run(new NearestNoise(), victim, images, labels, 5);

        Assert.Contains(records, record => record.Success);
        Assert.All(records, record => Assert.Null(record.Margin));
        Assert.All(records, record => Assert.Equal((record.CleanCorrect ? NearestNoise.Draws : 0, 0), (record.Queries, record.GradientCalls)));
        Assert.Equal(victim.Asked - 2 * images.Batch, records.Sum(record => record.Queries));
    }

    [Fact]
    public void AttackBatch_NotAsManyPlacesAsImages_IsRefused()
    {
        byte label = (byte)Victim.Labels(Image)[0];

        Assert.Throws<ArgumentException>(() => AttackRunner.Run(new Uncounted(), Victim, Image, [label], 0));
    }

    sealed class Constant(float pixel, int length) : Attack<ILabelVictim>("constant")
    {
        public override Attempt[] Run(ILabelVictim victim, AttackBatch batch) =>
            [new Attempt(Enumerable.Repeat(pixel, length).ToArray(), StopReason.Found)];
    }

    sealed class Uncounted() : Attack<IScoreVictim>("uncounted")
    {
        public override Attempt[] Run(IScoreVictim victim, AttackBatch batch)
        {
            batch.Logits(victim, batch.Images, []);
            return [];
        }
    }

    /// <summary>The nearest wrong one of a few noisy images.</summary>
    sealed class NearestNoise() : Attack<ILabelVictim>("nearest noise")
    {
        public const int Draws = 20;

        public override Attempt[] Run(ILabelVictim victim, AttackBatch batch)
        {
            int[] places = Enumerable.Range(0, batch.Count).ToArray();
            float[][] best = places.Select(place => batch.Images.Row(place).ToArray()).ToArray();
            double[] nearest = places.Select(_ => double.PositiveInfinity).ToArray();
            for (int draw = 0; draw < Draws; draw++)
            {
                Tensor noisy = batch.Images.Clone();
                foreach (int place in places)
                {
                    CounterRandom random = batch.Random(place, (ulong)draw);
                    foreach (ref float pixel in noisy.Row(place))
                        pixel = random.NextSingle(0, 1);
                }

                int[] labels = batch.Labels(victim, noisy, places);
                foreach (int place in places)
                {
                    double distance = Distances.Between(batch.Images.Row(place), noisy.Row(place)).L2;
                    if (batch.IsReached(place, labels[place]) && distance < nearest[place])
                        (nearest[place], best[place]) = (distance, noisy.Row(place).ToArray());
                }
            }

            return best.Select(image => new Attempt(image, StopReason.BudgetSpent)).ToArray();
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
