using System.Diagnostics;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

/// <summary>What the tests of several attacks assert, and tell, of all of them.</summary>
static class AttackLaws
{
    /// <summary>For each image the class after its own, of the three of <see cref="SmallNetwork"/>.</summary>
    public static int[] NextClass(int[] labels) => labels.Select(label => (label + 1) % 3).ToArray();

    /// <summary>The numbers as what they are: −0 is not +0, and a NaN is equal to itself.</summary>
    public static int[] Bits(float[] numbers) => Array.ConvertAll(numbers, BitConverter.SingleToInt32Bits);

    /// <summary>Records are equal, adversarial images bit for bit.</summary>
    public static void AssertEqual(IReadOnlyCollection<AttackRecord> expected, AttackRecord[] actual)
    {
        Assert.Equal(expected.Count, actual.Length);
        Assert.All(expected, (record, i) =>
        {
            Assert.Equal(Bits(record.Adversarial), Bits(actual[i].Adversarial));
            Assert.Equal(record with { Adversarial = actual[i].Adversarial }, actual[i]);
        });
    }

    /// <summary>
    /// An attack on <see cref="SmallNetwork"/> gives the same records in another order, on several threads, and one by one.
    /// </summary>
    public static void AssertIndependentOfBatchOrderAndThreads(
        IAttack<IGradientVictim> attack, NetworkVictim victim, Tensor images, int[] labels, int[]? targets, ulong seed)
    {
        int[] positions = Enumerable.Range(0, images.Batch).Select(i => 100 + 7 * i).ToArray();
        AttackRecord[] expected = AttackRunner.Run(attack, victim, images, labels, seed, targets, positions);

        int[] order = Enumerable.Range(0, images.Batch).ToArray();
        var random = new CounterRandom(seed);
        random.Shuffle<int>(order);
        AssertSame(order, new NetworkVictim(SmallNetwork.Create(AxFpm.Released, threads: 3)));
        foreach (int i in order)
            AssertSame([i], victim);

        void AssertSame(int[] places, NetworkVictim other) => AssertEqual(
            [.. places.Select(i => expected[i])],
            AttackRunner.Run(
                attack, other, images.Gather(places), places.Select(i => labels[i]).ToArray(), seed,
                targets is null ? null : places.Select(i => targets[i]).ToArray(), places.Select(i => positions[i]).ToArray()));
    }

    /// <summary>Runs an attack, and writes to the test's output how strong and how fast it was.</summary>
    public static AttackRecord[] Report(string name, Func<AttackRecord[]> run)
    {
        long start = Stopwatch.GetTimestamp();
        AttackRecord[] records = run();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        AttackSummary summary = AttackSummary.Of(records);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{name}: {summary.Successes} of {records.Length}, L0 {summary.MeanL0:F1}, L2 {summary.MeanL2:F3}, L∞ {summary.MeanLInf:F3}, "
                + $"{summary.MeanQueries:F0} queries, {seconds:F1} s; {string.Join(", ", summary.Reasons)}; "
                + $"{records.Count(record => record.Prediction != record.Label)} wrong");
        return records;
    }
}
