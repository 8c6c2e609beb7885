using CsCheck;
using Dapprox.Arithmetic;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Formats;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Attacks;

public class AttackCheckpointTests
{
    const string Description = "an attack with its seed";

    static readonly NetworkVictim Victim = new(SmallNetwork.Create(AxFpm.Released, threads: 1));

    // Attacks that save no state begin anew; of those that do, nothing is asked twice but since the last state.
    [Theory]
    [InlineData("boundary")]
    [InlineData("boundary foolbox-2.4")]
    [InlineData("hopskipjump")]
    [InlineData("hopskipjump linf")]
    [InlineData("lsa")]
    [InlineData("noise")]
    public void Run_InterruptedAnywhereAndResumed_GivesTheSameRecords(string name) =>
        Gen.Select(Gen.ULong, Gen.Int[1, 60].Array[1, 4], Gen.Int[1, 6]).Sample((seed, interruptions, count) =>
        {
            using var folder = new TemporaryFolder();
            string path = folder.File("state.safetensors");
            (Tensor images, int[] labels) = SmallNetwork.Images(Victim, count, seed);
            IAttack<IScoreVictim> attack = QueryAttackPropertyTests.Create(name, 0.1);
            AttackRecord[] expected = AttackRunner.Run(attack, Victim, images, labels, seed);

            foreach (int rounds in interruptions)
            {
                using var source = new CancellationTokenSource();
                int asked = 0;
                try
                {
                    AttackRunner.Run(
                        attack, Victim, images, labels, seed, checkpoint: AttackCheckpoint.Open(path, Description),
                        progress: _ =>
                        {
                            if (++asked == rounds)
                                source.Cancel();
                        }, cancellation: source.Token);
                }
                catch (OperationCanceledException)
                {
                }
            }

            AttackLaws.AssertEqual(
                expected, AttackRunner.Run(attack, Victim, images, labels, seed, checkpoint: AttackCheckpoint.Open(path, Description)));
        }, iter: 8, threads: 1);

    [Fact]
    public void Run_AgainAfterTheEnd_AsksNothingMore()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("state.safetensors");
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, 8, 5);
        AttackRecord[] expected = Run(Victim);

        var counting = RowVictim.Of(SmallNetwork.Create(AxFpm.Released, threads: 1));
        AttackRecord[] actual = Run(counting);

        AttackLaws.AssertEqual(expected, actual);
        Assert.Contains(actual, record => record.Success);
        Assert.Equal(2 * 8 + actual.Count(record => record.Success), counting.LabelQueries + counting.ScoreQueries);

        AttackRecord[] Run(IScoreVictim victim) => AttackRunner.Run(
            QueryAttackPropertyTests.Create("boundary", 0), victim, images, labels, 5,
            checkpoint: AttackCheckpoint.Open(path, Description));
    }

    // What the cancelled run saved is what the next goes on from: after nine tenths of the steps few questions are left.
    [Fact]
    public void Run_Resumed_DoesNotBeginAnew()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("state.safetensors");
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, 1, 5);
        var attack = new HopSkipJump { Iterations = 20, StartBlends = 1 };
        using var source = new CancellationTokenSource();
        double done = 0;
        Assert.Throws<OperationCanceledException>(() => AttackRunner.Run(
            attack, Victim, images, labels, 5, checkpoint: AttackCheckpoint.Open(path, Description), cancellation: source.Token,
            progress: part =>
            {
                done += part;
                if (done >= 0.9)
                    source.Cancel();
            }));

        var counting = RowVictim.Of(SmallNetwork.Create(AxFpm.Released, threads: 1));
        AttackRecord record = AttackRunner.Run(
            attack, counting, images, labels, 5, checkpoint: AttackCheckpoint.Open(path, Description))[0];

        Assert.InRange(counting.LabelQueries, 1, record.Queries / 4);
    }

    [Fact]
    public void Open_FileOfAnotherAttack_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string path = Saved(folder);

        AssertRefused(() => AttackCheckpoint.Open(path, "another seed"), "another attack");
    }

    [Fact]
    public void Open_FileOfSomethingElse_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string weights = folder.File("weights"), text = folder.File("text"), empty = folder.File("empty");
        Safetensors.Save(weights, new Dictionary<string, Tensor> { ["weight"] = Tensor.Zeros(2) });
        File.WriteAllText(text, "epsilon,image,label");
        File.WriteAllText(empty, "");

        AssertRefused(() => AttackCheckpoint.Open(weights, Description), "no saved state");
        AssertRefused(() => AttackCheckpoint.Open(text, Description), "safetensors");
        AssertRefused(() => AttackCheckpoint.Open(empty, Description), "safetensors");
    }

    [Fact]
    public void Open_PlaceThatCannotBeWritten_IsRefusedAtOnce()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("file"), "");

        AssertRefused(() => AttackCheckpoint.Open(folder.Path, Description), "cannot write");
        AssertRefused(() => AttackCheckpoint.Open(folder.File("file/state"), Description), "cannot write");
    }

    [Theory]
    [InlineData("7", "not JSON")]
    [InlineData("7", "null")]
    [InlineData("7", "{}")]
    [InlineData("7", """{"Iteration":0,"State":null,"Ended":null,"Queries":0,"GradientCalls":0,"QueriesToBest":0}""")]
    [InlineData("7", """{"Iteration":-1,"State":[],"Ended":null,"Queries":0,"GradientCalls":0,"QueriesToBest":0}""")]
    [InlineData("7", """{"Iteration":0,"State":[],"Ended":null,"Queries":0,"GradientCalls":1,"QueriesToBest":0}""")]
    [InlineData("7", """{"Iteration":0,"State":[],"Ended":null,"Queries":1,"GradientCalls":0,"QueriesToBest":2}""")]
    [InlineData("7", """{"Iteration":0,"State":[],"Ended":"Found","Queries":1,"GradientCalls":0,"QueriesToBest":0}""")]
    [InlineData("7", """{"Iteration":0,"State":[],"Ended":"Tired","Queries":1,"GradientCalls":0,"QueriesToBest":0}""")]
    [InlineData("seven", """{"Iteration":0,"State":[],"Ended":null,"Queries":1,"GradientCalls":0,"QueriesToBest":0}""")]
    [InlineData("-7", """{"Iteration":0,"State":[],"Ended":null,"Queries":1,"GradientCalls":0,"QueriesToBest":0}""")]
    public void Open_DamagedFile_IsRefused(string image, string text)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("state");
        Safetensors.Save(
            path, new Dictionary<string, Tensor>(), new Dictionary<string, string> { ["attack"] = Description, [image] = text });

        AssertRefused(() => AttackCheckpoint.Open(path, Description), "damaged");
    }

    [Theory]
    [InlineData("7.point", 1.5f)]
    [InlineData("7.best", float.NaN)]
    public void Open_PointsThatAreNoImages_AreRefused(string name, float pixel)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("state");
        Safetensors.Save(
            path, new Dictionary<string, Tensor> { [name] = new([pixel], 1) },
            new Dictionary<string, string> { ["attack"] = Description, ["7"] = """{"Iteration":0,"State":[],"Ended":null,"Queries":1,"GradientCalls":0,"QueriesToBest":0}""" });

        AssertRefused(() => AttackCheckpoint.Open(path, Description), "damaged");
    }

    [Fact]
    public void Run_CheckpointOfImagesOfAnotherSize_IsRefused()
    {
        using var folder = new TemporaryFolder();
        AttackCheckpoint checkpoint = AttackCheckpoint.Open(Saved(folder), Description);
        var victim = new RowVictim([1, 1, 2], 2, _ => [1, 0], (_, _) => []);

        AssertRefused(
            () => AttackRunner.Run(new BoundaryAttack(), victim, Tensor.Zeros(1, 1, 1, 2), [0], 0, checkpoint: checkpoint), "12 numbers");
    }

    [Fact]
    public void Run_StateOfAnotherAttack_IsRefused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("state");
        Safetensors.Save(
            path, new Dictionary<string, Tensor> { ["0.point"] = Tensor.Zeros(2) },
            new Dictionary<string, string> { ["attack"] = Description, ["0"] = """{"Iteration":1,"State":[1],"Ended":null,"Queries":1,"GradientCalls":0,"QueriesToBest":0}""" });
        var victim = new RowVictim([1, 1, 2], 2, _ => [1, 0], (_, _) => []);

        AssertRefused(
            () => AttackRunner.Run(
                new BoundaryAttack(), victim, Tensor.Zeros(1, 1, 1, 2), [0], 0, checkpoint: AttackCheckpoint.Open(path, Description)),
            "1 numbers");
    }

    static string Saved(TemporaryFolder folder)
    {
        string path = folder.File("state.safetensors");
        (Tensor images, int[] labels) = SmallNetwork.Images(Victim, 3, 5);
        AttackRunner.Run(
            QueryAttackPropertyTests.Create("noise", 0.1), Victim, images, labels, 5, checkpoint: AttackCheckpoint.Open(path, Description));
        return path;
    }

    static void AssertRefused(Action open, string reason)
    {
        string message = Assert.Throws<InputException>(open).Message;
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
