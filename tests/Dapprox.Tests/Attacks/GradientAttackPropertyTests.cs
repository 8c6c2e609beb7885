using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

/// <summary>What holds for every attack with gradients on every image.</summary>
public class GradientAttackPropertyTests
{
    const int Iterations = 120;

    sealed record Case(string Name, double Epsilon, ulong Seed, bool Targeted, int Count)
    {
        public IAttack<IGradientVictim> Attack => GradientAttacks.Named(Name, Epsilon);
    }

    static readonly Gen<Case> Cases =
        from name in Gen.Int[0, GradientAttacks.Names.Length - 1].Select(i => GradientAttacks.Names[i])
        from epsilon in SmallNetwork.Epsilons
        from seed in Gen.ULong
        from targeted in Gen.Bool
        from count in Gen.Int[1, 8]
        select new Case(name, epsilon, seed, targeted && GradientAttacks.CanAim(name), count);

    static readonly NetworkVictim Victim = new(SmallNetwork.Create(AxFpm.Released, threads: 1));

    [Fact]
    public void Run_LeavesTheImagesAlone_StaysInTheBallAndInRange_AndTellsTheTruth() => Cases.Sample(given =>
    {
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, given.Count, given.Seed);
        float[] before = (float[])images.Data.Clone();
        int[]? targets = given.Targeted ? AttackLaws.NextClass(labels) : null;

        AttackRecord[] records = AttackRunner.Run(given.Attack, Victim, images, labels, given.Seed, targets);

        Assert.Equal(AttackLaws.Bits(before), AttackLaws.Bits(images.Data));
        for (int i = 0; i < records.Length; i++)
        {
            AttackRecord record = records[i];
            float[] image = images.Row(i).ToArray();
            Assert.All(record.Adversarial, pixel => Assert.InRange(pixel, 0f, 1f));
            if (given.Attack.Epsilon is double epsilon)
                Assert.True(Distances.Between(image, record.Adversarial).In(given.Attack.Norm) <= epsilon);
            if (!record.CleanCorrect || given.Attack.Epsilon == 0)
                Assert.Equal(AttackLaws.Bits(image), AttackLaws.Bits(record.Adversarial));
            if (!record.CleanCorrect)
                Assert.Equal((0, 0), (record.Queries, record.GradientCalls));

            float[] logits = Victim.Logits(new Tensor(record.Adversarial, 1, 1, 3, 4)).Data;
            int prediction = Scores.Label(logits);
            double lead = targets is null ? -Scores.Margin(logits, labels[i]) : Scores.Margin(logits, targets[i]);
            bool isWanted = (targets is null ? prediction != labels[i] : prediction == targets[i]) && lead >= given.Attack.Confidence;
            Assert.Equal(record.CleanCorrect && isWanted, record.Success);
            Assert.Equal(record.Success, record.Reason == StopReason.Found);
        }
    }, iter: Iterations, threads: 1);

    [Fact]
    public void Run_DoesNotDependOnBatchOrderOrThreads() => Cases.Sample(given =>
    {
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, given.Count, given.Seed);

        AttackLaws.AssertIndependentOfBatchOrderAndThreads(
            given.Attack, Victim, images, labels, given.Targeted ? AttackLaws.NextClass(labels) : null, given.Seed);
    }, iter: Iterations / 2, threads: 1);

    [Fact]
    public void Run_CountsWhatTheVictimWasAsked() => Cases.Sample(given =>
    {
        var counting = RowVictim.Of(SmallNetwork.Create(AxFpm.Released, threads: 1));
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, given.Count, given.Seed);

        AttackRecord[] records = AttackRunner.Run(
            given.Attack, counting, images, labels, given.Seed, given.Targeted ? AttackLaws.NextClass(labels) : null);

        // The checks before and after, and of the rounded successes, are the runner's, not the attack's.
        int ofRunner = 2 * given.Count + records.Count(record => record.Success);
        Assert.Equal(counting.GradientQueries, records.Sum(record => record.GradientCalls));
        Assert.Equal(
            counting.LabelQueries + counting.ScoreQueries + counting.GradientQueries - ofRunner, records.Sum(record => record.Queries));
    }, iter: Iterations / 2, threads: 1);

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_ReportsProgressThatOnlyGrows(string name)
    {
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, 4, 5);
        var reports = new List<double>();

        AttackRunner.Run(GradientAttacks.Named(name, 0.05), Victim, images, labels, 1, progress: reports.Add);

        Assert.All(reports, report => Assert.InRange(report, -1e-12, 4));
        Assert.Equal(4, reports.Sum(), 1e-9);
    }

    public static TheoryData<string> Names => [.. GradientAttacks.Names];
}
