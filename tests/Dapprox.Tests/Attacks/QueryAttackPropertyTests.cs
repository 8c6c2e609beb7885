using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

/// <summary>What holds for every attack that asks for classes or scores only, on every image and every victim.</summary>
public class QueryAttackPropertyTests
{
    const int Iterations = 40;

    // Not ½, which local search leaves as it is.
    const float Grey = 0.4f;

    static readonly IReadOnlyList<string> Names =
        ["boundary", "boundary foolbox-2.4", "hopskipjump", "hopskipjump linf", "lsa", "lsa foolbox-2.4", "square", "square l2",
            "square l1", "noise", "noise l2", "noise l1", "rays", "surfree", "geoda", "geoda linf"];

    static readonly NetworkVictim Victim = new(SmallNetwork.Create(AxFpm.Released, threads: 1));

    sealed record Case(double Epsilon, int Kind, ulong Seed, bool Targeted, int Count);

    static readonly Gen<Case> Cases =
        from epsilon in SmallNetwork.Epsilons
        from kind in Gen.Int[0, Names.Count - 1]
        from seed in Gen.ULong
        from targeted in Gen.Bool
        from count in Gen.Int[1, 10]
        select new Case(epsilon, kind, seed, targeted && Names[kind] is not ("lsa" or "lsa foolbox-2.4" or "rays"), count);

    public static TheoryData<string> Attacks => [.. Names];

    [Fact]
    public void Run_LeavesTheImagesAlone_StaysInTheBallAndInRange_AndTellsTheTruth() => Cases.Sample(given =>
    {
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, given.Count, given.Seed);
        float[] before = (float[])images.Data.Clone();
        IAttack<IScoreVictim> attack = Create(given);
        var counting = RowVictim.Of(SmallNetwork.Create(AxFpm.Released, threads: 1));

        AttackRecord[] records = AttackRunner.Run(attack, counting, images, labels, given.Seed, Targets(given, labels));

        Assert.Equal(before, images.Data);
        // The checks before and after, and of the rounded successes, are the runner's, not the attack's.
        Assert.Equal(
            counting.LabelQueries + counting.ScoreQueries - 2 * given.Count - records.Count(record => record.Success),
            records.Sum(record => record.Queries));
        for (int i = 0; i < records.Length; i++)
        {
            AttackRecord record = records[i];
            float[] image = images.Row(i).ToArray();
            Assert.All(record.Adversarial, pixel => Assert.InRange(pixel, 0f, 1f));
            int prediction = Scores.Label(Victim.Logits(new Tensor(record.Adversarial, 1, 1, 3, 4)).Data);
            Assert.Equal(
                record.CleanCorrect && (record.Target is int target ? prediction == target : prediction != labels[i]), record.Success);
            Assert.Equal(record.CleanCorrect, record.Reason != StopReason.AlreadyMisclassified);
            Assert.True(record.QueriesToBest is null || record.QueriesToBest <= record.Queries);
            if (attack.Epsilon is double epsilon)
                Assert.True(record.Distances.In(attack.Norm) <= epsilon);
            if (!record.CleanCorrect || attack.Epsilon == 0)
                Assert.Equal((0L, 0), (record.Queries, record.Distances.L0));
        }
    }, iter: Iterations, threads: 1);

    [Fact]
    public void Run_DoesNotDependOnBatchOrderOrThreads() => Cases.Sample(given =>
    {
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, given.Count, given.Seed);

        AttackLaws.AssertIndependentOfBatchOrderAndThreads(Create(given), Victim, images, labels, Targets(given, labels), given.Seed);
    }, iter: Iterations, threads: 1);

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_BudgetOfQueries_IsKept(string name)
    {
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, 10, 1);
        foreach (int budget in new[] { 0, 1, 60, 150 })
        {
            AttackRecord[] records = AttackRunner.Run(Create(name, 0.05), Victim, images, labels, 1, maxQueries: budget);

            Assert.All(records, record => Assert.True(record.Queries <= budget));
        }
    }

    // The victim knows one class only: the attack ends, soon, and says that it found nothing.
    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_ConstantVictim_EndsWithoutSuccess(string name)
    {
        AttackRecord record = Attack(name, _ => [1, 0, 0]);

        StopReason expected = Create(name, 0.3).Access == Access.Labels && !name.StartsWith("noise", StringComparison.Ordinal)
            ? StopReason.NoStart : StopReason.BudgetSpent;
        Assert.Equal((false, expected), (record.Success, record.Reason));
        Assert.InRange(record.Queries, 1, 6000);
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_VictimWithoutAnswersAwayFromTheImage_EndsWithoutSuccess(string name)
    {
        AttackRecord record = Attack(name, image => image.All(pixel => pixel == Grey) ? [1, 0, 0] : [float.NaN, 0, 0]);

        Assert.False(record.Success);
        Assert.InRange(record.Queries, 1, 6000);
    }

    // Adversarial images lie strewn about, with no boundary to follow.
    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_VictimThatAnswersAnything_Ends(string name)
    {
        AttackRecord record = Attack(name, image =>
        {
            if (image.All(pixel => pixel == Grey))
                return [1, 0, 0];
            var random = new CounterRandom((ulong)BitConverter.SingleToInt32Bits(image.Sum()));
            return [random.NextSingle(0, 1), random.NextInt32(4) == 0 ? float.NaN : random.NextSingle(0, 1), random.NextSingle(0, 1)];
        });

        // Local search stops where all it tried had no answer.
        Assert.True(record.Success || record.Reason == StopReason.NonFinite);
    }

    [Theory]
    [MemberData(nameof(Attacks))]
    public void Run_AlreadyMisclassified_AsksNothing(string name)
    {
        AttackRecord record = Attack(name, _ => [0, 1, 0]);

        Assert.Equal((StopReason.AlreadyMisclassified, 0L), (record.Reason, record.Queries));
    }

    // Noise is of the class 2 in one corner of 4096 only; the images given begin there.
    [Theory]
    [InlineData("boundary")]
    [InlineData("hopskipjump")]
    [InlineData("hopskipjump linf")]
    [InlineData("surfree")]
    [InlineData("geoda")]
    [InlineData("geoda linf")]
    public void Run_Targeted_BeginsAtGivenImages(string name)
    {
        Func<float[], float[]> logits = image => image.All(pixel => pixel > 0.55f) ? [0, 0, 1] : image[0] > 0.6f ? [0, 1, 0] : [1, 0, 0];
        float[] zeros = new float[12], ones = [.. Enumerable.Repeat(1f, 12)], grey = [.. Enumerable.Repeat(0.7f, 12)];

        AttackRecord without = Attack(name, logits, target: 2), with = Attack(name, logits, target: 2, starts: [zeros, ones, grey]);

        Assert.Equal((false, StopReason.NoStart), (without.Success, without.Reason));
        Assert.True(with.Success);
        Assert.All(with.Adversarial, pixel => Assert.InRange(pixel, 0.55f, 0.7f));
    }

    static AttackRecord Attack(string name, Func<float[], float[]> logits, int? target = null, IReadOnlyList<float[]>? starts = null)
    {
        IAttack<IScoreVictim> attack = Create(name, 0.3);
        if (starts is not null)
        {
            attack = attack switch
            {
                BoundaryAttack boundary => boundary with { Starts = starts },
                SurFree surfree => surfree with { Starts = starts },
                GeoDA geoda => geoda with { Starts = starts },
                _ => (HopSkipJump)attack with { Starts = starts },
            };
        }

        var image = new Tensor([.. Enumerable.Repeat(Grey, 12)], 1, 1, 3, 4);
        return AttackRunner.Run(
            attack, new RowVictim([1, 3, 4], 3, logits, (_, _) => []), image, [0], 1, target is int wanted ? [wanted] : null)[0];
    }

    static IAttack<IScoreVictim> Create(Case given) => Create(Names[given.Kind], given.Epsilon);

    /// <summary>Attacks of few steps.</summary>
    internal static IAttack<IScoreVictim> Create(string name, double epsilon) => name switch
    {
        "boundary" => new BoundaryAttack { Steps = 30, StartBlends = 3 },
        "boundary foolbox-2.4" => BoundaryAttack.Foolbox24 with { Steps = 30 },
        "hopskipjump" => new HopSkipJump { Iterations = 3, FirstEvaluations = 100 },
        "hopskipjump linf" => HopSkipJump.Foolbox24 with { BallNorm = Norm.LInf, Iterations = 3, FirstEvaluations = 20, NoiseDraws = 1000 },
        "lsa" => new LocalSearch { Rounds = 10 },
        "lsa foolbox-2.4" => LocalSearch.Foolbox24 with { Rounds = 10, Order = PixelOrder.Lowest },
        "square" => new Square(epsilon) { Queries = 100, Restarts = 2 },
        "square l2" => new Square(epsilon) { Queries = 100, BallNorm = Norm.L2 },
        "square l1" => new Square(3 * epsilon) { Queries = 100, BallNorm = Norm.L1 },
        "noise l1" => new RandomNoise(3 * epsilon) { Draws = 50, BallNorm = Norm.L1 },
        "noise" => new RandomNoise(epsilon) { Draws = 200 },
        "rays" => new RayS { Queries = 500 },
        "surfree" => new SurFree { Steps = 20, StartBlends = 3 },
        "geoda" => new GeoDA { Iterations = 3, Evaluations = 300 },
        "geoda linf" => new GeoDA { BallNorm = Norm.LInf, Iterations = 2, Evaluations = 100, StartBlends = 1 },
        _ => new RandomNoise(epsilon) { Draws = 50, BallNorm = Norm.L2 },
    };

    static int[]? Targets(Case given, int[] labels) => given.Targeted ? AttackLaws.NextClass(labels) : null;
}
