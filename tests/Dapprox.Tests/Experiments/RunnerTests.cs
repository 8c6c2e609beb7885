using System.Text.Json.Serialization;
using CsCheck;
using Dapprox.Circuits;
using Dapprox.Circuits.Formats;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Foundation;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Experiments;

public sealed class RunnerTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public sealed record CountingRow(string Name);

    /// <summary>A unit that counts how often it is computed.</summary>
    sealed record Counting(string Name, [property: JsonIgnore] params WorkUnit[] Before) : WorkUnit<CountingRow>
    {
        [JsonIgnore]
        public List<string>? Computed { get; init; }

        [JsonIgnore]
        public Action? While { get; init; }

        public override string Kind => "counting";

        public override string Title => Name;

        public override double Seconds => 1;

        public override IReadOnlyList<WorkUnit> Needs => Before;

        public override IReadOnlyList<CountingRow> Compute(RunContext context, Action<double> progress, CancellationToken cancellation)
        {
            progress(0.5);
            Computed?.Add(Name);
            While?.Invoke();
            cancellation.ThrowIfCancellationRequested();
            return [new CountingRow(Name)];
        }
    }

    RunContext Context() => new(new RunFolder(folder.Path), null, seed: 1);

    [Fact]
    public void Run_ComputesWhatIsNeededFirst_AndNothingTwice()
    {
        var computed = new List<string>();
        var first = new Counting("first") { Computed = computed };
        var second = new Counting("second", first) { Computed = computed };

        Runner.Run([second, first, second], Context(), null, TestContext.Current.CancellationToken);
        Runner.Run([second, first], Context(), null, TestContext.Current.CancellationToken);

        Assert.Equal(["first", "second"], computed);
    }

    [Fact]
    public void Run_WhereOnlyWhatIsDoneNeedsAUnit_DoesNotComputeIt()
    {
        var computed = new List<string>();
        var first = new Counting("first") { Computed = computed };
        var second = new Counting("second", first) { Computed = computed };
        Runner.Run([second], Context(), null, TestContext.Current.CancellationToken);

        File.Delete(Path.Combine(Context().Folder.Units, Context().FileOf(first)));
        Runner.Run([second], Context(), null, TestContext.Current.CancellationToken);
        Assert.Equal(["first", "second"], computed);

        Runner.Run([second, first], Context(), null, TestContext.Current.CancellationToken);
        Assert.Equal(["first", "second", "first"], computed);
    }

    [Fact]
    public void Run_Cancelled_KeepsWhatIsDone_AndGoesOn()
    {
        var computed = new List<string>();
        using var source = new CancellationTokenSource();
        Counting[] units = [
            new("a") { Computed = computed }, new("b") { Computed = computed, While = source.Cancel }, new("c") { Computed = computed }];

        Assert.ThrowsAny<OperationCanceledException>(() => Runner.Run(units, Context(), null, source.Token));
        Runner.Run([units[0], units[1] with { While = null }, units[2]], Context(), null, TestContext.Current.CancellationToken);

        Assert.Equal(["a", "b", "b", "c"], computed);
    }

    [Fact]
    public async Task Run_OfWhatAnotherHas_WaitsForIt()
    {
        var unit = new Counting("a") { Computed = [] };
        RunContext context = Context();
        context.Folder.Probe();
        IDisposable others = context.Folder.TryLock(context.FileOf(unit))!;
        Assert.True(context.Folder.IsLocked(context.FileOf(unit)));
        Assert.Null(context.Folder.TryLock(context.FileOf(unit)));

        var run = Task.Run(
            () => Runner.Run([unit], Context(), null, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        Assert.NotSame(run, await Task.WhenAny(run, Task.Delay(1000, TestContext.Current.CancellationToken)));
        context.Folder.Write(context.FileOf(unit), new Rows([new("name", "VARCHAR")], [["theirs"]]));
        others.Dispose();

        await run.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Empty(unit.Computed);
        Assert.Equal("theirs", Assert.Single(Context().Result(unit)).Name);
    }

    [Fact]
    public void Run_OfAUnitThatFails_SaysWhy_UntilItSucceeds()
    {
        var unit = new Counting("a") { While = () => throw new InputException("no luck") };

        Assert.Throws<InputException>(() => Runner.Run([unit], Context(), null, TestContext.Current.CancellationToken));
        Assert.Equal("a: no luck", Context().Folder.Failure(Context().FileOf(unit)));

        Runner.Run([unit with { While = null }], Context(), null, TestContext.Current.CancellationToken);
        Assert.Null(Context().Folder.Failure(Context().FileOf(unit)));
    }

    [Fact]
    public void Run_TellsHowFarItIs()
    {
        var told = new List<RunProgress>();

        Runner.Run([new Counting("a"), new Counting("b")], Context(), told.Add, TestContext.Current.CancellationToken);

        Assert.Equal([0, 0.25, 0.5, 0.75], told.Select(progress => progress.Done));
        Assert.Equal([1, 1, 2, 2], told.Select(progress => progress.Number));
        Assert.All(told, progress => Assert.Equal(2, progress.Of));
    }

    [Fact]
    public void Run_IntoAFile_IsRefusedInWords()
    {
        string file = folder.File("file");
        File.WriteAllText(file, "");

        InputException error = Assert.Throws<InputException>(
            () =>
                Runner.Run([new Counting("a")], new RunContext(new RunFolder(file), null, 1), null, TestContext.Current.CancellationToken));
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_AddsUp()
    {
        RunFolder run = new(folder.Path);

        run.Probe();
        run.Plan(1, [new("a", "A"), new("b", "B")]);
        run.Plan(1, [new("b", "B"), new("c", "C")]);

        Assert.Equal(["a", "b", "c"], run.Planned().Select(unit => unit.File));
        Assert.Contains(
            "has a run with seed 1", Assert.Throws<InputException>(() => run.Plan(2, [new("d", "D")])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_OfAnAudit_SharesItsFolderWithNothingElse()
    {
        PlannedUnit[] units = [new("a", "A"), new("b", "B")];
        RunFolder Folder(string name)
        {
            RunFolder run = new(folder.File(name));
            run.Probe();
            return run;
        }

        string Refused(RunFolder run, PlannedUnit[] units, string? audit) =>
            Assert.Throws<InputException>(() => run.Plan(1, units, audit)).Message;
        RunFolder audit = Folder("audit"), reproduction = Folder("reproduction");
        audit.Plan(1, units, "ax-fpm");
        reproduction.Plan(1, units);

        audit.Plan(1, units, "ax-fpm");
        Assert.Contains("holds the audit of ax-fpm,", Refused(audit, units, "bfloat16"), StringComparison.Ordinal);
        Assert.Contains("holds the audit of ax-fpm with other weights", Refused(audit, units[..1], "ax-fpm"), StringComparison.Ordinal);
        Assert.Contains("holds the audit of ax-fpm,", Refused(audit, units, null), StringComparison.Ordinal);
        Assert.Contains("holds another run", Refused(reproduction, units, "ax-fpm"), StringComparison.Ordinal);
        Assert.Equal(["a", "b"], audit.Planned().Select(unit => unit.File));
    }

    [Fact]
    public void Query_OfSeveralRuns_TellsThemApart()
    {
        RunContext In(string name) => new(new RunFolder(folder.File(name)), null, seed: 1);
        RunContext first = In("first"), second = In("second");
        Runner.Run([new Counting("a"), new Counting("b")], first, null, TestContext.Current.CancellationToken);
        Runner.Run([new Counting("a")], second, null, TestContext.Current.CancellationToken);
        // A kind that only one of them has.
        ParquetFile.Write(second.Folder.Path + "/units/other-0123456789abcdef.parquet", new Rows([new("x", "INTEGER")], [[7]]));
        Rows Ask(string sql, params RunFolder[] runs) => RunQuery.Ask(runs, sql, mayRead: false, TestContext.Current.CancellationToken);

        Rows counts = Ask("SELECT run, count(*) AS n FROM counting GROUP BY run ORDER BY run", first.Folder, second.Folder);
        Assert.Equal([[first.Folder.Path, 2L], [second.Folder.Path, 1L]], counts.Values);
        Assert.Equal([[second.Folder.Path, 7]], Ask("SELECT run, x FROM other", first.Folder, second.Folder).Values);
        Assert.DoesNotContain("run", Ask("SELECT * FROM counting", first.Folder).Columns.Select(column => column.Name));
        Assert.Equal(["counting", "other"], RunQuery.Kinds([first.Folder, second.Folder]));
        Assert.Contains(
            "'nowhere' holds no results",
            Assert.Throws<InputException>(() => Ask("SELECT 1", first.Folder, new RunFolder("nowhere"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_OfManyAtOnce_LosesNone()
    {
        RunFolder run = new(folder.Path);
        run.Probe();

        Parallel.For(0, 32, i => new RunFolder(folder.Path).Plan(1, [new($"{i}", "a unit")]));

        Assert.Equal(32, run.Planned().Count);
    }

    [FactOf(Tier.Ci)]
    public void Parquet_ReadsBackWhatWasWritten_AndTheSameRowsAreTheSameBytes() => Gen.Select(
        Gen.String, Gen.Int.Nullable(), Gen.Long.Nullable(), Gen.Double.Nullable(), Gen.Bool.Nullable(), Gen.Byte.Array).Array[0,
        20].Sample(rows =>
        {
            string path = folder.File($"{Guid.NewGuid()}.parquet"), again = folder.File($"{Guid.NewGuid()}.parquet");
            // DuckDB's texts are UTF-8: half a surrogate pair is none, and a zero ends them in its appender.
            object?[][] values = [
                .. rows.Select(
                    row =>
                        (object?[])[new string([.. row.Item1.Where(c => !char.IsSurrogate(c) && c != '\0')]), row.Item2, row.Item3,
                            row.Item4, row.Item5, row.Item6])];
            var written = new Rows(
                [new("text", "VARCHAR"), new("whole", "INTEGER"), new("long", "BIGINT"), new("number", "DOUBLE"), new("truth", "BOOLEAN"),
                    new("bytes", "BLOB")],
                values);

            ParquetFile.Write(path, written);
            ParquetFile.Write(again, written);

            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
            Assert.Equal(values, ParquetFile.Read(path).Values);
            Assert.Equal(written.Columns, ParquetFile.Read(path).Columns);
        }, iter: 40, threads: 1);

    [Theory]
    [InlineData("runs[1]")]
    [InlineData("runs*?")]
    public void Run_InAFolderWhoseNameHasWildcards_ReadsItsOwn(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() && name.Contains('*', StringComparison.Ordinal), "Windows has no such names.");
        var unit = new Counting("a");
        RunContext Inside() => new(new RunFolder(folder.File(name)), null, seed: 1);

        Runner.Run([unit], Inside(), null, TestContext.Current.CancellationToken);
        File.WriteAllText(folder.File(Path.Combine(name, "units", "not a unit.parquet")), "");

        Assert.Equal("a", Assert.Single(Inside().Result(unit)).Name);
        Assert.Equal(
            [["a"]],
            RunQuery.Ask([Inside().Folder], "SELECT name FROM counting", mayRead: false, TestContext.Current.CancellationToken).Values);
    }

    [Fact]
    public void Query_OfATableByAMadeName_SeesItsRows()
    {
        Runner.Run([new Counting("a")], Context(), null, TestContext.Current.CancellationToken);

        Rows rows = RunQuery.Ask(
            [Context().Folder], "SELECT name FROM query_table('count' || 'ing')", mayRead: false, TestContext.Current.CancellationToken);

        Assert.Equal([["a"]], rows.Values);
    }

    [Fact]
    public void Query_WithColumnsOfOneName_NumbersThem()
    {
        Runner.Run([new Counting("a")], Context(), null, TestContext.Current.CancellationToken);

        Rows rows = RunQuery.Ask(
            [Context().Folder], "SELECT 1 AS x, 2 AS x, 3 AS x_2 FROM counting", mayRead: false, TestContext.Current.CancellationToken);

        Assert.Equal(["x", "x_1", "x_2"], rows.Columns.Select(column => column.Name));
        Assert.Equal([[1, 2, 3]], rows.Values);
    }

    [Theory]
    [InlineData("exact")]
    [InlineData("ax-fpm", "ax-fpm", "all")]
    [InlineData("ax-fpm in convolutions + heap-like in dense", "ax-fpm", "convolutions", "heap-like", "dense")]
    public void Assignment_HasItsPartsInItsName(string expected, params string[] parts) =>
        Assert.Equal(expected, new MultiplierAssignment([.. parts.Chunk(2).Select(part => (part[0], part[1]))]).ToString());

    [Fact]
    public void Assignment_OfACircuitsFile_IsTheContentThatWasReadFirst()
    {
        string file = folder.File("mine.v");
        string Identity(MultiplierAssignment assignment) =>
            new PredictionsUnit("digits", new ModelVariant("lenet5-digits", assignment)).Identity(Context());
        CircuitFiles.Write(new CircuitDocument(CircuitDescription.Build("array:24:ama5")), file);
        MultiplierAssignment first = MultiplierAssignment.Of(file);
        string before = Identity(first);

        CircuitFiles.Write(new CircuitDocument(CircuitDescription.Build("array:24:ama1")), file);

        Assert.Equal(file, first.ToString());
        Assert.NotEqual(before, Identity(MultiplierAssignment.Of(file)));
        Assert.Equal(before, Identity(first));
        Dataset digits = Datasets.Load("digits", Split.Test);
        Network exact = TrainedModels.Load("lenet5-digits");
        Tensor images = digits.Images(0, 8);
        float[] Scores(MultiplierAssignment assignment) => assignment.Put(exact).Forward(images).Data;
        Assert.Equal(Scores(MultiplierAssignment.Of("array:24:ama5")), Scores(first));
        Assert.Equal(Scores(MultiplierAssignment.Of("array:24:ama1")), Scores(MultiplierAssignment.Of(file)));
    }

    [FactOf(Tier.Ci)]
    public void Run_OfAnAttackThatWasInterrupted_GoesOnFromItsCheckpoint()
    {
        var unit = new AttackUnit(
            BoundaryAttack.Foolbox24 with { Steps = 400 }, "digits", new ModelVariant("lenet5-digits", MultiplierAssignment.Exact),
            Images: 3);
        var whole = new RunContext(new RunFolder(folder.File("whole")), null, seed: 1);
        int rounds = 0, roundsLeft = 0;
        Runner.Run([unit], whole, _ => rounds++, TestContext.Current.CancellationToken);

        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Runner.Run([unit], Context(), progress =>
        {
            if (progress.UnitDone > 0.5)
                stop.Cancel();
        }, stop.Token));
        string checkpoint = Context().Folder.Checkpoint(Context().FileOf(unit));
        Assert.True(File.Exists(checkpoint));
        Runner.Run([unit], Context(), _ => roundsLeft++, TestContext.Current.CancellationToken);

        Assert.False(File.Exists(checkpoint));
        Assert.InRange(roundsLeft, 1, 3 * rounds / 4);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(whole.Folder.Units, whole.FileOf(unit))),
            File.ReadAllBytes(Path.Combine(Context().Folder.Units, whole.FileOf(unit))));
    }
}
