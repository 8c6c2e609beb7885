using System.Globalization;
using System.Text;
using Dapprox.Arithmetic;
using Dapprox.Experiments.Audits;
using Dapprox.Experiments.Audits.Checks;
using Dapprox.Experiments.Runs;
using Dapprox.Networks.Attacks.Geometry;
using Dapprox.Networks.Data;
using Dapprox.Networks.Graph;
using Dapprox.Networks.Layers;
using Dapprox.Networks.Training;
using Xunit;

namespace Dapprox.Tests.Experiments;

/// <summary>
/// The audit on networks whose robustness is known: what each check tells apart. The network is small, two dense layers on the digits, so
/// that all of its attacks take seconds.
/// </summary>
public sealed class AuditPowerTests : IDisposable
{
    const int Hidden = 64;

    static readonly AuditScale Small = new("small", 80, 10, 2, 200, 500, 1) { HopSkipJumpIterations = 4, CarliniWagnerIterations = 100 };

    static readonly Lazy<Network> Plain = new(() => Trained(new TrainingOptions { Epochs = 12, Shift = 0, Rotation = 0 }));

    // After Mądry et al., "Towards Deep Learning Models Resistant to Adversarial Attacks", ICLR 2018.
    static readonly Lazy<Network> Adversarial = new(() => Trained(new TrainingOptions
    {
        Epochs = 15,
        Shift = 0,
        Rotation = 0,
        AdversarialEpsilon = 0.1,
        AdversarialSteps = 7,
    }));

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    static Network Trained(TrainingOptions options)
    {
        Dataset data = Datasets.Load("digits", Split.Train);
        var initial = new Network(
            "plain", [1, 28, 28], 10,
            [
                new Flatten("flatten"), Initial("hidden", 784, Hidden), new Relu("relu"), Initial("logits", Hidden, 10),
            ]);
        return Trainer.Train(initial, data, options, cancellation: TestContext.Current.CancellationToken).Network;
    }

    // Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
    static Dense Initial(string name, int inputs, int outputs)
    {
        var random = new Foundation.CounterRandom(3, (ulong)outputs);
        float bound = MathF.Sqrt(6f / (inputs + outputs));
        float[] weights = new float[inputs * outputs];
        foreach (ref float weight in weights.AsSpan())
            weight = random.NextSingle(-bound, bound);
        return new Dense(name, inputs, outputs, weights, new float[outputs], ExactMultiplier.Rounded);
    }

    AuditResult Audit(string name, KnownNetwork known, int images)
    {
        var context = new RunContext(new RunFolder(folder.File(name)), null, seed: 1);
        context.Use("plain", Plain.Value, "plain");
        context.Use("defence", known.Network(), "defence");
        var audit = new Audit(
            new Defence("defence", context.Data("digits"), [.. known.On.Select(one => new ModelVariant("defence", one))])
            {
                Undefended = new ModelVariant("plain", MultiplierAssignment.Exact),
            },
            new Threat(Norm.LInf, 0.1, 0.05, 0.2), Small with { Images = images });
        Runner.Run(audit.Units, context, progress: null, TestContext.Current.CancellationToken);
        return audit.Judge(context, Runs.Info);
    }

    static Network With(Network network, params Layer[] before) =>
        new(network.Name, network.InputShape, network.Classes, [.. before, .. network.Layers]);

    static Network WithLogits(Func<Dense, (float[] Weights, float[] Bias)> change)
    {
        Layer[] layers = [.. Plain.Value.Layers];
        var logits = (Dense)layers[^1];
        (float[] weights, float[] bias) = change(logits);
        layers[^1] = logits.WithWeights(weights, bias);
        return Plain.Value.WithLayers(layers);
    }

    static float[] Scaled(ReadOnlySpan<float> numbers) => Array.ConvertAll(numbers.ToArray(), number => 1000 * number);

    /// <summary>A network whose robustness is known.</summary>
    /// <param name="Network">Makes it, exact in all layers.</param>
    /// <param name="Failed">The checks that it has to fail.</param>
    /// <param name="IsMoreRobust">Whether it is more robust than the undefended network.</param>
    sealed record KnownNetwork(Func<Network> Network, string[] Failed, bool IsMoreRobust)
    {
        /// <summary>The multipliers; of several, a random one answers for each image.</summary>
        public MultiplierAssignment[] On { get; init; } = [MultiplierAssignment.Exact];
    }

    static IReadOnlyDictionary<string, KnownNetwork> Cases { get; } = new Dictionary<string, KnownNetwork>
    {
        // Nothing about the attacks fails: only the comparisons with itself.
        ["undefended"] = new(() => Plain.Value, ["T4"], false),
        ["trained on PGD"] = new(() => Adversarial.Value, [], true),
        // The input is rounded to five levels, without a derivative: gradient attacks are blind, queries are not.
        ["input rounded, no derivative"] = new(
            () => With(Plain.Value, new Pointwise("levels", x => MathF.Round(4 * x) / 4, (_, _) => 0)), ["S1", "S9"], false),
        // The softmax is saturated in binary32, and with it the cross-entropy.
        ["logits × 1000"] = new(() => WithLogits(logits => (Scaled(logits.Weights), Scaled(logits.Bias))), ["S9"], false),
        // The same weights on three multipliers that are nearly exact, one of which answers.
        ["random multiplier"] = new(() => Plain.Value, ["T4"], false)
        {
            On = [MultiplierAssignment.Exact, MultiplierAssignment.Bfloat16, MultiplierAssignment.Of("bfloat16-nearest")],
        },
        ["constant"] = new(
            () => WithLogits(logits => (new float[logits.Weights.Length], [1, 0, 0, 0, 0, 0, 0, 0, 0, 0])), ["S16"], false),
    };

    [TheoryOf(Tier.Ci)]
    [InlineData("undefended")]
    [InlineData("constant")]
    public void Audit_OfAKnownNetwork_IsTold(string name) => Told(name, images: 80);

    /// <summary>All cases, as a table in the page. With DAPPROX_WRITE_DOCUMENTS=1 it is written instead.</summary>
    [FactOf(Tier.Long)]
    public void Audit_OfAllKnownNetworks_IsTheTableOfThePage()
    {
        const string Start = "<!-- power -->\n", End = "<!-- end -->";
        (string Name, AuditResult Result)[] audits = [.. Cases.Keys.Select(name => (name, Told(name, images: 240)))];
        var table = new StringBuilder($"| check | {string.Join(" | ", audits.Select(audit => audit.Name))} |\n");
        table.Append(CultureInfo.InvariantCulture, $"|---{string.Concat(audits.Select(_ => "|---"))}|\n");
        foreach (string id in audits[0].Result.Checks.Where(check => check.Evidence is not null).Select(check => check.Id))
            Append(id, result => result.Checks.Single(check => check.Id == id).Outcome);
        Append("more robust", result => result.Claims[0].Outcome);
        Append("less transfer", result => result.Claims[1].Outcome);

        string path = Repository.Path("docs/audit.md"), page = File.ReadAllText(path);
        int from = page.IndexOf(Start, StringComparison.Ordinal) + Start.Length, to = page.IndexOf(End, from, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("DAPPROX_WRITE_DOCUMENTS") == "1")
            File.WriteAllText(path, $"{page[..from]}{table}{page[to..]}");
        else
            Assert.Equal(page[from..to], $"{table}");

        void Append(string title, Func<AuditResult, Outcome> outcome) => table.Append(
            CultureInfo.InvariantCulture,
            $"| {title} | {string.Join(" | ", audits.Select(audit => $"{outcome(audit.Result)}".ToLowerInvariant()))} |\n");
    }

    AuditResult Told(string name, int images)
    {
        KnownNetwork known = Cases[name];

        AuditResult result = Audit(name, known, images);

        Assert.All(known.Failed, id =>
        {
            CheckResult check = result.Checks.Single(check => check.Id == id);
            Assert.True(check.Outcome == Outcome.Failed, $"{id} is {check.Outcome}: {check.Measured}");
        });
        Assert.True(known.IsMoreRobust == result.Holds, result.Conclusion);
        // What is about the defence alone fails for none whose gradients are what they seem.
        if (name is "undefended" or "trained on PGD")
            Assert.DoesNotContain(result.Checks, check => check.Id[0] == 'S' && check.Outcome == Outcome.Failed);
        if (name == "constant")
            Assert.DoesNotContain(result.Checks, check => check.Outcome == Outcome.Passed);
        return result;
    }
}
