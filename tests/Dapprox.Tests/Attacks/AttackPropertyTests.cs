using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

/// <summary>What holds for every attack on every image.</summary>
public class AttackPropertyTests
{
    const int Iterations = 100;

    sealed record Case(double Epsilon, int Kind, ulong Seed, bool Targeted, int Count);

    static readonly Gen<Case> Cases =
        from epsilon in SmallNetwork.Epsilons
        from kind in Gen.Int[0, 2]
        from seed in Gen.ULong
        from targeted in Gen.Bool
        from count in Gen.Int[1, 12]
        select new Case(epsilon, kind, seed, targeted, count);

    static readonly NetworkVictim Victim = new(SmallNetwork.Create(AxFpm.Released, threads: 1));

    [Fact]
    public void Run_LeavesTheImagesAlone_StaysInTheBallAndInRange_AndTellsTheTruth() => Cases.Sample(given =>
    {
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, given.Count, given.Seed);
        float[] before = (float[])images.Data.Clone();
        int[]? targets = given.Targeted ? AttackLaws.NextClass(labels) : null;

        AttackRecord[] records = AttackRunner.Run(Create(given), Victim, images, labels, given.Seed, targets);

        Assert.Equal(AttackLaws.Bits(before), AttackLaws.Bits(images.Data));
        Assert.Equal(given.Count, records.Length);
        int[] clean = Victim.Labels(images);
        for (int i = 0; i < records.Length; i++)
        {
            AttackRecord record = records[i];
            float[] image = images.Row(i).ToArray();
            for (int j = 0; j < image.Length; j++)
            {
                Assert.InRange(record.Adversarial[j], 0f, 1f);
                Assert.True(Math.Abs((double)record.Adversarial[j] - image[j]) <= given.Epsilon);
            }

            float[] fresh = Victim.Logits(new Tensor(record.Adversarial, 1, 1, 3, 4)).Data;
            int prediction = Scores.Label(fresh);
            bool cleanCorrect = clean[i] == labels[i];
            Assert.Equal(
                (i, labels[i], targets?[i], clean[i], cleanCorrect),
                (record.Image, (byte)record.Label, record.Target, record.CleanPrediction, record.CleanCorrect));
            Assert.Equal(prediction, record.Prediction);
            Assert.Equal(cleanCorrect && (targets is null ? prediction != labels[i] : prediction == targets[i]), record.Success);
            Assert.Equal(record.Success, record.Reason == StopReason.Found);
            Assert.Equal(!cleanCorrect, record.Reason == StopReason.AlreadyMisclassified);
            Assert.Equal((double)fresh[labels[i]] - fresh.Where((_, k) => k != labels[i]).Max(), record.Margin);
            Assert.Equal(Distances.Between(image, record.Adversarial), record.Distances);
            if (!cleanCorrect || given.Epsilon == 0)
                Assert.Equal(AttackLaws.Bits(image), AttackLaws.Bits(record.Adversarial));
            if (!cleanCorrect)
                Assert.Equal((0, 0), (record.Queries, record.GradientCalls));
        }
    }, iter: Iterations, threads: 1);

    [Fact]
    public void Run_DoesNotDependOnBatchOrderOrThreads() => Cases.Sample(given =>
    {
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, given.Count, given.Seed);

        AttackLaws.AssertIndependentOfBatchOrderAndThreads(
            Create(given), Victim, images, labels, given.Targeted ? AttackLaws.NextClass(labels) : null, given.Seed);
    }, iter: Iterations / 2, threads: 1);

    [Fact]
    public void Run_CountsWhatTheVictimWasAsked() => Cases.Sample(given =>
    {
        var counting = RowVictim.Of(SmallNetwork.Create(AxFpm.Released, threads: 1));
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, given.Count, given.Seed);

        AttackRecord[] records = AttackRunner.Run(
            Create(given), counting, images, labels, given.Seed, given.Targeted ? AttackLaws.NextClass(labels) : null);

        // The checks before and after, and of the rounded successes, are the runner's, not the attack's.
        Assert.Equal(given.Count + records.Count(record => record.Success), counting.LabelQueries);
        Assert.Equal(counting.GradientQueries, records.Sum(record => record.GradientCalls));
        Assert.Equal(counting.ScoreQueries - given.Count + counting.GradientQueries, records.Sum(record => record.Queries));
    }, iter: Iterations, threads: 1);

    [Fact]
    public void LInfBall_IsTheWholeBallAndNothingElse()
    {
        Gen<float> pixels = Gen.OneOf(Gen.Float[0, 1], Gen.OneOf<float>(0f, 1f, 1e-30f, float.Epsilon, 0.5f, MathF.BitDecrement(0.5f)));
        Gen.Select(pixels, SmallNetwork.Epsilons).Sample((pixel, epsilon) =>
        {
            var ball = new LInfBall([pixel], epsilon);
            float[] high = [2], low = [-1];

            ball.Project(high);
            ball.Project(low);

            Assert.True(high[0] <= 1 && (double)high[0] - pixel <= epsilon);
            Assert.True(low[0] >= 0 && (double)pixel - low[0] <= epsilon);
            Assert.True(high[0] == 1 || (double)MathF.BitIncrement(high[0]) - pixel > epsilon);
            Assert.True(low[0] == 0 || (double)pixel - MathF.BitDecrement(low[0]) > epsilon);
        }, iter: 20_000, threads: 1);
    }

    static IAttack<IGradientVictim> Create(Case given) => given.Kind switch
    {
        0 => new Fgsm(given.Epsilon),
        1 => Pgd.Foolbox24 with { Epsilon = given.Epsilon, Steps = 6, StepSize = given.Epsilon / 4 },
        _ => new Pgd(given.Epsilon) { Steps = 5, StepSize = 0.07, Restarts = 1 },
    };
}
