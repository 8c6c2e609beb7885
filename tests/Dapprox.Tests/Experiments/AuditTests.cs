using System.Text.Json;
using System.Text.Json.Nodes;
using Dapprox.Experiments.Audits;
using Dapprox.Experiments.Audits.Checks;
using Dapprox.Experiments.Reports;
using Dapprox.Experiments.Runs;
using Dapprox.Experiments.Units;
using Dapprox.Networks.Attacks.Algorithms;
using Dapprox.Networks.Attacks.Engine;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Attacks.Victims;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Measurement;
using Dapprox.Networks.Models;
using Dapprox.Networks.Tensors;
using Xunit;

namespace Dapprox.Tests.Experiments;

public sealed class AuditTests : IDisposable
{
    static readonly AuditScale Tiny = new("tiny", 4, 1, 1, 10, 20, 1) { HopSkipJumpIterations = 4, CarliniWagnerIterations = 100 };

    static readonly string[] Ids = [.. Enumerable.Range(1, 16).Select(i => $"S{i}"), .. Enumerable.Range(1, 4).Select(i => $"T{i}")];

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static AuditResult Run(Audit audit, RunContext context)
    {
        Runner.Run(audit.Units, context, progress: null, TestContext.Current.CancellationToken);
        return audit.Judge(context, Runs.Info);
    }

    /// <summary>A small network of one's own on some multipliers, and its pictures.</summary>
    (Audit Audit, RunContext Context) Own(int classes, params MultiplierAssignment[] assignments) => Own(classes, Norm.LInf, assignments);

    (Audit Audit, RunContext Context) Own(int classes, Norm norm, params MultiplierAssignment[] assignments)
    {
        (Network network, Dataset pictures) = OwnNetwork.Write(folder.Path, classes, pictures: 3);
        var context = new RunContext(new RunFolder(folder.File("run")), null, seed: 1);
        context.Use("own.onnx", network, "prepared");
        context.Use(pictures, calibration: pictures);
        return (
            new Audit(
                new Defence(
                    "defence", pictures,
                    [.. assignments.Select(assignment => new ModelVariant("own.onnx", assignment))])
                { HasTrainingImages = false },
                Threat.Usual(norm, pictures.Channels), Tiny),
            context);
    }

    [TheoryOf(Tier.Ci)]
    [InlineData(Norm.L2)]
    [InlineData(Norm.L1)]
    public void Judge_InAnotherNorm_HasAllChecks(Norm norm)
    {
        (Audit audit, RunContext context) = Own(classes: 4, norm, MultiplierAssignment.AxFpm);

        AuditResult result = Run(audit, context);

        Assert.Equal(Ids, result.Checks.Select(check => check.Id));
        Assert.Contains($" in {norm}", result.Conclusion, StringComparison.Ordinal);
    }

    [FactOf(Tier.Ci)]
    public void Judge_HasAllChecks_AndConcludesFromThoseThatDecide()
    {
        var context = new RunContext(new RunFolder(folder.Path), null, seed: 1);

        // Of the approximate multipliers the fastest.
        AuditResult result = Run(
            new Audit(
                new Defence("defence", context.Data("digits"), new ModelVariant("lenet5-digits", MultiplierAssignment.Bfloat16)),
                Threat.Usual(Norm.LInf, 1), Tiny),
            context);

        Assert.Equal(Ids, result.Checks.Select(check => check.Id));
        // Four images tell nothing from anything.
        Assert.All(
            result.Checks.Where(check => check.Id is "S1" or "S3" or "T4"), check => Assert.Equal(Outcome.Undecided, check.Outcome));
        Assert.All(result.Checks.Where(check => check.Id is "S1" or "S3"), check => Assert.InRange(check.ImagesNeeded!.Value, 73, 200));
        Assert.Equal(Outcome.Undecided, result.Claims[0].Outcome);
        Assert.False(result.Holds);
        // As a control it would be compared with itself.
        Assert.DoesNotContain("bfloat16", result.Checks.Single(check => check.Id == "T2").Measured, StringComparison.Ordinal);
        Assert.StartsWith("No evidence of more robustness yet (", result.Conclusion, StringComparison.Ordinal);
        string text = AuditReport.Markdown(result);
        Assert.All(
            result.Checks, check => Assert.Contains($"| {check.Id} | {check.Claim} | {check.Measured} |", text, StringComparison.Ordinal));
        AuditReport.Save(folder.Path, result);
        Assert.All(["audit.html", "audit.md", "audit.json"], file => Assert.True(File.Exists(folder.File(file))));
    }

    [FactOf(Tier.Ci)]
    public void Judge_OfAMovingTarget_DrawsAMemberForEachImage()
    {
        var defence = new Defence(
            "moving", Datasets.Load("digits", Split.Test),
            [new("lenet5-digits", MultiplierAssignment.AxFpm), new("lenet5-digits", MultiplierAssignment.Bfloat16),
                new("lenet5-digits", MultiplierAssignment.Of("ama5-flat"))]);
        ModelVariant[] answering = [.. Enumerable.Range(0, 600).Select(image => defence.Answering(image, 1))];

        Assert.True(defence.IsRandom);
        Assert.All(defence.Members, member => Assert.InRange(answering.Count(one => one == member), 150, 250));
        Assert.Equal(answering, Enumerable.Range(0, 600).Select(image => defence.Answering(image, 1)));

        // The exact network may be one of them.
        (Audit audit, RunContext context) = Own(classes: 4, MultiplierAssignment.Exact, MultiplierAssignment.AxFpm);
        AuditResult result = Run(audit, context);
        Assert.Equal(Ids, result.Checks.Select(check => check.Id));
        Assert.Contains("drawn for each image", result.Checks.Single(check => check.Id == "S12").Measured, StringComparison.Ordinal);
    }

    [TheoryOf(Tier.Ci)]
    [InlineData(2, "APGD on the cross-entropy")]
    [InlineData(3, "APGD on the DLR loss")]
    [InlineData(4, "targeted APGD")]
    public void Judge_OfAnOwnNetworkAndPictures_SaysWhatIsLeftOut(int classes, string strongest)
    {
        (Audit audit, RunContext context) = Own(classes, MultiplierAssignment.AxFpm);

        AuditResult result = Run(audit, context);

        CheckResult Of(string id) => result.Checks.Single(check => check.Id == id);
        Assert.Equal(Ids, result.Checks.Select(check => check.Id));
        Assert.Contains(strongest, Of("T4").Measured, StringComparison.Ordinal);
        // Three pictures decide nothing that images have to decide.
        Assert.DoesNotContain(
            result.Checks,
            check => check.Evidence is { Images: < 5 } && check.Outcome == Outcome.Passed && check.Id is not ("S5" or "S16"));
        Assert.Equal(classes < 4, result.Notes.Any(note => note.Contains($"{classes} classes", StringComparison.Ordinal)));
        Assert.Equal(classes == 2, Of("S10").Outcome == Outcome.Note);
        Assert.DoesNotContain("independently", Of("T2").Measured, StringComparison.Ordinal);
        Assert.Contains(result.Notes, note => note.Contains("independently trained", StringComparison.Ordinal));
        Assert.Contains(result.Notes, note => note.Contains("attacked instead of the 4 of tiny scale", StringComparison.Ordinal));
        Assert.Contains("1/255, 2/255, 4/255, 8/255", Of("S2").Measured, StringComparison.Ordinal);
        Assert.Contains("At ε = 8/255 in L∞", result.Conclusion, StringComparison.Ordinal);
        string text = AuditReport.Markdown(result);
        Assert.All(result.Notes, note => Assert.Contains(note, text, StringComparison.Ordinal));
    }

    [FactOf(Tier.Ci)]
    public void Judge_OfAnAuditThatWasStopped_LeavesOpenWhatWasNotRun_AndGoesOnToTheSameEnd()
    {
        (Audit audit, RunContext context) = Own(3, MultiplierAssignment.AxFpm);
        IReadOnlyList<WorkUnit> units = Runner.InOrder(audit.Units, context);
        AuditResult[] stopped = [.. new[] { 0, units.Count / 2 }.Select(count =>
        {
            Runner.Run([.. units.Take(count)], context, progress: null, TestContext.Current.CancellationToken);
            return audit.Judge(context, Runs.Info);
        })];
        AuditResult whole = Run(audit, context);

        Assert.All(stopped[0].Checks, check => Assert.False(check.IsRun));
        Assert.Empty(stopped[0].Tables);
        Assert.Contains(stopped[1].Checks, check => check.IsRun);
        Assert.Equal([1, 1, 0], new[] { stopped[0], stopped[1], whole }.Select(
            result => result.Notes.Count(note => note.Contains("goes on from here", StringComparison.Ordinal))));
        foreach (AuditResult result in stopped)
        {
            Assert.Contains(result.Checks, check => check is { IsRun: false, Outcome: Outcome.Undecided });
            Assert.NotEqual(Outcome.Passed, result.Claims[0].Outcome);
            Assert.Contains("not run in the time given", AuditReport.Markdown(result), StringComparison.Ordinal);
            // What was run is judged as in the whole audit.
            Assert.All(
                result.Checks.Where(check => check.IsRun),
                check => Assert.Equal(check, whole.Checks.Single(other => other.Id == check.Id)));
        }

        Assert.All(whole.Checks, check => Assert.True(check.IsRun));
    }

    [Fact]
    public void Units_OfThisNetworkAndTheseImages_KeepTheirNames_AndOfOthersHaveOthers()
    {
        RunContext Context() => new(new RunFolder(folder.Path), null, seed: 1);
        string File(RunContext context) =>
            context.FileOf(new PredictionsUnit("digits", new ModelVariant("lenet5-digits", MultiplierAssignment.AxFpm)));
        Dataset digits = Datasets.Load("digits", Split.Test);
        RunContext whole = Context(), prepared = Context(), some = Context(), later = Context(), same = Context();
        whole.Use(digits, calibration: null);
        prepared.Use("lenet5-digits", TrainedModels.Load("lenet5-digits"), ", mean 0.5");
        some.Use(digits.First(10), calibration: null);
        // The same images at another position have other random numbers.
        later.Use(
            new Dataset(
                "digits", Split.Test, 1, 28, 28, digits.Classes, digits.First(10).Pixels, digits.First(10).Labels, canonical: false, "",
                offset: 7),
            calibration: null);
        same.Use("lenet5-digits", TrainedModels.Load("lenet5-digits"), "");

        Assert.All([whole, same], context => Assert.Equal(File(Context()), File(context)));
        Assert.Equal(4, new[] { Context(), prepared, some, later }.Select(File).Distinct().Count());
    }

    [Fact]
    public void Attack_OnAMeanOverNoise_SaysWhetherTheNetworkItselfIsWrong()
    {
        var context = new RunContext(new RunFolder(folder.Path), null, seed: 1);
        var source = new ModelVariant("lenet5-digits", MultiplierAssignment.Exact);
        var attack = new Pgd(0.15) { Steps = 5, Restarts = 1, RandomStart = false };
        var unit = new AttackUnit(attack, "digits", source, Images: 20) { NoiseSamples = 4 };
        Runner.Run([unit], context, progress: null, TestContext.Current.CancellationToken);
        IReadOnlyList<AttackRow> rows = context.Result(unit);
        Dataset digits = context.Data("digits");
        Network network = context.Network(source, "digits");
        int[] indices = [.. rows.Select(row => row.Record.Image)];

        AttackRecord[] records = AttackRunner.Run(
            attack, new AveragingVictim(new NetworkVictim(network), new GaussianNoise(AttackUnit.NoiseStandardDeviation), 4, context.Seed),
            digits.Images(indices), [.. indices.Select(index => digits.Labels[index])], context.Seed, positions: indices,
            cancellation: TestContext.Current.CancellationToken);
        float[] images = [.. records.SelectMany(record => record.Adversarial)];
        int[] answers = Scores.Labels(network.Forward(new Tensor(images, indices.Length, digits.Channels, digits.Height, digits.Width)));

        Assert.Equal(indices.Select((index, i) => answers[i] != digits.Labels[index]), rows.Select(row => row.Wrong[source]));
    }

    [Fact]
    public void Attack_TriedOnAControl_CountsTheImagesThatItsGainIsMeasuredOn()
    {
        var context = new RunContext(new RunFolder(folder.Path), null, seed: 1);
        var source = new ModelVariant("lenet5-digits", MultiplierAssignment.Exact);
        var unit = new AttackUnit(Fgsm.Foolbox24, "digits", source, Images: 1);

        Assert.DoesNotContain("\"train\"", unit.Identity(context), StringComparison.Ordinal);
        Assert.Contains(
            "\"train\"", (unit with { TriedOn = [source with { Perturbation = Perturbation.Gain }] }).Identity(context),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nes", Outcome.Failed)]
    [InlineData("smoothed", Outcome.Passed)]
    public void BlackBoxAttacks_FailsWhereNesAloneBreaksImages(string estimator, Outcome expected)
    {
        const int Images = 80, Broken = 20;
        var context = new RunContext(new RunFolder(folder.Path), null, seed: 1);
        context.Folder.Probe();
        var attacks = new AuditAttacks(
            new Defence("defence", context.Data("digits"), new ModelVariant("lenet5-digits", MultiplierAssignment.AxFpm)),
            Threat.Usual(Norm.LInf, 1), Tiny);
        var check = new BlackBoxAttacks(attacks);
        foreach (AttackUnit unit in check.Units.Cast<AttackUnit>())
        {
            Trial[] trials = [
                .. unit.ExtrapolationFactors.Prepend(1).SelectMany(factor => unit.TriedOn.Select(network => new Trial(network, factor)))];
            AttackRow[] rows =
            [
                .. Enumerable.Range(0, Images).Select(image => new AttackRow(
                    "digits", "",
                    new AttackRecordRow(
                        unit.Attack.Name, "", null, null, image, 0, null, 0, 1, unit.Estimator?.Name == estimator && image < Broken,
                        StopReason.Found, 0, 0, 0, 0, 0, null, null, null, 0, null, 0),
                    trials.ToDictionary(trial => trial, _ => (bool?)false),
                    unit.TogetherWith.Prepend(unit.Source).ToDictionary(network => network, _ => false))),
            ];
            context.Folder.Write(context.FileOf(unit), unit.Mapper(context).ToRows(rows));
        }

        Assert.Equal(expected, check.Judge(new AuditJudge(attacks, context)).Outcome);
    }

    [Fact]
    public void Json_ReadsBack()
    {
        JsonObject[] committed = [
            .. Directory.GetFiles(
                Repository.Path("results/audits"), "*.json").Select(file => JsonNode.Parse(File.ReadAllText(file))!.AsObject())];
        JsonObject[] written = [.. ResultsJson.ShippedAudits.Select(audit => JsonNode.Parse(ResultsJson.Write(audit))!.AsObject())];

        string NameOf(JsonObject audit) => $"{audit["defence"]}, {audit["model"]}";
        Assert.Equal(committed.Select(NameOf).Order(), written.Select(NameOf).Order());
        Assert.All(committed, file => AssertHas(file, written.Single(audit => NameOf(audit) == NameOf(file))));
        Assert.All(written, audit => Assert.Equal(
            typeof(AuditResult).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)).Order(),
            audit.Select(property => property.Key).Order()));
    }

    /// <summary>What is written has all that was read; files that are older than a property lack it.</summary>
    static void AssertHas(JsonNode? read, JsonNode? written)
    {
        if (read is JsonObject properties)
        {
            foreach ((string name, JsonNode? value) in properties)
                AssertHas(value, Assert.IsType<JsonObject>(written)[name]);
        }
        else if (read is JsonArray items)
        {
            Assert.Equal(items.Count, Assert.IsType<JsonArray>(written).Count);
            foreach ((JsonNode? one, JsonNode? other) in items.Zip((JsonArray)written!))
                AssertHas(one, other);
        }
        else
        {
            Assert.Equal(read?.ToJsonString(), written?.ToJsonString());
        }
    }
}
